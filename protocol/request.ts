/** Client requests and their results as typed values (org.apache.zookeeper.proto). */
import type { Acl } from './tree/acl.ts';
import type { Stat } from './tree/stat.ts';
import type { OpCode, SessionId } from './txn.ts';
import type { Zxid } from './zxid.ts';

export interface CreateRequest {
  readonly type: typeof OpCode.create | typeof OpCode.create2;
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  /** CreateMode's flag; 0 is persistent. */
  readonly flags: number;
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
export interface ReadRequest {
  readonly type:
    | typeof OpCode.exists
    | typeof OpCode.getData
    | typeof OpCode.getChildren
    | typeof OpCode.getChildren2;
  readonly path: string;
  readonly watch: boolean;
}
export interface SyncRequest {
  readonly type: typeof OpCode.sync;
  readonly path: string;
}

export type WriteOp = CreateRequest | DeleteRequest | SetDataRequest;
export type Op = WriteOp | ReadRequest | SyncRequest;

/** A request on its way through a server: whose it is, its number within the session, and the operation. */
export interface Request {
  readonly session: SessionId;
  readonly cxid: number;
  readonly op: Op;
}

/** What a reply carries besides its header; fields the operation does not return are absent. */
export interface Result {
  readonly err: number;
  readonly path?: string;
  readonly data?: Uint8Array | null;
  readonly stat?: Stat;
  readonly children?: readonly string[];
}

/** A reply: request number, the server's last processed zxid at that moment, and the result. */
export interface Reply {
  readonly kind: 'reply';
  readonly cxid: number;
  readonly zxid: Zxid;
  readonly result: Result;
}
