import { OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { client, script } from './workload.ts';

const PATH = '/price';

export const staleReadAndSync: Scenario = {
  id: 'stale-read-and-sync',
  title: 'A stale read, and what sync changes',
  story:
    'A client sets /price to "new" and has its answer. What the leader sends to server 1 takes 400 ms longer just then, ' +
    'so a reader there still gets "old": reads are answered from what a server has (FollowerRequestProcessor passes on ' +
    'writes only), and ZooKeeper does not promise more. A second reader at the same server asks for sync first. The answer ' +
    'comes back behind all that the leader had committed, and the read after it is "new".',
  run: {
    format: RUN_FORMAT,
    title: 'A stale read, and what sync changes',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script(
        [
          { at: 1500, op: 'create', path: PATH, data: 'old' },
          { at: 2500, op: 'set', path: PATH, data: 'new' },
        ],
        [2],
      ),
      client('reader', { path: PATH, at: 2600 }, [1]),
      client('reader', { path: PATH, at: 2600, sync: true }, [1]),
    ],
    faults: [
      { at: 2400, kind: 'slow', from: 3, to: 1, by: 400 },
      { at: 4000, kind: 'heal', speed: true },
    ],
    end: { at: 4000 + SETTLE, healedAt: 4000 },
    expectations: [
      {
        text: 'the first reader reads the old data, once they have been replaced',
        probe: { on: 'told', where: { client: 1002, action: 'reads "old"' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'the second one, after its sync, reads the new data',
        probe: { on: 'told', where: { client: 1003, action: 'reads "new"' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'all replicas are equal in the end',
        end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.setData } },
      text: '/price is "new": the writer has its answer from server 2. To server 1 the commit is still under way.',
    },
    {
      when: { on: 'told', where: { client: 1002 } },
      text: 'Server 1 has answered from its own tree. That is stale, but it has been true.',
    },
    {
      when: { on: 'answered', where: { client: 1003, op: OpCode.sync } },
      text: 'The answer to sync arrives. On that link nothing overtakes, so the commit was here before it.',
    },
  ],
};
