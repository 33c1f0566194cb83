/** A znode in the model, at one moment. */
import { type Acl, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import type { Stat } from '../../../protocol/tree/stat.ts';
import { NO_SESSION, type SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';

/** Immutable: a change makes a new one. */
export interface ModelNode {
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly kind: 'persistent' | 'ephemeral' | 'container' | 'ttl';
  /** Of an ephemeral; otherwise NO_SESSION, as clients see it. */
  readonly owner: SessionId;
  /** Of a TTL node, ms; otherwise 0. */
  readonly ttl: number;
  readonly czxid: Zxid;
  readonly mzxid: Zxid;
  readonly pzxid: Zxid;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly aversion: number;
  /** Children ever created and children there are: their difference is the number of those deleted. */
  readonly created: number;
  readonly children: number;
}

/** As clients see it: cversion counts creations and deletions. */
export function visibleStat(node: ModelNode): Stat {
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: (node.created + (node.created - node.children)) | 0,
    aversion: node.aversion,
    ephemeralOwner: node.owner,
    dataLength: node.data?.length ?? 0,
    numChildren: node.children,
    pzxid: node.pzxid,
  };
}

const NEW: ModelNode = {
  data: new Uint8Array(0),
  acl: OPEN_ACL_UNSAFE,
  kind: 'persistent',
  owner: NO_SESSION,
  ttl: 0,
  czxid: 0,
  mzxid: 0,
  pzxid: 0,
  ctime: 0,
  mtime: 0,
  version: 0,
  aversion: 0,
  created: 0,
  children: 0,
};

/** What a tree begins with (DataTree()): its own nodes were never created, so they count no creations. */
export const FIRST_NODES: readonly (readonly [path: string, node: ModelNode])[] = [
  ['/', { ...NEW, children: 1 }],
  ['/zookeeper', { ...NEW, children: 2 }],
  ['/zookeeper/config', { ...NEW, acl: READ_ACL_UNSAFE, aversion: -1 }],
  ['/zookeeper/quota', NEW],
];
