import { OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { client } from './workload.ts';

/** How many want each lock. */
const CLIENTS = 6;
/** All are in line before the first one releases, and before each next one. */
const HOLD = 200;

function crowd(path: string, server: number, herd: boolean) {
  return Array.from({ length: CLIENTS }, () =>
    client('lockHolder', { path, at: 1500, hold: HOLD, herd }, [server]),
  );
}

export const herdEffect: Scenario = {
  id: 'herd-effect',
  title: 'The herd effect, and a queue without it',
  story:
    'Six clients at server 1 want the lock /herd and all watch the node of its holder: each release wakes all who wait, ' +
    'though one of them can go on. Six at server 2 want the lock /queue, each watching the node just before its own: each ' +
    'release wakes one. That is 15 watch events against 5, and with a thousand clients half a million against 999. Hence the lock ' +
    "recipe of the ZooKeeper documentation and Curator's LockInternals watch the predecessor.",
  run: {
    format: RUN_FORMAT,
    title: 'The herd effect, and a queue without it',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [...crowd('/herd', 1, true), ...crowd('/queue', 2, false)],
    faults: [],
    end: { at: 9000 + SETTLE, healedAt: 9000 },
    expectations: [
      {
        text: 'all twelve clients have had their lock',
        probe: { on: 'told', where: { action: 'released' } },
        atLeast: 2 * CLIENTS,
        atMost: 2 * CLIENTS,
      },
      {
        text: 'six clients that watch one node: 5 + 4 + 3 + 2 + 1 = 15 watch events',
        probe: { on: 'watchFired', where: { server: 1 } },
        atLeast: 15,
        atMost: 15,
      },
      {
        text: 'six clients that watch their predecessors: 5 watch events',
        probe: { on: 'watchFired', where: { server: 2 } },
        atLeast: 5,
        atMost: 5,
      },
      {
        text: 'the herd asks for the list of the line 6 + 15 times',
        probe: { on: 'replied', where: { server: 1, op: OpCode.getChildren } },
        atLeast: 21,
        atMost: 21,
      },
      {
        text: 'the queue 6 + 5 times',
        probe: { on: 'replied', where: { server: 2, op: OpCode.getChildren } },
        atLeast: 11,
        atMost: 11,
      },
      {
        text: 'all replicas are equal in the end',
        end: { converged: true, running: [1, 2, 3], exists: ['/herd', '/queue'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'watchFired', where: { server: 1 }, nth: 5 },
      text: 'The first release of /herd has woken all five who wait. Four of them wait again.',
    },
    {
      when: { on: 'watchFired', where: { server: 2 } },
      text: 'The first release of /queue has woken the next one in line, nobody else.',
    },
    {
      when: { on: 'watchFired', where: { server: 1 }, nth: 15 },
      text: 'That was the 15th watch event for /herd.',
    },
    {
      when: { on: 'watchFired', where: { server: 2 }, nth: 5 },
      text: 'That was the 5th watch event for /queue.',
    },
  ],
};
