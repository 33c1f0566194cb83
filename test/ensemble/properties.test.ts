import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../scenarios/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { Simulation } from '../../sim/index.ts';
import type { SimEvent } from '../../sim/world-event.ts';

const RUNS = 2400;

/** Situations that the runs together must have been in. */
const SITUATIONS = [
  'SNAP',
  'TRUNC',
  'TRUNC+DIFF',
  'DIFF from disk',
  'log roll',
  'counter rollover',
  'crash',
  'power loss',
  'partition',
  'drop',
];

class Tally {
  readonly counts = new Map<string, number>(SITUATIONS.map((name) => [name, 0]));

  onEvent(): void {
    // Only what is reported counts.
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'syncChosen':
        this.add(event.fromDisk && event.sync === 'DIFF' ? 'DIFF from disk' : event.sync);
        break;
      case 'logRolled':
        this.add('log roll');
        break;
      case 'counterExhausted':
        this.add('counter rollover');
        break;
      case 'crashed':
        this.add(event.power ? 'power loss' : 'crash');
        break;
      case 'partitioned':
        this.add('partition');
        break;
      case 'dropped':
        this.add('drop');
        break;
    }
  }

  private add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

/** Seeds that once failed, each with what it found. */
const REGRESSIONS: readonly [number, string][] = [
  [2497, 'LOG-12 a hole between two log files after a crash'],
  [2626, 'LOG-5 a start dropped the log behind a leader’s snapshot'],
  [2645, 'LOG-12 a hole between two log files after a crash'],
  [6077, 'ZAB-9 an empty DIFF answered the claim of an empty history'],
];

describe('ZAB-*, LOG-*, TREE-DIGEST, LIVE-* hold', () => {
  it(`in ${RUNS} drawn runs of 3 and 5 servers under faults, which converge after healing`, () => {
    const tally = new Tally();
    let demanded = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), (seed) => {
        const result = new Simulation(plan(seed), catalog, { listener: tally }).run().result();
        expect(result.violations).toEqual([]);
        if (result.verdicts['LIVE-CONVERGES'] === 'holds') demanded++;
      }),
      { numRuns: RUNS, seed: 2026, examples: REGRESSIONS.map(([seed]) => [seed] as [number]) },
    );
    console.log(Object.fromEntries(tally.counts), `LIVE-CONVERGES demanded in ${demanded} of ${RUNS} runs`);
    for (const name of SITUATIONS) expect(tally.counts.get(name), name).toBeGreaterThan(20);
    expect(demanded).toBeGreaterThan(RUNS * 0.95);
  });
});
