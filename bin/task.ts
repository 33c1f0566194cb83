/** What a worker of the pool is asked to do. */
import type { RunSpec } from '../sim/spec.ts';

/** Runs the seeds from `first` to `last` of one run. */
export interface SeedTask {
  readonly kind: 'seeds';
  readonly run: RunSpec;
  readonly first: number;
  readonly last: number;
  readonly checkDeterminism: boolean;
}

/** Runs once, for its result. */
export interface ResultTask {
  readonly kind: 'result';
  readonly run: RunSpec;
}

/** Runs up to event `to`, for the hash after each event behind `from`. */
export interface HashesTask {
  readonly kind: 'hashes';
  readonly run: RunSpec;
  readonly from: number;
  readonly to: number;
}

/** One piece of work for a worker. */
export type Task = SeedTask | ResultTask | HashesTask;
