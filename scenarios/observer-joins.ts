import { OpCode } from '../protocol/txn.ts';
import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const observerJoins: Scenario = {
  id: 'observer-joins',
  title: 'An observer joins',
  story:
    'Server 4 is an observer: it has no vote, neither in elections nor on proposals. It starts after twenty ' +
    'transactions, asks who leads, synchronizes like any learner and from then on hears of every transaction once, ' +
    'when it is committed (INFORM). It serves clients and passes on their writes, so it adds readers without making ' +
    'quorums larger (ZooKeeper Observers guide).',
  run: {
    format: RUN_FORMAT,
    title: 'An observer joins',
    seed: 1,
    ensemble: { ...QUICK, participants: 3, observers: 1, down: [4] },
    world: LAN,
    clients: [mix([1, 2, 3]), mix([4])],
    faults: [{ when: { on: 'committed', where: { zxid: makeZxid(1, 20) } }, kind: 'restart', server: 4 }],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      {
        text: 'server 4 observes server 3',
        probe: { on: 'role', where: { server: 4, role: 'OBSERVING', leader: 3 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'and serves',
        probe: { on: 'serving', where: { server: 4, leader: 3 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'it applies what is committed after that',
        probe: { on: 'applied', where: { server: 4, delivered: true } },
        atLeast: 5,
      },
      { text: 'it acknowledges no proposal', probe: { on: 'acked', where: { server: 4 } }, atMost: 0 },
      {
        text: 'its clients get answers',
        probe: { on: 'replied', where: { server: 4, op: OpCode.create, err: 0 } },
        atLeast: 5,
      },
      { text: 'nobody else looks for a leader again', probe: { on: 'established' }, atMost: 1 },
      {
        text: 'all replicas are equal, the observer’s too',
        end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3, 4] },
      },
    ],
  },
  narration: [
    { when: { on: 'loaded', where: { server: 4 } }, text: 'Server 4 starts with an empty disk.' },
    {
      when: { on: 'elected', where: { server: 4, leader: 3 } },
      text: 'It has asked the voters, without a vote of its own, and learned that server 3 leads.',
    },
    {
      when: { on: 'syncChosen', where: { learner: 4 } },
      text: 'Server 3 brings it up to date like any learner.',
    },
    { when: { on: 'serving', where: { server: 4 } }, text: 'Server 4 serves clients.' },
    {
      when: { on: 'applied', where: { server: 4, delivered: true } },
      text: 'Server 4 is told of a committed transaction, once and in full, and applies it.',
    },
  ],
};
