import { describe, expect, it } from 'vitest';
import { defaultRules } from '../../protocol/rules.ts';
import { catalog } from '../../scenarios/index.ts';
import { properties } from '../../sim/check/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { type Catalog, simulate } from '../../sim/index.ts';
import { broken, Leaky, otherData, otherTxn, Tampered, zab } from './breakages.ts';

const { election, server } = defaultRules;

const commitsAlone = broken(zab({ commits: (acks) => acks !== 0 }));
const byIdWithoutComparison = broken({
  ...zab({ isNewer: () => false }),
  election: {
    ...election,
    supersedes: (candidate, current, quorum) =>
      quorum.weight(candidate.leader) > 0 && candidate.leader > current.leader,
  },
});

interface Breakage {
  readonly what: string;
  readonly catalog: Catalog;
  readonly seed: number;
  /** Other properties that fail in the same run. */
  readonly drags: readonly string[];
}

/** For each property a deliberate mistake, a run in which it shows, and what it drags along there. */
const BREAKAGES: { readonly [property: string]: Breakage } = {
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

describe('every property can fail', () => {
  it('and each has its breakage', () => {
    expect(Object.keys(BREAKAGES).sort()).toEqual(properties.map(({ id }) => id).sort());
  });

  for (const [property, { what, catalog: mistaken, seed, drags }] of Object.entries(BREAKAGES)) {
    const along = drags.length === 0 ? '' : ` and drags along ${drags.join(', ')}`;
    it(`${property} fails when ${what}${along}`, () => {
      const spec = plan(seed);
      const violated = new Set(simulate(spec, mistaken).violations.map((violation) => violation.property));
      expect([...violated].sort()).toEqual([property, ...drags].sort());
      expect(simulate(spec, catalog).violations).toEqual([]);
    });
  }

  it('ZAB-25 LOG-DURABILITY fails when acknowledgements of a learner that was cut back still count', () => {
    const spec = plan(44258);
    const kept = simulate(spec, broken(zab({ withdrawsAcks: false })));
    expect(new Set(kept.violations.map(({ property }) => property))).toEqual(new Set(['LOG-DURABILITY']));
    expect(simulate(spec, catalog).violations).toEqual([]);
  });
});
