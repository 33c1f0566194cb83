// Jute, written apart from protocol/wire, so that a mistake there cannot hide on both sides of a comparison.

/** Makes bytes; longs are BigInts. */
export class Bytes {
  private readonly parts: Buffer[] = [];

  int(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value | 0);
    this.parts.push(bytes);
    return this;
  }

  long(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt.asIntN(64, value));
    this.parts.push(bytes);
    return this;
  }

  bool(value: boolean): this {
    this.parts.push(Buffer.from([value ? 1 : 0]));
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.parts.push(Buffer.from(bytes));
    return this;
  }

  buffer(bytes: Uint8Array | null): this {
    if (bytes === null) return this.int(-1);
    return this.int(bytes.length).raw(bytes);
  }

  string(text: string | null): this {
    return this.buffer(text === null ? null : Buffer.from(text, 'utf8'));
  }

  vector<T>(items: readonly T[] | null, write: (item: T) => void): this {
    if (items === null) return this.int(-1);
    this.int(items.length);
    for (const item of items) write(item);
    return this;
  }

  get content(): Buffer {
    return Buffer.concat(this.parts);
  }

  /** The content behind its length. */
  get frame(): Buffer {
    const { content } = this;
    const length = Buffer.alloc(4);
    length.writeInt32BE(content.length);
    return Buffer.concat([length, content]);
  }
}

/** Reads bytes; throws RangeError at their end. */
export class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    return this.bytes.readUInt8(this.take(1));
  }

  int(): number {
    return this.bytes.readInt32BE(this.take(4));
  }

  long(): bigint {
    return this.bytes.readBigInt64BE(this.take(8));
  }

  buffer(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** As latin1 where it is no UTF-8, so that nothing is lost. */
  string(): string | null {
    const bytes = this.buffer();
    if (bytes === null) return null;
    const text = bytes.toString('utf8');
    return Buffer.from(text, 'utf8').equals(bytes) ? text : `\\x${bytes.toString('hex')}`;
  }

  vector<T>(read: () => T): T[] | null {
    const length = this.int();
    if (length < 0) return null;
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read());
    return items;
  }

  /** All that is left, in hex. */
  rest(): string {
    const at = this.at;
    this.at = this.bytes.length;
    return this.bytes.subarray(at).toString('hex');
  }

  private take(count: number): number {
    const { at } = this;
    if (count < 0 || this.remaining < count)
      throw new RangeError(`${count} bytes at ${at} of ${this.bytes.length}`);
    this.at += count;
    return at;
  }
}
