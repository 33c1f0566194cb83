import { OpCode } from '../protocol/txn.ts';
import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const CUT = makeZxid(1, 6);

export const divergentLeaderTruncated: Scenario = {
  id: 'divergent-leader-truncated',
  title: 'A divergent old leader is truncated',
  story:
    'Server 3 leads and all clients talk to it. Its links go dead, but it does not know yet: it goes on to propose, and ' +
    'logs what nobody else will ever log. The other two elect server 2 for epoch 2. When the links are back, server 3 ' +
    'comes as a follower with a history that is longer than its leader’s, and is told to cut it back to the last ' +
    'transaction they share (TRUNC) before it may serve again.',
  run: {
    format: RUN_FORMAT,
    title: 'A divergent old leader is truncated',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5, [3]), mix([3], 2010), mix([3], 2010), mix([3], 2010)],
    faults: [
      { when: { on: 'proposed', where: { zxid: CUT } }, kind: 'isolate', server: 'it' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2000, kind: 'heal' },
    ],
    end: { at: 9000 + SETTLE, healedAt: 9000 },
    expectations: [
      { text: 'server 3 logs [1,6]', probe: { on: 'logged', where: { server: 3, zxid: CUT } } },
      { text: 'nobody else does', probe: { on: 'logged', where: { zxid: CUT } }, atMost: 1 },
      { text: 'it never commits', probe: { on: 'committed', where: { zxid: CUT } }, atMost: 0 },
      {
        text: 'server 2 leads epoch 2 from [1,5]',
        probe: { on: 'established', where: { server: 2, epoch: 2, zxid: CUT - 1 } },
      },
      {
        text: 'server 3 is told to truncate',
        probe: { on: 'syncChosen', where: { server: 2, learner: 3, sync: 'TRUNC', zxid: CUT - 1 } },
      },
      {
        text: 'and does, durably',
        probe: { on: 'truncated', where: { server: 3, zxid: CUT - 1, durable: true } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'its clients go on in epoch 2',
        probe: { on: 'committed', where: { server: 2, zxid: makeZxid(2, 1) } },
      },
      {
        text: 'and write',
        probe: { on: 'replied', where: { server: 3, op: OpCode.create, err: 0 } },
        atLeast: 5,
      },
      {
        text: 'all replicas are equal under server 2',
        end: { leader: 2, epoch: 2, converged: true, running: [1, 2, 3], exists: ['/w4'], absent: ['/w5'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { zxid: CUT } },
      text: 'Server 3 proposes [1,6]. At this moment its links go dead; its clients still reach it.',
    },
    {
      when: { on: 'logged', where: { server: 3, zxid: CUT } },
      text: 'Server 3 logs [1,6]. Nobody else will.',
    },
    {
      when: { on: 'role', where: { server: 3, role: 'LOOKING' }, nth: 2 },
      text: 'Server 3 has not heard from a quorum for syncLimit ticks and steps down.',
    },
    {
      when: { on: 'established', where: { server: 2, epoch: 2 } },
      text: 'The other two have elected server 2. Its history ends with [1,5].',
    },
    {
      when: { on: 'elected', where: { server: 3, leader: 2 } },
      text: 'Server 3 hears from a quorum that follows server 2, and joins it.',
    },
    {
      when: { on: 'syncChosen', where: { learner: 3, sync: 'TRUNC' } },
      text: 'Server 3 reports more than its leader has: it is told to cut its log back to [1,5].',
    },
    {
      when: { on: 'truncated', where: { server: 3 } },
      text: 'The log of server 3 ends with [1,5] again.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(2, 1) } },
      text: 'A client of server 3 opens its session anew, and [2,1] takes the place that [1,6] never had.',
    },
  ],
};
