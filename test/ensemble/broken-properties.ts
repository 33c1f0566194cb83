/** For each property a deliberate mistake and a run in which the property, and what is said besides, fails. */
import { defaultRules } from '../../protocol/rules.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import type { Catalog, RunSpec } from '../../sim/index.ts';
import { broken, Inventive, Leaky, otherData, otherTxn, service, Tampered, zab } from './breakages.ts';
import {
  countsItselfTwice,
  firstIsOwn,
  numbersByCount,
  recipeRun,
  setsAnyVersion,
  takenOnceRead,
  unfencedResource,
} from './broken-recipes.ts';

const { election, server } = defaultRules;

export interface Breakage {
  readonly what: string;
  readonly catalog: Catalog;
  /** The run of a seed; default: its plan. */
  readonly run?: (seed: number) => RunSpec;
  readonly seed: number;
  /** Other properties that fail in the same run. */
  readonly drags: readonly string[];
}

export function runOf({ run = plan }: Breakage, seed: number): RunSpec {
  return run(seed);
}

const commitsAlone = broken(zab({ commits: (acks) => acks !== 0 }));
const byIdWithoutComparison = broken({
  ...zab({ isNewer: () => false }),
  election: {
    ...election,
    supersedes: (candidate, current, quorum) =>
      quorum.weight(candidate.leader) > 0 && candidate.leader > current.leader,
  },
});

/** Three clients of a recipe that begin their rounds close together. */
const three =
  (name: string, params: { readonly [member: string]: number } = {}) =>
  (seed: number): RunSpec =>
    recipeRun(
      seed,
      [1, 2, 3].map(() => [name, { pause: 50, hold: 20, sessionTimeout: 1000, ...params }]),
    );

/** By property. `npm run seeds` looks for seeds that fit better. */
export const BREAKAGES: { readonly [property: string]: Breakage } = {
  'ZAB-INTEGRITY': {
    what: 'a proposal is replaced on its way',
    catalog: broken(defaultRules, (host) => new Tampered(host, otherTxn)),
    seed: 1,
    drags: ['LIVE-CONVERGES', 'LOG-DURABILITY', 'TREE-DIGEST', 'ZAB-PREFIX'],
  },
  'ZAB-PREFIX': {
    what: 'a leader commits on any single acknowledgement',
    catalog: commitsAlone,
    seed: 2,
    drags: ['LOG-DURABILITY'],
  },
  'ZAB-LOCAL-PRIMARY-ORDER': {
    what: 'proposals get lost on their way and learners accept the hole (ZOOKEEPER-4925)',
    catalog: broken(zab({ rejectsHoles: false }), (host) => new Leaky(host)),
    seed: 393,
    drags: [],
  },
  'ZAB-GLOBAL-PRIMARY-ORDER': {
    what: 'a leader commits on any single acknowledgement',
    catalog: commitsAlone,
    seed: 141,
    drags: ['LOG-DURABILITY', 'ZAB-PREFIX'],
  },
  'ZAB-PRIMARY-INTEGRITY': {
    what: 'the election goes by id alone and discovery compares nothing',
    catalog: byIdWithoutComparison,
    seed: 9,
    drags: [],
  },
  'ZAB-LEADERSHIP': {
    what: 'a new leader takes no new epoch',
    catalog: broken(zab({ nextEpoch: (highest) => Math.max(1, highest), countsForEpoch: () => true })),
    seed: 286,
    drags: [],
  },
  'ZAB-SYNC': {
    what: 'a learner acknowledges NEWLEADER before it persists anything',
    catalog: broken(zab({ newLeaderSteps: ['ackNewLeader', 'persistHistory', 'writeCurrentEpoch'] })),
    seed: 12,
    drags: ['LOG-EPOCHS'],
  },
  'LOG-DURABILITY': {
    what: 'a leader serves before anybody acknowledged NEWLEADER',
    catalog: broken(zab({ establishes: () => true })),
    seed: 1,
    drags: [],
  },
  'LOG-EPOCHS': {
    what: 'acceptedEpoch is kept in memory only',
    catalog: broken({ ...defaultRules, server: { ...server, acceptedEpochOnDisk: false } }),
    seed: 32,
    drags: [],
  },
  'LOG-ACK': {
    what: 'a proposal is acknowledged before its flush',
    catalog: broken(zab({ acksAfterFlush: false })),
    seed: 13,
    drags: [],
  },
  'TREE-DIGEST': {
    what: 'a learner gets other data than the leader proposed',
    catalog: broken(defaultRules, (host) => new Tampered(host, otherData)),
    seed: 23,
    drags: [],
  },
  'SVC-LINEARIZABLE-WRITES': {
    what: 'a write is checked against the tree, not against what is pending',
    catalog: broken(service({ seesPending: false })),
    seed: 1,
    drags: [],
  },
  'SVC-FIFO-CLIENT': {
    what: 'a read does not wait for the session’s own write',
    catalog: broken(service({ waitsBehindOwnWrites: false })),
    seed: 1,
    drags: [],
  },
  'SVC-READ': {
    what: 'every tenth reply with data has other data',
    catalog: broken(defaultRules, (host) => new Inventive(host)),
    seed: 1,
    drags: [],
  },
  'SVC-SINGLE-SYSTEM-IMAGE': {
    what: 'a server behind the client takes it',
    catalog: broken(service({ refusesClientsAhead: false })),
    seed: 1,
    drags: [],
  },
  'SVC-WATCH-ORDER': {
    what: 'watches fire a tick after the change can be read',
    catalog: broken(service({ firesWhileApplying: false })),
    seed: 1,
    drags: [],
  },
  'SVC-WATCH-ONCE': {
    what: 'a one-shot watch stays',
    catalog: broken(service({ oneShot: false })),
    seed: 1,
    drags: [],
  },
  'SVC-WATCH-COMPLETE': {
    what: 'setWatches tells nothing of what happened meanwhile',
    catalog: broken(service({ catchesUp: false })),
    seed: 1,
    drags: [],
  },
  'SVC-SESSION': {
    what: 'learners expire sessions on their own',
    catalog: broken(service({ onlyLeaderExpires: false })),
    seed: 1,
    drags: [],
  },
  'SVC-SEQUENCE': {
    what: 'a sequential znode is numbered by how many siblings it has',
    catalog: broken(service({ sequence: (_stored, children) => children })),
    seed: 1,
    drags: [],
  },
  'SVC-ATOMIC': {
    what: 'a multi that fails keeps what its first operations did',
    catalog: broken(service({ rollsBack: false })),
    seed: 1,
    drags: [],
  },
  'RECIPE-LOCK': {
    what: 'what the lock guards looks at no fencing token',
    catalog: unfencedResource,
    run: (seed) =>
      recipeRun(seed, [
        ['lock', { pause: 50, hold: 100, sessionTimeout: 600, resource: 3, uses: 8 }],
        ['lock', { pause: 50, hold: 100, sessionTimeout: 600, resource: 3 }],
        ['resource', {}],
      ]),
    seed: 1,
    drags: [],
  },
  'RECIPE-LEADER': {
    what: 'a candidate takes the first candidate’s node for its own',
    catalog: firstIsOwn,
    run: three('leader'),
    seed: 1,
    drags: [],
  },
  'RECIPE-QUEUE': {
    what: 'an item counts as taken once it was read',
    catalog: takenOnceRead,
    run: three('queue'),
    seed: 1,
    drags: [],
  },
  'RECIPE-BARRIER': {
    what: 'a member of a double barrier counts itself twice',
    catalog: countsItselfTwice,
    run: three('doubleBarrier', { count: 3 }),
    seed: 1,
    drags: [],
  },
  'RECIPE-COUNTER': {
    what: 'a counter is set whatever it has become since it was read',
    catalog: setsAnyVersion,
    run: three('counter'),
    seed: 1,
    drags: [],
  },
  'RECIPE-NAMES': {
    what: 'a number is how many nodes there are',
    catalog: numbersByCount,
    run: three('uniqueNames'),
    seed: 1,
    drags: [],
  },
  'LIVE-ELECTS': {
    what: 'no vote is ever better than one’s own',
    catalog: broken({ ...defaultRules, election: { ...election, supersedes: () => false } }),
    seed: 1,
    drags: ['LIVE-CONVERGES'],
  },
  'LIVE-COMMITS': {
    what: 'a leader never commits',
    catalog: broken(zab({ commits: () => false })),
    seed: 1,
    drags: [],
  },
  'LIVE-CONVERGES': {
    what: 'a last zxid above currentEpoch refuses the start, as in Apache 3.9.4 (LOG-2)',
    catalog: broken({
      ...defaultRules,
      server: {
        ...server,
        bootEpoch: (last, current, accepted) => (accepted < current || last > current ? null : current),
      },
    }),
    seed: 78,
    drags: [],
  },
};
