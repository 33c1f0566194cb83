/**
 * The pieces of a fuzzy snapshot, in the order in which they are written to a snapshot file or streamed after SNAP
 * (org.apache.zookeeper.server.persistence.FileSnap, util.SerializeUtils). Snapshots are taken node by node while
 * transactions go on, so replay over them must be idempotent.
 */
import type { Acl } from './tree/acl.ts';
import type { StatPersisted } from './tree/stat.ts';
import type { SessionId } from './txn.ts';
import type { Zxid } from './zxid.ts';

/** First: the zxid the tree stood at when the walk began (it names the file), and the sessions sorted by id. */
export interface SnapHeader {
  readonly kind: 'snapHeader';
  readonly zxid: Zxid;
  readonly sessions: readonly { readonly id: SessionId; readonly timeout: number }[];
}

/** One node, parents before children; the root's path is the empty string as in Apache's files. */
export interface SnapNode {
  readonly kind: 'snapNode';
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly stat: Readonly<StatPersisted>;
}

/** Last: the seal. `zxid` is where the tree stood when the walk ended, `digest` its digest there. */
export interface SnapEnd {
  readonly kind: 'snapEnd';
  readonly zxid: Zxid;
  readonly digest: number;
}

export type SnapChunk = SnapHeader | SnapNode | SnapEnd;

/** First record of a transaction log file (FileHeader). */
export interface LogHeader {
  readonly kind: 'logHeader';
}
