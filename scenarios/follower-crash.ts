/** One crash, for two protocols to be compared by. */
import type { RunSpec } from '../sim/spec.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { script } from './workload.ts';

/** Server 1, a follower, crashes for good between the second and the third of four writes. */
export const FOLLOWER_CRASH: Pick<RunSpec, 'seed' | 'ensemble' | 'world' | 'clients' | 'faults' | 'end'> = {
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: LAN,
  clients: [
    script(
      [
        { at: 1500, op: 'create', path: '/before1' },
        { at: 1600, op: 'create', path: '/before2' },
        { at: 2500, op: 'create', path: '/after1' },
        { at: 2600, op: 'create', path: '/after2' },
      ],
      [2],
    ),
  ],
  faults: [{ at: 2000, kind: 'crash', server: 1 }],
  end: { at: 4000 + SETTLE },
};
