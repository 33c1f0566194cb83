/** The address of a client as Apache's server writes it (java.net.InetAddress.getHostAddress). */
import { isIPv4 } from 'node:net';

const MAPPED = '::ffff:';
const GROUPS = 8;

/** An IPv4 address as such, also where the socket takes both; of an IPv6 address all eight groups. */
export function remoteAddress(address: string): string {
  if (address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length))) return address.slice(MAPPED.length);
  if (!address.includes(':')) return address;
  const [plain = ''] = address.split('%');
  const [head = [], tail = []] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].join(':');
}
