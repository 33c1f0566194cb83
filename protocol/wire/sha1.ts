const BLOCK = 64;
const TWO_29 = 0x2000_0000;

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** SHA-1 of the bytes: 20 bytes (FIPS 180-4). Only names users in digest ids; the platform's hashes are not at hand here. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(BLOCK * Math.ceil((bytes.length + 9) / BLOCK));
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / TWO_29));
  view.setUint32(padded.length - 4, bytes.length << 3);

  const hash = new Int32Array([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]);
  const words = new Int32Array(80);
  for (let at = 0; at < padded.length; at += BLOCK) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + 4 * t);
    for (let t = 16; t < 80; t++) {
      const mixed =
        (words[t - 3] as number) ^
        (words[t - 8] as number) ^
        (words[t - 14] as number) ^
        (words[t - 16] as number);
      words[t] = rotateLeft(mixed, 1);
    }
    addBlock(hash, words);
  }

  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 5; i++) out.setInt32(4 * i, hash[i] as number);
  return digest;
}

function addBlock(hash: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e] = hash as unknown as [number, number, number, number, number];
  for (let t = 0; t < 80; t++) {
    const next = (rotateLeft(a, 5) + mix(t, b, c, d) + e + (words[t] as number)) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  // Int32Array wraps the sums to 32 bits.
  hash[0] = (hash[0] as number) + a;
  hash[1] = (hash[1] as number) + b;
  hash[2] = (hash[2] as number) + c;
  hash[3] = (hash[3] as number) + d;
  hash[4] = (hash[4] as number) + e;
}

/** The round's function of three words and its constant. */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a82_7999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9_eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1b_bcdc;
  return (b ^ c ^ d) + 0xca62_c1d6;
}
