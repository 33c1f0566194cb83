/** Bytes of a stream that have come and not been read yet. Plain data: it may be cloned. */
import { JuteReader } from './jute.ts';

const NOTHING = new Uint8Array(0);

/** Keeps what came in pieces together, at amortized constant cost per byte; grows only with what has really come. */
export class StreamBuffer {
  private bytes: Uint8Array = NOTHING;
  private start = 0;
  private end = 0;
  /** Whether `bytes` is this buffer's own, and not a piece somebody handed in. */
  private own = false;

  /** Bytes not consumed yet. */
  get length(): number {
    return this.end - this.start;
  }

  /** Takes the next piece, which must not change afterwards. */
  append(piece: Uint8Array): void {
    if (this.length === 0) {
      this.bytes = piece;
      this.start = 0;
      this.end = piece.length;
      this.own = false;
      return;
    }
    const needed = this.length + piece.length;
    if (!this.own || this.end + piece.length > this.bytes.length) {
      // Twice as large, or moved to the front where half of it is used up: either way paid for by what came before.
      const room = this.own && needed <= this.bytes.length >> 1;
      const target = room ? this.bytes : new Uint8Array(2 * needed);
      target.set(this.bytes.subarray(this.start, this.end));
      this.end = this.length;
      this.start = 0;
      this.bytes = target;
      this.own = true;
    }
    this.bytes.set(piece, this.end);
    this.end += piece.length;
  }

  /** The byte at a place among those not consumed. */
  at(index: number): number {
    return this.bytes[this.start + index] as number;
  }

  /** Four bytes as a big-endian int, of at least that many. */
  int(): number {
    return (this.at(0) << 24) | (this.at(1) << 16) | (this.at(2) << 8) | this.at(3);
  }

  /** Reads what is not consumed; {@link consumeTo} with its offset consumes what was read. */
  reader(): JuteReader {
    return new JuteReader(this.bytes, this.start, this.end);
  }

  /** Everything before this offset of a {@link reader} is done with. */
  consumeTo(offset: number): void {
    this.start = offset;
    if (this.length === 0) this.clear();
  }

  /** The next bytes, consumed; a view that is good until the next {@link append}. */
  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.start + count);
    this.start += count;
    if (this.length === 0) this.clear();
    return taken;
  }

  private clear(): void {
    this.bytes = NOTHING;
    this.start = 0;
    this.end = 0;
    this.own = false;
  }
}
