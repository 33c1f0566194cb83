/** The distinct states a search has met, by number. */
import { scramble } from './hash.ts';
import type { Model } from './model.ts';

const DEFAULT_SIZE = 64;
/** Of the tables, per state, bytes. */
const OVERHEAD = 40;

export class States<S> {
  /** Estimate of the memory taken, bytes. */
  bytes = 0;
  private readonly model: Model<S, never, never>;
  private readonly states: S[] = [];
  private readonly hashes: number[] = [];
  private readonly next: number[] = [];
  private buckets = new Int32Array(64).fill(-1);

  constructor(model: Model<S, never, never>) {
    this.model = model;
  }

  get(id: number): S {
    return this.states[id]!;
  }

  /** The number of a state equal to this one. */
  number(state: S): number {
    const hash = scramble(this.model.hash(state));
    for (let id = this.buckets[hash & (this.buckets.length - 1)]!; id >= 0; id = this.next[id]!) {
      if (this.hashes[id] === hash && this.model.equal(this.states[id]!, state)) return id;
    }
    if (this.states.length >= this.buckets.length) this.grow();
    const id = this.states.length;
    const bucket = hash & (this.buckets.length - 1);
    this.states.push(state);
    this.hashes.push(hash);
    this.next.push(this.buckets[bucket]!);
    this.buckets[bucket] = id;
    this.bytes += OVERHEAD + (this.model.size?.(state) ?? DEFAULT_SIZE);
    return id;
  }

  private grow(): void {
    this.buckets = new Int32Array(this.buckets.length * 4).fill(-1);
    for (let id = 0; id < this.states.length; id++) {
      const bucket = this.hashes[id]! & (this.buckets.length - 1);
      this.next[id] = this.buckets[bucket]!;
      this.buckets[bucket] = id;
    }
  }
}
