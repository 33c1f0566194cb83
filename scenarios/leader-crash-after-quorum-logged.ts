import { OpCode } from '../protocol/txn.ts';
import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix, script } from './workload.ts';

const SURVIVOR = makeZxid(1, 4);

export const leaderCrashAfterQuorumLogged: Scenario = {
  id: 'leader-crash-after-quorum-logged',
  title: 'The leader crashes after a quorum has logged, before anyone has committed',
  story:
    'Server 3 leads and proposes [1,4]; server 1 logs it, server 2 never gets it, and the leader crashes before the ' +
    'acknowledgement of server 1 arrives. Two of three disks hold the write and nobody has committed it. Server 2 has ' +
    'the larger id, but server 1 the longer history, so server 1 leads and the write survives: a transaction logged by ' +
    'a quorum is in every later leader’s history (DSN 2011, primary integrity).',
  run: {
    format: RUN_FORMAT,
    title: 'The leader crashes after a quorum has logged, before anyone has committed',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script([
        { at: 1600, op: 'create', path: '/one' },
        { at: 1700, op: 'create', path: '/two' },
        { at: 1800, op: 'create', path: '/survivor' },
        { at: 11_000, op: 'create', path: '/after' },
      ]),
      mix(undefined, 11_000),
    ],
    faults: [
      { when: { on: 'proposed', where: { zxid: SURVIVOR } }, kind: 'cut', from: 3, to: 2 },
      { when: { on: 'proposed', where: { zxid: SURVIVOR } }, kind: 'cut', from: 1, to: 3 },
      { when: { on: 'acked', where: { server: 1, zxid: SURVIVOR } }, delay: 20, kind: 'crash', server: 3 },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 300, kind: 'heal' },
      { when: { on: 'established', where: { epoch: 2 } }, delay: 2000, kind: 'restart', server: 3 },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      {
        text: 'servers 1 and 3 have [1,4] on disk',
        probe: { on: 'acked', where: { zxid: SURVIVOR } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'server 3 does not commit it',
        probe: { on: 'committed', where: { zxid: SURVIVOR } },
        atMost: 0,
      },
      {
        text: 'server 1 leads epoch 2 with it',
        probe: { on: 'established', where: { server: 1, epoch: 2, zxid: SURVIVOR } },
      },
      {
        text: 'server 2 gets it in synchronization',
        probe: { on: 'applied', where: { server: 2, zxid: SURVIVOR, delivered: false } },
      },
      {
        text: 'the write is there, and the work goes on',
        end: { leader: 1, epoch: 2, converged: true, running: [1, 2, 3], exists: ['/survivor', '/after'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { zxid: SURVIVOR } },
      text: 'Server 3 proposes [1,4]. The link to server 2 and the way back from server 1 go dead.',
    },
    {
      when: { on: 'acked', where: { server: 1, zxid: SURVIVOR } },
      text: 'Server 1 has [1,4] on disk and says so. Its acknowledgement will not arrive.',
    },
    {
      when: { on: 'crashed', where: { server: 3 } },
      text: 'Server 3 crashes. A quorum has logged [1,4], and nobody knows.',
    },
    {
      when: { on: 'elected', where: { server: 2, leader: 1 } },
      text: 'Server 2 has the larger id but elects server 1, whose history is longer.',
    },
    {
      when: { on: 'applied', where: { server: 2, zxid: SURVIVOR } },
      text: 'Server 2 gets [1,4] as part of its synchronization.',
    },
    {
      when: { on: 'established', where: { server: 1, epoch: 2 } },
      text: 'Server 1 leads epoch 2; all that it inherited, [1,4] included, is committed.',
    },
    {
      when: { on: 'replied', where: { op: OpCode.create }, nth: 3 },
      text: 'The client is connected again and gets answers.',
    },
  ],
};
