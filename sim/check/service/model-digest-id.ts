/** What the scheme `digest` makes of a name and a password (DigestAuthenticationProvider.generateDigest). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `user:base64(SHA-1(user:password))` of the bytes `user:password`; null where there is no colon. */
export function digestId(auth: Uint8Array): string | null {
  const colon = auth.indexOf(0x3a);
  if (colon < 0) return null;
  let user = '';
  for (let i = 0; i < colon; i++) {
    const byte = auth[i]!;
    // Names in other scripts are outside what runs use; the model then knows nothing.
    if (byte >= 0x80) return null;
    user += String.fromCharCode(byte);
  }
  return `${user}:${base64(sha1(auth))}`;
}

function base64(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += ALPHABET[three >>> 18]! + ALPHABET[(three >>> 12) & 63]!;
    text += (left > 1 ? ALPHABET[(three >>> 6) & 63]! : '=') + (left > 2 ? ALPHABET[three & 63]! : '=');
  }
  return text;
}

/** SHA-1 (FIPS 180-4). */
function sha1(message: Uint8Array): number[] {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  for (let i = 0; i < 4; i++) padded[padded.length - 1 - i] = ((message.length * 8) >>> (8 * i)) & 255;
  const sum = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const w: number[] = new Array<number>(80).fill(0);
  for (let block = 0; block < padded.length; block += 64) {
    for (let t = 0; t < 16; t++) {
      const at = block + 4 * t;
      w[t] = (padded[at]! << 24) | (padded[at + 1]! << 16) | (padded[at + 2]! << 8) | padded[at + 3]!;
    }
    for (let t = 16; t < 80; t++) w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    let [a, b, c, d, e] = sum as [number, number, number, number, number];
    for (let t = 0; t < 80; t++) {
      const next = (rotate(a, 5) + mix(t, b, c, d) + e + w[t]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    const parts = [a, b, c, d, e];
    for (let i = 0; i < 5; i++) sum[i] = (sum[i]! + parts[i]!) | 0;
  }
  return sum.flatMap((word) => [(word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
