import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const LAST = makeZxid(1, 6);

export const wholeEnsemblePowerLoss: Scenario = {
  id: 'whole-ensemble-power-loss',
  title: 'The whole ensemble loses power',
  story:
    'All three servers lose power in the instant in which [1,6] commits. Nothing in memory is left; a record that was ' +
    'being written may be torn and is cut off at the next start. What was committed had been flushed by a quorum ' +
    'before, so when the power returns, a server that has it wins the election and everyone gets it back. This is ' +
    'why a server acknowledges a proposal only after its flush (SyncRequestProcessor).',
  run: {
    format: RUN_FORMAT,
    title: 'The whole ensemble loses power',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix(undefined, 4000), mix(undefined, 4000)],
    faults: [
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'powerLoss', server: 'all' },
      { when: { on: 'committed', where: { zxid: LAST } }, delay: 1000, kind: 'restart', server: 'all' },
    ],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      {
        text: 'three machines lose power',
        probe: { on: 'crashed', where: { power: true } },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'two disks hold [1,6] by then',
        probe: { on: 'acked', where: { zxid: LAST } },
        atLeast: 2,
      },
      { text: 'a leader of epoch 2 is established', probe: { on: 'established', where: { epoch: 2 } } },
      { text: 'and commits', probe: { on: 'committed', where: { zxid: makeZxid(2, 1) } } },
      { text: 'nobody refuses to start', probe: { on: 'refused' }, atMost: 0 },
      {
        text: 'what was committed is there, and all replicas are equal',
        end: { epoch: 2, converged: true, running: [1, 2, 3], exists: ['/w5'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'committed', where: { zxid: LAST } },
      text: 'The leader commits [1,6]. Two disks hold it. In this instant the power goes.',
    },
    {
      when: { on: 'crashed', where: { power: true }, nth: 3 },
      text: 'All three machines are dark. What was not flushed may be lost, in whole or in part.',
    },
    {
      when: { on: 'loaded', nth: 4 },
      text: 'Power is back. The first server has read its snapshot and its log.',
    },
    {
      when: { on: 'elected', nth: 4 },
      text: 'The longest history wins the election; a quorum has [1,6], so the winner has it.',
    },
    {
      when: { on: 'established', where: { epoch: 2 } },
      text: 'Epoch 2 begins, and with it everything that was committed before is committed again.',
    },
  ],
};
