import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, tellsOf } from './cast.ts';

const until = 7000;
const user = (name: string, recipe: 'mutex' | 'latch', from: number) =>
  process('curatorUser', { name, recipe, from, until, hold: 700, sessionTimeout: 4000 });
const lock = tellsOf('lock');
const leader = tellsOf('leader');
const curator = tellsOf('curator');

/** What the real system does the same way. */
const SAME =
  'In Curator, InterProcessMutex and LeaderLatch create their ephemeral sequential nodes in protection mode: ' +
  'after a connection loss the client looks for a node with its GUID before it creates another.';

export const curatorLostAnswer: Scenario = {
  id: 'curator-lost-answer',
  title: 'Curator: the answer is lost, the node is not',
  story:
    'Two clients share a lock and two stand for leader, with recipes as in Curator. The connection of client 1 breaks while ' +
    'its node is being created: it hears CONNECTIONLOSS and cannot know whether the node is there. It looks for the GUID ' +
    "in its node's name, finds it, and goes on with it; a second node, of which nobody knows, would block the line until " +
    'the session ends. Later the ZooKeeper leader is killed under all of them, and nobody makes a second node either. ' +
    SAME,
  system: {
    name: 'Curator',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Curator: the answer is lost, the node is not',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      user('a', 'mutex', 1500),
      user('b', 'mutex', 1700),
      user('c', 'latch', 1500),
      user('d', 'latch', 1700),
    ],
    faults: [
      {
        // The request has reached its server by then, and no answer can be back: it takes a flush.
        when: { on: 'sent', where: { client: 1001, op: OpCode.create2 } },
        delay: 3.2,
        kind: 'clientDisconnect',
        client: 1,
      },
      { at: 4000, kind: 'crash', server: 'leader' },
      { at: 6000, kind: 'restart', server: 'all' },
    ],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      {
        text: 'client 1 loses the answer to its create',
        probe: {
          on: 'answered',
          where: { client: 1001, op: OpCode.create2, err: ErrorCode.CONNECTIONLOSS },
        },
      },
      { text: 'it holds the lock all the same', probe: lock('acquired', { client: 1001 }) },
      { text: 'by one node', probe: curator('own nodes', { client: 1001, token: 1 }) },
      { text: 'client 2 gets its turn', probe: lock('acquired', { client: 1002 }) },
      { text: 'client 3 leads', probe: leader('elected', { client: 1003 }) },
      { text: 'client 4 leads', probe: leader('elected', { client: 1004 }) },
      {
        text: 'another server leads epoch 2',
        probe: { on: 'established', where: { epoch: 2 } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'no session is lost', probe: { on: 'expired' }, atMost: 0 },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    {
      when: { on: 'clientDisconnected' },
      text: "Client 1's connection breaks while its node is being created.",
    },
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.create2, err: ErrorCode.CONNECTIONLOSS } },
      text: 'It hears CONNECTIONLOSS: the node may be there or not.',
    },
    {
      when: lock('acquired', { client: 1001 }),
      text: 'It has found the node by its GUID, and holds the lock.',
    },
    {
      when: { on: 'crashed' },
      text: 'The ZooKeeper leader is killed: all four lose their connections or their answers.',
    },
    { when: { on: 'established', where: { epoch: 2 } }, text: 'Another server leads, and sessions go on.' },
  ],
};
