const POLYNOMIAL = 0xedb8_8320;
const TWO_32 = 0x1_0000_0000;

/** Four tables of 256 entries, so that an int is taken in one step ("slicing by four"). */
const T = tables();

function tables(): Int32Array {
  const t = new Int32Array(1024);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    t[n] = c;
  }
  for (let n = 256; n < 1024; n++) {
    const c = t[n - 256] as number;
    t[n] = (c >>> 8) ^ (t[c & 255] as number);
  }
  return t;
}

function byteStep(c: number, byte: number): number {
  return (c >>> 8) ^ (T[(c ^ byte) & 255] as number);
}

/** Takes a big-endian int; the register is not inverted here. */
function intStep(c: number, value: number): number {
  return (
    (T[768 + ((c ^ (value >>> 24)) & 255)] as number) ^
    (T[512 + (((c >>> 8) ^ (value >>> 16)) & 255)] as number) ^
    (T[256 + (((c >>> 16) ^ (value >>> 8)) & 255)] as number) ^
    (T[((c >>> 24) ^ value) & 255] as number)
  );
}

/**
 * CRC-32 as zlib computes it (java.util.zip.CRC32).
 *
 * @param start CRC of the bytes before these; 0 at the beginning
 * @returns an unsigned 32-bit number
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let c = ~start;
  const whole = bytes.length & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    c =
      (T[768 + ((c ^ (bytes[i] as number)) & 255)] as number) ^
      (T[512 + (((c >>> 8) ^ (bytes[i + 1] as number)) & 255)] as number) ^
      (T[256 + (((c >>> 16) ^ (bytes[i + 2] as number)) & 255)] as number) ^
      (T[((c >>> 24) ^ (bytes[i + 3] as number)) & 255] as number);
  }
  for (; i < bytes.length; i++) c = byteStep(c, bytes[i] as number);
  return ~c >>> 0;
}

/** Goes on from `start` with a text in jute's UTF-8 (each UTF-16 unit by itself), without encoding it first. */
export function crc32Text(text: string, start = 0): number {
  let c = ~start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      c = byteStep(c, unit);
    } else if (unit < 0x800) {
      c = byteStep(byteStep(c, 0xc0 | (unit >>> 6)), 0x80 | (unit & 0x3f));
    } else {
      c = byteStep(c, 0xe0 | (unit >>> 12));
      c = byteStep(byteStep(c, 0x80 | ((unit >>> 6) & 0x3f)), 0x80 | (unit & 0x3f));
    }
  }
  return ~c >>> 0;
}

/** Goes on from `start` with a big-endian 32-bit int. */
export function crc32Int(value: number, start: number): number {
  return ~intStep(~start, value) >>> 0;
}

/** Goes on from `start` with a big-endian 64-bit long, given as an integer within ±2^53. */
export function crc32Long(value: number, start: number): number {
  const high = Math.floor(value / TWO_32);
  return ~intStep(intStep(~start, high), value - high * TWO_32) >>> 0;
}
