import { WatchEventType } from '../protocol/client-messages.ts';
import { ErrorCode, OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { script } from './workload.ts';

export const watchMissesCreateAndDelete: Scenario = {
  id: 'watch-misses-create-and-delete',
  title: 'An exist watch that misses a node',
  story:
    'A client asks whether /flash and /lamp exist, leaves a watch on both, and is cut off from all servers for a second. Meanwhile ' +
    'another one creates both and deletes /flash again. Back with its session, the client sets its watches anew, and the ' +
    'server compares what it finds with the zxid the client has seen last (DataTree.setWatches): /lamp is there, so an ' +
    'event makes up for the one that was missed; /flash is not there, as before, so nobody ever tells of it. A watch says that a state ' +
    'has changed, it is no log of what happened.',
  run: {
    format: RUN_FORMAT,
    title: 'An exist watch that misses a node',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script([
        { at: 1500, op: 'exists', path: '/flash', watch: true },
        { at: 1500, op: 'exists', path: '/lamp', watch: true },
      ]),
      script([
        { at: 2600, op: 'create', path: '/flash' },
        { at: 2600, op: 'create', path: '/lamp' },
        { at: 2800, op: 'delete', path: '/flash' },
      ]),
    ],
    faults: [
      { at: 2500, kind: 'clientCut', client: 1, to: 'all' },
      { at: 2500, kind: 'clientDisconnect', client: 1 },
      { at: 3500, kind: 'heal' },
    ],
    end: { at: 6000 + SETTLE, healedAt: 6000 },
    expectations: [
      {
        text: 'both nodes are created',
        probe: { on: 'answered', where: { client: 1002, op: OpCode.create, err: ErrorCode.OK } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'the client comes back with its session',
        probe: { on: 'sessionOpened', where: { resumed: true } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'it is told of /lamp, by an event of no transaction',
        probe: {
          on: 'notified',
          where: { client: 1001, type: WatchEventType.NodeCreated, path: '/lamp', zxid: -1 },
        },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'it is never told of /flash', probe: { on: 'notified', where: { path: '/flash' } }, atMost: 0 },
      {
        text: 'all replicas are equal in the end',
        end: { converged: true, running: [1, 2, 3], exists: ['/lamp'], absent: ['/flash'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.exists }, nth: 2 },
      text: 'Neither /flash nor /lamp is there. Client 1 watches for both.',
    },
    {
      when: { on: 'answered', where: { client: 1002, op: OpCode.create }, nth: 2 },
      text: 'Now both are there, and client 1 cannot be told.',
    },
    {
      when: { on: 'answered', where: { client: 1002, op: OpCode.delete } },
      text: '/flash is gone again.',
    },
    {
      when: { on: 'sessionOpened', where: { resumed: true } },
      text: 'Client 1 is back in time: its session lives. It sends its watches and the last zxid it has seen.',
    },
    {
      when: { on: 'notified', where: { client: 1001, path: '/lamp' } },
      text: 'It is told that /lamp was created. Of /flash there is nothing to tell.',
    },
  ],
};
