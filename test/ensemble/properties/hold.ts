/** All properties in drawn runs; the runs are dealt out to several test files, so that workers share them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { catalog } from '../../../scenarios/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { Simulation } from '../../../sim/index.ts';
import { SITUATIONS, Situations, Tally } from './situations.ts';

/** Drawn runs of each file. */
export const RUNS = 800;

/** Seeds that once failed, each with what it found. */
const REGRESSIONS: readonly (readonly [number, string])[] = [
  [2497, 'LOG-12 a hole between two log files after a crash'],
  [2626, 'LOG-5 a start dropped the log behind a leader’s snapshot'],
  [2645, 'LOG-12 a hole between two log files after a crash'],
  [6077, 'ZAB-9 an empty DIFF answered the claim of an empty history'],
];

/**
 * Draws runs of 3 and 5 servers, of clients that ask for everything, under faults: nothing is violated, replicas converge,
 * and the runs have been in every situation.
 *
 * @param slice number of the file; it decides the seeds. The first has the regressions too
 */
export function holdInDrawnRuns(slice: number): void {
  const tally = new Tally();
  let demanded = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), (seed) => {
      const spec = plan(seed);
      const listener = new Situations(tally, spec);
      const { violations, verdicts } = new Simulation(spec, catalog, { listener, hash: false })
        .run()
        .result();
      expect(violations).toEqual([]);
      if (verdicts['LIVE-CONVERGES'] === 'holds') demanded++;
    }),
    {
      numRuns: RUNS,
      seed: 2026 + slice,
      examples: slice === 1 ? REGRESSIONS.map(([seed]): [number] => [seed]) : [],
    },
  );
  console.log(Object.fromEntries(tally.counts), `LIVE-CONVERGES demanded in ${demanded} of ${RUNS} runs`);
  for (const [name, least] of Object.entries(SITUATIONS)) {
    expect(tally.counts.get(name), name).toBeGreaterThan((least * RUNS) / 1000);
  }
  expect(demanded).toBeGreaterThan(RUNS * 0.95);
}
