import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const KEPT = makeZxid(1, 6);

export const proposalOnMinoritySurvives: Scenario = {
  id: 'proposal-on-minority-survives',
  title: 'A proposal on a minority survives its leader',
  story:
    'Server 5 of five proposes [1,6]; only server 1 receives it, and two of five disks are no quorum. The leader loses ' +
    'power, and server 4 has been down all along, so the other three need each other. Server 1 has the smallest id but ' +
    'the longest history, so it wins the election, and what it inherited ' +
    'commits with its NEWLEADER quorum. A write without an answer may have failed or succeeded: the client cannot know ' +
    '(CONNECTIONLOSS), and both this story and its counterpart are correct.',
  run: {
    format: RUN_FORMAT,
    title: 'A proposal on a minority survives its leader',
    seed: 1,
    ensemble: { ...QUICK, participants: 5, down: [4] },
    world: LAN,
    clients: [writes(5), mix(undefined, 4000), mix(undefined, 4000)],
    faults: [
      {
        when: { on: 'proposed', where: { zxid: KEPT } },
        kind: 'partition',
        groups: [
          [5, 1],
          [2, 3, 4],
        ],
      },
      { when: { on: 'acked', where: { server: 1, zxid: KEPT } }, kind: 'powerLoss', server: 5 },
      { when: { on: 'acked', where: { server: 1, zxid: KEPT } }, delay: 50, kind: 'heal' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2000, kind: 'restart', server: 'all' },
    ],
    end: { at: 11_000 + SETTLE, healedAt: 11_000 },
    expectations: [
      {
        text: '[1,6] does not commit in epoch 1',
        probe: { on: 'committed', where: { zxid: KEPT } },
        atMost: 0,
      },
      {
        text: 'server 1, which has it, is elected',
        probe: { on: 'elected', where: { leader: 1 } },
        atLeast: 3,
      },
      { text: 'and leads epoch 2', probe: { on: 'established', where: { server: 1, epoch: 2 } }, atLeast: 1 },
      {
        text: 'servers 2 and 3 get [1,6] from it',
        probe: { on: 'applied', where: { zxid: KEPT, delivered: false } },
        atLeast: 2,
      },
      {
        text: 'all replicas are equal under server 1',
        end: { leader: 1, epoch: 2, converged: true, running: [1, 2, 3, 4, 5], exists: ['/w5'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { zxid: KEPT } },
      text: 'Server 5 proposes [1,6]. Only server 1 can still hear it.',
    },
    {
      when: { on: 'acked', where: { server: 1, zxid: KEPT } },
      text: 'Server 1 has [1,6] on disk: two of five. Server 5 loses power before it can do anything about it.',
    },
    {
      when: { on: 'voted', where: { server: 3, leader: 1 } },
      text: 'Server 3 gives up its vote for itself: the history of server 1 is longer, and that counts before the id.',
    },
    {
      when: { on: 'established', where: { server: 1, epoch: 2 } },
      text: 'Server 1 leads epoch 2. A quorum now holds its whole history, so [1,6] is committed.',
    },
    { when: { on: 'loaded', where: { server: 5 }, nth: 2 }, text: 'Server 5 is back; it had [1,6] too.' },
  ],
};
