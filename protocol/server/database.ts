/** A server's state: tree in memory, log and snapshots on disk (org.apache.zookeeper.server.ZKDatabase). */
import type { EnsembleConfig } from '../config.ts';
import type { Store } from '../host.ts';
import type { Result } from '../request.ts';
import type { TreeListener } from '../tree/listener.ts';
import { CONFIG_PATH } from '../tree/path.ts';
import { DataTree } from '../tree/tree.ts';
import { TreeBuilder } from '../tree/tree-builder.ts';
import type { TxnRecord } from '../txn.ts';
import { textBytes } from '../wire/four-letter-word.ts';
import { CommittedLog, follows } from '../zab/committed-log.ts';
import { type ZabRules, zabRules } from '../zab/rules.ts';
import type { SyncSource } from '../zab/sync-plan.ts';
import type { Zxid } from '../zxid.ts';
import type { StoreAction } from './durable.ts';
import { type SnapshotInProgress, Snapshots } from './snapshots.ts';
import { TxnLog } from './txn-log.ts';

/** Every so many zxids the digest is kept, and so many of them at most (DataTree.DIGEST_LOG_INTERVAL, DIGEST_LOG_LIMIT). */
const DIGEST_INTERVAL = 128;
const DIGESTS = 1024;

/** Small file that names (by its generation) a snapshot about to replace all history; 0: none. */
const REPLACEMENT = 'replacement';

export class Database implements SyncSource {
  private readonly store: Store;
  private readonly config: EnsembleConfig;
  tree: DataTree = new DataTree();
  readonly committedLog: CommittedLog;
  readonly log: TxnLog;
  readonly snapshots: Snapshots;
  /** Header zxid of the snapshot the tree was loaded from. */
  snapshotZxid: Zxid = 0;
  /** Whether the tree holds transactions that are neither in the log nor in a snapshot. */
  aheadOfDisk = false;
  /** The tree's digest at zxids that are multiples of 128, oldest first: at most 1,024 of those applied since it was loaded. */
  digests: { readonly zxid: Zxid; readonly digest: number }[] = [];
  /** File of that snapshot, or of the one taken since. */
  private snapshotFile = '';

  constructor(store: Store, config: EnsembleConfig, rules: ZabRules = zabRules) {
    this.store = store;
    this.config = config;
    this.committedLog = new CommittedLog(config.commitLogCount, rules.rejectsHoles);
    this.log = new TxnLog(store);
    this.snapshots = new Snapshots(store);
  }

  get lastProcessedZxid(): Zxid {
    return this.tree.lastProcessedZxid;
  }

  /**
   * LOG-1: opens the files and loads the newest valid snapshot and the log behind it. Gives the repairs that must be
   * durable before the server goes on.
   * @throws Error saying why the files cannot be trusted.
   */
  open(): StoreAction[] {
    const repairs = this.log.open();
    repairs.push(...this.snapshots.unsealed());
    repairs.push(...this.finishReplacement());
    if (this.snapshots.newest() === null) {
      if (this.log.lastZxid > 0) throw new Error('no valid snapshot found, but there are log entries');
      const { file } = this.writeSnapshot();
      repairs.push({ op: 'flush', file });
    }
    this.load();
    return repairs;
  }

  /** Rebuilds the tree from the newest snapshot and the log; what is replayed may be sent as DIFF. */
  load(): void {
    this.digests = [];
    this.committedLog.clear();
    this.aheadOfDisk = false;
    const newest = this.snapshots.newest();
    if (newest === null) {
      this.tree = new DataTree();
      this.snapshotZxid = 0;
    } else {
      const builder = new TreeBuilder();
      for (const chunk of newest.chunks) builder.add(chunk);
      this.tree = builder.finish();
      this.tree.lastProcessedZxid = newest.file.zxid;
      this.snapshotZxid = newest.file.zxid;
      this.snapshotFile = newest.file.name;
    }
    this.fastForward();
    this.showMembers();
  }

  /** TREE-2: the members are in the tree, on a server that has addresses (ZKDatabase.initConfigInZKDatabase). */
  private showMembers(): void {
    const { place } = this.config;
    const node = this.tree.nodes.get(CONFIG_PATH);
    if (place === null || node === undefined) return;
    node.setData(textBytes(place.membership));
    node.stat.version = -1;
    node.stat.mzxid = 0;
  }

  /** LOG-4: replays what the log holds beyond the tree (ZOOKEEPER-2845). */
  fastForward(): void {
    for (const record of this.log.after(this.tree.lastProcessedZxid)) {
      this.tree.apply(record);
      this.keepDigest(record.zxid);
      this.committedLog.add(record);
    }
  }

  /** Applies a committed transaction; `listener` is told what changes. */
  apply(record: TxnRecord, listener: TreeListener | null = null): Result {
    const result = this.tree.apply(record, listener);
    this.keepDigest(record.zxid);
    this.committedLog.add(record);
    return result;
  }

  private keepDigest(zxid: Zxid): void {
    if (zxid % DIGEST_INTERVAL !== 0) return;
    this.digests.push({ zxid, digest: this.tree.digest });
    if (this.digests.length > DIGESTS) this.digests.shift();
  }

  /** Applies a transaction that only the next snapshot will hold (synchronization by SNAP or TRUNC). */
  applyToMemory(record: TxnRecord): void {
    this.apply(record);
    this.aheadOfDisk = true;
  }

  /** Replaces the tree by a leader's snapshot, in memory only. */
  install(tree: DataTree, zxid: Zxid): void {
    this.tree = tree;
    this.digests = [];
    this.tree.lastProcessedZxid = zxid;
    this.showMembers();
    this.committedLog.clear();
    this.aheadOfDisk = true;
  }

  /** Whether a state exactly at `zxid` can be rebuilt from the files. */
  canTruncate(zxid: Zxid): boolean {
    const base = this.snapshots.newest(zxid);
    if (base === null) return false;
    if (base.file.zxid === zxid) return true;
    const next = this.log.after(base.file.zxid)[0];
    return next !== undefined && (follows(base.file.zxid, next.zxid) || this.log.contains(base.file.zxid));
  }

  /** LOG-6: cuts snapshots and log above `zxid`, newest first. The caller reloads once this is durable. */
  truncate(zxid: Zxid): StoreAction[] {
    const base = this.snapshots.newest(zxid);
    const files = this.snapshots.list();
    const newer = files.slice(
      0,
      files.findIndex(({ name }) => name === base?.file.name),
    );
    const actions = newer.map<StoreAction>(({ name }) => ({ op: 'remove', file: name }));
    return [...actions, ...this.log.truncate(zxid)];
  }

  /** Writes a whole snapshot of the tree at once; see {@link Snapshots.begin} for `apart`. */
  writeSnapshot(apart = false): SnapshotInProgress {
    const progress = this.snapshots.begin(this.tree, apart);
    this.snapshots.advance(progress, this.tree, Number.MAX_SAFE_INTEGER);
    return progress;
  }

  /**
   * LOG-5: what makes a written snapshot the new base of history: a mark, the snapshot, then log and other snapshots
   * go, newest first. A crash before the snapshot is whole leaves the old history; after it, the start goes on from the mark.
   */
  replaceHistory({ file, generation }: SnapshotInProgress): StoreAction[] {
    return [
      { op: 'value', name: REPLACEMENT, value: generation },
      { op: 'flush', file },
      ...this.dropAllBut(file),
      { op: 'value', name: REPLACEMENT, value: 0 },
    ];
  }

  private finishReplacement(): StoreAction[] {
    const generation = this.store.readValue(REPLACEMENT) ?? 0;
    if (generation === 0) return [];
    const base = this.snapshots.list().find((file) => file.generation === generation);
    const drops = base !== undefined && this.snapshots.isSealed(base) ? this.dropAllBut(base.name) : [];
    return [...drops, { op: 'value', name: REPLACEMENT, value: 0 }];
  }

  /** A snapshot became durable. */
  onSnapshotTaken(progress: SnapshotInProgress): void {
    this.snapshotFile = progress.file;
    this.snapshotZxid = progress.zxid;
  }

  private dropAllBut(snapshot: string): StoreAction[] {
    const others = this.snapshots.list().filter(({ name }) => name !== snapshot);
    return [...this.log.clear(), ...others.map<StoreAction>(({ name }) => ({ op: 'remove', file: name }))];
  }

  /** LOG-7: what purge removes: all but the newest snapshots and the log they need (PurgeTxnLog). */
  purge(): StoreAction[] {
    const files = this.snapshots.list();
    const retained = files.slice(0, this.config.snapRetainCount);
    const oldest = retained.at(-1);
    if (oldest === undefined) return [];
    const removed = files.slice(this.config.snapRetainCount);
    return [
      ...removed.map<StoreAction>(({ name }) => ({ op: 'remove', file: name })),
      ...this.log.purge(oldest.zxid),
    ];
  }

  /** For DIFF from disk: null where the log is too short or, beside a snapshot, too large. */
  logFrom(zxid: Zxid): readonly TxnRecord[] | null {
    const factor = this.config.snapshotSizeFactor;
    if (factor < 0 || this.log.sizeFrom(zxid) > factor * this.snapshots.size(this.snapshotFile)) return null;
    return this.log.from(zxid);
  }
}
