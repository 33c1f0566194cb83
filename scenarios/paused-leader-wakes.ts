import { OpCode } from '../protocol/txn.ts';
import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, writes } from './workload.ts';

export const pausedLeaderWakes: Scenario = {
  id: 'paused-leader-wakes',
  title: 'A paused leader wakes up',
  story:
    'Server 3, the leader, stands still for five seconds, as in a long garbage collection. The others hear nothing, ' +
    'elect server 2 and commit in epoch 2. When server 3 wakes it still believes that it leads, takes the silence for ' +
    'that of a client and proposes to close its session; but its followers have left and accept nothing below epoch 2, ' +
    'so it commits nothing, notices and follows. Epochs fence off a leader that does not know that it is none (DSN 2011, ' +
    'leadership and primary order).',
  run: {
    format: RUN_FORMAT,
    title: 'A paused leader wakes up',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [writes(5), mix([1, 2], 2500), mix([1, 2], 2500), mix([3], 2500)],
    faults: [
      { when: { on: 'committed', where: { zxid: makeZxid(1, 6) } }, kind: 'pause', server: 'it', for: 5000 },
    ],
    end: { at: 11_000 + SETTLE, healedAt: 11_000 },
    expectations: [
      { text: 'server 3 stands still', probe: { on: 'paused', where: { server: 3 } }, atLeast: 1, atMost: 1 },
      { text: 'and wakes', probe: { on: 'resumed', where: { server: 3 } }, atLeast: 1, atMost: 1 },
      {
        text: 'takes a session for expired and proposes to close it',
        probe: { on: 'proposed', where: { server: 3, op: OpCode.closeSession } },
        atLeast: 1,
      },
      {
        text: 'commits nothing after [1,6]',
        probe: { on: 'committed', where: { zxid: makeZxid(1, 7) } },
        atMost: 0,
      },
      {
        text: 'so that the session lives on',
        probe: { on: 'proposed', where: { server: 2, op: OpCode.closeSession } },
        atMost: 0,
      },
      {
        text: 'server 2 leads epoch 2',
        probe: { on: 'established', where: { server: 2, epoch: 2 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'server 3 steps down',
        probe: { on: 'role', where: { server: 3, role: 'LOOKING' } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'and follows server 2',
        probe: { on: 'serving', where: { server: 3, leader: 2, epoch: 2 } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'there is no third leader', probe: { on: 'established' }, atLeast: 2, atMost: 2 },
      {
        text: 'all replicas are equal under server 2',
        end: { leader: 2, epoch: 2, converged: true, running: [1, 2, 3] },
      },
    ],
  },
  narration: [
    { when: { on: 'paused', where: { server: 3 } }, text: 'Server 3 leads, and stands still.' },
    {
      when: { on: 'role', where: { role: 'LOOKING' }, nth: 4 },
      text: 'A follower has heard nothing for syncLimit ticks and looks for a leader.',
    },
    {
      when: { on: 'established', where: { server: 2, epoch: 2 } },
      text: 'Server 2 leads epoch 2. Server 3 does not know.',
    },
    {
      when: { on: 'resumed', where: { server: 3 } },
      text: 'Server 3 wakes and takes itself for the leader.',
    },
    {
      when: { on: 'expired', where: { server: 3 } },
      text: 'Its clocks say that a client was silent for too long, so it would close the session. Nobody will commit that.',
    },
    {
      when: { on: 'role', where: { server: 3, role: 'LOOKING' }, nth: 2 },
      text: 'Its followers are gone: server 3 steps down.',
    },
    { when: { on: 'serving', where: { server: 3, epoch: 2 } }, text: 'Server 3 follows server 2.' },
  ],
};
