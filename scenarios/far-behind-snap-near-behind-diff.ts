import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const farBehindSnapNearBehindDiff: Scenario = {
  id: 'far-behind-snap-near-behind-diff',
  title: 'Far behind gets SNAP, a little behind gets DIFF',
  story:
    'Server 1 crashes early, server 2 late, and both return to a leader that keeps its last 60 transactions in memory. ' +
    'Server 2 lacks only some of these and gets them one by one (DIFF). What server 1 lacks is no longer there, so it ' +
    'gets the whole tree (SNAP). The leader decides by the learner’s last zxid alone (LearnerHandler.syncFollower).',
  run: {
    format: RUN_FORMAT,
    title: 'Far behind gets SNAP, a little behind gets DIFF',
    seed: 1,
    ensemble: { ...QUICK, participants: 5, commitLogCount: 60, snapshotSizeFactor: -1 },
    world: LAN,
    clients: [mix([3, 4, 5]), mix([3, 4, 5]), mix([3, 4, 5])],
    faults: [
      { when: { on: 'committed', where: { zxid: makeZxid(1, 5) } }, kind: 'crash', server: 1 },
      { when: { on: 'committed', where: { zxid: makeZxid(1, 70) } }, kind: 'crash', server: 2 },
      { when: { on: 'committed', where: { zxid: makeZxid(1, 75) } }, kind: 'restart', server: 'all' },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      {
        text: 'server 1 is sent a snapshot',
        probe: { on: 'syncChosen', where: { server: 5, learner: 1, sync: 'SNAP' } },
      },
      { text: 'and installs it', probe: { on: 'snapInstalled', where: { server: 1 } } },
      {
        text: 'so it never sees [1,40] by itself',
        probe: { on: 'logged', where: { server: 1, zxid: makeZxid(1, 40) } },
        atMost: 0,
      },
      {
        text: 'server 2 gets DIFF from memory',
        probe: { on: 'syncChosen', where: { server: 5, learner: 2, sync: 'DIFF', fromDisk: false } },
      },
      {
        text: 'which brings [1,75] by itself into its log',
        probe: { on: 'applied', where: { server: 2, zxid: makeZxid(1, 75), delivered: false } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'where it was not before',
        probe: { on: 'logged', where: { server: 2, zxid: makeZxid(1, 75) } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'the leader never changes', probe: { on: 'established' }, atMost: 1 },
      {
        text: 'all replicas are equal',
        end: { leader: 5, epoch: 1, converged: true, running: [1, 2, 3, 4, 5] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'crashed', where: { server: 1 } },
      text: 'Server 1 crashes after five transactions. Four of five go on.',
    },
    {
      when: { on: 'crashed', where: { server: 2 } },
      text: 'Server 2 crashes after seventy. Three of five are still a quorum.',
    },
    {
      when: { on: 'syncChosen', where: { learner: 1 }, nth: 2 },
      text: 'Server 1 is back with next to nothing: the leader’s memory does not reach back that far. SNAP.',
    },
    {
      when: { on: 'syncChosen', where: { learner: 2 }, nth: 2 },
      text: 'Server 2 is back and lacks a few transactions that the leader still has in memory. DIFF.',
    },
    {
      when: { on: 'newLeaderAcked', where: { server: 1 }, nth: 2 },
      text: 'Server 1 has replaced its tree by the leader’s and has a snapshot of it on disk.',
    },
    {
      when: { on: 'serving', where: { server: 1 }, nth: 2 },
      text: 'Server 1 serves.',
    },
  ],
};
