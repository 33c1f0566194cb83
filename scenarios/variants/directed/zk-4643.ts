import { makeZxid } from '../../../protocol/zxid.ts';
import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { LAN, QUICK, SETTLE } from '../../settings.ts';
import { script } from '../../workload.ts';

/** Committed by server 3 with the acknowledgement of server 2; server 1 has none of it. */
const LOST = makeZxid(1, 6);
const FIRST_MISSING = makeZxid(1, 3);

/**
 * The counterexample of the issue: servers 2 and 3 hold a committed transaction; server 2 brings it to server 1 in
 * epoch 2, and server 1 dies between its epoch and its log. With the higher epoch it then wins over server 3.
 */
export const zk4643: RunSpec = {
  format: RUN_FORMAT,
  title: 'currentEpoch is durable before the history of its epoch',
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: LAN,
  clients: [
    script(
      ['/kept', '/lost1', '/lost2', '/lost3', '/lost4'].map((path, i) => {
        return { at: 1700 + 100 * i, op: 'create', path };
      }),
      [3],
    ),
  ],
  faults: [
    { when: { on: 'proposed', where: { zxid: FIRST_MISSING } }, kind: 'cut', from: 3, to: 1 },
    { when: { on: 'committed', where: { server: 3, zxid: LOST } }, kind: 'crash', server: 3 },
    // What was on its way to server 1 must not arrive after all: its link is gone by then.
    { when: { on: 'role', where: { server: 1, role: 'LOOKING' }, nth: 2 }, kind: 'heal' },
    // Server 1 is killed between its epoch and the rest.
    { when: { on: 'currentEpoch', where: { server: 1, epoch: 2 } }, kind: 'crash', server: 1 },
    { when: { on: 'crashed', where: { server: 1 } }, kind: 'crash', server: 2 },
    { when: { on: 'crashed', where: { server: 2 } }, delay: 500, kind: 'restart', server: 1 },
    { when: { on: 'crashed', where: { server: 2 } }, delay: 500, kind: 'restart', server: 3 },
    { at: 12_000, kind: 'restart', server: 'all' },
  ],
  end: { at: 12_000 + SETTLE, healedAt: 12_000 },
  expectations: [],
};
