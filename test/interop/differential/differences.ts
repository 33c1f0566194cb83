// Every known, intended difference from Apache 3.8.0, with its reason. A difference that no longer shows fails the tests.
import type { Difference } from './compare.ts';
import type { Sequence } from './step.ts';

export interface KnownDifference {
  readonly id: string;
  /** Why it is intended: the Apache issue that changed it after 3.8.0, or the rule of protocol/SPEC.md. */
  readonly reason: string;
  /** Whether a field differs because of it. */
  readonly explains: (difference: Difference) => boolean;
  /** The two go separate ways from there: what follows cannot be compared. */
  readonly parts?: true;
  /** Shows it. */
  readonly example: Sequence;
}

export const DIFFERENCES: readonly KnownDifference[] = [];

/** The known difference that explains this one. */
export function explanationOf(difference: Difference): KnownDifference | undefined {
  return DIFFERENCES.find((known) => known.explains(difference));
}
