/** What a worker of the pool is asked to do. */
import type { Campaign } from '../../sim/fuzz/profile.ts';
import type { RunSpec } from '../../sim/spec.ts';

/** What tasks have in common. */
interface Loading {
  /** Modules that add to the catalog, absolute paths. */
  readonly with: readonly string[];
}

/** Runs the seeds from `first` to `last` of one run. */
export interface SeedTask extends Loading {
  readonly kind: 'seeds';
  readonly run: RunSpec;
  readonly first: number;
  readonly last: number;
  readonly checkDeterminism: boolean;
}

/** Runs once, for its result. */
export interface ResultTask extends Loading {
  readonly kind: 'result';
  readonly run: RunSpec;
}

/** Runs up to event `to`, for the hash after each event behind `from`. */
export interface HashesTask extends Loading {
  readonly kind: 'hashes';
  readonly run: RunSpec;
  readonly from: number;
  readonly to: number;
}

/** What tasks have in common that are watched while they run. */
interface Watched extends Loading {
  /** Signs of life, written by the worker. */
  readonly beat: SharedArrayBuffer;
}

/** Runs plans of a campaign, by their indices. */
export interface FuzzTask extends Watched {
  readonly kind: 'fuzz';
  readonly campaign: Campaign;
  readonly indices: readonly number[];
  /** Share of the runs that are made twice and compared, 0…1. */
  readonly checkDeterminism: number;
  /** Version of the program, for what is found. */
  readonly program: string;
}

/** Says when, virtual ms, a run breaks a property, or null. */
export interface JudgeTask extends Watched {
  readonly kind: 'judge';
  readonly run: RunSpec;
  readonly property: string;
}

/** Makes one run and watches it. */
export interface ExecuteTask extends Watched {
  readonly kind: 'execute';
  readonly run: RunSpec;
  /** Makes it twice and compares. */
  readonly checkDeterminism: boolean;
}

/** A task that may get stuck. */
export type WatchedTask = FuzzTask | JudgeTask | ExecuteTask;

/** A task that comes to its end. */
export type PlainTask = SeedTask | ResultTask | HashesTask;

/** One piece of work for a worker. */
export type Task = PlainTask | WatchedTask;

/** Places in `beat`: pulses of the present run, and its place in the task from 1 (0: not begun). */
export const BEAT = { pulses: 0, place: 1, bytes: 8 } as const;
