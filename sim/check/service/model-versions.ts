/** Values and sets that can be read as they were at any earlier zxid; memory grows with the number of changes only. */
import type { Zxid } from '../../../protocol/zxid.ts';

/** One thing's values, each from a zxid on. */
export class Versions<T> {
  private readonly zxids: Zxid[] = [];
  private readonly values: T[] = [];

  /** @param zxid not before that of the last change; a second change under it replaces the first */
  set(zxid: Zxid, value: T): void {
    const last = this.zxids.length - 1;
    if (last >= 0 && this.zxids[last] === zxid) this.values[last] = value;
    else {
      this.zxids.push(zxid);
      this.values.push(value);
    }
  }

  /** The value at `zxid`; undefined before the first. Logarithmic. */
  at(zxid: Zxid): T | undefined {
    const { zxids } = this;
    let high = zxids.length;
    // Most reads are of the present.
    if (high > 0 && zxids[high - 1]! <= zxid) return this.values[high - 1];
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (zxids[middle]! <= zxid) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.values[low - 1];
  }
}

/** A set of names. A read goes back from the present, so it costs its size and the changes since. */
export class VersionedSet {
  private readonly present: Set<string>;
  private readonly zxids: Zxid[] = [];
  private readonly names: string[] = [];

  constructor(start: Iterable<string> = []) {
    this.present = new Set(start);
  }

  add(zxid: Zxid, name: string): void {
    if (this.present.has(name)) return;
    this.present.add(name);
    this.note(zxid, name);
  }

  delete(zxid: Zxid, name: string): void {
    if (this.present.delete(name)) this.note(zxid, name);
  }

  /** Sorted by UTF-16 unit. */
  at(zxid: Zxid): string[] {
    let last = this.zxids.length - 1;
    if (last < 0 || this.zxids[last]! <= zxid) return [...this.present].sort();
    const set = new Set(this.present);
    for (; last >= 0 && this.zxids[last]! > zxid; last--) {
      const name = this.names[last]!;
      // Every change turns a name over.
      if (!set.delete(name)) set.add(name);
    }
    return [...set].sort();
  }

  private note(zxid: Zxid, name: string): void {
    this.zxids.push(zxid);
    this.names.push(name);
  }
}
