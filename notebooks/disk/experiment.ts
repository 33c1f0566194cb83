/**
 * What disks do to commits: the latency of a commit over how much flushes vary and how many servers there are, and how
 * many writes per second there are when several share a flush.
 */
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { Simulation } from '../../sim/simulation.ts';
import { type Named, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { Experiment } from '../experiment.ts';
import { median, quantile } from '../statistics.ts';
import { saturating } from '../throughput/saturating-client.ts';

/**
 * `alone`: one writer that leaves the disks in peace between its writes. `in haste`: one that writes as soon as it has its
 * answer. `batches`: many of those at once, with a limit on the requests per flush.
 */
export type Part = 'alone' | 'in haste' | 'batches';

export interface DiskSettings {
  readonly seed: number;
  /** Ensembles, and spreads of the flush (sigma of its logarithm), of which the latency of a lone writer is taken. */
  readonly servers: readonly number[];
  readonly sigmas: readonly number[];
  /** Writers at once, and requests per flush at most, of which throughput is taken, in an ensemble of three. */
  readonly writers: readonly number[];
  readonly batches: readonly number[];
  /** Median of a flush, ms. */
  readonly flush: number;
  /** Commits to measure. */
  readonly commits: number;
}

export interface DiskPoint {
  readonly part: Part;
  readonly seed: number;
  readonly servers: number;
  readonly sigma: number;
  readonly writers: number;
  /** maxBatchSize of the servers. */
  readonly batch: number;
  readonly flush: number;
  readonly commits: number;
}

export interface DiskRow {
  readonly [column: string]: number | string;
  readonly part: Part;
  readonly servers: number;
  readonly sigma: number;
  readonly writers: number;
  readonly batch: number;
  /** From the proposal to the commit at the leader, ms. */
  readonly mean: number;
  readonly median: number;
  readonly slow: number;
  readonly slowest: number;
  /** Per virtual second. */
  readonly commits: number;
  /** Transactions made durable by one flush of the leader. */
  readonly perFlush: number;
}

/** One-way latency, ms: constant, so that what varies is the disk. */
export const LATENCY = 0.2;
/** Spread of flushes where writers and batches vary. */
export const USUAL_SIGMA = 0.25;

const CATALOG: Catalog = {
  ...catalog,
  programs: { ...catalog.programs, saturating },
  monitors: () => [],
};
/** Virtual ms by which sessions are open and files warm. */
const STEADY = 2000;

/** Writes per second of the one that leaves time between them. */
const RATE = 4;

export function diskRun({ part, seed, servers, sigma, writers, batch, flush }: DiskPoint): RunSpec {
  const program: Named =
    part === 'alone'
      ? {
          name: 'mix',
          params: { rate: RATE, reads: 0, dataBytes: 100, outstanding: 1, sessionTimeout: 40_000 },
        }
      : { name: 'saturating', params: { reads: 0, outstanding: 1, bytes: 100, sessionTimeout: 40_000 } };
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: { participants: servers, maxBatchSize: batch, outstandingLimit: 100_000 },
    world: {
      network: { latency: LATENCY, window: 10_000 },
      disk: { flush: sigma === 0 ? flush : { lognormal: { median: flush, sigma } } },
    },
    clients: Array.from({ length: writers }, () => ({ program })),
    faults: [],
    end: { at: 1e7, maxEvents: 1e9 },
    expectations: [],
  };
}

function measure(point: DiskPoint): DiskRow {
  const { part, servers, sigma, writers, batch, commits } = point;
  const proposed = new Map<number, number>();
  const latencies: number[] = [];
  let leader = 0;
  let first = 0;
  let last = 0;
  let flushes = 0;
  const simulation: Simulation = new Simulation(diskRun(point), CATALOG, {
    hash: false,
    listener: {
      onEvent: () => {},
      onProbe: (event) => {
        const { now } = simulation;
        if (event.kind === 'established') leader = event.server;
        if (now < STEADY || event.server !== leader || latencies.length >= commits) return;
        if (first === 0) first = now;
        if (event.kind === 'proposed') proposed.set(event.zxid, now);
        else if (event.kind === 'flushed') flushes++;
        else if (event.kind === 'committed') {
          const since = proposed.get(event.zxid);
          if (since === undefined) return;
          proposed.delete(event.zxid);
          latencies.push(now - since);
          last = now;
        }
      },
    },
  });
  while (latencies.length < commits && simulation.step()) {
    // The loop is all there is.
  }
  if (simulation.failure !== null) throw simulation.failure;
  const tidy = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    part,
    servers,
    sigma,
    writers,
    batch,
    mean: tidy(latencies.reduce((sum, one) => sum + one, 0) / latencies.length),
    median: tidy(median(latencies)),
    slow: tidy(quantile(latencies, 0.9)),
    slowest: tidy(quantile(latencies, 0.99)),
    commits: Math.round((latencies.length * 1000) / (last - first)),
    perFlush: tidy(latencies.length / Math.max(1, flushes)),
  };
}

export const disk: Experiment<DiskSettings, DiskPoint, DiskRow> = {
  name: 'disk',
  defaults: {
    seed: 1,
    servers: [3, 5, 7, 9],
    sigmas: [0, 0.25, 0.5, 1],
    writers: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    batches: [1, 10, 1000],
    flush: 5,
    commits: 2000,
  },
  points: ({ seed, servers, sigmas, writers, batches, flush, commits }) => [
    ...servers.flatMap((n) =>
      sigmas.flatMap((sigma) =>
        (['alone', 'in haste'] as const).map((part): DiskPoint => {
          return { part, seed, servers: n, sigma, writers: 1, batch: 1000, flush, commits };
        }),
      ),
    ),
    ...batches.flatMap((batch) =>
      writers.map((count): DiskPoint => {
        const sigma = USUAL_SIGMA;
        return { part: 'batches', seed, servers: 3, sigma, writers: count, batch, flush, commits };
      }),
    ),
  ],
  measure,
};
