import type { Acl } from '../tree/acl.ts';
import { contentCrc, digestOf, pathCrc } from '../tree/digest.ts';
import { copyStat, createdStat } from '../tree/node.ts';
import type { StatPersisted } from '../tree/stat.ts';
import type { DataTree } from '../tree/tree.ts';
import type { SessionId } from '../txn.ts';
import type { Zxid } from '../zxid.ts';

/** Entries behind the queue's head before they are given back. */
const QUEUE_SLACK = 64;

/** A node as it will be once the pending transactions are applied (ZooKeeperServer.ChangeRecord). */
export interface ChangeRecord {
  /** The last pending transaction that changes the node; −1 for a node taken from the tree as it is. */
  readonly zxid: Zxid;
  /** Null: the node will be gone. */
  readonly stat: Readonly<StatPersisted> | null;
  readonly childCount: number;
  readonly acl: readonly Acl[];
  /** Bytes. */
  readonly dataLength: number;
  readonly pathCrc: number;
  readonly contentCrc: number;
  /** The node's part of the tree's digest. */
  readonly digest: number;
}

/** A node that will be there. */
export type LiveRecord = ChangeRecord & { readonly stat: Readonly<StatPersisted> };

/** What to return to when a multi fails. */
interface Attempt {
  readonly digest: number;
  /** What each change since has replaced, the newest last; undefined where nothing was pending. */
  readonly replaced: (ChangeRecord | undefined)[];
}

/**
 * The tree as it will be once everything pending is applied, as changes over the tree as it is
 * (ZooKeeperServer.outstandingChanges and outstandingChangesForPath). Plain data: it may be cloned field by field.
 */
export class ChangeRecords {
  /** Digest of the tree after everything pending; meaningless while nothing is. */
  digest = 0;
  /** Whether {@link find} looks at what is pending (PREP-6). */
  private readonly seesPending: boolean;
  /** The last pending change of each path. */
  private readonly byPath: Map<string, ChangeRecord> = new Map();
  /** Changed paths and their zxids in order of zxid; entries before `head` are dropped. */
  private readonly queuePaths: string[] = [];
  private readonly queueZxids: Zxid[] = [];
  private head = 0;
  /** Of the multi that is being prepared. */
  private attempt: Attempt | null = null;

  constructor(seesPending: boolean) {
    this.seesPending = seesPending;
  }

  /** Changes not applied yet. */
  get size(): number {
    return this.queuePaths.length - this.head;
  }

  /** The node as it will be, or null (PrepRequestProcessor.getRecordForPath). */
  find(tree: DataTree, path: string): LiveRecord | null {
    const change = this.seesPending ? this.byPath.get(path) : undefined;
    if (change !== undefined) return change.stat === null ? null : (change as LiveRecord);
    const node = tree.nodes.get(path);
    if (node === undefined) return null;
    return {
      zxid: -1,
      stat: node.stat,
      childCount: node.children.size,
      acl: node.acl,
      dataLength: node.data === null ? 0 : node.data.length,
      pathCrc: node.pathCrc,
      contentCrc: node.contentCrc,
      digest: node.digest,
    };
  }

  /** The session's ephemerals as they will be, sorted by UTF-16 unit; looks through everything pending. */
  ephemeralsOf(tree: DataTree, session: SessionId): string[] {
    const paths: string[] = [];
    for (const path of tree.ephemeralsOf(session)) {
      if (!this.seesPending || !this.byPath.has(path)) paths.push(path);
    }
    if (this.seesPending) {
      for (const [path, change] of this.byPath) if (change.stat?.ephemeralOwner === session) paths.push(path);
    }
    return paths.sort();
  }

  /** A new node. `time` in wall-clock ms; its parent is told by {@link childCreated}. */
  create(
    path: string,
    data: Uint8Array | null,
    acl: readonly Acl[],
    owner: string,
    zxid: Zxid,
    time: number,
  ): void {
    const stat = createdStat(zxid, time, owner);
    const ofPath = pathCrc(path);
    const ofContent = contentCrc(ofPath, data);
    const digest = digestOf(ofContent, stat);
    this.digest += digest;
    const dataLength = data === null ? 0 : data.length;
    this.push(path, {
      zxid,
      stat,
      childCount: 0,
      acl,
      dataLength,
      pathCrc: ofPath,
      contentCrc: ofContent,
      digest,
    });
  }

  /** A child was created; the tree takes a cversion only when it is larger, and the zxid with it. */
  childCreated(path: string, before: LiveRecord, cversion: number, zxid: Zxid): void {
    const stat = copyStat(before.stat);
    if (cversion > stat.cversion) {
      stat.cversion = cversion;
      stat.pzxid = zxid;
    }
    this.update(path, before, stat, before.childCount + 1, before.acl, zxid);
  }

  /** The node is gone; its parent is told by {@link childDeleted}. */
  delete(path: string, before: LiveRecord, zxid: Zxid): void {
    this.digest -= before.digest;
    this.push(path, {
      zxid,
      stat: null,
      childCount: 0,
      acl: [],
      dataLength: 0,
      pathCrc: before.pathCrc,
      contentCrc: before.pathCrc,
      digest: 0,
    });
  }

  /** A child was deleted. */
  childDeleted(path: string, before: LiveRecord, zxid: Zxid): void {
    const stat = copyStat(before.stat);
    stat.pzxid = zxid;
    this.update(path, before, stat, before.childCount - 1, before.acl, zxid);
  }

  /** New data; `version` is the absolute new version, `time` in wall-clock ms. */
  setData(
    path: string,
    before: LiveRecord,
    data: Uint8Array | null,
    version: number,
    zxid: Zxid,
    time: number,
  ): void {
    const stat = copyStat(before.stat);
    stat.version = version;
    stat.mtime = time;
    stat.mzxid = zxid;
    const { childCount, acl } = before;
    const ofContent = contentCrc(before.pathCrc, data);
    const digest = digestOf(ofContent, stat);
    this.digest += digest - before.digest;
    const dataLength = data === null ? 0 : data.length;
    this.push(path, {
      zxid,
      stat,
      childCount,
      acl,
      dataLength,
      pathCrc: before.pathCrc,
      contentCrc: ofContent,
      digest,
    });
  }

  /** A new ACL; `version` is the absolute new aversion. */
  setAcl(path: string, before: LiveRecord, acl: readonly Acl[], version: number, zxid: Zxid): void {
    const stat = copyStat(before.stat);
    stat.aversion = version;
    this.update(path, before, stat, before.childCount, acl, zxid);
  }

  /** What changes from here on, within the same zxid, can be taken back by {@link rollBack}. */
  begin(): void {
    this.attempt = { digest: this.digest, replaced: [] };
  }

  /** What has changed since {@link begin} stays. */
  keep(): void {
    this.attempt = null;
  }

  /** Records and digest as they were at {@link begin} (PrepRequestProcessor.rollbackPendingChanges). */
  rollBack(): void {
    if (this.attempt === null) return;
    const { digest, replaced } = this.attempt;
    this.attempt = null;
    for (let i = replaced.length - 1; i >= 0; i--) {
      const path = this.queuePaths.pop() as string;
      this.queueZxids.pop();
      const before = replaced[i];
      if (before === undefined) this.byPath.delete(path);
      else this.byPath.set(path, before);
    }
    this.digest = digest;
  }

  /** Drops the changes of transactions up to `zxid`: the tree has them now. Amortized constant time per change. */
  applied(zxid: Zxid): void {
    const { queuePaths, queueZxids } = this;
    while (this.head < queuePaths.length && (queueZxids[this.head] as Zxid) <= zxid) {
      const path = queuePaths[this.head] as string;
      const change = this.byPath.get(path);
      if (change !== undefined && change.zxid <= zxid) this.byPath.delete(path);
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
    this.byPath.clear();
    this.queuePaths.length = 0;
    this.queueZxids.length = 0;
    this.head = 0;
  }

  private update(
    path: string,
    before: LiveRecord,
    stat: StatPersisted,
    childCount: number,
    acl: readonly Acl[],
    zxid: Zxid,
  ): void {
    const { dataLength, pathCrc: ofPath, contentCrc: ofContent } = before;
    const digest = digestOf(ofContent, stat);
    this.digest += digest - before.digest;
    this.push(path, {
      zxid,
      stat,
      childCount,
      acl,
      dataLength,
      pathCrc: ofPath,
      contentCrc: ofContent,
      digest,
    });
  }

  private push(path: string, change: ChangeRecord): void {
    if (this.attempt !== null) this.attempt.replaced.push(this.byPath.get(path));
    this.byPath.set(path, change);
    this.queuePaths.push(path);
    this.queueZxids.push(change.zxid);
  }
}
