import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const STUCK = makeZxid(1, 6);

export const minorityPartition: Scenario = {
  id: 'minority-partition',
  title: 'The minority side of a partition',
  story:
    'A partition leaves the leader, server 5, with server 1 on one side and the other three on the other. The leader ' +
    'still proposes and server 1 still logs, but two of five are no quorum, so nothing commits there. The majority ' +
    'elects server 4 and goes on in epoch 2. When the partition heals, servers 5 and 1 give up what only they had: ' +
    'consistency was kept at the price of availability on the minority side.',
  run: {
    format: RUN_FORMAT,
    title: 'The minority side of a partition',
    seed: 1,
    ensemble: { ...QUICK, participants: 5 },
    world: LAN,
    clients: [writes(5), mix([2, 3, 4], 2010), mix([5], 2010), mix([1], 2010)],
    faults: [
      {
        when: { on: 'proposed', where: { zxid: STUCK } },
        kind: 'partition',
        groups: [
          [5, 1],
          [2, 3, 4],
        ],
      },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2500, kind: 'heal' },
    ],
    end: { at: 10_000 + SETTLE, healedAt: 10_000 },
    expectations: [
      {
        text: 'both servers of the minority log [1,6]',
        probe: { on: 'acked', where: { zxid: STUCK } },
        atLeast: 2,
        atMost: 2,
      },
      { text: 'but it never commits', probe: { on: 'committed', where: { zxid: STUCK } }, atMost: 0 },
      { text: 'and nobody delivers it', probe: { on: 'applied', where: { zxid: STUCK } }, atMost: 0 },
      {
        text: 'server 5 steps down',
        probe: { on: 'role', where: { server: 5, role: 'LOOKING' } },
        atLeast: 2,
      },
      {
        text: 'the majority goes on under server 4',
        probe: { on: 'committed', where: { server: 4, zxid: makeZxid(2, 1) } },
      },
      {
        text: 'servers 5 and 1 give up their suffix for a snapshot',
        probe: { on: 'syncChosen', where: { server: 4, sync: 'SNAP' } },
        atLeast: 2,
      },
      {
        text: 'after the heal all replicas are equal under server 4',
        end: {
          leader: 4,
          epoch: 2,
          converged: true,
          running: [1, 2, 3, 4, 5],
          exists: ['/w4'],
          absent: ['/w5'],
        },
      },
    ],
  },
  narration: [
    {
      when: { on: 'partitioned' },
      text: 'The ensemble falls apart: 5 and 1 here, 2, 3 and 4 there. [1,6] was on its way.',
    },
    {
      when: { on: 'acked', where: { server: 1, zxid: STUCK } },
      text: 'Servers 5 and 1 have [1,6] on disk. Two of five: it stays uncommitted.',
    },
    {
      when: { on: 'role', where: { server: 5, role: 'LOOKING' }, nth: 2 },
      text: 'Server 5 has not heard from a quorum for syncLimit ticks and steps down.',
    },
    {
      when: { on: 'established', where: { server: 4, epoch: 2 } },
      text: 'Servers 2, 3 and 4 are a quorum. Server 4 leads epoch 2.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(2, 1) } },
      text: 'The majority commits [2,1]. The minority looks for a leader in vain.',
    },
    { when: { on: 'healed' }, text: 'The partition heals.' },
    {
      when: { on: 'syncChosen', where: { learner: 5, server: 4 } },
      text: 'Server 5 comes back as a follower. Its history has left the common one, so it gets a snapshot.',
    },
    {
      when: { on: 'serving', where: { server: 5, epoch: 2 } },
      text: 'Server 5 serves as a follower of server 4.',
    },
  ],
};
