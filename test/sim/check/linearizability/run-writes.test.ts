import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../scenarios/index.ts';
import { check, znode } from '../../../../sim/check/linearizability/index.ts';
import { runWrites } from '../../../../sim/check/linearizability/run-writes.ts';
import { plan } from '../../../../sim/fuzz/plan.ts';
import { BREAKAGES } from '../../../ensemble/broken-properties.ts';

const ZXID_BASED = 'SVC-LINEARIZABLE-WRITES';

describe("a run's writes, black box", () => {
  it(`are linearizable in drawn runs, as ${ZXID_BASED} says`, () => {
    let writes = 0;
    let tested = 0;
    for (let seed = 1; seed <= 24; seed++) {
      const run = runWrites(plan(seed), catalog);
      const { verdict } = check(znode, run.writes);
      expect({ seed, verdict }).toEqual({ seed, verdict: 'linearizable' });
      expect(run.result.verdicts[ZXID_BASED]).not.toBe('violated');
      writes += run.writes.filter(({ output }) => output?.err === 0).length;
      if (run.result.verdicts[ZXID_BASED] === 'holds') tested++;
    }
    expect(tested).toBeGreaterThan(12);
    expect(writes).toBeGreaterThan(300);
  });

  it(`are not linearizable in runs that ${ZXID_BASED} refuses, and in no others`, () => {
    let both = 0;
    for (let seed = 1; seed <= 24; seed++) {
      const { result, writes } = runWrites(plan(seed), BREAKAGES[ZXID_BASED]!.catalog);
      // One of them may be hard; so many looks at the budget are enough for all others.
      let asked = 0;
      const { verdict } = check(znode, writes, { expired: () => ++asked > 500 });
      // Not every mistake shows before a client's eyes; what does show, is one.
      if (verdict === 'not-linearizable') expect(result.violations.length).toBeGreaterThan(0);
      if (verdict === 'not-linearizable' && result.verdicts[ZXID_BASED] === 'violated') both++;
    }
    expect(both).toBeGreaterThanOrEqual(3);
  });

  it('the recorder changes nothing of the run', () => {
    const plain = runWrites(plan(3), catalog).result;
    expect(plain.traceHash).toBe(runWrites(plan(3), { ...catalog, monitors: () => [] }).result.traceHash);
  });
});
