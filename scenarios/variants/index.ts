/** The variants: named deviations of the protocol. */
import { twoPhaseCommit } from './two-phase-commit.ts';
import type { Variant } from './variant.ts';

export type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [twoPhaseCommit];
