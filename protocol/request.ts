/** Client requests and their results as typed values (org.apache.zookeeper.proto). */
import type { Acl, Id } from './tree/acl.ts';
import type { Stat } from './tree/stat.ts';
import { OpCode, type SessionId } from './txn.ts';
import type { Zxid } from './zxid.ts';

/** CreateMode's flags. */
export const CreateFlag = {
  PERSISTENT: 0,
  EPHEMERAL: 1,
  PERSISTENT_SEQUENTIAL: 2,
  EPHEMERAL_SEQUENTIAL: 3,
  CONTAINER: 4,
  PERSISTENT_WITH_TTL: 5,
  PERSISTENT_SEQUENTIAL_WITH_TTL: 6,
} as const;

export interface CreateRequest {
  readonly type:
    | typeof OpCode.create
    | typeof OpCode.create2
    | typeof OpCode.createContainer
    | typeof OpCode.createTTL;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  /** One of {@link CreateFlag}; anything else is answered BADARGUMENTS. */
  readonly flags: number;
  /** Milliseconds; of createTTL only. */
  readonly ttl?: number;
}
export interface DeleteRequest {
  readonly type: typeof OpCode.delete;
  readonly path: string;
  /** Expected version; −1 matches any. */
  readonly version: number;
}
export interface SetDataRequest {
  readonly type: typeof OpCode.setData;
  readonly path: string;
  readonly data: Uint8Array | null;
  /** Expected version; −1 matches any. */
  readonly version: number;
}
export interface SetAclRequest {
  readonly type: typeof OpCode.setACL;
  readonly path: string;
  readonly acl: readonly Acl[];
  /** Expected aversion; −1 matches any. */
  readonly version: number;
}
/** CheckVersionRequest; valid only within a multi. */
export interface CheckRequest {
  readonly type: typeof OpCode.check;
  readonly path: string;
  readonly version: number;
}
export type MultiOp = CreateRequest | DeleteRequest | SetDataRequest | CheckRequest;
/** MultiOperationRecord: all or nothing, under one zxid. */
export interface MultiRequest {
  readonly type: typeof OpCode.multi;
  readonly ops: readonly MultiOp[];
}
/** ReconfigRequest: comma-separated `server.N=…` that join, ids that leave, or all members; and the expected version. */
export interface ReconfigRequest {
  readonly type: typeof OpCode.reconfig;
  readonly joining?: string;
  readonly leaving?: string;
  readonly members?: string;
  /** Zxid of the configuration to be changed; absent: any. */
  readonly version?: Zxid;
}
/** Of a container or TTL node that nobody needs any more. Servers make these; Apache's also take them from clients. */
export interface DeleteContainerRequest {
  readonly type: typeof OpCode.deleteContainer;
  readonly path: string;
}
/** A client has connected; `timeout` as negotiated, ms. Servers make these, and Apache's also take them from clients. */
export interface CreateSessionRequest {
  readonly type: typeof OpCode.createSession;
  readonly timeout: number;
}
/** A client's last request, or an expired session's end. */
export interface CloseSessionRequest {
  readonly type: typeof OpCode.closeSession;
}

/** `watch`: tell the connection once when what was read changes. */
export interface ReadRequest {
  readonly type:
    | typeof OpCode.exists
    | typeof OpCode.getData
    | typeof OpCode.getChildren
    | typeof OpCode.getChildren2;
  readonly path: string;
  readonly watch: boolean;
}
/** Reads that set no watch; the path of getEphemerals is a prefix of paths. */
export interface PathRequest {
  readonly type: typeof OpCode.getACL | typeof OpCode.getEphemerals | typeof OpCode.getAllChildrenNumber;
  readonly path: string;
}
/** SyncRequest: answered with its path, whatever that is. */
export interface SyncRequest {
  readonly type: typeof OpCode.sync;
  readonly path: string | null;
}
/** MultiOperationRecord of reads; each has its own result. */
export interface MultiReadRequest {
  readonly type: typeof OpCode.multiRead;
  readonly ops: readonly ReadRequest[];
}
/** Requests without a body. */
export interface BareRequest {
  readonly type: typeof OpCode.ping | typeof OpCode.whoAmI;
}
/** AddWatchRequest. */
export interface AddWatchRequest {
  readonly type: typeof OpCode.addWatch;
  readonly path: string;
  /** One of {@link AddWatchMode}. */
  readonly mode: number;
}
/** ZooDefs.AddWatchModes. */
export const AddWatchMode = { PERSISTENT: 0, PERSISTENT_RECURSIVE: 1 } as const;
/** CheckWatchesRequest, RemoveWatchesRequest. */
export interface WatcherRequest {
  readonly type: typeof OpCode.checkWatches | typeof OpCode.removeWatches;
  readonly path: string;
  /** One of {@link WatcherType}. */
  readonly watcher: number;
}
/** Watcher.WatcherType. */
export const WatcherType = { CHILDREN: 1, DATA: 2, ANY: 3, PERSISTENT: 4, PERSISTENT_RECURSIVE: 5 } as const;
/** SetWatches (without the last two) and SetWatches2: a client's watches on a new connection. */
export interface SetWatchesRequest {
  readonly type: typeof OpCode.setWatches | typeof OpCode.setWatches2;
  /** What happened after this zxid is told at once. */
  readonly relativeZxid: Zxid;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly recursive: readonly string[];
}
/** AuthPacket. */
export interface AuthRequest {
  readonly type: typeof OpCode.auth;
  readonly scheme: string;
  readonly auth: Uint8Array;
}
/** GetSASLRequest. */
export interface SaslRequest {
  readonly type: typeof OpCode.sasl;
  /** Absent: none. */
  readonly token?: Uint8Array;
}
/** A request that this server does not know: it is answered UNIMPLEMENTED and the connection is closed. */
export interface UnknownRequest {
  readonly type: typeof OpCode.notification;
  /** The number that stood for its type, where that is not {@link OpCode} `type`. */
  readonly code?: number;
}
/**
 * A request whose body is not what its type says: it is answered MARSHALLINGERROR in its place. One that claims to be a
 * write becomes an error transaction.
 */
export interface MalformedRequest {
  readonly type: typeof OpCode.error;
  /** The type it claims to be of. */
  readonly code: number;
  readonly body: Uint8Array;
}

/** What a client may send that becomes a transaction. */
export type ClientWrite =
  | CreateRequest
  | DeleteRequest
  | SetDataRequest
  | SetAclRequest
  | MultiRequest
  | ReconfigRequest
  | DeleteContainerRequest
  | CloseSessionRequest;
/** What becomes a transaction. */
export type WriteOp = ClientWrite | CreateSessionRequest | MalformedRequest;
/** Whether an operation of this OpCode becomes a transaction. */
export function isWriteCode(type: number): boolean {
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
    case OpCode.delete:
    case OpCode.deleteContainer:
    case OpCode.setData:
    case OpCode.setACL:
    case OpCode.multi:
    case OpCode.reconfig:
    case OpCode.createSession:
    case OpCode.closeSession:
      return true;
    default:
      return false;
  }
}
/** Whether an operation becomes a transaction and so waits for its commit. */
export function isWrite(op: Op): op is WriteOp {
  return isWriteCode(op.type === OpCode.error ? op.code : op.type);
}
/** What is answered from a server's tree and tables, in its place in the session's order. */
export type ReadOp =
  | ReadRequest
  | PathRequest
  | SyncRequest
  | MultiReadRequest
  | BareRequest
  | AddWatchRequest
  | WatcherRequest
  | SetWatchesRequest;
/** Everything that a client may send. */
export type ClientOp =
  | ClientWrite
  | CreateSessionRequest
  | ReadOp
  | AuthRequest
  | SaslRequest
  | CheckRequest
  | UnknownRequest
  | MalformedRequest;
export type Op = ClientOp;

/** Special request numbers (ClientCnxn): they are in no order with a session's own, which count from 1. */
export const Xid = { NOTIFICATION: -1, PING: -2, AUTH: -4, SET_WATCHES: -8 } as const;

/** A request on its way through a server: whose it is, its number within the session, who asks, and the operation. */
export interface Request {
  readonly session: SessionId;
  readonly cxid: number;
  /** Whom the connection has authenticated as; its address (scheme `ip`) is always among them. */
  readonly auth: readonly Id[];
  readonly op: Op;
}

/** What a reply carries besides its header; fields the operation does not return are absent. */
export interface Result {
  readonly err: number;
  readonly path?: string;
  readonly data?: Uint8Array | null;
  readonly stat?: Stat;
  readonly children?: readonly string[];
  readonly acl?: readonly Acl[];
  /** Of getEphemerals. */
  readonly ephemerals?: readonly string[];
  /** Of getAllChildrenNumber. */
  readonly count?: number;
  /** Of whoAmI. */
  readonly ids?: readonly Id[];
  /** Of multi and multiRead, one per operation, with an `err` each; the reply's own `err` is 0 then. */
  readonly results?: readonly Result[];
}

/** A reply: request number, the server's last processed zxid at that moment, and the result. */
export interface Reply {
  readonly kind: 'reply';
  readonly cxid: number;
  readonly zxid: Zxid;
  readonly result: Result;
}
