import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const UNHEARD = makeZxid(1, 6);

export const oneWayPartitionOfLeader: Scenario = {
  id: 'one-way-partition-of-leader',
  title: 'A leader that hears but is not heard',
  story:
    'Nothing that server 3, the leader, sends arrives any more, while everything sent to it still does. The followers ' +
    'hear neither proposals nor pings, give it up after syncLimit ticks and elect server 2. Server 3 notices that ' +
    'its followers have left and steps down, but cannot make itself heard to join them until the way out is back. ' +
    'Half a link is as bad as none, and neither side may mistake it for a working one.',
  run: {
    format: RUN_FORMAT,
    title: 'A leader that hears but is not heard',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix([1, 2], 2010), mix([1, 2], 2010)],
    faults: [
      { when: { on: 'proposed', where: { zxid: UNHEARD } }, kind: 'cut', from: 'it', to: 'all' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2500, kind: 'heal' },
    ],
    end: { at: 10_000 + SETTLE, healedAt: 10_000 },
    expectations: [
      {
        text: 'two directions go dead',
        probe: { on: 'linkCut', where: { server: 3 } },
        atLeast: 2,
        atMost: 2,
      },
      { text: '[1,6] never commits', probe: { on: 'committed', where: { zxid: UNHEARD } }, atMost: 0 },
      {
        text: 'server 3 steps down',
        probe: { on: 'role', where: { server: 3, role: 'LOOKING' } },
        atLeast: 2,
      },
      {
        text: 'server 2 leads epoch 2 and commits',
        probe: { on: 'committed', where: { server: 2, zxid: makeZxid(2, 1) } },
      },
      {
        text: 'server 3 follows in the end',
        probe: { on: 'serving', where: { server: 3, leader: 2, epoch: 2 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'all replicas are equal under server 2',
        end: { leader: 2, epoch: 2, converged: true, running: [1, 2, 3] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'linkCut', where: { server: 3 } },
      text: 'Server 3 proposes [1,6], but from now on nobody hears it. It still hears everybody.',
    },
    {
      when: { on: 'role', where: { role: 'LOOKING' }, nth: 4 },
      text: 'The first server gives up its role: no word for syncLimit ticks.',
    },
    {
      when: { on: 'role', where: { server: 3, role: 'LOOKING' }, nth: 2 },
      text: 'Server 3 has lost its followers and steps down.',
    },
    {
      when: { on: 'established', where: { server: 2, epoch: 2 } },
      text: 'Server 2 leads epoch 2. Server 3 hears of it and cannot answer.',
    },
    { when: { on: 'healed' }, text: 'The way out of server 3 is back.' },
    { when: { on: 'serving', where: { server: 3, epoch: 2 } }, text: 'Server 3 follows server 2.' },
  ],
};
