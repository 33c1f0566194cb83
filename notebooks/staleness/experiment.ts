/**
 * How stale a read from a follower is: which writes to the znode had committed before the reader asked and are not in
 * what it read; over the follower's distance from its leader and the rate of writes, plainly and with a `sync` before.
 */
import { OpCode } from '../../protocol/txn.ts';
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { FIRST_CLIENT } from '../../sim/network.ts';
import { Simulation } from '../../sim/simulation.ts';
import { RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { Experiment } from '../experiment.ts';
import { mean, quantile } from '../statistics.ts';
import { answered } from '../throughput/experiment.ts';
import { saturating } from '../throughput/saturating-client.ts';
import { reading } from './reading-client.ts';

export interface StalenessSettings {
  readonly seed: number;
  /** One-way latency between the leader and the follower that is read from, ms. */
  readonly distances: readonly number[];
  /** Writers, each of which writes again as soon as it has its answer. */
  readonly writers: readonly number[];
  readonly sync: readonly boolean[];
  /** Reads to make of each. */
  readonly reads: number;
  /** ms between them. */
  readonly every: number;
}

export interface StalenessPoint {
  readonly seed: number;
  readonly distance: number;
  readonly writers: number;
  readonly sync: boolean;
  readonly reads: number;
  readonly every: number;
}

export interface StalenessRow {
  readonly [column: string]: number | boolean;
  readonly distance: number;
  readonly writers: number;
  readonly sync: boolean;
  /** Writes to the znode per second. */
  readonly writes: number;
  readonly reads: number;
  /** Reads that lacked something. */
  readonly stale: number;
  /** Age of the oldest write that was lacking when the reader asked, ms: the mean over all reads, and what one in a hundred exceeds. */
  readonly age: number;
  readonly oldest: number;
  /** Writes that were lacking: the mean, and what one in a hundred exceeds. */
  readonly missing: number;
  readonly most: number;
  /** From the question to the answer, ms (mean). */
  readonly latency: number;
}

const CATALOG: Catalog = {
  ...catalog,
  programs: { ...catalog.programs, saturating, reading },
  monitors: () => [],
};
const NEAR = 0.5;
const FROM = 3000;
/** Server 3 leads; it and server 2, where the writers are, make the quorum. Server 1 is read from. */
const READ_FROM = 1;
const LEADER = 3;

export function stalenessRun({ seed, distance, writers, sync, reads, every }: StalenessPoint): RunSpec {
  const far = { lognormal: { median: distance, sigma: 0.3 } };
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: { participants: 3, maxSessionTimeout: 60_000 },
    world: {
      network: {
        latency: { lognormal: { median: NEAR, sigma: 0.3 } },
        links: { [`${LEADER}>${READ_FROM}`]: far, [`${READ_FROM}>${LEADER}`]: far },
        window: 10_000,
      },
      disk: { flush: { uniform: [1, 3] } },
    },
    clients: [
      {
        program: {
          name: 'reading',
          params: { path: '/c1002', every, sync, from: FROM, sessionTimeout: 30_000 },
        },
        servers: [READ_FROM],
      },
      // One client has the znode, with as many writes under way as there are to be writers.
      {
        program: {
          name: 'saturating',
          params: { reads: 0, outstanding: writers, bytes: 8, sessionTimeout: 30_000 },
        },
        servers: [2],
      },
    ],
    faults: [],
    end: { at: FROM + reads * every + 2000, maxEvents: 1e9 },
    expectations: [],
  };
}

function measure(point: StalenessPoint): StalenessRow {
  const { distance, writers, sync, reads } = point;
  // Commits in order: their zxids, and when the leader committed them.
  const zxids: number[] = [];
  const times: number[] = [];
  const reader = FIRST_CLIENT + 1;
  const asked = new Map<number, number>();
  const made: { readonly asked: number; readonly answered: number; readonly mzxid: number }[] = [];
  const simulation: Simulation = new Simulation(stalenessRun(point), CATALOG, {
    hash: false,
    listener: {
      onEvent: () => {},
      onProbe: (event) => {
        if (event.kind === 'committed') {
          zxids.push(event.zxid);
          times.push(simulation.now);
        } else if (event.kind === 'invoked') {
          // Together with its sync, where there is one.
          if (event.client === reader && event.op === OpCode.getData) asked.set(event.ticket, simulation.now);
        } else if (event.kind === 'answered' && event.client === reader) {
          const since = asked.get(event.ticket);
          const mzxid = event.result.stat?.mzxid;
          if (since !== undefined && mzxid !== undefined)
            made.push({ asked: since, answered: simulation.now, mzxid });
        }
      },
    },
  });
  while (simulation.now < FROM && simulation.step()) {
    // The loop is all there is.
  }
  const before = answered(simulation).writes;
  simulation.run();
  if (simulation.failure !== null) throw simulation.failure;
  const writes = answered(simulation).writes - before;
  if (made.length < reads) throw new Error(`${made.length} of ${reads} reads were answered`);
  const counted = made.slice(0, reads);
  const lacks = counted.map(({ asked, mzxid }) => {
    // All writes are to this znode: what is behind the one that was read is lacking.
    let first = zxids.length;
    while (first > 0 && zxids[first - 1]! > mzxid) first--;
    let end = first;
    while (end < times.length && times[end]! <= asked) end++;
    return { missing: end - first, age: end > first ? asked - times[first]! : 0 };
  });
  const tidy = (value: number): number => Math.round(value * 100) / 100;
  const ages = lacks.map(({ age }) => age);
  const missing = lacks.map((lack) => lack.missing);
  return {
    distance,
    writers,
    sync,
    writes: Math.round((writes * 1000) / (simulation.now - FROM)),
    reads,
    stale: missing.filter((count) => count > 0).length,
    age: tidy(mean(ages)),
    oldest: tidy(quantile(ages, 0.99)),
    missing: tidy(mean(missing)),
    most: tidy(quantile(missing, 0.99)),
    latency: tidy(mean(counted.map(({ asked, answered }) => answered - asked))),
  };
}

export const staleness: Experiment<StalenessSettings, StalenessPoint, StalenessRow> = {
  name: 'staleness',
  defaults: {
    seed: 1,
    distances: [0.5, 2, 10, 50, 200],
    writers: [1, 4, 16],
    sync: [false, true],
    reads: 400,
    every: 20,
  },
  points: ({ seed, distances, writers, sync, reads, every }) =>
    distances.flatMap((distance) =>
      writers.flatMap((count) =>
        sync.map((one) => ({ seed, distance, writers: count, sync: one, reads, every })),
      ),
    ),
  measure,
};
