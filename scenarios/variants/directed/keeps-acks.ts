import { makeZxid } from '../../../protocol/zxid.ts';
import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { LAN, QUICK, SETTLE } from '../../settings.ts';
import { writes } from '../../workload.ts';

/** Acknowledged by server 2 alone, while the disks of the others stand still. */
const OUTSTANDING = makeZxid(1, 3);

/**
 * Server 2 acknowledges a proposal, dies, comes back to the same leader and cuts it off: when the leader's own disk then
 * has it, that is no quorum.
 */
export const keepsAcks: RunSpec = {
  format: RUN_FORMAT,
  title: 'A learner cuts off what it has acknowledged to its leader',
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: LAN,
  clients: [writes(2, [3])],
  faults: [
    { when: { on: 'proposed', where: { zxid: OUTSTANDING } }, kind: 'diskStall', server: 1, for: 5000 },
    { when: { on: 'proposed', where: { zxid: OUTSTANDING } }, kind: 'diskStall', server: 3, for: 900 },
    { when: { on: 'acked', where: { server: 2, zxid: OUTSTANDING } }, kind: 'crash', server: 2 },
    { when: { on: 'crashed', where: { server: 2 } }, delay: 10, kind: 'restart', server: 2 },
    { when: { on: 'truncated', where: { server: 2 } }, kind: 'diskStall', server: 2, for: 3000 },
  ],
  end: { at: 9000 + SETTLE, healedAt: 9000 },
  expectations: [],
};
