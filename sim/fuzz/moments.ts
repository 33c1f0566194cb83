/** Moments that matter: a fault there is what random times rarely hit. */
import type { RandomStream } from '../random.ts';
import type { Predicate, Trigger } from '../spec.ts';
import { one, strikeTime } from './draw.ts';

/** Steps of discovery and synchronization that name their epoch; each server takes them once an epoch. */
const OF_AN_EPOCH = [
  'acceptedEpoch',
  'currentEpoch',
  'epochAcked',
  'newLeaderSent',
  'newLeaderAcked',
  'serving',
] as const;

/** What happens on one server, rarely and often. */
const OF_A_SERVER = [
  'elected',
  'acceptedEpoch',
  'currentEpoch',
  'newLeaderAcked',
  'fastForwarded',
  'loaded',
] as const;

/** Durable steps, and others, of a learner. */
const CATCHING_UP = [
  'acceptedEpoch',
  'currentEpoch',
  'currentEpoch',
  'snapInstalled',
  'truncated',
  'newLeaderAcked',
] as const;

const OF_A_LOG = [
  'proposed',
  'logged',
  'flushed',
  'acked',
  'committed',
  'logRolled',
  'snapshotStarted',
  'snapshotTaken',
] as const;

const OF_SYNCHRONIZATION: readonly Predicate[] = [
  { on: 'truncated' },
  { on: 'snapInstalled' },
  { on: 'snapStreamed' },
  // Applied by a learner that does not serve yet.
  { on: 'applied', where: { delivered: false } },
  { on: 'syncChosen', where: { sync: 'DIFF' } },
  { on: 'syncChosen', where: { sync: 'TRUNC' } },
  { on: 'syncChosen', where: { sync: 'TRUNC+DIFF' } },
  { on: 'syncChosen', where: { sync: 'SNAP' } },
];

/** What other faults bring about: those that follow one another at a run's decisive places. */
const OF_FAULTS = ['crashed', 'restarted', 'healed', 'partitioned'] as const;

type Draw = (random: RandomStream, servers: readonly number[]) => Predicate;

const upTo = (random: RandomStream, most: number) => 1 + random.below(most);

/** Most runs see two or three epochs. */
const epoch = (random: RandomStream) => upTo(random, upTo(random, 4));

const DRAWS: readonly Draw[] = [
  (random, servers) => ({
    on: one(random, OF_AN_EPOCH),
    where: { epoch: epoch(random) },
    nth: upTo(random, (servers.length >> 1) + 1),
  }),
  (random) => ({ on: 'established', where: { epoch: epoch(random) } }),
  (random, servers) => ({
    on: one(random, OF_A_SERVER),
    where: { server: one(random, servers) },
    nth: upTo(random, 3),
  }),
  (random, servers) => ({
    on: one(random, ['syncChosen', 'newLeaderSent'] as const),
    where: { learner: one(random, servers) },
    nth: upTo(random, 3),
  }),
  (random) => ({ ...one(random, OF_SYNCHRONIZATION), nth: upTo(random, 2) }),
  (random) => ({ on: one(random, OF_A_LOG), nth: upTo(random, random.below(2) === 0 ? 10 : 100) }),
  (random) => ({ on: one(random, OF_FAULTS), nth: upTo(random, 2) }),
];

/** A step of a server that catches up with a leader, most likely not its first. */
export function catchingUp(random: RandomStream, server: number): Trigger {
  const on = one(random, CATCHING_UP);
  if (on === 'currentEpoch' && random.below(2) === 0) return { when: { on, where: { server, epoch: 2 } } };
  return { when: { on, where: { server }, nth: upTo(random, 3) } };
}

/** A decisive moment: right then, or up to some ms later. */
export function moment(random: RandomStream, servers: readonly number[]): Trigger {
  const when = one(random, DRAWS)(random, servers);
  const delay = random.below(2) === 0 ? 0 : random.below(one(random, [3, 30, 200]));
  return delay === 0 ? { when } : { when, delay };
}

/** When a fault of servers strikes: at a time, or at a decisive moment. */
export function strike(random: RandomStream, servers: readonly number[]): Trigger {
  return random.below(3) === 0 ? strikeTime(random) : moment(random, servers);
}
