/**
 * Transactions: what a leader's request becomes, what the log keeps and what every replica applies
 * (org.apache.zookeeper.txn). Values are immutable once made: they are shared between queues, logs and messages.
 */
import type { Acl } from './tree/acl.ts';
import type { Zxid } from './zxid.ts';

/** ZooDefs.OpCode: the numbers of requests and of transaction types. */
export const OpCode = {
  notification: 0,
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  create2: 15,
  createSession: -10,
  closeSession: -11,
  error: -1,
} as const;
export type OpCode = (typeof OpCode)[keyof typeof OpCode];

/** A session's 64-bit id as 16 lower-case hex digits: survives the wire exactly and serves as a map key. */
export type SessionId = string;

/** The session of requests that no client made. */
export const NO_SESSION: SessionId = '0000000000000000';

/** CreateTxn; `parentCVersion` is the parent's stored cversion after the create, so that replay is idempotent. */
export interface CreateTxn {
  readonly type: typeof OpCode.create;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly ephemeral: boolean;
  readonly parentCVersion: number;
}

export interface DeleteTxn {
  readonly type: typeof OpCode.delete;
  readonly path: string;
}

/** SetDataTxn; `version` is the absolute version after the change. */
export interface SetDataTxn {
  readonly type: typeof OpCode.setData;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly version: number;
}

/** ErrorTxn: a write that failed; it still consumes a zxid. */
export interface ErrorTxn {
  readonly type: typeof OpCode.error;
  readonly err: number;
}

/** Body of a transaction, discriminated by its `type`. */
export type Txn = CreateTxn | DeleteTxn | SetDataTxn | ErrorTxn;

/** TxnHeader, body and TxnDigest as one immutable record: a log entry and the payload of PROPOSAL and INFORM. */
export interface TxnRecord {
  readonly kind: 'txn';
  readonly session: SessionId;
  readonly cxid: number;
  readonly zxid: Zxid;
  /** The leader's wall clock when the transaction was prepared (ms). */
  readonly time: number;
  readonly txn: Txn;
  /** Digest of the whole tree after this transaction, as predicted by the leader (TxnDigest, version 2). */
  readonly digest: number;
}

/** KeeperException.Code, by ZooKeeper's names and numbers. */
export const ErrorCode = {
  OK: 0,
  SYSTEMERROR: -1,
  CONNECTIONLOSS: -4,
  MARSHALLINGERROR: -5,
  UNIMPLEMENTED: -6,
  BADARGUMENTS: -8,
  NONODE: -101,
  BADVERSION: -103,
  NOCHILDRENFOREPHEMERALS: -108,
  NODEEXISTS: -110,
  NOTEMPTY: -111,
  INVALIDACL: -114,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
