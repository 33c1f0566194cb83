import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const LOST = makeZxid(1, 6);

export const leaderCrashProposalOnMinority: Scenario = {
  id: 'leader-crash-proposal-on-minority',
  title: 'The leader crashes with a proposal on a minority',
  story:
    'Server 3 leads, proposes [1,6] and is cut off before anybody receives it; once its own disk holds the proposal, ' +
    'it loses power. Servers 1 and 2 never heard of it, elect server 2 and go on in epoch 2. When server 3 returns, ' +
    'what only it had logged is not part of history and must go: it was never committed, and no client got an answer. ' +
    'Because the new epoch has transactions of its own, server 3 gets a whole snapshot (LearnerHandler.syncFollower).',
  run: {
    format: RUN_FORMAT,
    title: 'The leader crashes with a proposal on a minority',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix(undefined, 3500), mix(undefined, 3500)],
    faults: [
      { when: { on: 'proposed', where: { zxid: LOST } }, kind: 'isolate', server: 'it' },
      { when: { on: 'acked', where: { server: 3, zxid: LOST } }, kind: 'powerLoss', server: 'it' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 300, kind: 'heal' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2000, kind: 'restart', server: 3 },
    ],
    end: { at: 10_000 + SETTLE, healedAt: 10_000 },
    expectations: [
      {
        text: '[1,6] is proposed',
        probe: { on: 'proposed', where: { zxid: LOST, path: '/w5' } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'one disk holds it', probe: { on: 'acked', where: { zxid: LOST } }, atLeast: 1, atMost: 1 },
      { text: 'it never commits', probe: { on: 'committed', where: { zxid: LOST } }, atMost: 0 },
      { text: 'nobody applies it', probe: { on: 'applied', where: { zxid: LOST } }, atMost: 0 },
      {
        text: 'server 2 leads epoch 2',
        probe: { on: 'established', where: { server: 2, epoch: 2, zxid: LOST - 1 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'server 3 comes back with [1,6] and gets a snapshot',
        probe: { on: 'syncChosen', where: { learner: 3, peerZxid: LOST, sync: 'SNAP' } },
      },
      {
        text: 'all replicas are equal under server 2',
        end: { leader: 2, epoch: 2, converged: true, running: [1, 2, 3], exists: ['/w4'], absent: ['/w5'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { zxid: LOST } },
      text: 'Server 3 proposes [1,6]. At this moment its links go dead.',
    },
    {
      when: { on: 'acked', where: { server: 3, zxid: LOST } },
      text: 'The disk of server 3 holds [1,6]. It is on one disk only, and server 3 loses power.',
    },
    {
      when: { on: 'role', where: { role: 'LOOKING' }, nth: 4 },
      text: 'A follower has not heard of its leader for syncLimit ticks and looks for a new one.',
    },
    {
      when: { on: 'established', where: { epoch: 2 } },
      text: 'Servers 1 and 2 are a quorum. Server 2 leads epoch 2, and its history ends with [1,5].',
    },
    {
      when: { on: 'loaded', where: { server: 3, zxid: LOST } },
      text: 'Server 3 is back. Its log still ends with [1,6].',
    },
    {
      when: { on: 'syncChosen', where: { learner: 3, sync: 'SNAP' } },
      text: 'Server 2 does not know [1,6] and has written in epoch 2 since: it sends a whole snapshot.',
    },
    {
      when: { on: 'serving', where: { server: 3, epoch: 2 } },
      text: 'Server 3 serves again, without [1,6].',
    },
  ],
};
