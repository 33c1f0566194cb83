import type { CreateRequest, DeleteRequest, SetDataRequest, WriteOp } from '../request.ts';
import type { Acl } from '../tree/acl.ts';
import { contentCrc, digestOf, pathCrc } from '../tree/digest.ts';
import { copyStat, createdStat } from '../tree/node.ts';
import { isSystemPath, parentOf, validatePath } from '../tree/path.ts';
import type { StatPersisted } from '../tree/stat.ts';
import type { DataTree } from '../tree/tree.ts';
import {
  ErrorCode,
  type ErrorTxn,
  NO_SESSION,
  OpCode,
  type SessionId,
  type Txn,
  type TxnRecord,
} from '../txn.ts';
import type { Zxid } from '../zxid.ts';

/** Largest flag that CreateMode defines; 0 is persistent. */
const CREATE_FLAG_MAX = 6;
const SCHEMES: readonly string[] = ['world', 'digest', 'ip'];
/** Entries behind the queue's head before they are given back. */
const QUEUE_SLACK = 64;

/** A node as it will be once the pending transactions are applied (ZooKeeperServer.ChangeRecord). */
export interface ChangeRecord {
  /** The last pending transaction that changes the node; −1 for a node taken from the tree as it is. */
  readonly zxid: Zxid;
  /** Null: the node will be gone. */
  readonly stat: StatPersisted | null;
  readonly childCount: number;
  readonly pathCrc: number;
  readonly contentCrc: number;
  /** The node's part of the tree's digest. */
  readonly digest: number;
}

type LiveRecord = ChangeRecord & { readonly stat: StatPersisted };

/**
 * The leader's view of what is proposed but not applied yet, and the checks that turn a write into a transaction
 * (server.PrepRequestProcessor). Plain data: it may be cloned field by field.
 */
export class OutstandingChanges {
  /** The last pending change of each path. */
  private readonly changes: Map<string, ChangeRecord> = new Map();
  /** Changed paths and their zxids in order of zxid; entries before `head` are dropped. */
  private readonly queuePaths: string[] = [];
  private readonly queueZxids: Zxid[] = [];
  private head = 0;
  /** Digest of the tree after everything pending; meaningless while nothing is. */
  private digest = 0;

  /** Changes not applied yet. */
  get size(): number {
    return this.queuePaths.length - this.head;
  }

  /**
   * Turns a write into the transaction to propose. A write that fails becomes an error transaction; it takes its zxid
   * all the same.
   *
   * @param tree the leader's tree, at which everything dropped by {@link applied} has been applied
   * @param zxid larger than of all calls before
   * @param time the leader's wall clock, milliseconds
   */
  prepare(
    tree: DataTree,
    op: WriteOp,
    session: SessionId,
    cxid: number,
    zxid: Zxid,
    time: number,
  ): TxnRecord {
    if (this.size === 0) this.digest = tree.digest;
    const txn = this.check(tree, op, zxid, time);
    return { kind: 'txn', session, cxid, zxid, time, txn, digest: this.digest };
  }

  /** Drops the changes of transactions up to `zxid`: the tree has them now. Amortized constant time per change. */
  applied(zxid: Zxid): void {
    const { queuePaths, queueZxids } = this;
    while (this.head < queuePaths.length && (queueZxids[this.head] as Zxid) <= zxid) {
      const path = queuePaths[this.head] as string;
      const change = this.changes.get(path);
      if (change !== undefined && change.zxid <= zxid) this.changes.delete(path);
      this.head++;
    }
    if (this.head >= QUEUE_SLACK && 2 * this.head >= queuePaths.length) {
      queuePaths.splice(0, this.head);
      queueZxids.splice(0, this.head);
      this.head = 0;
    }
  }

  /** Forgets everything pending: leadership ended. */
  clear(): void {
    this.changes.clear();
    this.queuePaths.length = 0;
    this.queueZxids.length = 0;
    this.head = 0;
  }

  private check(tree: DataTree, op: WriteOp, zxid: Zxid, time: number): Txn {
    switch (op.type) {
      case OpCode.create:
      case OpCode.create2:
        return this.create(tree, op, zxid, time);
      case OpCode.delete:
        return this.delete(tree, op, zxid);
      case OpCode.setData:
        return this.setData(tree, op, zxid, time);
    }
  }

  private create(tree: DataTree, op: CreateRequest, zxid: Zxid, time: number): Txn {
    const { path, data } = op;
    if (!(op.flags >= 0 && op.flags <= CREATE_FLAG_MAX)) return failed(ErrorCode.BADARGUMENTS);
    if (op.flags !== 0) return failed(ErrorCode.UNIMPLEMENTED);
    if (!hasParent(path)) return failed(ErrorCode.BADARGUMENTS);
    const acl = fixAcl(op.acl);
    if (acl === null) return failed(ErrorCode.INVALIDACL);
    const parentPath = parentOf(path);
    const parent = this.find(tree, parentPath);
    if (parent === null) return failed(ErrorCode.NONODE);
    if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
    if (this.find(tree, path) !== null) return failed(ErrorCode.NODEEXISTS);
    if (parent.stat.ephemeralOwner !== NO_SESSION) return failed(ErrorCode.NOCHILDRENFOREPHEMERALS);

    const parentStat = copyStat(parent.stat);
    parentStat.cversion = (parentStat.cversion + 1) | 0;
    parentStat.pzxid = zxid;
    this.update(parentPath, parent, zxid, parentStat, parent.childCount + 1, parent.contentCrc);

    const stat = createdStat(zxid, time, NO_SESSION);
    const ofPath = pathCrc(path);
    const ofContent = contentCrc(ofPath, data);
    const digest = digestOf(ofContent, stat);
    this.digest += digest;
    this.push(path, { zxid, stat, childCount: 0, pathCrc: ofPath, contentCrc: ofContent, digest });
    return { type: OpCode.create, path, data, acl, ephemeral: false, parentCVersion: parentStat.cversion };
  }

  private delete(tree: DataTree, op: DeleteRequest, zxid: Zxid): Txn {
    const { path } = op;
    if (!hasParent(path) || isSystemPath(path)) return failed(ErrorCode.BADARGUMENTS);
    const parentPath = parentOf(path);
    const parent = this.find(tree, parentPath);
    if (parent === null) return failed(ErrorCode.NONODE);
    const node = this.find(tree, path);
    if (node === null) return failed(ErrorCode.NONODE);
    if (op.version !== -1 && op.version !== node.stat.version) return failed(ErrorCode.BADVERSION);
    if (node.childCount > 0) return failed(ErrorCode.NOTEMPTY);

    const parentStat = copyStat(parent.stat);
    parentStat.pzxid = zxid;
    this.update(parentPath, parent, zxid, parentStat, parent.childCount - 1, parent.contentCrc);
    this.digest -= node.digest;
    const gone = { pathCrc: node.pathCrc, contentCrc: node.pathCrc, digest: 0 };
    this.push(path, { zxid, stat: null, childCount: 0, ...gone });
    return { type: OpCode.delete, path };
  }

  private setData(tree: DataTree, op: SetDataRequest, zxid: Zxid, time: number): Txn {
    const { path, data } = op;
    if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
    const node = this.find(tree, path);
    if (node === null) return failed(ErrorCode.NONODE);
    if (op.version !== -1 && op.version !== node.stat.version) return failed(ErrorCode.BADVERSION);

    const stat = copyStat(node.stat);
    stat.version = (stat.version + 1) | 0;
    stat.mtime = time;
    stat.mzxid = zxid;
    this.update(path, node, zxid, stat, node.childCount, contentCrc(node.pathCrc, data));
    return { type: OpCode.setData, path, data, version: stat.version };
  }

  /** The node as it will be, or null: PrepRequestProcessor.getRecordForPath. */
  private find(tree: DataTree, path: string): LiveRecord | null {
    const change = this.changes.get(path);
    if (change !== undefined) return change.stat === null ? null : (change as LiveRecord);
    const node = tree.nodes.get(path);
    if (node === undefined) return null;
    return {
      zxid: -1,
      stat: node.stat,
      childCount: node.children.size,
      pathCrc: node.pathCrc,
      contentCrc: node.contentCrc,
      digest: node.digest,
    };
  }

  private update(
    path: string,
    before: LiveRecord,
    zxid: Zxid,
    stat: StatPersisted,
    childCount: number,
    ofContent: number,
  ): void {
    const digest = digestOf(ofContent, stat);
    this.digest += digest - before.digest;
    this.push(path, { zxid, stat, childCount, pathCrc: before.pathCrc, contentCrc: ofContent, digest });
  }

  private push(path: string, change: ChangeRecord): void {
    this.changes.set(path, change);
    this.queuePaths.push(path);
    this.queueZxids.push(change.zxid);
  }
}

function failed(err: ErrorCode): ErrorTxn {
  return { type: OpCode.error, err };
}

/** PrepRequestProcessor.validatePathForCreate, which runs long before the path is checked in full. */
function hasParent(path: string): boolean {
  return path.includes('/') && !path.includes('\0');
}

/**
 * PrepRequestProcessor.fixupACL: without duplicates, or null when it is not well formed. No connection has
 * authenticated ids here, so `auth` stands for nobody.
 */
function fixAcl(acl: readonly Acl[] | null): readonly Acl[] | null {
  if (acl === null || acl.length === 0) return null;
  const unique: Acl[] = [];
  for (const entry of acl) {
    const { perms, scheme, id } = entry;
    if (!SCHEMES.includes(scheme) || (scheme === 'world' && id !== 'anyone')) return null;
    if (!unique.some((other) => other.perms === perms && other.scheme === scheme && other.id === id)) {
      unique.push(entry);
    }
  }
  return unique.length === acl.length ? acl : unique;
}
