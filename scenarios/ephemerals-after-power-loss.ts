import { ErrorCode, OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { script } from './workload.ts';

export const ephemeralsAfterPowerLoss: Scenario = {
  id: 'ephemerals-after-power-loss',
  title: 'Ephemerals after a crash of the whole ensemble',
  story:
    'Two clients have an ephemeral node each when all servers lose power, and client 2 dies at the same moment. Sessions are ' +
    'created by transactions, so they are on disk like everything else: after the restart both are there, and the new leader ' +
    'gives each its full timeout again (SessionTrackerImpl), since nobody knows how long it was down. Client 1 comes back and keeps ' +
    '/alive. Client 2 does not, and /dead goes 4 seconds after the new leader has begun, not after its last heartbeat.',
  run: {
    format: RUN_FORMAT,
    title: 'Ephemerals after a crash of the whole ensemble',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script([{ at: 1500, op: 'create', path: '/alive', mode: 'ephemeral' }]),
      script([{ at: 1500, op: 'create', path: '/dead', mode: 'ephemeral' }]),
      script([
        // More than a timeout and a tick after the crash; less than a timeout after the new leader has begun.
        { at: 7000, op: 'exists', path: '/dead' },
        { at: 9000, op: 'exists', path: '/dead' },
        { at: 9000, op: 'exists', path: '/alive' },
      ]),
    ],
    faults: [
      { at: 2500, kind: 'powerLoss', server: 'all' },
      { at: 2500, kind: 'clientCrash', client: 2 },
      { at: 3500, kind: 'restart', server: 'all' },
    ],
    end: { at: 10_000 + SETTLE, healedAt: 10_000 },
    expectations: [
      { text: 'one session expires', probe: { on: 'expired' }, atLeast: 1, atMost: 1 },
      {
        text: 'the other two go on',
        probe: { on: 'sessionOpened', where: { resumed: true } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'no living client loses its session',
        probe: { on: 'clientState', where: { state: 'EXPIRED' } },
        atMost: 0,
      },
      {
        text: 'one look at 7000 ms finds /dead, one at 9000 ms finds /alive',
        probe: { on: 'answered', where: { client: 1003, op: OpCode.exists, err: ErrorCode.OK } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'the look at 9000 ms finds no /dead',
        probe: { on: 'answered', where: { client: 1003, op: OpCode.exists, err: ErrorCode.NONODE } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'all replicas have the ephemeral of the client that came back',
        end: {
          leader: 3,
          epoch: 2,
          converged: true,
          running: [1, 2, 3],
          exists: ['/alive'],
          absent: ['/dead'],
        },
      },
    ],
  },
  narration: [
    {
      when: { on: 'crashed', where: { power: true } },
      text: 'Nobody is left who could hear a heartbeat. The sessions are in the logs.',
    },
    {
      when: { on: 'established', where: { epoch: 2 } },
      text: 'The new leader found three sessions in its history. Each has its full timeout from now on.',
    },
    {
      when: { on: 'answered', where: { client: 1003, op: OpCode.exists }, nth: 1 },
      text: 'More than a timeout after its last heartbeat, the session of client 2 lives, and /dead with it.',
    },
    {
      when: { on: 'expired' },
      text: 'Client 2 has not come back. Its session is closed, and /dead goes with it.',
    },
    {
      when: { on: 'answered', where: { client: 1003, op: OpCode.exists }, nth: 3 },
      text: '/dead is gone, /alive is there: client 1 has had it all the time.',
    },
  ],
};
