/** A client's TCP connection: what is read and written, and when it is not read. */
import type { Socket } from 'node:net';

/** Unsent bytes above which a client is not heard until it reads. */
const HIGH_WATER = 1 << 20;
/** Unsent bytes above which a client that does not read is given up. */
const MOST_UNSENT = 64 << 20;

/** Why a connection is not read for now; several may hold at once. */
export const Hold = {
  /** The server has enough to do, or has not answered the handshake. */
  SERVER: 1,
  /** The client does not read what it is sent. */
  OUTPUT: 2,
  /** The server's process stands still. */
  STOPPED: 4,
} as const;

/** Who hears of a connection. */
export interface SocketListener {
  onBytes(connection: number, bytes: Uint8Array): void;
  /** The client's end is gone, in order or not. Nothing follows. */
  onGone(connection: number, reset: boolean): void;
}

/** Writes are gathered until {@link flush}, so that the answers of one turn leave together. */
export class ClientSocket {
  readonly connection: number;
  readonly server: number;
  private readonly socket: Socket;
  private readonly listener: SocketListener;
  private holds = 0;
  private chunks: Uint8Array[] = [];
  private length = 0;
  private over = false;

  /** @param socket one that may be half open */
  constructor(socket: Socket, connection: number, server: number, listener: SocketListener) {
    this.socket = socket;
    this.connection = connection;
    this.server = server;
    this.listener = listener;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      // Plain bytes: a slice of a Buffer is no copy.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      if (!this.over) listener.onBytes(connection, bytes);
    });
    socket.on('end', () => this.gone(false));
    socket.on('error', () => this.gone(true));
    socket.on('close', () => this.gone(true));
    socket.on('drain', () => this.hold(Hold.OUTPUT, false));
  }

  private gone(reset: boolean): void {
    if (this.over) return;
    this.over = true;
    this.listener.onGone(this.connection, reset);
  }

  /** Whether something waits for {@link flush}. */
  get waiting(): boolean {
    return this.length > 0;
  }

  /** Bytes for the client; they must not change any more. */
  write(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  /** Sends what was written. */
  flush(): void {
    if (this.length === 0) return;
    const { chunks, socket } = this;
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, this.length);
    this.chunks = [];
    this.length = 0;
    if (socket.destroyed) return;
    socket.write(bytes);
    const unsent = socket.writableLength;
    if (unsent > MOST_UNSENT) {
      socket.resetAndDestroy();
      this.gone(true);
    } else if (unsent > HIGH_WATER) this.hold(Hold.OUTPUT, true);
  }

  /** Does not read the connection for this reason, or no longer for this one. */
  hold(reason: number, on: boolean): void {
    const before = this.holds;
    this.holds = on ? before | reason : before & ~reason;
    if (this.over || (before === 0) === (this.holds === 0)) return;
    if (on) this.socket.pause();
    else this.socket.resume();
  }

  /** The server's end is gone: `closed` behind what was written, `reset` at once. */
  end(reason: 'closed' | 'reset'): void {
    this.flush();
    this.over = true;
    if (reason === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroySoon();
  }

  /** Ends it whatever the client does. */
  destroy(): void {
    this.over = true;
    this.socket.destroy();
  }
}
