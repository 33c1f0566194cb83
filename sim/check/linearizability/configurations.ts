/** What a search has visited: configurations, each reached from another by one operation. */

import { scramble } from './hash.ts';
import type { Timeline } from './timeline.ts';

const FIRST_ROOM = 256;
/** Numbers kept per configuration besides its bits, and its share of the hash table, bytes. */
const FIXED_BYTES = 32;

/**
 * A configuration stands before an event — the return of an operation that has not taken effect — with a state and the set
 * of the open operations that have. One dominates another that differs from it only in that fewer of its reads are done or
 * more of its pending operations are used: whatever order goes on from the other goes on from it.
 */
export class Configurations {
  count = 0;
  event = new Int32Array(FIRST_ROOM);
  state = new Int32Array(FIRST_ROOM);
  /** The configuration it was reached from (−1: none) and the operation that took effect in between. */
  parent = new Int32Array(FIRST_ROOM);
  operation = new Int32Array(FIRST_ROOM);
  private bits: Int32Array;
  private hashes = new Int32Array(FIRST_ROOM);
  private next = new Int32Array(FIRST_ROOM);
  private buckets = new Int32Array(FIRST_ROOM).fill(-1);
  private readonly words: number;
  private readonly writes: Int32Array;
  private readonly reads: Int32Array;
  private readonly pending: Int32Array;

  constructor({ words, writeMask, readMask, pendingMask }: Timeline<unknown, unknown>) {
    this.words = words;
    this.writes = writeMask;
    this.reads = readMask;
    this.pending = pendingMask;
    this.bits = new Int32Array(FIRST_ROOM * words);
  }

  /** Memory taken, bytes. */
  get bytes(): number {
    return this.event.length * (FIXED_BYTES + 4 * this.words);
  }

  /** Copies the set of operations done. */
  read(at: number, into: Int32Array): void {
    const { words, bits } = this;
    for (let w = 0, from = at * words; w < words; w++) into[w] = bits[from + w]!;
  }

  /** Adds a configuration; −1 where one that was visited dominates it. */
  visit(event: number, state: number, done: Int32Array, parent: number, operation: number): number {
    const { words, writes, reads, pending } = this;
    let hash = Math.imul(event, 0x9e3779b1) ^ Math.imul(state, 0x85ebca6b);
    for (let w = 0; w < words; w++) hash = Math.imul(hash, 31) + (done[w]! & writes[w]!);
    hash = scramble(hash);
    let bucket = hash & (this.buckets.length - 1);
    search: for (let at = this.buckets[bucket]!; at >= 0; at = this.next[at]!) {
      if (this.event[at] !== event || this.state[at] !== state) continue;
      for (let w = 0, from = at * words; w < words; w++) {
        const old = this.bits[from + w]!;
        const now = done[w]!;
        if (((old ^ now) & writes[w]!) !== 0) continue search;
        if ((now & ~old & reads[w]!) !== 0 || (old & ~now & pending[w]!) !== 0) continue search;
      }
      return -1;
    }
    if (this.count === this.event.length) {
      this.grow();
      bucket = hash & (this.buckets.length - 1);
    }
    const at = this.count++;
    this.event[at] = event;
    this.state[at] = state;
    this.parent[at] = parent;
    this.operation[at] = operation;
    this.bits.set(done, at * words);
    this.hashes[at] = hash;
    this.next[at] = this.buckets[bucket]!;
    this.buckets[bucket] = at;
    return at;
  }

  private grow(): void {
    const room = this.event.length * 2;
    this.event = grown(this.event, room);
    this.state = grown(this.state, room);
    this.parent = grown(this.parent, room);
    this.operation = grown(this.operation, room);
    this.bits = grown(this.bits, room * this.words);
    this.hashes = grown(this.hashes, room);
    this.next = new Int32Array(room);
    this.buckets = new Int32Array(room).fill(-1);
    for (let at = 0; at < this.count; at++) {
      const bucket = this.hashes[at]! & (room - 1);
      this.next[at] = this.buckets[bucket]!;
      this.buckets[bucket] = at;
    }
  }
}

function grown(array: Int32Array, room: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(room);
  copy.set(array);
  return copy;
}
