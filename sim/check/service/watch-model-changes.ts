/** What was committed, as the watch properties read it: changes in order, and a node's past at any zxid. */
import type { TxnRecord } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Change } from './change.ts';

/** The one committed sequence as it grows (ServiceHistory). */
export interface Commits {
  /** What the event at hand commits, in order. */
  readonly committed: readonly {
    readonly record: TxnRecord;
    readonly outcome: { readonly changes: readonly Change[] };
  }[];
  /** Servers disagree, or the run began with transactions that nobody saw: nothing more is known. */
  readonly blind: boolean;
}

/** When one path was created, deleted or written, and when its children became more or fewer. */
class PathPast {
  readonly zxids: Zxid[] = [];
  /** Whether the node is there from that change on. */
  readonly there: boolean[] = [];
  /** Its czxid, or that of its predecessor once it is gone. */
  readonly czxids: Zxid[] = [];
  readonly childZxids: Zxid[] = [];
}

/** What setWatches compares (DataTree.setWatches); `mzxid` and `pzxid` are 0 where nothing has changed since the start. */
export interface NodeAt {
  readonly there: boolean;
  readonly mzxid: Zxid;
  readonly pzxid: Zxid;
}

/** Nodes that every tree starts with. */
const FIRST_NODES: readonly string[] = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'];

export class ChangeLog {
  private readonly changes: Change[] = [];
  private readonly paths = new Map<string, PathPast>();

  get count(): number {
    return this.changes.length;
  }

  at(index: number): Change {
    return this.changes[index]!;
  }

  /** Of the last change; 0 where there is none. */
  get lastZxid(): Zxid {
    return this.changes.at(-1)?.zxid ?? 0;
  }

  /** The next one: zxids never go back. */
  add(change: Change): void {
    const { zxid, kind, path } = change;
    this.changes.push(change);
    const past = this.past(path);
    past.zxids.push(zxid);
    past.there.push(kind !== 'deleted');
    past.czxids.push(kind === 'created' ? zxid : (past.czxids.at(-1) ?? 0));
    if (kind !== 'data' && path !== '/') this.past(parentOf(path)).childZxids.push(zxid);
  }

  /** Index of the first change after `zxid`. Logarithmic. */
  after(zxid: Zxid): number {
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.changes[middle]!.zxid <= zxid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A node as it was once everything up to `zxid` had taken effect. */
  node(path: string, zxid: Zxid): NodeAt {
    const past = this.paths.get(path);
    const changed = past === undefined ? -1 : lastUpTo(past.zxids, zxid);
    const parented = past === undefined ? -1 : lastUpTo(past.childZxids, zxid);
    const mzxid = changed < 0 ? 0 : past!.zxids[changed]!;
    const czxid = changed < 0 ? 0 : past!.czxids[changed]!;
    return {
      there: changed < 0 ? FIRST_NODES.includes(path) : past!.there[changed]!,
      mzxid,
      // A node begins with its own zxid as pzxid, whatever children its predecessor had.
      pzxid: Math.max(parented < 0 ? 0 : past!.childZxids[parented]!, czxid),
    };
  }

  private past(path: string): PathPast {
    let past = this.paths.get(path);
    if (past === undefined) {
      past = new PathPast();
      this.paths.set(path, past);
    }
    return past;
  }
}

/** Of any path but the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** Index of the last one ≤ `zxid`; −1: none. */
function lastUpTo(zxids: readonly Zxid[], zxid: Zxid): number {
  let low = 0;
  let high = zxids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (zxids[middle]! <= zxid) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
