/** Coverage: how many of the protocol's situations the first runs of a campaign have reached, with swarm testing and without. */
import { catalog } from '../../scenarios/catalog.ts';
import { Coverage } from '../../sim/fuzz/coverage.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { seedOf } from '../../sim/fuzz/profile.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { Experiment } from '../experiment.ts';

export interface CoverageSettings {
  readonly swarm: readonly boolean[];
  readonly firstSeed: number;
  readonly seeds: number;
  /** After how many runs it is taken, ascending. */
  readonly after: readonly number[];
}

export interface CoveragePoint {
  readonly swarm: boolean;
  readonly seed: number;
  readonly after: readonly number[];
}

export interface CoverageRow {
  readonly [column: string]: number | boolean;
  readonly swarm: boolean;
  readonly seed: number;
  readonly runs: number;
  /** Situations reached, and how many there are. */
  readonly reached: number;
  readonly known: number;
}

function measure({ swarm, seed, after }: CoveragePoint): CoverageRow[] {
  const coverage = new Coverage();
  const rows: CoverageRow[] = [];
  const last = after.at(-1) ?? 0;
  for (let run = 1; run <= last; run++) {
    coverage.begin();
    const simulation = new Simulation(plan(seedOf(seed, run - 1), { swarm }), catalog, {
      hash: false,
      listener: coverage,
    });
    simulation.run();
    if (simulation.world.violations.length > 0) {
      throw new Error(
        `the correct protocol breaks ${simulation.world.violations[0]!.property} in run ${run}`,
      );
    }
    if (!after.includes(run)) continue;
    const counts = Object.values(coverage.counts()).flatMap((group) => Object.values(group));
    const reached = counts.filter((count) => count > 0).length;
    rows.push({ swarm, seed, runs: run, reached, known: counts.length });
  }
  return rows;
}

export const coverage: Experiment<CoverageSettings, CoveragePoint, CoverageRow> = {
  name: 'coverage',
  defaults: { swarm: [true, false], firstSeed: 1, seeds: 4, after: [1, 2, 3, 5, 8, 13, 20, 32, 50] },
  points: ({ swarm, firstSeed, seeds, after }) =>
    swarm.flatMap((one) =>
      Array.from({ length: seeds }, (_, i) => ({ swarm: one, seed: firstSeed + i, after })),
    ),
  measure,
};
