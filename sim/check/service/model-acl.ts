/** Who may do what, as far as can be known from outside: the address of a client is known to servers only. */
import { type Acl, type Id, Perms } from '../../../protocol/tree/acl.ts';

/**
 * Whom a connection has authenticated as when it sent a request, apart from its address. `superuser`: it may do
 * everything.
 */
export interface Identity {
  readonly ids: readonly Id[];
  readonly superuser: boolean;
}
export const NOBODY: Identity = { ids: [], superuser: false };

/** `unknown`: it depends on an address, or on an identity that nobody told of. */
export type Permission = 'granted' | 'denied' | 'unknown';

/** ZooKeeperServer.checkACL. One of `perms` is enough. @param who null: unknown */
export function permission(acl: readonly Acl[], perms: number, who: Identity | null): Permission {
  if (acl.length === 0 || who?.superuser) return 'granted';
  let doubtful = who === null;
  for (const entry of acl) {
    if ((entry.perms & perms) === 0) continue;
    if (entry.scheme === 'world' && entry.id === 'anyone') return 'granted';
    if (who?.ids.some((id) => id.scheme === entry.scheme && id.id === entry.id)) return 'granted';
    if (entry.scheme === 'ip') doubtful = true;
  }
  return doubtful ? 'unknown' : 'denied';
}

/** `invalid`: INVALIDACL. */
export type FixedAcl = readonly Acl[] | 'invalid' | 'unknown';

/** PrepRequestProcessor.fixupACL: the list without duplicates, `auth` replaced by the ids it stands for. */
export function fixedAcl(acl: readonly Acl[] | null, who: Identity | null): FixedAcl {
  if (acl === null || acl.length === 0) return 'invalid';
  const distinct = acl.filter((entry, at) => acl.findIndex((other) => equalEntries(entry, other)) === at);
  const fixed: Acl[] = [];
  let doubtful = false;
  for (const entry of distinct) {
    const { perms, scheme, id } = entry;
    if (scheme === 'world') {
      if (id !== 'anyone') return 'invalid';
      fixed.push(entry);
    } else if (scheme === 'auth') {
      if (who === null) {
        doubtful = true;
        continue;
      }
      const ids = who.ids.filter((known) => known.scheme === 'digest');
      if (ids.length === 0) return 'invalid';
      for (const known of ids) fixed.push({ perms, scheme: known.scheme, id: known.id });
    } else if (scheme === 'digest') {
      // As Java splits: what is empty at the end does not count.
      const parts = id.split(':');
      while (parts.length > 0 && parts[parts.length - 1] === '') parts.pop();
      if (parts.length !== 2) return 'invalid';
      fixed.push(entry);
    } else if (scheme === 'ip') {
      if (!plainAddress(id)) doubtful = true;
      fixed.push(entry);
    } else return 'invalid';
  }
  return doubtful ? 'unknown' : fixed;
}

/** FinalRequestProcessor.handleGetACLRequest: who may not administer a node does not see its digests. */
export function maskedAcl(acl: readonly Acl[]): readonly Acl[] {
  return acl.map((entry) =>
    entry.scheme === 'digest' ? { ...entry, id: `${entry.id.split(':')[0]}:x` } : entry,
  );
}

/** Whether the answer shows digests: it does to those with ADMIN. */
export function mayAdminister(acl: readonly Acl[], who: Identity | null): Permission {
  return permission(acl, Perms.ADMIN, who);
}

export function equalEntries(a: Acl, b: Acl): boolean {
  return a.perms === b.perms && a.scheme === b.scheme && a.id === b.id;
}

/** An IPv4 address, perhaps with the number of bits that count; the model judges no other form. */
function plainAddress(id: string): boolean {
  const [address, bits, ...more] = id.split('/');
  if (more.length > 0 || (bits !== undefined && !inRange(bits, 32))) return false;
  const parts = address!.split('.');
  return parts.length === 4 && parts.every((part) => inRange(part, 255));
}

function inRange(digits: string, most: number): boolean {
  return /^[0-9]{1,3}$/.test(digits) && Number(digits) <= most;
}
