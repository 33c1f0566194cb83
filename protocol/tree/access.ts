/** Who may do what: ACLs checked, repaired and shown (ZooKeeperServer.checkACL, PrepRequestProcessor.fixupACL). */
import { type Acl, type Id, Perms } from './acl.ts';
import { ipMatches, isIpPattern } from './ip-address.ts';

/** Whether one of `ids` has one of the permissions `perm`. An empty ACL and the id of scheme `super` allow everything. */
export function allowed(acl: readonly Acl[], perm: number, ids: readonly Id[]): boolean {
  if (acl.length === 0) return true;
  for (const entry of acl) {
    if ((entry.perms & perm) === 0) continue;
    if (isAnyone(entry)) return true;
    for (const id of ids) if (id.scheme === entry.scheme && matches(id, entry)) return true;
  }
  return isSuper(ids);
}

/**
 * The ACL as it is stored: what occurs twice is dropped, then `auth` becomes the ids that the requester proved.
 *
 * @returns null where it is INVALIDACL: null or empty, an unknown scheme, an id that its scheme does not know, or `auth`
 *   where nothing was proved
 */
export function fixAcl(acl: readonly Acl[] | null, ids: readonly Id[]): readonly Acl[] | null {
  if (acl === null || acl.length === 0) return null;
  const fixed: Acl[] = [];
  for (let i = 0; i < acl.length; i++) {
    const entry = acl[i] as Acl;
    if (firstIndex(acl, entry) < i) continue;
    if (entry.scheme === 'auth') {
      const before = fixed.length;
      for (const { scheme, id } of ids) {
        if (provesIdentity(scheme)) fixed.push({ perms: entry.perms, scheme, id });
      }
      if (fixed.length === before) return null;
    } else if (isValid(entry)) {
      fixed.push(entry);
    } else {
      return null;
    }
  }
  return fixed;
}

/** The ACL as getACL shows it: without ADMIN, what follows a digest id's user is replaced by `x`. */
export function readableAcl(acl: readonly Acl[], ids: readonly Id[]): readonly Acl[] {
  if (allowed(acl, Perms.ADMIN, ids)) return acl;
  return acl.map((entry) => {
    const colon = entry.id.indexOf(':');
    if (entry.scheme !== 'digest' || colon < 0) return entry;
    return { perms: entry.perms, scheme: entry.scheme, id: `${entry.id.slice(0, colon)}:x` };
  });
}

/** AuthenticationProvider.isAuthenticated: an address or `world` says nothing about who it is. */
function provesIdentity(scheme: string): boolean {
  return scheme === 'digest';
}

function isSuper(ids: readonly Id[]): boolean {
  for (const id of ids) if (id.scheme === 'super') return true;
  return false;
}

function isAnyone(entry: Acl): boolean {
  return entry.scheme === 'world' && entry.id === 'anyone';
}

function matches(id: Id, entry: Acl): boolean {
  if (entry.scheme === 'digest') return id.id === entry.id;
  return entry.scheme === 'ip' && ipMatches(id.id, entry.id);
}

function isValid(entry: Acl): boolean {
  if (entry.scheme === 'digest') return isDigestId(entry.id);
  return entry.scheme === 'ip' ? isIpPattern(entry.id) : isAnyone(entry);
}

/** Two parts around one colon; Java's split passes over colons at the end. */
function isDigestId(id: string): boolean {
  let end = id.length;
  while (end > 0 && id.charAt(end - 1) === ':') end--;
  const colon = id.indexOf(':');
  return colon >= 0 && colon < end && id.lastIndexOf(':', end - 1) === colon;
}

function firstIndex(acl: readonly Acl[], entry: Acl): number {
  return acl.findIndex((a) => a.perms === entry.perms && a.scheme === entry.scheme && a.id === entry.id);
}
