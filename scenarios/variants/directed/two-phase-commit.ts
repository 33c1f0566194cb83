import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { LAN, QUICK, SETTLE } from '../../settings.ts';
import { script } from '../../workload.ts';

/** Server 1 dies for good: a quorum is left, healthy and connected. */
export const twoPhaseCommitBlocked: RunSpec = {
  format: RUN_FORMAT,
  title: 'One participant is gone for good',
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: LAN,
  clients: [
    script(
      [
        { at: 1700, op: 'create', path: '/before' },
        { at: 4000, op: 'create', path: '/after' },
      ],
      [2, 3],
    ),
  ],
  faults: [{ at: 3000, kind: 'crash', server: 1 }],
  end: { at: 3000 + SETTLE, healedAt: 3000 },
  expectations: [],
};
