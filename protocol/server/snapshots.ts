/** Snapshot files: written node by node while transactions go on, valid only with their seal (persistence.FileSnap). */
import type { Store } from '../host.ts';
import type { SnapChunk, SnapEnd } from '../snapshot.ts';
import { SnapshotWalk, snapHeaderOf } from '../tree/snapshot-walk.ts';
import type { DataTree } from '../tree/tree.ts';
import type { Zxid } from '../zxid.ts';
import type { StoreAction } from './durable.ts';

const PREFIX = 'snapshot.';

/** Snapshots tried at start, newest first (FileSnap.findNValidSnapshots). */
const TRIED = 100;

export interface SnapshotFile {
  readonly name: string;
  readonly zxid: Zxid;
  /** Distinguishes snapshots of the same zxid; the greatest is the newest. */
  readonly generation: number;
}

/** A snapshot being written: plain data, so that a run can be copied in the middle of it. */
export interface SnapshotInProgress {
  readonly file: string;
  readonly zxid: Zxid;
  readonly generation: number;
  readonly walk: SnapshotWalk;
}

export class Snapshots {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** All snapshot files, newest first. */
  list(): SnapshotFile[] {
    const files: SnapshotFile[] = [];
    for (const name of this.store.list()) {
      if (!name.startsWith(PREFIX)) continue;
      const dot = name.indexOf('.', PREFIX.length);
      const hex = name.slice(PREFIX.length, dot < 0 ? name.length : dot);
      const generation = dot < 0 ? 0 : Number(name.slice(dot + 1));
      files.push({ name, zxid: Number.parseInt(hex, 16), generation });
    }
    return files.sort((a, b) => b.zxid - a.zxid || b.generation - a.generation);
  }

  /** The newest sealed snapshot that ends at or before `limit`, as its chunks; null when there is none. */
  newest(
    limit = Number.MAX_VALUE,
  ): { file: SnapshotFile; chunks: readonly SnapChunk[]; end: SnapEnd } | null {
    for (const file of this.list().slice(0, TRIED)) {
      if (file.zxid > limit) continue;
      const chunks = this.read(file);
      const end = chunks?.at(-1) as SnapEnd | undefined;
      if (chunks !== null && end !== undefined && end.zxid <= limit) return { file, chunks, end };
    }
    return null;
  }

  /**
   * Files without a seal: their writer died. They are newer than every whole one, which are many and not read for this. One
   * that is damaged is kept, for who may still read it.
   */
  unsealed(): StoreAction[] {
    const actions: StoreAction[] = [];
    for (const file of this.list()) {
      if (this.isSealed(file)) break;
      if (this.store.read(file.name).tail !== 'corrupt') actions.push({ op: 'remove', file: file.name });
    }
    return actions;
  }

  /**
   * Begins a snapshot of a tree at its last zxid. `apart`: with a generation that no other has, so that it can be
   * told apart even where it was never finished.
   */
  begin(tree: DataTree, apart = false): SnapshotInProgress {
    const zxid = tree.lastProcessedZxid;
    const name = PREFIX + zxid.toString(16);
    const distinct =
      apart || this.store.list().some((other) => other === name || other.startsWith(`${name}.`));
    const generation = distinct ? 1 + Math.max(0, ...this.list().map((file) => file.generation)) : 0;
    const file = generation === 0 ? name : `${name}.${generation}`;
    this.store.append(file, snapHeaderOf(tree));
    return { file, zxid, generation, walk: new SnapshotWalk() };
  }

  /** Writes the next nodes; true when the snapshot is sealed and only has to be flushed. */
  advance(progress: SnapshotInProgress, tree: DataTree, nodes: number): boolean {
    for (const node of progress.walk.next(tree, nodes)) this.store.append(progress.file, node);
    if (!progress.walk.done) return false;
    const end: SnapEnd = { kind: 'snapEnd', zxid: tree.lastProcessedZxid, digest: tree.digest };
    this.store.append(progress.file, end);
    return true;
  }

  size(name: string): number {
    return this.store.size(name);
  }

  isSealed(file: SnapshotFile): boolean {
    return this.read(file) !== null;
  }

  private read(file: SnapshotFile): readonly SnapChunk[] | null {
    const { records, tail } = this.store.read(file.name);
    if (tail !== 'clean' || records.at(-1)?.kind !== 'snapEnd') return null;
    return records as unknown as readonly SnapChunk[];
  }
}
