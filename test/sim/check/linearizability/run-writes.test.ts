import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../scenarios/index.ts';
import { check, znode } from '../../../../sim/check/linearizability/index.ts';
import { runWrites } from '../../../../sim/check/linearizability/run-writes.ts';
import { plan } from '../../../../sim/fuzz/plan.ts';
import { BREAKAGES } from '../../../ensemble/broken-properties.ts';

const ZXID_BASED = 'SVC-LINEARIZABLE-WRITES';
/** Seeds of plans in which clients can see the breakage of {@link ZXID_BASED} without a zxid. */
const VISIBLE = [2, 13];

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
    expect(tested).toBeGreaterThan(20);
    expect(writes).toBeGreaterThan(500);
  });

  it(`are not linearizable where ${ZXID_BASED} fails before the clients' eyes`, () => {
    for (const seed of VISIBLE) {
      const { result, writes } = runWrites(plan(seed), BREAKAGES[ZXID_BASED]!.catalog);
      expect({ seed, verdict: check(znode, writes).verdict }).toEqual({ seed, verdict: 'not-linearizable' });
      expect(result.verdicts[ZXID_BASED]).toBe('violated');
      expect(check(znode, runWrites(plan(seed), catalog).writes).verdict).toBe('linearizable');
    }
  });

  it('the recorder changes nothing of the run', () => {
    const plain = runWrites(plan(3), catalog).result;
    expect(plain.traceHash).toBe(runWrites(plan(3), { ...catalog, monitors: () => [] }).result.traceHash);
  });
});
