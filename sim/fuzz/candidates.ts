/** The conversation between a shrinker and whoever runs its candidates. */
import type { RunSpec } from '../spec.ts';
import type { Asked } from './asked.ts';

/** A candidate that breaks the property. */
export interface Broken {
  /** Virtual ms at which it does. */
  readonly ms: number;
  /** What its clients asked for until then. */
  readonly asked: readonly Asked[];
}

/** What a candidate came to; null where the property holds. */
export type Judgement = Broken | null;

/** Yields candidates, each simpler than the best so far; takes judgements; returns the best. */
export type Candidates = Generator<RunSpec, RunSpec, Judgement>;

/** A way to simplify: goes through its candidates from the given run on. */
export type Pass = (best: RunSpec) => Candidates;
