import { isIPv4 } from 'node:net';

const MAPPED = '::ffff:';

/** An IP address, of a socket that takes both kinds: an IPv4 one as such. */
export function plainAddress(address = ''): string {
  const rest = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : '';
  return isIPv4(rest) ? rest : address;
}
