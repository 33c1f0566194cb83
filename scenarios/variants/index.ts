/** The variants: named deviations of the protocol. */
import { broadcast } from './broadcast.ts';
import { canary } from './canary.ts';
import { elections } from './elections.ts';
import { epochs } from './epochs.ts';
import { roleChanges } from './role-changes.ts';
import { service } from './service.ts';
import { synchronization } from './synchronization.ts';
import { twoPhaseCommit } from './two-phase-commit.ts';
import type { Variant } from './variant.ts';

export { budgets } from './budgets.ts';
export { directed } from './directed/index.ts';
export { type Inexpressible, inexpressible } from './inexpressible.ts';
export type { Variant } from './variant.ts';

/** All variants, by what they deviate in; the canary first. */
export const variants: readonly Variant[] = [
  canary,
  ...elections,
  ...epochs,
  ...synchronization,
  ...broadcast,
  twoPhaseCommit,
  ...roleChanges,
  ...service,
];
