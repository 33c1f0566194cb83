/** Access control entries (org.apache.zookeeper.data.ACL). */

/** ZooDefs.Perms, a bit set. */
export const Perms = { READ: 1, WRITE: 2, CREATE: 4, DELETE: 8, ADMIN: 16, ALL: 31 } as const;

/** One access control entry; `perms` is a set of {@link Perms}. */
export interface Acl {
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}

/** ZooDefs.Ids.OPEN_ACL_UNSAFE: everything to everyone. */
export const OPEN_ACL_UNSAFE: readonly Acl[] = [{ perms: Perms.ALL, scheme: 'world', id: 'anyone' }];

/** ZooDefs.Ids.READ_ACL_UNSAFE. */
export const READ_ACL_UNSAFE: readonly Acl[] = [{ perms: Perms.READ, scheme: 'world', id: 'anyone' }];

/** Somebody, as an authentication scheme names them (org.apache.zookeeper.data.Id). */
export interface Id {
  readonly scheme: string;
  readonly id: string;
}
