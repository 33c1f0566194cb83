/** The conversation between a shrinker and whoever runs its candidates. */
import type { RunSpec } from '../spec.ts';

/** What a candidate came to: virtual ms at which the property failed, or null where it holds. */
export type Judgement = number | null;

/** Yields candidates, each simpler than the best so far; takes judgements; returns the best. */
export type Candidates = Generator<RunSpec, RunSpec, Judgement>;

/** A way to simplify: goes through its candidates from the given run on. */
export type Pass = (best: RunSpec) => Candidates;
