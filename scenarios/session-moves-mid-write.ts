import { ErrorCode, OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { script } from './workload.ts';

const PATH = '/mode';
/** The first write arrives at the client's server. */
const ARRIVES = { on: 'request', where: { server: 1, op: OpCode.setData } };

export const sessionMovesMidWrite: Scenario = {
  id: 'session-moves-mid-write',
  title: 'A session moves in the middle of a write',
  story:
    'A client sends "first" through server 1, which passes it on over a slow link; then its connection breaks, and server 1 ' +
    'does not notice. The client goes on with its session at server 2 and writes "second". Only now "first" reaches the ' +
    'leader. It must not undo the later write: the leader knows that the session belongs to server 2 by now and ' +
    'refuses it with SESSIONMOVED (SessionTrackerImpl.checkSession), and server 1 closes the old connection without an answer.',
  run: {
    format: RUN_FORMAT,
    title: 'A session moves in the middle of a write',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script(
        [
          { at: 1500, op: 'create', path: PATH, data: 'none' },
          { at: 2500, op: 'set', path: PATH, data: 'first' },
          { at: 2500, op: 'set', path: PATH, data: 'second' },
        ],
        [1, 2],
        { reconnectDelay: 20 },
      ),
    ],
    faults: [
      { at: 2400, kind: 'slow', from: 1, to: 3, by: 400 },
      { when: ARRIVES, kind: 'clientCut', client: 1, to: 1 },
      { when: ARRIVES, kind: 'clientDisconnect', client: 1 },
      { at: 5000, kind: 'heal', speed: true },
    ],
    end: { at: 5000 + SETTLE, healedAt: 5000 },
    expectations: [
      {
        text: 'the client does not learn what became of its first write',
        probe: {
          on: 'answered',
          where: { client: 1001, op: OpCode.setData, err: ErrorCode.CONNECTIONLOSS },
        },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'its session goes on at server 2',
        probe: { on: 'sessionOpened', where: { server: 2, resumed: true } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'one write takes effect, the second',
        probe: { on: 'proposed', where: { op: OpCode.setData } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'and is answered by server 2',
        probe: { on: 'replied', where: { server: 2, op: OpCode.setData, err: ErrorCode.OK } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'the first one is refused at server 1',
        probe: { on: 'sessionMoved', where: { server: 1 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'without an answer',
        probe: { on: 'replied', where: { server: 1, op: OpCode.setData } },
        atMost: 0,
      },
      {
        text: 'all replicas are equal in the end',
        end: { converged: true, running: [1, 2, 3], exists: [PATH] },
      },
    ],
  },
  narration: [
    {
      when: ARRIVES,
      text: 'Server 1 has "first" and passes it on. At this moment the connection of the client breaks.',
    },
    {
      when: { on: 'sessionOpened', where: { server: 2, resumed: true } },
      text: 'Server 2 has asked the leader: the session lives, and belongs to server 2 from now on.',
    },
    {
      when: { on: 'replied', where: { server: 2, op: OpCode.setData } },
      text: '"second" is written, and the client knows it.',
    },
    {
      when: { on: 'sessionMoved', where: { server: 1 } },
      text: '"first" reached the leader too late. Server 1 learns why and closes the connection it still held.',
    },
  ],
};
