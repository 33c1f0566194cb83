import { OpCode } from '../protocol/txn.ts';
import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { script } from './workload.ts';

export const healthyWrite: Scenario = {
  id: 'healthy-write',
  title: 'A healthy write',
  story:
    'Three servers elect a leader. A client of server 1, a follower, opens a session, creates a znode, changes its data ' +
    'and reads it back. The session and each write travel to the leader, become proposals, are logged by a quorum and ' +
    'only then committed and answered; the read never leaves server 1. This is broadcast, the third phase of Zab ' +
    '(DSN 2011, section IV).',
  run: {
    format: RUN_FORMAT,
    title: 'A healthy write',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script(
        [
          { at: 1600, op: 'create', path: '/hello', data: 'a' },
          { at: 1700, op: 'set', path: '/hello', data: 'b' },
          { at: 1800, op: 'get', path: '/hello' },
        ],
        [1],
      ),
    ],
    faults: [],
    end: { at: 1400 + SETTLE, healedAt: 1400 },
    expectations: [
      {
        text: 'exactly three transactions are proposed: the session and the two writes',
        probe: { on: 'proposed' },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'two of them are about /hello',
        probe: { on: 'proposed', where: { path: '/hello' } },
        atLeast: 2,
        atMost: 2,
      },
      { text: 'all commit', probe: { on: 'committed' }, atLeast: 3, atMost: 3 },
      {
        text: 'every server delivers all three',
        probe: { on: 'applied', where: { delivered: true } },
        atLeast: 9,
        atMost: 9,
      },
      {
        text: 'server 1 opens the session',
        probe: { on: 'sessionOpened', where: { server: 1, resumed: false } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'server 1 answers the first write with success',
        probe: { on: 'replied', where: { server: 1, op: OpCode.create, err: 0 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'and the second',
        probe: { on: 'replied', where: { server: 1, op: OpCode.setData, err: 0 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'and the read',
        probe: { on: 'replied', where: { server: 1, op: OpCode.getData, err: 0 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'server 3 leads epoch 1 and all replicas are equal',
        end: { leader: 3, epoch: 1, converged: true, running: [1, 2, 3], exists: ['/hello'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'established', where: { server: 3 } },
      text: 'A quorum has acknowledged NEWLEADER: server 3 leads epoch 1.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(1, 1) } },
      text: 'A client has come to server 1. Its session is a transaction like any other: [1,1] commits.',
    },
    {
      when: { on: 'sessionOpened', where: { server: 1 } },
      text: 'Server 1 has applied [1,1] and lets its client in.',
    },
    {
      when: { on: 'request', where: { op: OpCode.create } },
      text: 'A client asks server 1 to create /hello. Server 1 follows, so it passes the request to the leader.',
    },
    {
      when: { on: 'proposed', where: { zxid: makeZxid(1, 2) } },
      text: 'Server 3 turns it into the transaction [1,2] and proposes it to all followers.',
    },
    {
      when: { on: 'acked', where: { zxid: makeZxid(1, 2) } },
      text: 'The first disk holds [1,2]. One of three is no quorum.',
    },
    {
      when: { on: 'acked', where: { zxid: makeZxid(1, 2) }, nth: 2 },
      text: 'A second disk holds [1,2]: whoever leads next, a quorum will know of it.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(1, 2) } },
      text: 'Server 3 has heard of two disks and commits [1,2].',
    },
    {
      when: { on: 'replied', where: { server: 1, op: OpCode.create } },
      text: 'Server 1 has applied [1,2] and answers its client.',
    },
    {
      when: { on: 'replied', where: { server: 1, op: OpCode.getData } },
      text: 'The read is answered by server 1 alone, from its own tree.',
    },
  ],
};
