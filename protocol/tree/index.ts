/** The data tree: nodes, stats, paths, transactions applied, digest, fuzzy snapshots. */
export { type Acl, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from './acl.ts';
export { nodeDigest } from './digest.ts';
export { ZNode } from './node.ts';
export { childPath, isSystemPath, nameOf, parentOf, ROOT, SYSTEM_PATHS, validatePath } from './path.ts';
export { SnapshotWalk } from './snapshot-walk.ts';
export type { Stat, StatPersisted } from './stat.ts';
export { DataTree, statOf } from './tree.ts';
export { restoreTree, TreeBuilder } from './tree-builder.ts';
