import { makeZxid } from '../../../protocol/zxid.ts';
import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { LAN, QUICK, SETTLE } from '../../settings.ts';
import { writes } from '../../workload.ts';

/**
 * Server 1 lacks what the others have when the leader dies for good, so server 2 has only server 1 to synchronize and no
 * quorum without it. The bound is one that a first attempt keeps.
 */
export const zk4685: RunSpec = {
  format: RUN_FORMAT,
  title: 'A learner with a DIFF is all that a new leader has',
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: LAN,
  clients: [writes(5, [3])],
  faults: [
    { when: { on: 'proposed', where: { zxid: makeZxid(1, 3) } }, kind: 'cut', from: 3, to: 1 },
    { when: { on: 'committed', where: { server: 3, zxid: makeZxid(1, 6) } }, kind: 'crash', server: 3 },
    { at: 3000, kind: 'heal' },
  ],
  end: { at: 3000 + SETTLE, healedAt: 3000, electWithin: 2500 },
  expectations: [],
};
