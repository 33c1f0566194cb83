// A connection to a client port that sends any bytes and keeps every frame that comes back, in order.
import { connect, type Socket } from 'node:net';

/** A promise that someone waits for, until the time is over. */
interface Waiter {
  readonly done: () => boolean;
  readonly resolve: (met: boolean) => void;
}

export class RawClient {
  /** Contents of the frames that have come, without their lengths. */
  readonly frames: Buffer[] = [];
  /** Whether the other end, or an error, has ended the connection. */
  closed = false;
  private readonly socket: Socket;
  private pending: Buffer = Buffer.alloc(0);
  private waiters: Waiter[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
      this.cutFrames();
      this.wake();
    });
    // What ends a connection, an end or a reset, makes no difference to a client.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  /** Connects to a port of 127.0.0.1. @throws the socket's error where nobody listens */
  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Sends bytes as they are, all at once. */
  send(bytes: Uint8Array): void {
    if (!this.closed) this.socket.write(bytes);
  }

  /** Waits until `done` holds, looking at each arrival and at the end; whether it came to hold within the time (ms). */
  until(done: () => boolean, patience: number): Promise<boolean> {
    if (done()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        done,
        resolve: (met) => {
          clearTimeout(timer);
          resolve(met);
        },
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((each) => each !== waiter);
        resolve(false);
      }, patience);
      this.waiters.push(waiter);
    });
  }

  /** Ends the connection from this side, without a word. */
  cut(): void {
    this.socket.destroy();
  }

  private cutFrames(): void {
    while (this.pending.length >= 4) {
      const length = this.pending.readInt32BE(0);
      if (length < 0) throw new Error(`a server sent a frame of ${length} bytes`);
      if (this.pending.length < 4 + length) return;
      this.frames.push(this.pending.subarray(4, 4 + length));
      this.pending = this.pending.subarray(4 + length);
    }
  }

  private wake(): void {
    const met = this.waiters.filter((waiter) => waiter.done());
    this.waiters = this.waiters.filter((waiter) => !met.includes(waiter));
    for (const waiter of met) waiter.resolve(true);
  }
}
