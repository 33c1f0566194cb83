/**
 * Throughput of a saturated ensemble over the share of reads: the experiment of the ZooKeeper paper's section 5.1. 250
 * clients with 100 requests of 1 KB under way each; at most 2000 requests in process; the leader takes no clients.
 */
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { Simulation } from '../../sim/simulation.ts';
import { RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { Experiment } from '../experiment.ts';
import { bound, type Costs, calibrate, serviceTimes } from './calibration.ts';
import { SaturatingClient, saturating } from './saturating-client.ts';

/** The rows of the paper's table that the costs are made from. */
export const CALIBRATED_ON: readonly [number, number] = [3, 9];

export interface ThroughputSettings {
  readonly seed: number;
  readonly servers: readonly number[];
  /** Shares of reads, 0…1. */
  readonly reads: readonly number[];
  readonly costs: Costs;
  readonly clients: number;
  /** Requests under way per client. */
  readonly outstanding: number;
  readonly bytes: number;
  /** Requests in process in the whole ensemble. */
  readonly inProcess: number;
  /** Virtual ms at which load begins and at which answers begin to be counted. */
  readonly load: number;
  readonly from: number;
  /** How many answers the time of counting should be long enough for: many times what is under way, or bursts decide. */
  readonly answers: number;
  /** Bounds of that time, virtual ms, and the slices it is cut into. */
  readonly least: number;
  readonly most: number;
  readonly slices: number;
}

export interface ThroughputPoint extends Omit<ThroughputSettings, 'servers' | 'reads'> {
  readonly servers: number;
  readonly reads: number;
}

export interface ThroughputRow {
  readonly [column: string]: number;
  readonly servers: number;
  readonly reads: number;
  /** Answers per virtual second; the least and the most of the slices. */
  readonly operations: number;
  readonly least: number;
  readonly most: number;
}

/** Correctness is other runs' business: without properties a point takes seconds. */
export const bare: Catalog = {
  ...catalog,
  programs: { ...catalog.programs, saturating },
  monitors: () => [],
};

/** How long answers are counted, virtual ms. */
function span({ answers, costs, servers, reads, least, most }: ThroughputPoint): number {
  return Math.min(most, Math.max(least, Math.ceil((answers * 1000) / bound(costs, servers, reads))));
}

/** The run of a point. Of servers that know the same history the one with the highest id is elected. */
export function throughputRun(point: ThroughputPoint): RunSpec {
  const { seed, servers, reads, costs, clients, outstanding, bytes, inProcess, load, from } = point;
  const followers = Array.from({ length: servers - 1 }, (_, i) => i + 1);
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: {
      participants: servers,
      outstandingLimit: Math.max(1, Math.floor(inProcess / followers.length)),
      maxSessionTimeout: 60_000,
    },
    world: {
      // A gigabit switch and a disk of its own for the log.
      network: { latency: { uniform: [0.05, 0.15] }, window: 10_000 },
      disk: { flush: { uniform: [1, 3] } },
      cost: { service: serviceTimes(costs) },
    },
    clients: Array.from({ length: clients }, (_, i) => ({
      program: {
        name: 'saturating',
        params: { reads, outstanding, bytes, from: load, sessionTimeout: 60_000 },
      },
      servers: followers.map((_, k) => followers[(i + k) % followers.length]!),
    })),
    faults: [],
    end: { at: from + span(point), maxEvents: 1e9 },
    expectations: [],
  };
}

/** Answers that the clients have had so far. */
export function answered(simulation: Simulation): { readonly reads: number; readonly writes: number } {
  let reads = 0;
  let writes = 0;
  for (const id of simulation.world.clients) {
    const actor = simulation.world.machines.get(id)!.actor;
    if (!(actor instanceof SaturatingClient)) continue;
    reads += actor.reads;
    writes += actor.writes;
  }
  return { reads, writes };
}

/** Runs on until the first event after a time, virtual ms. */
export function runUntil(simulation: Simulation, ms: number): void {
  while (simulation.now < ms && simulation.step()) {
    // The loop is all there is.
  }
}

function measure(point: ThroughputPoint): ThroughputRow {
  const { servers, reads, from, slices } = point;
  const length = span(point);
  const simulation = new Simulation(throughputRun(point), bare, { hash: false });
  const counts: number[] = [];
  for (let i = 0; i <= slices; i++) {
    runUntil(simulation, from + (length * i) / slices);
    const { reads: got, writes } = answered(simulation);
    counts.push(got + writes);
  }
  if (simulation.failure !== null) throw simulation.failure;
  if (simulation.world.leader()?.id !== servers) throw new Error(`server ${servers} does not lead`);
  const rate = (count: number, ms: number): number => Math.round((count * 1000) / ms);
  const rates = counts.slice(1).map((count, i) => rate(count - counts[i]!, length / slices));
  return {
    servers,
    reads,
    operations: rate(counts[slices]! - counts[0]!, length),
    least: Math.min(...rates),
    most: Math.max(...rates),
  };
}

export const throughput: Experiment<ThroughputSettings, ThroughputPoint, ThroughputRow> = {
  name: 'throughput',
  defaults: {
    seed: 1,
    servers: [3, 5, 7, 9, 13],
    reads: [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1],
    costs: calibrate(CALIBRATED_ON),
    clients: 250,
    outstanding: 100,
    bytes: 1024,
    inProcess: 2000,
    load: 400,
    from: 3000,
    answers: 300_000,
    least: 1000,
    most: 4000,
    slices: 4,
  },
  points: ({ servers, reads, ...rest }) =>
    servers.flatMap((n) => reads.map((share) => ({ ...rest, servers: n, reads: share }))),
  measure,
};
