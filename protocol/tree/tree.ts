import type { Result } from '../request.ts';
import {
  type CreateTxn,
  type DeleteTxn,
  ErrorCode,
  NO_SESSION,
  OpCode,
  type SetDataTxn,
  type TxnRecord,
} from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from './acl.ts';
import { digestOf } from './digest.ts';
import { createdStat, systemStat, ZNode } from './node.ts';
import { CONFIG_PATH, childPath, nameOf, parentOf, SYSTEM_PATHS } from './path.ts';
import type { Stat } from './stat.ts';

const NO_DATA = new Uint8Array(0);

/** A node's status as clients see it (DataNode.copyStat): cversion is 2 × stored − children. */
export function statOf(node: ZNode): Stat {
  const { stat } = node;
  return {
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: 2 * stat.cversion - node.children.size,
    aversion: stat.aversion,
    ephemeralOwner: stat.ephemeralOwner,
    pzxid: stat.pzxid,
    dataLength: node.data === null ? 0 : node.data.length,
    numChildren: node.children.size,
  };
}

/**
 * The replicated tree (server.DataTree). Plain data: it may be cloned field by field.
 *
 * Its only input is {@link apply}; applying transactions again, in order, to a tree that already holds some of their
 * effects (a fuzzy snapshot) ends in the same tree.
 */
export class DataTree {
  /** All nodes by path. */
  readonly nodes: Map<string, ZNode> = new Map();
  /** The largest zxid applied. */
  lastProcessedZxid: Zxid = 0;
  /** Sum of the nodes' digests; Apache's wraps at 2^64, this one is exact below 2^21 nodes. */
  digest = 0;

  /** A new tree: only the system nodes. */
  constructor() {
    for (const path of SYSTEM_PATHS) {
      const config = path === CONFIG_PATH;
      const stat = systemStat();
      // Apache sets the node's ACL by setACL with version −1.
      if (config) stat.aversion = -1;
      this.insert(path, new ZNode(path, NO_DATA, config ? READ_ACL_UNSAFE : OPEN_ACL_UNSAFE, stat));
    }
  }

  /**
   * Applies a transaction (DataTree.processTxn): create returns path and stat, setData the stat, an error transaction
   * its code. Where replay meets effects that are already there, the error says so and is to be ignored.
   */
  apply(record: TxnRecord): Result {
    const { txn } = record;
    let result: Result;
    switch (txn.type) {
      case OpCode.create:
        result = this.create(record, txn);
        break;
      case OpCode.delete:
        result = this.delete(record.zxid, txn);
        break;
      case OpCode.setData:
        result = this.setData(record, txn);
        break;
      case OpCode.error:
        result = { err: txn.err };
        break;
    }
    if (record.zxid > this.lastProcessedZxid) this.lastProcessedZxid = record.zxid;
    return result;
  }

  /** The stat, or NONODE. */
  exists(path: string): Result {
    const node = this.nodes.get(path);
    return node === undefined ? { err: ErrorCode.NONODE } : { err: ErrorCode.OK, stat: statOf(node) };
  }

  /** Data and stat, or NONODE. */
  getData(path: string): Result {
    const node = this.nodes.get(path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    return { err: ErrorCode.OK, data: node.data, stat: statOf(node) };
  }

  /** Names of the children, sorted by UTF-16 unit, and the node's stat; or NONODE. */
  getChildren(path: string): Result {
    const node = this.nodes.get(path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    return { err: ErrorCode.OK, children: [...node.children].sort(), stat: statOf(node) };
  }

  /**
   * Adds a node as it is, below a parent that must be there; for transactions and for restoring a snapshot.
   *
   * @throws Error when the parent is missing
   */
  insert(path: string, node: ZNode): void {
    const name = nameOf(path);
    if (name !== '') {
      const parent = this.nodes.get(parentOf(path));
      if (parent === undefined) throw new Error(`node '${path}' has no parent`);
      parent.children.add(name);
    }
    this.nodes.set(path, node);
    this.digest += node.digest;
  }

  private create(record: TxnRecord, txn: CreateTxn): Result {
    const parent = this.nodes.get(parentOf(txn.path));
    if (parent === undefined) return { err: ErrorCode.NONODE };
    // Of two replayed creations of one parent's children the snapshot may hold the later one's effect already.
    if (txn.parentCVersion > parent.stat.cversion) {
      parent.stat.cversion = txn.parentCVersion;
      parent.stat.pzxid = record.zxid;
      this.redigest(parent);
    }
    const existing = this.nodes.get(txn.path);
    if (existing !== undefined) {
      existing.acl = txn.acl;
      return { err: ErrorCode.NODEEXISTS };
    }
    const owner = txn.ephemeral ? record.session : NO_SESSION;
    const node = new ZNode(txn.path, txn.data, txn.acl, createdStat(record.zxid, record.time, owner));
    this.insert(txn.path, node);
    return { err: ErrorCode.OK, path: txn.path, stat: statOf(node) };
  }

  private delete(zxid: Zxid, txn: DeleteTxn): Result {
    const parent = this.nodes.get(parentOf(txn.path));
    if (parent === undefined) return { err: ErrorCode.NONODE };
    parent.children.delete(nameOf(txn.path));
    // A later creation's pzxid may be there already.
    if (zxid > parent.stat.pzxid) {
      parent.stat.pzxid = zxid;
      this.redigest(parent);
    }
    const node = this.nodes.get(txn.path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    this.remove(txn.path, node);
    return { err: ErrorCode.OK };
  }

  private setData(record: TxnRecord, txn: SetDataTxn): Result {
    const node = this.nodes.get(txn.path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    node.setData(txn.data);
    node.stat.version = txn.version;
    node.stat.mzxid = record.zxid;
    node.stat.mtime = record.time;
    this.redigest(node);
    return { err: ErrorCode.OK, stat: statOf(node) };
  }

  /**
   * Children go along. Only replay deletes a node that has some: they belong to a later node of the same path and
   * their creations are still to come. Left behind, as in Apache, they would make those fail and stay unlisted.
   */
  private remove(path: string, node: ZNode): void {
    for (const name of node.children) {
      const below = childPath(path, name);
      const child = this.nodes.get(below);
      if (child !== undefined) this.remove(below, child);
    }
    this.nodes.delete(path);
    this.digest -= node.digest;
  }

  private redigest(node: ZNode): void {
    const digest = digestOf(node.contentCrc, node.stat);
    this.digest += digest - node.digest;
    node.digest = digest;
  }
}
