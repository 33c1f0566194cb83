import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const slowFollower: Scenario = {
  id: 'slow-follower',
  title: 'A slow follower holds nobody up',
  story:
    'Everything that server 1 is sent takes 400 ms longer. Servers 2 and 3 are a quorum without it, so writes commit as ' +
    'fast as before, and server 1 delivers the same transactions in the same order, later. A client that reads from it ' +
    'sees the past: reads are local and may be stale, but what they show did happen (ZooKeeper Programmer’s Guide, ' +
    'consistency guarantees).',
  run: {
    format: RUN_FORMAT,
    title: 'A slow follower holds nobody up',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [mix([2, 3]), mix([2, 3]), mix([1])],
    faults: [
      {
        when: { on: 'committed', where: { zxid: makeZxid(1, 10) } },
        kind: 'slow',
        from: 'all',
        to: 1,
        by: 400,
      },
      {
        when: { on: 'committed', where: { zxid: makeZxid(1, 10) } },
        delay: 4000,
        kind: 'heal',
        speed: true,
      },
    ],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      { text: 'links to server 1 are slow', probe: { on: 'slowed', where: { to: 1 } }, atLeast: 2 },
      {
        text: 'it keeps its leader',
        probe: { on: 'role', where: { server: 1, role: 'LOOKING' } },
        atMost: 1,
      },
      { text: 'the leader stays', probe: { on: 'established' }, atMost: 1 },
      {
        text: 'server 1 delivers [1,20] too',
        probe: { on: 'applied', where: { server: 1, zxid: makeZxid(1, 20), delivered: true } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'all replicas are equal', end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: { on: 'slowed', where: { to: 1 } }, text: 'The way to server 1 becomes long.' },
    {
      when: { on: 'committed', where: { zxid: makeZxid(1, 20) } },
      text: '[1,20] commits: servers 2 and 3 have it on disk. Server 1 has not heard of it yet.',
    },
    {
      when: { on: 'applied', where: { server: 1, zxid: makeZxid(1, 20) } },
      text: 'Server 1 delivers [1,20], late but in its place.',
    },
    { when: { on: 'healed' }, text: 'The links are fast again.' },
  ],
};
