import type { Result } from '../request.ts';
import {
  type CloseSessionTxn,
  type CreateContainerTxn,
  type CreateTtlTxn,
  type CreateTxn,
  ErrorCode,
  type MultiTxn,
  NO_SESSION,
  OpCode,
  type SessionId,
  type SetAclTxn,
  type SetDataTxn,
  type Txn,
  type TxnRecord,
} from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from './acl.ts';
import { digestOf } from './digest.ts';
import type { TreeListener } from './listener.ts';
import { createdStat, systemStat, ZNode } from './node.ts';
import { CONTAINER_OWNER, ownerKind, ttlOf, ttlOwner } from './owner.ts';
import { CONFIG_PATH, childPath, nameOf, parentOf, ROOT, SYSTEM_PATHS } from './path.ts';
import { Quotas } from './quota.ts';
import type { Stat } from './stat.ts';

const NO_DATA = new Uint8Array(0);

/** A node's owner as clients see it: containers and nodes with a time to live have none. */
function visibleOwner(owner: string): string {
  return owner === NO_SESSION || ownerKind(owner) === 'session' ? owner : NO_SESSION;
}

/** A node's status as clients see it (DataNode.copyStat): cversion is 2 × stored − children, in 32 bits. */
export function statOf(node: ZNode): Stat {
  const { stat } = node;
  return {
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: (2 * stat.cversion - node.children.size) | 0,
    aversion: stat.aversion,
    ephemeralOwner: visibleOwner(stat.ephemeralOwner),
    pzxid: stat.pzxid,
    dataLength: node.data === null ? 0 : node.data.length,
    numChildren: node.children.size,
  };
}

/**
 * The replicated tree and the sessions (server.DataTree, ZKDatabase.sessionsWithTimeouts). Plain data: it may be cloned
 * field by field.
 *
 * Its only input is {@link apply}; applying transactions again, in order, to a tree that already holds some of their
 * effects (a fuzzy snapshot) ends in the same tree.
 */
export class DataTree {
  /** All nodes by path. */
  readonly nodes: Map<string, ZNode> = new Map();
  /** Live sessions and their timeouts, ms. */
  readonly sessions: Map<SessionId, number> = new Map();
  /** Paths of each session's ephemerals; a session without any has no entry. */
  readonly ephemerals: Map<SessionId, Set<string>> = new Map();
  /** Paths of the containers, and of the nodes with a time to live. */
  readonly containers: Set<string> = new Set();
  readonly ttls: Set<string> = new Set();
  readonly quotas: Quotas = new Quotas();
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
   * Applies a transaction (DataTree.processTxn): a create returns path and stat, setData and setACL the stat, a multi one
   * result per part, an error transaction its code. Where replay meets effects that are already there, the error says so
   * and is to be ignored.
   *
   * @param listener told of each node that changes; null in replay and synchronization
   */
  apply(record: TxnRecord, listener: TreeListener | null = null): Result {
    const { txn } = record;
    const result =
      txn.type === OpCode.multi ? this.multi(record, txn, listener) : this.applyOne(record, txn, listener);
    // Only now: a snapshot that begins within a multi must not be named after it (Apache's comment in processTxn).
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

  /** The ACL as it is stored, nothing masked, and the stat; or NONODE. */
  getAcl(path: string): Result {
    const node = this.nodes.get(path);
    return node === undefined
      ? { err: ErrorCode.NONODE }
      : { err: ErrorCode.OK, acl: node.acl, stat: statOf(node) };
  }

  /** The number of all nodes below, or NONODE. Takes time in that number; for the root none. */
  getAllChildrenNumber(path: string): Result {
    const top = this.nodes.get(path);
    if (top === undefined) return { err: ErrorCode.NONODE };
    if (path === ROOT) return { err: ErrorCode.OK, count: this.nodes.size - 1 };
    let count = 0;
    const work = [path];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      const names = this.nodes.get(at)?.children;
      if (names === undefined) continue;
      count += names.size;
      for (const name of names) work.push(childPath(at, name));
    }
    return { err: ErrorCode.OK, count };
  }

  /** Paths of a session's ephemerals, sorted by UTF-16 unit. */
  ephemeralsOf(session: SessionId): readonly string[] {
    const paths = this.ephemerals.get(session);
    return paths === undefined ? [] : [...paths].sort();
  }

  /**
   * Nodes that nobody needs any more, sorted by UTF-16 unit (ContainerManager.getCandidates): childless containers that
   * once had a child, and childless nodes whose time to live has passed since their data last changed.
   *
   * @param now the leader's wall clock, ms
   */
  containerCandidates(now: number): string[] {
    const candidates: string[] = [];
    for (const path of this.containers) {
      const node = this.nodes.get(path);
      if (node !== undefined && node.children.size === 0 && node.stat.cversion > 0) candidates.push(path);
    }
    for (const path of this.ttls) {
      const node = this.nodes.get(path);
      if (node === undefined || node.children.size > 0) continue;
      if (now - node.stat.mtime > ttlOf(node.stat.ephemeralOwner)) candidates.push(path);
    }
    return candidates.sort();
  }

  /**
   * Adds a node as it is, below a parent that must be there; for transactions and for restoring a snapshot, which has the
   * quotas found only when all nodes are there.
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
    const owner = node.stat.ephemeralOwner;
    if (owner !== NO_SESSION) this.own(owner, path);
  }

  private applyOne(record: TxnRecord, txn: Exclude<Txn, MultiTxn>, listener: TreeListener | null): Result {
    switch (txn.type) {
      case OpCode.create:
        return this.create(record, txn, txn.ephemeral ? record.session : NO_SESSION, listener);
      case OpCode.createContainer:
        return this.create(record, txn, CONTAINER_OWNER, listener);
      case OpCode.createTTL:
        return this.create(record, txn, ttlOwner(txn.ttl), listener);
      case OpCode.delete:
        return this.delete(record.zxid, txn.path, listener);
      case OpCode.setData:
        return this.setData(record, txn, listener);
      case OpCode.setACL:
        return this.setAcl(txn);
      case OpCode.check:
        return { err: ErrorCode.OK };
      case OpCode.createSession:
        this.sessions.set(record.session, txn.timeout);
        return { err: ErrorCode.OK };
      case OpCode.closeSession:
        return this.closeSession(record, txn, listener);
      case OpCode.error:
        return { err: txn.err };
    }
  }

  /**
   * One result per part. Where a part is an error nothing changes: parts before the first error count as done, later ones
   * as RUNTIMEINCONSISTENCY, as Apache's logs keep the parts before it as they were asked for.
   */
  private multi(record: TxnRecord, txn: MultiTxn, listener: TreeListener | null): Result {
    const results: Result[] = [];
    if (txn.txns.some((part) => part.type === OpCode.error)) {
      let err: number = ErrorCode.OK;
      for (const part of txn.txns) {
        results.push({ err: part.type === OpCode.error ? part.err : err });
        if (part.type === OpCode.error) err = ErrorCode.RUNTIMEINCONSISTENCY;
      }
    } else {
      for (const part of txn.txns) results.push(this.applyOne(record, part, listener));
    }
    return { err: ErrorCode.OK, results };
  }

  private create(
    record: TxnRecord,
    txn: CreateTxn | CreateContainerTxn | CreateTtlTxn,
    owner: string,
    listener: TreeListener | null,
  ): Result {
    const { path } = txn;
    const parent = this.nodes.get(parentOf(path));
    if (parent === undefined) return { err: ErrorCode.NONODE };
    // Of two replayed creations of one parent's children the snapshot may hold the later one's effect already.
    if (txn.parentCVersion > parent.stat.cversion) {
      parent.stat.cversion = txn.parentCVersion;
      parent.stat.pzxid = record.zxid;
      this.redigest(parent);
    }
    const existing = this.nodes.get(path);
    if (existing !== undefined) {
      existing.acl = txn.acl;
      return { err: ErrorCode.NODEEXISTS };
    }
    const node = new ZNode(path, txn.data, txn.acl, createdStat(record.zxid, record.time, owner));
    this.insert(path, node);
    const stat = statOf(node);
    this.quotas.inserted(this.nodes, path, node);
    if (listener !== null) listener.created(path, record.zxid, node.acl, parent.acl);
    return { err: ErrorCode.OK, path, stat };
  }

  private delete(zxid: Zxid, path: string, listener: TreeListener | null): Result {
    const parent = this.nodes.get(parentOf(path));
    if (parent === undefined) return { err: ErrorCode.NONODE };
    parent.children.delete(nameOf(path));
    // A later creation's pzxid may be there already.
    if (zxid > parent.stat.pzxid) {
      parent.stat.pzxid = zxid;
      this.redigest(parent);
    }
    const node = this.nodes.get(path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    this.remove(path, node);
    if (listener !== null) listener.deleted(path, zxid, node.acl, parent.acl);
    return { err: ErrorCode.OK };
  }

  private setData(record: TxnRecord, txn: SetDataTxn, listener: TreeListener | null): Result {
    const { path, data } = txn;
    const node = this.nodes.get(path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    const before = node.data;
    node.setData(data);
    node.stat.version = txn.version;
    node.stat.mzxid = record.zxid;
    node.stat.mtime = record.time;
    this.redigest(node);
    const stat = statOf(node);
    if (this.quotas.active) {
      const grown = (data === null ? 0 : data.length) - (before === null ? 0 : before.length);
      this.quotas.dataChanged(this.nodes, path, node, grown);
    }
    if (listener !== null) listener.dataChanged(path, record.zxid, node.acl);
    return { err: ErrorCode.OK, stat };
  }

  private setAcl(txn: SetAclTxn): Result {
    const node = this.nodes.get(txn.path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    node.acl = txn.acl;
    node.stat.aversion = txn.version;
    this.redigest(node);
    return { err: ErrorCode.OK, stat: statOf(node) };
  }

  /** The transaction's paths, then whatever else the session owns (DataTree.killSession). */
  private closeSession(record: TxnRecord, txn: CloseSessionTxn, listener: TreeListener | null): Result {
    const { session, zxid } = record;
    this.sessions.delete(session);
    for (const path of txn.paths) this.delete(zxid, path, listener);
    for (const path of this.ephemeralsOf(session)) this.delete(zxid, path, listener);
    return { err: ErrorCode.OK };
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
    const owner = node.stat.ephemeralOwner;
    if (owner !== NO_SESSION) this.disown(owner, path);
    this.quotas.removed(this.nodes, path, node);
  }

  private own(owner: string, path: string): void {
    const kind = ownerKind(owner);
    if (kind === 'container') this.containers.add(path);
    else if (kind === 'ttl') this.ttls.add(path);
    else {
      const paths = this.ephemerals.get(owner);
      if (paths === undefined) this.ephemerals.set(owner, new Set([path]));
      else paths.add(path);
    }
  }

  private disown(owner: string, path: string): void {
    const kind = ownerKind(owner);
    if (kind === 'container') this.containers.delete(path);
    else if (kind === 'ttl') this.ttls.delete(path);
    else {
      const paths = this.ephemerals.get(owner);
      if (paths === undefined) return;
      paths.delete(path);
      if (paths.size === 0) this.ephemerals.delete(owner);
    }
  }

  private redigest(node: ZNode): void {
    const digest = digestOf(node.contentCrc, node.stat);
    this.digest += digest - node.digest;
    node.digest = digest;
  }
}
