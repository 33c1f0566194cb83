import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

const LOST = makeZxid(1, 6);

export const droppedStream: Scenario = {
  id: 'dropped-stream',
  title: 'A broken link loses no transaction',
  story:
    'The stream from the leader to server 1 breaks with the proposal of [1,6]: neither it nor anything behind it ' +
    'arrives on that connection. A stream has no holes, so server 1 never logs [1,7] without [1,6]. It learns that ' +
    'the link is gone, looks for a leader, finds the same one and is handed what it missed by DIFF. Zab relies on ' +
    'exactly this: a prefix of what was sent, in order (DSN 2011, section IV).',
  run: {
    format: RUN_FORMAT,
    title: 'A broken link loses no transaction',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix([2, 3], 2010), mix([2, 3], 2010)],
    faults: [{ when: { on: 'committed', where: { zxid: LOST - 1 } }, kind: 'drop', from: 3, to: 1 }],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      { text: 'the stream breaks', probe: { on: 'dropped', where: { server: 3, to: 1 } }, atLeast: 1 },
      {
        text: 'server 1 looks again',
        probe: { on: 'role', where: { server: 1, role: 'LOOKING' } },
        atLeast: 2,
      },
      {
        text: 'and gets [1,6] in synchronization, one by one',
        probe: { on: 'applied', where: { server: 1, zxid: LOST, delivered: false } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'the leader stays', probe: { on: 'established' }, atMost: 1 },
      { text: 'all replicas are equal', end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    {
      when: { on: 'dropped', where: { server: 3, to: 1 } },
      text: 'A message from server 3 to server 1 is lost, and with it the rest of the stream.',
    },
    {
      when: { on: 'role', where: { server: 1, role: 'LOOKING' }, nth: 2 },
      text: 'Server 1 has lost its leader and looks for one.',
    },
    {
      when: { on: 'applied', where: { server: 1, zxid: LOST } },
      text: 'Server 1 has found server 3 again, which sends what it missed.',
    },
    { when: { on: 'serving', where: { server: 1 }, nth: 2 }, text: 'Server 1 serves, without a hole.' },
  ],
};
