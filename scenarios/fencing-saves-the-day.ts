import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { client } from './workload.ts';

const HOLDER = { path: '/lock', resource: 3, sessionTimeout: 1000 };
/** Client 1 begins its second use of what its lock guards. */
const BEGINS = { on: 'told', where: { client: 1001, action: 'uses what its lock guards' }, nth: 2 };

export const fencingSavesTheDay: Scenario = {
  id: 'fencing-saves-the-day',
  title: 'A paused client believes that it still holds the lock',
  story:
    'Client 1 holds a lock (the recipe of the ZooKeeper documentation) and is about to use what it guards when it stands ' +
    'still for three seconds, as in a long garbage collection. Its session expires, its node goes, and client 2 acquires ' +
    'the lock. Then client 1 goes on where it was, for nobody could tell it anything. No lock service can prevent ' +
    'that; the resource can, if it is shown the czxid of the lock node and refuses one smaller than it has seen ' +
    '(fencing: the sequencers of Burrows, "The Chubby lock service", 2006).',
  run: {
    format: RUN_FORMAT,
    title: 'A paused client believes that it still holds the lock',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      client('lockHolder', { ...HOLDER, at: 1500, hold: 500 }),
      client('lockHolder', { ...HOLDER, at: 1800, hold: 3000 }),
      client('resource', {}),
    ],
    faults: [{ when: BEGINS, kind: 'clientPause', client: 1, for: 3000 }],
    end: { at: 9000 + SETTLE, healedAt: 9000 },
    expectations: [
      {
        text: 'both clients acquire the lock',
        probe: { on: 'told', where: { recipe: 'lock', action: 'acquired' } },
        atLeast: 2,
        atMost: 2,
      },
      { text: 'one session expires', probe: { on: 'expired' }, atLeast: 1, atMost: 1 },
      {
        text: 'the resource accepts one use of client 1 and two of client 2',
        probe: { on: 'told', where: { client: 1003, action: 'accepted' } },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'and rejects the smaller token',
        probe: { on: 'told', where: { client: 1003, action: 'rejected' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'which was that of client 1',
        probe: { on: 'told', where: { client: 1001, action: 'is refused' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'client 1 never releases the lock',
        probe: { on: 'told', where: { client: 1001, action: 'released' } },
        atMost: 0,
      },
      {
        text: 'client 2 does',
        probe: { on: 'told', where: { client: 1002, action: 'released' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'all replicas are equal in the end',
        end: { converged: true, running: [1, 2, 3], exists: ['/lock'] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'told', where: { client: 1001, action: 'acquired' } },
      text: 'Client 1 holds the lock. Its token is the czxid of its node.',
    },
    {
      when: { on: 'clientPaused' },
      text: 'In the middle of the next use, client 1 stops. It sends no heartbeats and does not know that time goes by.',
    },
    {
      when: { on: 'expired' },
      text: 'Its session is over: the leader closes it, and its ephemeral node goes.',
    },
    {
      when: { on: 'told', where: { client: 1002, action: 'acquired' } },
      text: 'Client 2 was next in line. Its node was created later, so its token is larger.',
    },
    {
      when: { on: 'clientResumed' },
      text: 'Client 1 finishes what it had begun. Two clients act as if they held the lock.',
    },
    {
      when: { on: 'told', where: { client: 1003, action: 'rejected' } },
      text: 'The resource has seen a larger token: whoever shows this one comes too late.',
    },
  ],
};
