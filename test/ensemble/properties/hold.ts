/** All properties in drawn runs; the runs are dealt out to several test files, so that workers share them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { runs } from '../../../bin/fast-check.ts';
import { catalog } from '../../../scenarios/index.ts';
import { Simulation } from '../../../sim/index.ts';
import { SITUATIONS, Situations, Tally } from './situations.ts';

/** Drawn runs of each file. */
export const RUNS = 500;

/**
 * Draws runs of 3 and 5 servers, of clients that ask for everything, under faults: nothing is violated, replicas converge,
 * and the runs have been in every situation.
 *
 * @param slice number of the file; it decides the seeds
 */
export function holdInDrawnRuns(slice: number): void {
  const tally = new Tally();
  let demanded = 0;
  fc.assert(
    fc.property(runs(fc, { catalog }), (spec) => {
      const listener = new Situations(tally, spec);
      const { violations, verdicts } = new Simulation(spec, catalog, { listener, hash: false })
        .run()
        .result();
      expect(violations).toEqual([]);
      if (verdicts['LIVE-CONVERGES'] === 'holds') demanded++;
    }),
    { numRuns: RUNS, seed: 2026 + slice },
  );
  console.log(Object.fromEntries(tally.counts), `LIVE-CONVERGES demanded in ${demanded} of ${RUNS} runs`);
  for (const [name, least] of Object.entries(SITUATIONS)) {
    expect(tally.counts.get(name), name).toBeGreaterThanOrEqual((least * RUNS) / 1000);
  }
  expect(demanded).toBeGreaterThan(RUNS * 0.95);
}
