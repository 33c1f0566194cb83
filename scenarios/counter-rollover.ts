import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const counterRollover: Scenario = {
  id: 'counter-rollover',
  title: 'The zxid counter runs out',
  story:
    'A zxid has 32 bits for the epoch and 32 for a counter. Here the counter ends at 40, so after [1,39] the leader of ' +
    'epoch 1 has no number left for the next write. It does not wrap around, which would order new transactions before ' +
    'old ones; it steps down, and the election that follows brings a new epoch whose counter begins at 1 ' +
    '(ZOOKEEPER-1277).',
  run: {
    format: RUN_FORMAT,
    title: 'The zxid counter runs out',
    seed: 1,
    ensemble: { ...QUICK, participants: 3, counterLimit: 40 },
    world: LAN,
    clients: [mix(), mix()],
    faults: [],
    // Counters run out until clients stop, and each time the servers have to find each other again.
    end: { at: 6000 + 2 * SETTLE, healedAt: 6000 },
    expectations: [
      {
        text: '[1,39] is proposed',
        probe: { on: 'proposed', where: { zxid: makeZxid(1, 39) } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: '[1,40] is never proposed',
        probe: { on: 'proposed', where: { zxid: makeZxid(1, 40) } },
        atMost: 0,
      },
      {
        text: 'the leader of epoch 1 gives up',
        probe: { on: 'counterExhausted', where: { epoch: 1 } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'epoch 2 begins', probe: { on: 'established', where: { epoch: 2 } }, atLeast: 1, atMost: 1 },
      { text: 'and counts from 1', probe: { on: 'committed', where: { zxid: makeZxid(2, 1) } } },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { zxid: makeZxid(1, 39) } },
      text: 'The leader proposes [1,39], the last zxid that its epoch has.',
    },
    {
      when: { on: 'counterExhausted', where: { epoch: 1 } },
      text: 'The next write has no number: the leader gives up its epoch.',
    },
    { when: { on: 'established', where: { epoch: 2 } }, text: 'Epoch 2 begins.' },
    {
      when: { on: 'committed', where: { zxid: makeZxid(2, 1) } },
      text: '[2,1] commits: larger than any zxid of epoch 1.',
    },
  ],
};
