// A client of one server: requests in, replies out, nothing repeated or hidden.
import { connect, type Socket } from 'node:net';
import type { ClientMessage, ConnectResponse, WatchEvent } from '../../../protocol/client-messages.ts';
import type { ClientOp, Reply, Result } from '../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import type { Stat } from '../../../protocol/tree/stat.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import { ClientEnd } from '../../../protocol/wire/index.ts';

export interface ConnectOptions {
  /** A session to go on with. */
  readonly session?: string;
  readonly passwd?: string;
  readonly lastZxidSeen?: number;
  /** Of the session, ms. */
  readonly timeout?: number;
  /** For the handshake, ms. */
  readonly patience?: number;
}

/** The connection ended before the answer came: nobody knows whether the request took effect. */
export class ConnectionLost extends Error {}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class RawClient {
  readonly port: number;
  private readonly socket: Socket;
  private readonly end = new ClientEnd(64 << 20);
  private readonly waiting = new Map<number, Waiting>();
  private onConnected: (response: ConnectResponse) => void = () => {};
  private cxid = 0;
  private pings: NodeJS.Timeout | undefined;
  readonly events: WatchEvent[] = [];
  session = NO_SESSION;
  passwd = '';
  timeout = 0;
  /** The greatest zxid of a reply. */
  zxid = 0;
  closed = false;

  private constructor(port: number, socket: Socket) {
    this.port = port;
    this.socket = socket;
    socket.on('data', (bytes) => this.read(new Uint8Array(bytes)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.lost());
  }

  /** @throws ConnectionLost where nobody serves, Error where the session is gone */
  static async connect(port: number, options: ConnectOptions = {}): Promise<RawClient> {
    const {
      session = NO_SESSION,
      passwd = '',
      lastZxidSeen = 0,
      timeout = 10_000,
      patience = 10_000,
    } = options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new RawClient(port, socket);
    const response = await new Promise<ConnectResponse>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(), patience);
      client.onConnected = resolve;
      socket.on('close', () => {
        clearTimeout(timer);
        reject(new ConnectionLost(`no session at ${port}`));
      });
      client.send({ kind: 'connect', lastZxidSeen, timeout, session, passwd, readOnly: false });
      client.onConnected = (connected) => {
        clearTimeout(timer);
        resolve(connected);
      };
    });
    if (response.timeout === 0) throw new Error(`session ${session} is gone`);
    client.session = response.session;
    client.passwd = response.passwd;
    client.timeout = response.timeout;
    client.pings = setInterval(
      () => void client.request({ type: OpCode.ping }, -2).catch(() => {}),
      response.timeout / 3,
    );
    client.pings.unref();
    return client;
  }

  /** @throws ConnectionLost */
  request(op: ClientOp, number = ++this.cxid): Promise<Reply> {
    if (this.closed) return Promise.reject(new ConnectionLost('closed before it was sent'));
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.send({ kind: 'request', cxid: number, op });
    });
  }

  /** The result where all went well. @throws Error naming the code otherwise */
  async do(op: ClientOp): Promise<Result> {
    const { result } = await this.request(op);
    if (result.err === ErrorCode.OK) return result;
    const name = Object.entries(ErrorCode).find(([, code]) => code === result.err)?.[0];
    throw new Error(`${name ?? result.err}: ${JSON.stringify(op)}`);
  }

  async create(path: string, data = '', flags = 0): Promise<string> {
    const op = { type: OpCode.create, path, data: Buffer.from(data), acl: OPEN_ACL_UNSAFE, flags } as const;
    return (await this.do(op)).path as string;
  }

  async set(path: string, data: string): Promise<Stat> {
    return (await this.do({ type: OpCode.setData, path, data: Buffer.from(data), version: -1 })).stat as Stat;
  }

  async get(path: string): Promise<string> {
    const { data } = await this.do({ type: OpCode.getData, path, watch: false });
    return Buffer.from(data ?? []).toString();
  }

  async sync(): Promise<void> {
    await this.do({ type: OpCode.sync, path: '/' });
  }

  /** Ends the session. */
  async close(): Promise<void> {
    await this.request({ type: OpCode.closeSession }).catch(() => {});
    this.drop();
  }

  /** Leaves without a word. */
  drop(): void {
    this.socket.destroy();
    this.lost();
  }

  private send(message: ClientMessage): void {
    this.socket.write(this.end.encode(message));
  }

  private read(bytes: Uint8Array): void {
    for (const message of this.end.decode(bytes)) {
      if (message.kind === 'connected') this.onConnected(message as ConnectResponse);
      else if (message.kind === 'watchEvent') this.events.push(message as WatchEvent);
      else {
        const reply = message as Reply;
        this.zxid = Math.max(this.zxid, reply.zxid);
        this.waiting.get(reply.cxid)?.resolve(reply);
        this.waiting.delete(reply.cxid);
      }
    }
    if (this.end.failure !== null) this.socket.destroy(new Error(this.end.failure));
  }

  private lost(): void {
    this.closed = true;
    clearInterval(this.pings);
    for (const { reject } of this.waiting.values())
      reject(new ConnectionLost(`the connection to ${this.port} is lost`));
    this.waiting.clear();
  }
}
