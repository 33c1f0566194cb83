import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const diffFromDisk: Scenario = {
  id: 'diff-from-disk',
  title: 'The leader reads a DIFF from its log on disk',
  story:
    'The leader keeps only its last five transactions in memory when server 1 returns and lacks thirty. Its log on disk ' +
    'still has them, and reading it is held to be cheaper than sending the whole tree (snapshotSizeFactor). So server 1 ' +
    'gets a DIFF that begins on disk and ends in memory, without a hole in between (ZKDatabase.getProposalsFromTxnLog).',
  run: {
    format: RUN_FORMAT,
    title: 'The leader reads a DIFF from its log on disk',
    seed: 1,
    ensemble: { ...QUICK, participants: 3, commitLogCount: 5, snapshotSizeFactor: 1000 },
    world: LAN,
    clients: [mix([2, 3]), mix([2, 3])],
    faults: [
      { when: { on: 'committed', where: { zxid: makeZxid(1, 10) } }, kind: 'crash', server: 1 },
      { when: { on: 'committed', where: { zxid: makeZxid(1, 40) } }, kind: 'restart', server: 1 },
    ],
    end: { at: 9000 + SETTLE, healedAt: 9000 },
    expectations: [
      {
        text: 'server 1 gets DIFF from disk',
        probe: { on: 'syncChosen', where: { server: 3, learner: 1, sync: 'DIFF', fromDisk: true } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'with all it lacks, [1,30] among it',
        probe: { on: 'applied', where: { server: 1, zxid: makeZxid(1, 30), delivered: false } },
        atLeast: 1,
      },
      { text: 'all replicas are equal', end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: { on: 'crashed', where: { server: 1 } }, text: 'Server 1 crashes. Two of three go on.' },
    { when: { on: 'loaded', where: { server: 1 }, nth: 2 }, text: 'Server 1 is back, some thirty behind.' },
    {
      when: { on: 'syncChosen', where: { learner: 1, fromDisk: true } },
      text: 'The leader has five transactions in memory and the others in its log: DIFF from disk.',
    },
    { when: { on: 'serving', where: { server: 1 }, nth: 2 }, text: 'Server 1 has caught up and serves.' },
  ],
};
