/** 32-bit hashes. */

/** A polynomial in 31, like Java's, from a text's UTF-16 units; goes on from `hash`. */
export function hashText(text: string, hash = 0): number {
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Spreads a hash over all bits (the end of MurmurHash3). */
export function scramble(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
