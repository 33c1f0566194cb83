/** A client's TCP connection: what is read and written, and when it is not read. */
import type { Socket } from 'node:net';

/** Unsent bytes above which a client that does not read is given up. */
const MOST_UNSENT = 2 ** 30;
/** More bytes than these are not copied together. */
const MOST_COPIED = 1 << 16;

/** Why a connection is not read for now; several may hold at once. */
export const Hold = {
  /** The server does not want to hear more. */
  SERVER: 1,
  /** The server's process stands still. */
  STOPPED: 2,
} as const;

/** Who hears of a connection. */
export interface SocketListener {
  onBytes(connection: number, bytes: Uint8Array): void;
  /** All that was written when {@link ClientSocket.tellDrained} was called has left. */
  onDrained(connection: number): void;
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
  private telling = false;
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
  }

  private gone(reset: boolean): void {
    if (this.over) return;
    this.over = true;
    this.listener.onGone(this.connection, reset);
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
    const { length } = this;
    this.chunks = [];
    this.length = 0;
    if (socket.destroyed) return;
    const copied = length <= MOST_COPIED || chunks.length === 1;
    if (!copied) {
      socket.cork();
      process.nextTick(() => socket.uncork());
      for (const chunk of chunks.splice(0, chunks.length - 1)) socket.write(chunk);
    }
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
    if (this.telling) {
      this.telling = false;
      socket.write(bytes, (error) => {
        if (!error && !this.over) this.listener.onDrained(this.connection);
      });
    } else socket.write(bytes);
    if (socket.writableLength <= MOST_UNSENT) return;
    socket.resetAndDestroy();
    this.gone(true);
  }

  /** Tells once all that is written so far has left; it has not been flushed. */
  tellDrained(): void {
    this.telling = true;
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
