import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const staggeredStart: Scenario = {
  id: 'staggered-start',
  title: 'Five servers start one after the other',
  story:
    'Servers 1 to 5 start a second apart. Two are no quorum of five, so servers 1 and 2 keep asking; with the third ' +
    'there is one, and server 3 wins as the largest id among equals. Servers 4 and 5 have larger ids, but a quorum ' +
    'that follows a leader tells them so, and they join it: an election never disturbs a working leader ' +
    '(FastLeaderElection, outofelection).',
  run: {
    format: RUN_FORMAT,
    title: 'Five servers start one after the other',
    seed: 1,
    ensemble: { ...QUICK, participants: 5, down: [2, 3, 4, 5] },
    world: LAN,
    clients: [mix()],
    faults: [
      { at: 1000, kind: 'restart', server: 2 },
      { at: 2000, kind: 'restart', server: 3 },
      { at: 4000, kind: 'restart', server: 4 },
      { at: 5000, kind: 'restart', server: 5 },
    ],
    end: { at: 6000 + SETTLE, healedAt: 6000 },
    expectations: [
      { text: 'every server elects server 3', probe: { on: 'elected', where: { leader: 3 } }, atLeast: 5 },
      { text: 'nobody elects another', probe: { on: 'elected' }, atMost: 5 },
      { text: 'one leader is established', probe: { on: 'established' }, atLeast: 1, atMost: 1 },
      {
        text: 'server 3 still leads',
        end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3, 4, 5] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'round', where: { server: 2 } },
      text: 'Server 2 joins server 1 in its search. Two of five are no quorum: they agree on server 2 and wait.',
    },
    {
      when: { on: 'round', where: { server: 3 } },
      text: 'Server 3 starts. Its vote is better than theirs.',
    },
    { when: { on: 'established', where: { server: 3 } }, text: 'Three of five stand by server 3: it leads.' },
    {
      when: { on: 'voted', where: { server: 5, leader: 5 } },
      text: 'Server 5 starts and votes for itself; its id is the largest.',
    },
    {
      when: { on: 'elected', where: { server: 5, leader: 3 } },
      text: 'A quorum answers that it follows server 3, and so does server 3: server 5 follows it too.',
    },
  ],
};
