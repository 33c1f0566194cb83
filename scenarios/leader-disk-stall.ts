import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const AHEAD = makeZxid(1, 6);

export const leaderDiskStall: Scenario = {
  id: 'leader-disk-stall',
  title: 'A transaction commits before its leader has it on disk',
  story:
    'The disk of server 3, the leader, stalls as it proposes [1,6]. Its two followers log the proposal, and they are a ' +
    'quorum, so the leader commits what it has not flushed itself. Then it loses power. Nothing is lost: the quorum that ' +
    'acknowledged elects a leader with [1,6], and server 3 gets by DIFF whatever its disk lacks. The leader’s own ' +
    'disk counts for one acknowledgement, no more (Leader.processAck).',
  run: {
    format: RUN_FORMAT,
    title: 'A transaction commits before its leader has it on disk',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix(undefined, 3000), mix(undefined, 3000)],
    faults: [
      { when: { on: 'proposed', where: { zxid: AHEAD } }, kind: 'diskStall', server: 'it', for: 3000 },
      { when: { on: 'committed', where: { zxid: AHEAD } }, delay: 15, kind: 'powerLoss', server: 3 },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 1000, kind: 'restart', server: 3 },
    ],
    end: { at: 10_000 + SETTLE, healedAt: 10_000 },
    expectations: [
      { text: 'server 3 commits [1,6]', probe: { on: 'committed', where: { server: 3, zxid: AHEAD } } },
      { text: 'but never flushed it', probe: { on: 'acked', where: { server: 3, zxid: AHEAD } }, atMost: 0 },
      { text: 'both followers have', probe: { on: 'acked', where: { zxid: AHEAD } }, atLeast: 2, atMost: 2 },
      { text: 'server 2 leads epoch 2', probe: { on: 'established', where: { server: 2, epoch: 2 } } },
      {
        text: 'server 3 is brought up to date',
        probe: { on: 'syncChosen', where: { server: 2, learner: 3, sync: 'DIFF' } },
      },
      {
        text: 'all replicas are equal under server 2',
        end: { leader: 2, epoch: 2, converged: true, running: [1, 2, 3], exists: ['/w5'] },
      },
    ],
  },
  narration: [
    { when: { on: 'diskStalled' }, text: 'Server 3 proposes [1,6] and its disk stalls.' },
    {
      when: { on: 'acked', where: { zxid: AHEAD }, nth: 2 },
      text: 'Both followers have [1,6] on disk; server 3 has not.',
    },
    {
      when: { on: 'committed', where: { server: 3, zxid: AHEAD } },
      text: 'Two of three are a quorum, and it does not matter which two: server 3 commits [1,6].',
    },
    { when: { on: 'crashed', where: { server: 3 } }, text: 'Server 3 loses power.' },
    {
      when: { on: 'established', where: { server: 2, epoch: 2 } },
      text: 'Server 2 leads epoch 2, with [1,6] in its history.',
    },
    {
      when: { on: 'syncChosen', where: { learner: 3, server: 2 } },
      text: 'Server 3 is back and is sent by DIFF what its disk lacks, [1,6] perhaps among it.',
    },
  ],
};
