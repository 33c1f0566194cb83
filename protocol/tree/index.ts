/** The data tree: nodes, stats, paths, transactions applied, digest, fuzzy snapshots. */
export { type Acl, type Id, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from './acl.ts';
export { nodeDigest } from './digest.ts';
export type { TreeListener } from './listener.ts';
export { ZNode } from './node.ts';
export { CONTAINER_OWNER, MAX_TTL, type OwnerKind, ownerKind, ttlOf, ttlOwner } from './owner.ts';
export { childPath, isSystemPath, nameOf, parentOf, ROOT, SYSTEM_PATHS, validatePath } from './path.ts';
export { Quotas, quotaExceeded } from './quota.ts';
export { SnapshotWalk, snapHeaderOf } from './snapshot-walk.ts';
export type { Stat, StatPersisted } from './stat.ts';
export { formatStatsTrack, parseStatsTrack, type StatsTrack } from './stats-track.ts';
export { DataTree, statOf } from './tree.ts';
export { restoreTree, TreeBuilder } from './tree-builder.ts';
