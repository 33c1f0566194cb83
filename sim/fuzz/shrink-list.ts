/** Leaving things out: of a list first all, then halves, quarters, and so on down to single ones. */
import type { RunSpec } from '../spec.ts';
import type { Candidates } from './candidates.ts';

/** `without(run, from, to)` leaves out the entries of that range; null where that cannot be. */
export function* fewer(
  spec: RunSpec,
  count: (spec: RunSpec) => number,
  without: (spec: RunSpec, from: number, to: number) => RunSpec | null,
): Candidates {
  let best = spec;
  for (let size = count(best); size >= 1; size = size > 1 ? (size + 1) >> 1 : 0) {
    for (let from = 0; from < count(best); ) {
      const candidate = without(best, from, Math.min(from + size, count(best)));
      if (candidate !== null && (yield candidate) !== null) best = candidate;
      else from += size;
    }
  }
  return best;
}

/** Tries one change after the other, each on what the ones before have come to; null: nothing to change. */
export function* changes(spec: RunSpec, edits: readonly ((spec: RunSpec) => RunSpec | null)[]): Candidates {
  let best = spec;
  for (const edit of edits) {
    const candidate = edit(best);
    if (candidate !== null && (yield candidate) !== null) best = candidate;
  }
  return best;
}
