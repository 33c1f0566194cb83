/** Addresses in ids of the scheme `ip` (server.auth.IPAuthenticationProvider). */

const DECIMAL = /^[0-9]+$/;
const SEGMENT = /^[0-9a-fA-F]{1,4}$/;

/** An address, or a network as `address/bits`. */
interface Network {
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
  /** How many of the first bits count. */
  readonly bits: number;
}

/** Whether an id may stand in an ACL: an IPv4 or IPv6 address, or one with the number of bits that count. */
export function isIpPattern(id: string): boolean {
  return parseNetwork(id) !== null;
}

/** Whether an address is the one of a pattern `address[/bits]`, or within it. Anything malformed matches nothing. */
export function ipMatches(address: string, pattern: string): boolean {
  const network = parseNetwork(pattern);
  const bytes = parseAddress(address);
  if (network === null || bytes === null || bytes.length !== network.bytes.length) return false;
  for (let i = 0, left = network.bits; left > 0; i++, left -= 8) {
    const ignored = left >= 8 ? 0 : 8 - left;
    if ((bytes[i] as number) >>> ignored !== (network.bytes[i] as number) >>> ignored) return false;
  }
  return true;
}

function parseNetwork(pattern: string): Network | null {
  const slash = pattern.indexOf('/');
  const bytes = parseAddress(slash < 0 ? pattern : pattern.slice(0, slash));
  if (bytes === null) return null;
  if (slash < 0) return { bytes, bits: 8 * bytes.length };
  const bits = pattern.slice(slash + 1);
  return DECIMAL.test(bits) && Number(bits) <= 8 * bytes.length ? { bytes, bits: Number(bits) } : null;
}

function parseAddress(address: string): readonly number[] | null {
  return address.includes(':') ? parseV6(address) : parseV4(address);
}

function parseV4(address: string): readonly number[] | null {
  const parts = address.split('.');
  if (parts.length !== 4) return null;
  return parts.every((part) => DECIMAL.test(part) && Number(part) <= 255) ? parts.map(Number) : null;
}

/** Eight segments, of which `::` may stand for one or more that are zero. */
function parseV6(address: string): readonly number[] | null {
  const halves = address.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]?];
  const given = head.length + (tail?.length ?? 0);
  if (tail === undefined ? given !== 8 : given > 7) return null;
  const zeros: string[] = new Array(8 - given).fill('0');
  const segments = [...head, ...zeros, ...(tail ?? [])];
  if (!segments.every((segment) => SEGMENT.test(segment))) return null;
  return segments.flatMap((segment) => {
    const value = Number.parseInt(segment, 16);
    return [value >>> 8, value & 255];
  });
}
