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
  getACL: 6,
  setACL: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTTL: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  createSession: -10,
  closeSession: -11,
  error: -1,
} as const;
export type OpCode = (typeof OpCode)[keyof typeof OpCode];

/** A session's 64-bit id as 16 lower-case hex digits: survives the wire exactly and serves as a map key. */
export type SessionId = string;

/** The session of requests that no client made. */
export const NO_SESSION: SessionId = '0000000000000000';

/**
 * CreateTxn, CreateContainerTxn, CreateTTLTxn; `parentCVersion` is the parent's stored cversion after the create, so that
 * replay is idempotent.
 */
export interface CreateTxn {
  readonly type: typeof OpCode.create;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly ephemeral: boolean;
  readonly parentCVersion: number;
}
export interface CreateContainerTxn {
  readonly type: typeof OpCode.createContainer;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly parentCVersion: number;
}
export interface CreateTtlTxn {
  readonly type: typeof OpCode.createTTL;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly parentCVersion: number;
  /** Milliseconds, 1…2^40−1. */
  readonly ttl: number;
}

/** DeleteTxn, also what becomes of deleteContainer. */
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

/** SetACLTxn; `version` is the absolute aversion after the change. */
export interface SetAclTxn {
  readonly type: typeof OpCode.setACL;
  readonly path: string;
  readonly acl: readonly Acl[];
  readonly version: number;
}

/** CheckVersionTxn: a check that held, within a multi; changes nothing. */
export interface CheckTxn {
  readonly type: typeof OpCode.check;
  readonly path: string;
  readonly version: number;
}

/** CreateSessionTxn; the session is the record's. `timeout` as negotiated, ms. */
export interface CreateSessionTxn {
  readonly type: typeof OpCode.createSession;
  readonly timeout: number;
}

/** CloseSessionTxn: the ephemerals to delete, sorted by UTF-16 unit (Apache's order is a hash set's). */
export interface CloseSessionTxn {
  readonly type: typeof OpCode.closeSession;
  readonly paths: readonly string[];
}

/** ErrorTxn: a write that failed; it still consumes a zxid. */
export interface ErrorTxn {
  readonly type: typeof OpCode.error;
  readonly err: number;
}

/** What a multi consists of: all of it takes effect or, where one part is an error, nothing (every part is one then). */
export type MultiPart =
  | CreateTxn
  | CreateContainerTxn
  | CreateTtlTxn
  | DeleteTxn
  | SetDataTxn
  | CheckTxn
  | ErrorTxn;

/** MultiTxn. */
export interface MultiTxn {
  readonly type: typeof OpCode.multi;
  readonly txns: readonly MultiPart[];
}

/** Body of a transaction, discriminated by its `type`. */
export type Txn = MultiPart | SetAclTxn | CreateSessionTxn | CloseSessionTxn | MultiTxn;

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
  RUNTIMEINCONSISTENCY: -2,
  DATAINCONSISTENCY: -3,
  CONNECTIONLOSS: -4,
  MARSHALLINGERROR: -5,
  UNIMPLEMENTED: -6,
  OPERATIONTIMEOUT: -7,
  BADARGUMENTS: -8,
  UNKNOWNSESSION: -12,
  NEWCONFIGNOQUORUM: -13,
  RECONFIGINPROGRESS: -14,
  APIERROR: -100,
  NONODE: -101,
  NOAUTH: -102,
  BADVERSION: -103,
  NOCHILDRENFOREPHEMERALS: -108,
  NODEEXISTS: -110,
  NOTEMPTY: -111,
  SESSIONEXPIRED: -112,
  INVALIDCALLBACK: -113,
  INVALIDACL: -114,
  AUTHFAILED: -115,
  SESSIONMOVED: -118,
  NOTREADONLY: -119,
  EPHEMERALONLOCALSESSION: -120,
  NOWATCHER: -121,
  REQUESTTIMEOUT: -122,
  RECONFIGDISABLED: -123,
  SESSIONCLOSEDREQUIRESASLAUTH: -124,
  QUOTAEXCEEDED: -125,
  THROTTLEDOP: -127,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
