/** What is to be sent over a socket: gathered within a turn, so that many messages take one call of the system. */
import type { Socket } from 'node:net';
import type { Turns } from './turns.ts';

/** Bytes under way beyond which a channel is full. */
const FULL = 64 * 1024;

export class Outgoing {
  private readonly socket: Socket;
  private readonly turns: Turns;
  private readonly onDrained: () => void;
  private pieces: Uint8Array[] = [];
  private size = 0;
  private full = false;

  /** @param onDrained has room again, after {@link write} said that it had none */
  constructor(socket: Socket, turns: Turns, onDrained: () => void) {
    this.socket = socket;
    this.turns = turns;
    this.onDrained = onDrained;
    socket.on('drain', () => this.drained());
  }

  /** Bytes that the system has not taken yet. */
  get waiting(): number {
    return this.size + this.socket.writableLength;
  }

  /** Sends bytes, which do not change any more. False: it is full now. */
  write(bytes: Uint8Array): boolean {
    // A snapshot's pieces may be kept back by their codec.
    if (bytes.length === 0) return !this.full;
    if (this.pieces.length === 0) this.turns.flushLater(this);
    this.pieces.push(bytes);
    this.size += bytes.length;
    if (this.waiting > FULL) this.full = true;
    return !this.full;
  }

  flush(): void {
    if (this.size === 0) return;
    const bytes =
      this.pieces.length === 1 ? (this.pieces[0] as Uint8Array) : Buffer.concat(this.pieces, this.size);
    this.pieces = [];
    this.size = 0;
    if (this.socket.writable) this.socket.write(bytes);
    // `drain` comes only where the system did not take everything at once.
    if (this.socket.writableLength === 0) this.drained();
  }

  private drained(): void {
    if (!this.full || this.waiting > FULL) return;
    this.full = false;
    this.onDrained();
  }
}
