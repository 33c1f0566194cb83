/**
 * From the loss of a leader to the next one that serves: how long it takes until somebody suspects, until one is elected,
 * and until a quorum has acknowledged it, after different failures, in ensembles of different size, latency and limits.
 */
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { RandomStreams } from '../../sim/random.ts';
import { Simulation } from '../../sim/simulation.ts';
import { type Fault, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import type { Experiment } from '../experiment.ts';

export const FAILURES = ['crash', 'power loss', 'cut off', 'all restart'] as const;
/**
 * What becomes of the leader. `crash`: its process dies, its machine closes the connections. `power loss`, `cut off`: nobody
 * hears anything. `all restart`: every server loses power and starts again; time counts from that start.
 */
export type Failure = (typeof FAILURES)[number];

/** What does not depend on chance. Times in virtual ms. */
export interface ElectionSetup {
  readonly servers: number;
  readonly failure: Failure;
  /** Median of the one-way latency. */
  readonly latency: number;
  readonly tickTime: number;
  readonly syncLimit: number;
}

export interface ElectionSettings {
  readonly setups: readonly ElectionSetup[];
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface ElectionPoint extends ElectionSetup {
  readonly seed: number;
}

export interface ElectionRow {
  readonly [column: string]: number | string | null;
  readonly servers: number;
  readonly failure: Failure;
  readonly latency: number;
  readonly tickTime: number;
  readonly syncLimit: number;
  readonly seed: number;
  /** Since the failure: the first survivor looks for a leader. */
  readonly suspected: number;
  /** … the one that will serve has decided for itself. */
  readonly elected: number;
  /** … a quorum has acknowledged it: it serves. */
  readonly serving: number;
  /** Index of that event in the run. */
  readonly event: number;
}

/** Apache's sample configuration in one region. */
export const BASE: ElectionSetup = {
  servers: 5,
  failure: 'crash',
  latency: 1,
  tickTime: 2000,
  syncLimit: 5,
};

const STEADY = 8000;
const DARK = 1000;
const LIMIT = 120_000;

/** When the leader is lost: anywhere between two of its signs of life. */
function moment({ seed, tickTime }: ElectionPoint): number {
  return STEADY + Math.round(new RandomStreams(seed).stream('moment').next() * tickTime * 1000) / 1000;
}

function faultsOf(point: ElectionPoint): Fault[] {
  const at = moment(point);
  switch (point.failure) {
    case 'crash':
      return [{ at, kind: 'crash', server: 'leader' }];
    case 'power loss':
      return [{ at, kind: 'powerLoss', server: 'leader' }];
    case 'cut off':
      return [{ at, kind: 'isolate', server: 'leader' }];
    case 'all restart':
      return [
        { at: at - DARK, kind: 'powerLoss', server: 'all' },
        { at, kind: 'restart', server: 'all' },
      ];
  }
}

/** The run of a point; the lab shows the same one. */
export function electionRun(point: ElectionPoint): RunSpec {
  const { servers, failure, latency, tickTime, syncLimit, seed } = point;
  return {
    format: RUN_FORMAT,
    title: `Election after ${failure}: ${servers} servers, ${latency} ms`,
    seed,
    ensemble: { participants: servers, tickTime, initLimit: 10, syncLimit },
    world: {
      network: { latency: { lognormal: { median: latency, sigma: 0.4 } } },
      disk: { flush: { lognormal: { median: 4, sigma: 0.5 } } },
    },
    clients: [{ program: { name: 'mix', params: { rate: 20, reads: 0.5, sessionTimeout: 40_000 } } }],
    faults: faultsOf(point),
    end: { at: moment(point) + LIMIT },
    expectations: [],
  };
}

const WITHOUT_PROPERTIES: Catalog = { ...catalog, monitors: () => [] };

/** One election. @throws Error where none ends within two minutes */
export function measureElection(point: ElectionPoint): ElectionRow {
  const at = moment(point);
  let lost = 0;
  let suspected = -1;
  let serving = -1;
  let event = 0;
  const elected = new Map<number, number>();
  const onProbe = (probe: SimEvent, index: number): void => {
    const { now } = simulation;
    if (serving >= 0) return;
    if (probe.kind === 'established' && now < at) lost = probe.server;
    if (now < at) return;
    const own = point.failure !== 'all restart' && probe.server === lost;
    if (own) return;
    if (probe.kind === 'role' && probe.role === 'LOOKING' && suspected < 0) suspected = now;
    else if (probe.kind === 'elected' && probe.leader === probe.server) elected.set(probe.server, now);
    else if (probe.kind === 'established') {
      serving = now;
      event = index;
      lost = probe.server;
    }
  };
  const simulation: Simulation = new Simulation(electionRun(point), WITHOUT_PROPERTIES, {
    hash: false,
    listener: { onEvent: () => {}, onProbe },
  });
  while (serving < 0 && simulation.step()) {
    // The loop is all there is.
  }
  if (simulation.failure !== null) throw simulation.failure;
  if (serving < 0)
    throw new Error(`no leader serves ${LIMIT / 1000} s after the failure (seed ${point.seed})`);
  const since = (time: number): number => Math.round((time - at) * 10) / 10;
  const { servers, failure, latency, tickTime, syncLimit, seed } = point;
  return {
    servers,
    failure,
    latency,
    tickTime,
    syncLimit,
    seed,
    suspected: since(suspected < 0 ? at : suspected),
    elected: since(elected.get(lost) ?? serving),
    serving: since(serving),
    event,
  };
}

function setups(): ElectionSetup[] {
  return [
    ...[3, 5, 7, 9].flatMap((servers) => FAILURES.map((failure) => ({ ...BASE, servers, failure }))),
    ...[0.2, 5, 25, 100].map((latency) => ({ ...BASE, latency })),
    ...(
      [
        [2000, 2],
        [500, 5],
        [200, 5],
      ] as const
    ).map(([tickTime, syncLimit]) => ({ ...BASE, failure: 'power loss' as const, tickTime, syncLimit })),
  ];
}

export const election: Experiment<ElectionSettings, ElectionPoint, ElectionRow> = {
  name: 'election',
  defaults: { setups: setups(), firstSeed: 1, seeds: 24 },
  points: ({ setups, firstSeed, seeds }) =>
    setups.flatMap((setup) => Array.from({ length: seeds }, (_, i) => ({ ...setup, seed: firstSeed + i }))),
  measure: measureElection,
};
