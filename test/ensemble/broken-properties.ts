/** For each property a deliberate mistake that makes it fail; the runs in which it does are in `broken-runs/`. */
import { defaultRules } from '../../protocol/rules.ts';
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
  /** The runs to look for it in, by seed; default: plans. */
  readonly run?: (seed: number) => RunSpec;
}

/** A run in which a breakage shows. */
export interface BrokenRun {
  /** Other properties that fail in it too. */
  readonly drags: readonly string[];
  readonly run: RunSpec;
}

/** Where the run of a property's breakage is kept. */
export function brokenRunFile(property: string): string {
  return `test/ensemble/broken-runs/${property}.json`;
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

/** By property. `npm run broken-runs` looks for runs that fit, where there is none any more. */
export const BREAKAGES: { readonly [property: string]: Breakage } = {
  'ZAB-INTEGRITY': {
    what: 'a proposal is replaced on its way',
    catalog: broken(defaultRules, (host) => new Tampered(host, otherTxn)),
  },
  'ZAB-PREFIX': {
    what: 'a leader commits on any single acknowledgement',
    catalog: commitsAlone,
  },
  'ZAB-LOCAL-PRIMARY-ORDER': {
    what: 'proposals get lost on their way and learners accept the hole (ZOOKEEPER-4925)',
    catalog: broken(zab({ rejectsHoles: false }), (host) => new Leaky(host)),
  },
  'ZAB-GLOBAL-PRIMARY-ORDER': {
    what: 'a leader commits on any single acknowledgement',
    catalog: commitsAlone,
  },
  'ZAB-PRIMARY-INTEGRITY': {
    what: 'the election goes by id alone and discovery compares nothing',
    catalog: byIdWithoutComparison,
  },
  'ZAB-LEADERSHIP': {
    what: 'a new leader takes no new epoch',
    catalog: broken(zab({ nextEpoch: (highest) => Math.max(1, highest), countsForEpoch: () => true })),
  },
  'ZAB-SYNC': {
    what: 'a learner acknowledges NEWLEADER before it persists anything',
    catalog: broken(zab({ newLeaderSteps: ['ackNewLeader', 'persistHistory', 'writeCurrentEpoch'] })),
  },
  'LOG-DURABILITY': {
    what: 'a leader serves before anybody acknowledged NEWLEADER',
    catalog: broken(zab({ establishes: () => true })),
  },
  'LOG-EPOCHS': {
    what: 'acceptedEpoch is kept in memory only',
    catalog: broken({ ...defaultRules, server: { ...server, acceptedEpochOnDisk: false } }),
  },
  'LOG-ACK': {
    what: 'a proposal is acknowledged before its flush',
    catalog: broken(zab({ acksAfterFlush: false })),
  },
  'TREE-DIGEST': {
    what: 'a learner gets other data than the leader proposed',
    catalog: broken(defaultRules, (host) => new Tampered(host, otherData)),
  },
  'SVC-LINEARIZABLE-WRITES': {
    what: 'a write is checked against the tree, not against what is pending',
    catalog: broken(service({ seesPending: false })),
  },
  'SVC-FIFO-CLIENT': {
    what: 'a read does not wait for the session’s own write',
    catalog: broken(service({ waitsBehindOwnWrites: false })),
  },
  'SVC-READ': {
    what: 'every tenth reply with data has other data',
    catalog: broken(defaultRules, (host) => new Inventive(host)),
  },
  'SVC-SINGLE-SYSTEM-IMAGE': {
    what: 'a server behind the client takes it',
    catalog: broken(service({ refusesClientsAhead: false })),
  },
  'SVC-WATCH-ORDER': {
    what: 'watches fire a tick after the change can be read',
    catalog: broken(service({ firesWhileApplying: false })),
  },
  'SVC-WATCH-ONCE': {
    what: 'a one-shot watch stays',
    catalog: broken(service({ oneShot: false })),
  },
  'SVC-WATCH-COMPLETE': {
    what: 'setWatches tells nothing of what happened meanwhile',
    catalog: broken(service({ catchesUp: false })),
  },
  'SVC-SESSION': {
    what: 'learners expire sessions on their own',
    catalog: broken(service({ onlyLeaderExpires: false })),
  },
  'SVC-SEQUENCE': {
    what: 'a sequential znode is numbered by how many siblings it has',
    catalog: broken(service({ sequence: (_stored, children) => children })),
  },
  'SVC-ATOMIC': {
    what: 'a multi that fails keeps what its first operations did',
    catalog: broken(service({ rollsBack: false })),
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
  },
  'RECIPE-LEADER': {
    what: 'a candidate takes the first candidate’s node for its own',
    catalog: firstIsOwn,
    run: three('leader'),
  },
  'RECIPE-QUEUE': {
    what: 'an item counts as taken once it was read',
    catalog: takenOnceRead,
    run: three('queue'),
  },
  'RECIPE-BARRIER': {
    what: 'a member of a double barrier counts itself twice',
    catalog: countsItselfTwice,
    run: three('doubleBarrier', { count: 3 }),
  },
  'RECIPE-COUNTER': {
    what: 'a counter is set whatever it has become since it was read',
    catalog: setsAnyVersion,
    run: three('counter'),
  },
  'RECIPE-NAMES': {
    what: 'a number is how many nodes there are',
    catalog: numbersByCount,
    run: three('uniqueNames'),
  },
  'LIVE-ELECTS': {
    what: 'no vote is ever better than one’s own',
    catalog: broken({ ...defaultRules, election: { ...election, supersedes: () => false } }),
  },
  'LIVE-COMMITS': {
    what: 'a leader never commits',
    catalog: broken(zab({ commits: () => false })),
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
  },
};
