import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { QUICK } from '../../settings.ts';

/**
 * Servers 1, 2 and 3 lead and follow in epoch 1 and write nothing. Then all five start together: two kinds of votes
 * have the same zxid, and those of the higher epoch the lower ids.
 */
export const zk1419: RunSpec = {
  format: RUN_FORMAT,
  title: 'Two kinds of votes with one zxid, the higher epoch with the lower id',
  seed: 1,
  ensemble: { ...QUICK, participants: 5, down: [4, 5] },
  world: { network: { latency: { uniform: [5, 20] }, retransmissionLimit: 1000 }, step: { uniform: [0, 2] } },
  clients: [],
  faults: [
    { at: 1500, kind: 'powerLoss', server: 'all' },
    { at: 2000, kind: 'restart', server: 'all' },
  ],
  // Long before the bounds of the other LIVE-*: the election makes messages all the time.
  end: { at: 8000, healedAt: 2000, electWithin: 5000 },
  expectations: [],
};
