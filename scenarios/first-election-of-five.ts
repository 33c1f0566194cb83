import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const firstElectionOfFive: Scenario = {
  id: 'first-election-of-five',
  title: 'The first election of five',
  story:
    'Five servers with empty histories start together. Each votes for itself, tells the others, and changes its mind ' +
    'for any better vote: later epoch, then larger zxid, then larger id. With equal histories the ids decide, so all ' +
    'settle on server 5, wait a moment for a better vote, and discover and synchronize with it before it may serve ' +
    '(FastLeaderElection; Zab phases 0 to 2).',
  run: {
    format: RUN_FORMAT,
    title: 'The first election of five',
    seed: 1,
    ensemble: { ...QUICK, participants: 5 },
    world: { ...LAN, network: { ...LAN.network, latency: { uniform: [0.5, 15] } } },
    clients: [mix()],
    faults: [],
    end: { at: 3000 + SETTLE, healedAt: 3000 },
    expectations: [
      { text: 'all five begin a round', probe: { on: 'round' }, atLeast: 5 },
      {
        text: 'four change their vote to server 5',
        probe: { on: 'voted', where: { leader: 5 } },
        atLeast: 5,
      },
      { text: 'five elect', probe: { on: 'elected' }, atLeast: 5, atMost: 5 },
      { text: 'all of them server 5', probe: { on: 'elected', where: { leader: 5 } }, atLeast: 5 },
      { text: 'four follow', probe: { on: 'role', where: { role: 'FOLLOWING' } }, atLeast: 4, atMost: 4 },
      { text: 'one leader is established', probe: { on: 'established' }, atLeast: 1, atMost: 1 },
      {
        text: 'five servers in epoch 1',
        end: { leader: 5, epoch: 1, converged: true, running: [1, 2, 3, 4, 5] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'round' },
      text: 'Every server begins round 1 and votes for itself: (epoch 0, no history, own id).',
    },
    {
      when: { on: 'voted', where: { leader: 5 }, nth: 2 },
      text: 'The first of the others has heard of server 5 and votes for it. It tells everybody.',
    },
    {
      when: { on: 'elected' },
      text: 'One server has seen a quorum of equal votes and no better one for 200 ms: its election is over.',
    },
    {
      when: { on: 'elected', nth: 5 },
      text: 'All five agree on server 5. An elected leader has not earned the right to lead yet.',
    },
    {
      when: { on: 'acceptedEpoch', where: { server: 5, epoch: 1 } },
      text: 'Discovery: no server of a quorum had accepted an epoch above 0, so server 5 chooses epoch 1.',
    },
    {
      when: { on: 'newLeaderAcked' },
      text: 'A follower has made its history equal to the leader’s, written epoch 1 to disk and acknowledges NEWLEADER.',
    },
    {
      when: { on: 'established', where: { server: 5 } },
      text: 'A quorum has done so: server 5 leads epoch 1.',
    },
  ],
};
