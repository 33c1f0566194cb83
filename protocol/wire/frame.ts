/** Frames: a big-endian int length and so many bytes (NIOServerCnxn.readLength, QuorumCnxManager). */
import { JuteError, JuteWriter } from './jute.ts';
import { StreamBuffer } from './stream-buffer.ts';

/** Largest frame where nothing else is configured, bytes without the length (jute.maxbuffer). */
export const MAX_FRAME = 0xfffff;

const LENGTH = 4;

/** A frame; `size`: about how many bytes its content takes. */
export function framed(size: number, write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter(LENGTH + size);
  writer.int(0);
  write(writer);
  return writer.setInt(0, writer.length - LENGTH).finish();
}

/** Cuts a stream into frames, whatever pieces it comes in. Plain data: it may be cloned. */
export class FrameDecoder {
  private readonly input = new StreamBuffer();
  private readonly max: number;

  /** @param max largest frame, bytes without the length */
  constructor(max: number = MAX_FRAME) {
    this.max = max;
  }

  /** Bytes that have come and belong to no frame that was taken. */
  get pending(): number {
    return this.input.length;
  }

  /** Takes the next piece of the stream. */
  append(piece: Uint8Array): void {
    this.input.append(piece);
  }

  /**
   * The first four bytes of what is not taken, as an int; null: not there yet. What a stream begins with may be a
   * four-letter word.
   */
  peek(): number | null {
    return this.input.length < LENGTH ? null : this.input.int();
  }

  /** So many bytes that have come, whatever they are; at most {@link pending}. A view as {@link next} gives. */
  take(count: number): Uint8Array {
    return this.input.take(count);
  }

  /**
   * The content of the next frame, a view that is good until the next {@link append}; null: it is not complete.
   *
   * @throws JuteError when its length is negative or above the limit: the stream cannot be read any further
   */
  next(): Uint8Array | null {
    const length = this.peek();
    if (length === null) return null;
    if (length < 0 || length > this.max) throw new JuteError(`a frame of ${length} bytes`);
    if (this.input.length < LENGTH + length) return null;
    this.input.take(LENGTH);
    return this.input.take(length);
  }
}
