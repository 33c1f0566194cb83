const MODULUS = 65521;
/** Largest run whose sums stay below 2^32 before they are reduced (zlib's NMAX). */
const RUN = 5552;

/** Adler-32 of nothing: the value to start from. */
export const ADLER32_INIT = 1;

/**
 * Adler-32 as zlib computes it (java.util.zip.Adler32): the checksum of log entries and snapshot seals.
 *
 * @param start checksum of the bytes before these, so that a stream can be summed piece by piece
 * @returns an unsigned 32-bit number
 */
export function adler32(bytes: Uint8Array, start = ADLER32_INIT, from = 0, to = bytes.length): number {
  let a = start & 0xffff;
  let b = start >>> 16;
  let i = from;
  while (i < to) {
    const stop = Math.min(i + RUN, to);
    while (i < stop) {
      a += bytes[i++] as number;
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return b * 0x10000 + a;
}
