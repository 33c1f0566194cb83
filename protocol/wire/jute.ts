/** Jute, ZooKeeper's serialization (org.apache.jute.BinaryOutputArchive, BinaryInputArchive): big-endian, no tags. */
import { LONG_MIN } from '../zxid.ts';

const TWO_32 = 0x1_0000_0000;
const HIGH_MIN = -0x8000_0000;
const HEX_16 = /^[0-9a-f]{16}$/;
/** Units turned into a string at once; bounded because they travel as call arguments. */
const CHUNK = 4096;

/** Bytes that are not what the format says, or a value that the format cannot hold. */
export class JuteError extends Error {
  override name = 'JuteError';
}

/** Bytes that end too early: of a stream it is not known yet what is wrong with them, if anything. */
export class JuteEndError extends JuteError {
  /** Where the bytes have to reach at least for the value that was asked for. */
  readonly needed: number;

  constructor(message: string, needed: number) {
    super(message);
    this.needed = needed;
  }
}

/** Bytes of a text in jute's UTF-8, in which each UTF-16 unit is encoded by itself. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x800) length += 2;
    else if (unit >= 0x80) length++;
  }
  return length;
}

/** Bytes of an encoded string: its length and its text. */
export function stringSize(text: string): number {
  return 4 + utf8Length(text);
}

/** Bytes of an encoded buffer; null is a length of −1. */
export function bufferSize(bytes: Uint8Array | null): number {
  return bytes === null ? 4 : 4 + bytes.length;
}

/** Writes jute values one after the other into a buffer that grows (BinaryOutputArchive). */
export class JuteWriter {
  private bytes: Uint8Array;
  /** Bytes written so far. */
  length = 0;

  /** @param capacity bytes to reserve; with the exact size, {@link finish} copies nothing */
  constructor(capacity = 64) {
    this.bytes = new Uint8Array(capacity);
  }

  byte(value: number): this {
    const at = this.reserve(1);
    this.bytes[at] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  /** 32 bits; a larger value wraps as in Java. */
  int(value: number): this {
    this.put(this.reserve(4), value);
    return this;
  }

  /** 64 bits from an integer. @throws JuteError unless it is within ±2^53 (exclusive) or {@link LONG_MIN}. */
  long(value: number): this {
    if (!Number.isSafeInteger(value) && value !== LONG_MIN) throw new JuteError(`${value} is no exact long`);
    const at = this.reserve(8);
    const high = Math.floor(value / TWO_32);
    this.put(at, high);
    this.put(at + 4, value - high * TWO_32);
    return this;
  }

  /** 64 bits given as 16 lower-case hex digits. @throws JuteError for anything else. */
  hex16(value: string): this {
    if (!HEX_16.test(value)) throw new JuteError(`'${value}' is not 16 lower-case hex digits`);
    const at = this.reserve(8);
    this.put(at, Number.parseInt(value.slice(0, 8), 16));
    this.put(at + 4, Number.parseInt(value.slice(8), 16));
    return this;
  }

  buffer(value: Uint8Array | null): this {
    if (value === null) return this.int(-1);
    this.int(value.length);
    return this.raw(value);
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): this {
    const at = this.reserve(value.length);
    this.bytes.set(value, at);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int(-1);
    const length = utf8Length(value);
    this.int(length);
    let at = this.reserve(length);
    const bytes = this.bytes;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 0x80) {
        bytes[at++] = unit;
      } else if (unit < 0x800) {
        bytes[at++] = 0xc0 | (unit >>> 6);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else {
        bytes[at++] = 0xe0 | (unit >>> 12);
        bytes[at++] = 0x80 | ((unit >>> 6) & 0x3f);
        bytes[at++] = 0x80 | (unit & 0x3f);
      }
    }
    return this;
  }

  vector<T>(items: readonly T[] | null, write: (writer: JuteWriter, item: T) => void): this {
    if (items === null) return this.int(-1);
    this.int(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** Writes over an int at a place, such as a length that was not known before. */
  setInt(at: number, value: number): this {
    this.put(at, value);
    return this;
  }

  /** What was written so far, without a copy; valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** What was written. The writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.bytes.slice(0, this.length);
  }

  private reserve(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.length = needed;
    return at;
  }

  /** 32 bits, big-endian. By hand, since a DataView costs more than most records. */
  private put(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }
}

/**
 * Reads jute values from bytes that may be anything (BinaryInputArchive): every method throws {@link JuteError}, and
 * nothing else, where the bytes do not hold what is asked for, and reserves no memory for a length before it is checked.
 */
export class JuteReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly lenient: boolean;
  /** Position of the next byte. */
  offset: number;

  /** @param lenient malformed UTF-8 becomes U+FFFD as in Java, instead of an error */
  constructor(bytes: Uint8Array, offset = 0, end = bytes.length, lenient = false) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = Math.min(end, bytes.length);
    this.lenient = lenient;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.offset;
  }

  byte(): number {
    return this.bytes[this.take(1, 'a byte')] as number;
  }

  /** Any byte but 0 is true, as in Java. */
  bool(): boolean {
    return this.byte() !== 0;
  }

  int(): number {
    return this.get(this.take(4, 'an int'));
  }

  /** 64 bits as an integer within ±2^53 (exclusive) or {@link LONG_MIN}; others are a JuteError. */
  long(): number {
    const at = this.take(8, 'a long');
    const high = this.get(at);
    const low = this.get(at + 4) >>> 0;
    if (high === HIGH_MIN && low === 0) return LONG_MIN;
    const value = high * TWO_32 + low;
    if (!Number.isSafeInteger(value)) throw new JuteError(`the long at ${at} is outside ±2^53`);
    return value;
  }

  /** As {@link long}, but a value outside of that is the nearest one within. */
  nearestLong(): number {
    const at = this.take(8, 'a long');
    const value = this.get(at) * TWO_32 + (this.get(at + 4) >>> 0);
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER));
  }

  /** 64 bits as 16 lower-case hex digits. */
  hex16(): string {
    const at = this.take(8, 'an id');
    return hex8(this.get(at)) + hex8(this.get(at + 4));
  }

  /** A copy, so that it does not keep the whole input alive. */
  buffer(): Uint8Array | null {
    const length = this.size('buffer');
    if (length < 0) return null;
    const at = this.take(length, 'a buffer');
    return this.bytes.slice(at, at + length);
  }

  /** A copy of all that is left. */
  rest(): Uint8Array {
    const at = this.offset;
    this.offset = this.end;
    return this.bytes.slice(at, this.end);
  }

  /** All that is left, as text. @throws JuteError for malformed UTF-8 unless lenient */
  utf8(): string {
    const at = this.offset;
    this.offset = this.end;
    return decodeUtf8(this.bytes, at, this.end, this.lenient);
  }

  /** What is in a buffer that must not be null, to be read by itself; nothing is copied. */
  section(): JuteReader {
    const length = this.size('buffer');
    if (length < 0) throw new JuteError(`the buffer before ${this.offset} is null`);
    const at = this.take(length, 'a buffer');
    return new JuteReader(this.bytes, at, at + length, this.lenient);
  }

  /** Also takes surrogate pairs in the standard's four bytes, as clients in other languages send them. */
  string(): string | null {
    const length = this.size('string');
    if (length < 0) return null;
    const at = this.take(length, 'a string');
    return decodeUtf8(this.bytes, at, at + length, this.lenient);
  }

  /** A string that must not be null. */
  text(): string {
    const at = this.offset;
    const value = this.string();
    if (value === null) throw new JuteError(`the string at ${at} is null`);
    return value;
  }

  vector<T>(read: (reader: JuteReader) => T): T[] | null {
    const count = this.size('vector');
    if (count < 0) return null;
    // No element takes less than a byte, so a hostile count ends here and not in a long loop.
    if (count > this.remaining) {
      const text = `a vector of ${count} does not fit in ${this.remaining} bytes`;
      throw new JuteEndError(text, this.offset + count);
    }
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(this));
    return items;
  }

  /** @throws JuteError when bytes are left. */
  expectEnd(): void {
    if (this.remaining !== 0) throw new JuteError(`${this.remaining} bytes too many`);
  }

  /** 32 bits, big-endian and signed; they must be there. */
  private get(at: number): number {
    const { bytes } = this;
    const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
    return high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }

  private size(what: string): number {
    const at = this.offset;
    const length = this.int();
    if (length < -1) throw new JuteError(`the ${what} at ${at} has length ${length}`);
    return length;
  }

  private take(count: number, what: string): number {
    const at = this.offset;
    if (count > this.end - at) {
      const text = `truncated: ${what} at ${at} needs ${count} bytes, ${this.end - at} are left`;
      throw new JuteEndError(text, at + count);
    }
    this.offset = at + count;
    return at;
  }
}

/** 32 bits as 8 lower-case hex digits. */
function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

const REPLACEMENT = 0xfffd;

function decodeUtf8(bytes: Uint8Array, from: number, to: number, lenient: boolean): string {
  let text = '';
  let units: number[] = [];
  let i = from;
  while (i < to) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      units.push(lead);
      i++;
    } else {
      const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      const point = codePoint(bytes, i, to, length);
      if (point >= 0x1_0000) {
        units.push(0xd800 | ((point - 0x1_0000) >>> 10), 0xdc00 | (point & 0x3ff));
        i += length;
      } else if (point >= 0) {
        units.push(point);
        i += length;
      } else if (lenient) {
        units.push(REPLACEMENT);
        i++;
      } else throw new JuteError(`malformed UTF-8 at ${i}`);
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** What `length` bytes from a lead byte on stand for; −1: nothing. */
function codePoint(bytes: Uint8Array, at: number, to: number, length: number): number {
  const lead = bytes[at] as number;
  if (at + length > to || lead < 0xc2 || lead >= 0xf5) return -1;
  let point = lead & (0xff >>> (length + 1));
  for (let i = at + 1; i < at + length; i++) {
    const byte = bytes[i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  if (length === 3) return point < 0x800 ? -1 : point;
  if (length === 4) return point < 0x1_0000 || point > 0x10_ffff ? -1 : point;
  return point;
}
