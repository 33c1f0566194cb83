const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes in base64 with padding (RFC 4648, section 4), as digest ids carry them. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(bits >>> 18) + ALPHABET.charAt((bits >>> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((bits >>> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(bits & 63) : '=';
  }
  return text;
}
