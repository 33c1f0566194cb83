/** A client on a socket that says just what a test wants said. */
import { connect as dial, type Socket } from 'node:net';
import type { ConnectRequest, ConnectResponse, WatchEvent } from '../../protocol/client-messages.ts';
import type { ClientOp, Reply, Result } from '../../protocol/request.ts';
import { NO_SESSION } from '../../protocol/txn.ts';
import { ClientEnd } from '../../protocol/wire/client-end.ts';

type Said = ConnectResponse | Reply | WatchEvent;

export class RawClient {
  readonly socket: Socket;
  readonly events: WatchEvent[] = [];
  /** How it ended; null: it has not. */
  ended: 'closed' | 'reset' | null = null;
  /** All that came, where there are no frames. */
  text = '';
  private readonly end = new ClientEnd();
  private framed = false;
  private readonly waiting: ((said: Said | null) => void)[] = [];
  private readonly gone: (() => void)[] = [];
  private cxid = 0;
  session: ConnectResponse | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => this.over('reset'));
    socket.on('close', () => this.over('closed'));
  }

  /** @throws Error where nobody listens */
  static async open(port: number): Promise<RawClient> {
    const socket = dial({ host: '127.0.0.1', port });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  /** With a session. */
  static async start(port: number, request: Partial<ConnectRequest> = {}): Promise<RawClient> {
    const client = await RawClient.open(port);
    await client.connect(request);
    return client;
  }

  private read(chunk: Buffer): void {
    if (!this.framed) {
      this.text += chunk.toString('latin1');
      return;
    }
    for (const message of this.end.decode(new Uint8Array(chunk))) {
      if (message.kind === 'watchEvent') this.events.push(message as WatchEvent);
      else this.waiting.shift()?.(message as Said);
    }
  }

  private over(how: 'closed' | 'reset'): void {
    this.ended ??= how;
    for (const tell of this.waiting.splice(0)) tell(null);
    for (const tell of this.gone.splice(0)) tell();
  }

  private next(): Promise<Said | null> {
    if (this.ended !== null) return Promise.resolve(null);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Null: it was refused without a word. */
  async connect(request: Partial<ConnectRequest> = {}): Promise<ConnectResponse | null> {
    this.framed = true;
    this.socket.write(
      this.end.encode({
        kind: 'connect',
        lastZxidSeen: 0,
        timeout: 10_000,
        session: NO_SESSION,
        passwd: '',
        readOnly: false,
        ...request,
      } as ConnectRequest),
    );
    this.session = (await this.next()) as ConnectResponse | null;
    return this.session;
  }

  /** The bytes of a request, under the next number. */
  encode(op: ClientOp): Uint8Array {
    return this.end.encode({ kind: 'request', cxid: ++this.cxid, op } as never);
  }

  /** The answer; null where the connection ended without. */
  async ask(op: ClientOp): Promise<Result | null> {
    this.socket.write(this.encode(op));
    return this.answer();
  }

  /** The answer to the next request that has none; null where the connection ended without. */
  async answer(): Promise<Result | null> {
    return ((await this.next()) as Reply | null)?.result ?? null;
  }

  /** Asks without waiting in between; all answers. */
  askAll(ops: readonly ClientOp[]): Promise<(Result | null)[]> {
    this.socket.write(Buffer.concat(ops.map((op) => this.encode(op))));
    return Promise.all(ops.map(() => this.answer()));
  }

  /** Bytes as they are. */
  say(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  /** Resolved at the end of the connection. */
  async closing(): Promise<'closed' | 'reset'> {
    if (this.ended === null) await new Promise<void>((resolve) => this.gone.push(resolve));
    return this.ended!;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
