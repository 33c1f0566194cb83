/**
 * Hunts: how many drawn runs it takes until a deliberate mistake breaks a property, over seeds, with a subset of the
 * faults of its own for each run (swarm testing) and with all of them in every run.
 */
import { catalog } from '../../scenarios/catalog.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { seedOf } from '../../sim/fuzz/profile.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { Experiment } from '../experiment.ts';

export interface HuntsSettings {
  /** Ids of the catalog's variants. */
  readonly variants: readonly string[];
  readonly swarm: readonly boolean[];
  readonly firstSeed: number;
  readonly seeds: number;
  /** Runs after which a hunt is given up. */
  readonly most: number;
}

export interface HuntsPoint {
  readonly variant: string;
  readonly swarm: boolean;
  readonly seed: number;
  readonly most: number;
}

export interface HuntsRow {
  readonly [column: string]: number | string | boolean;
  readonly variant: string;
  readonly swarm: boolean;
  readonly seed: number;
  /** Made, the one that broke a property included. */
  readonly runs: number;
  readonly found: boolean;
  /** What was broken first; empty where nothing was. */
  readonly property: string;
  /** Index of that event; 0 where there is none. */
  readonly event: number;
}

/** A run of more events is taken for endless. */
const MOST_EVENTS = 1_000_000;

/** The run of a hunt, counted from 1: with swarm testing the one that `zab-lab variants --hunt` makes. */
export function huntRun({ variant, swarm, seed }: HuntsPoint, run: number): RunSpec {
  const drawn = plan(seedOf(seed, run - 1), { swarm });
  return { ...drawn, variant: { name: variant }, end: { ...drawn.end, maxEvents: MOST_EVENTS } };
}

function measure(point: HuntsPoint): HuntsRow {
  const { variant, swarm, seed, most } = point;
  for (let run = 1; run <= most; run++) {
    const simulation = new Simulation(huntRun(point, run), catalog, { hash: false });
    while (simulation.world.violations.length === 0 && simulation.step()) {
      // The loop is all there is.
    }
    const first = simulation.world.violations[0];
    if (first !== undefined) {
      return { variant, swarm, seed, runs: run, found: true, property: first.property, event: first.event };
    }
  }
  return { variant, swarm, seed, runs: most, found: false, property: '', event: 0 };
}

export const hunts: Experiment<HuntsSettings, HuntsPoint, HuntsRow> = {
  name: 'hunts',
  defaults: {
    variants: [
      'commits-on-minority',
      'ZK-2845',
      'fires-watches-late',
      'keeps-uncommitted-suffix',
      'sequence-from-children',
      'ZK-4925',
      'ZK-4643',
    ],
    swarm: [true, false],
    firstSeed: 1,
    seeds: 20,
    most: 40,
  },
  points: ({ variants, swarm, firstSeed, seeds, most }) =>
    variants.flatMap((variant) =>
      swarm.flatMap((one) =>
        Array.from({ length: seeds }, (_, i) => ({ variant, swarm: one, seed: firstSeed + i, most })),
      ),
    ),
  measure,
};
