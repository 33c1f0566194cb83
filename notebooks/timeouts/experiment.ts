/**
 * Limits against pauses: how long a leader, a follower or a client may stand still before the others take it for dead, and
 * how much longer a real failure goes unnoticed with a patient limit.
 */
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { RandomStreams } from '../../sim/random.ts';
import { Simulation } from '../../sim/simulation.ts';
import { type Fault, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import { BASE, measureElection } from '../election/experiment.ts';
import type { Experiment } from '../experiment.ts';
import { median } from '../statistics.ts';

export const VICTIMS = ['leader', 'follower', 'client'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Limits {
  readonly tickTime: number;
  readonly syncLimit: number;
  /** Of the client's session, ticks. */
  readonly sessionTicks: number;
}

export interface TimeoutsSettings {
  readonly limits: readonly Limits[];
  readonly victims: readonly Victim[];
  /** Lengths of the pause as shares of the limit that it is up against. */
  readonly shares: readonly number[];
  readonly seeds: number;
  /** Spread of the latency (sigma of its logarithm) around 1 ms. */
  readonly jitter: number;
}

export interface TimeoutsPoint extends Limits {
  readonly victim: Victim;
  readonly share: number;
  readonly seeds: number;
  readonly jitter: number;
}

export interface TimeoutsRow {
  readonly [column: string]: number | string;
  readonly tickTime: number;
  readonly syncLimit: number;
  readonly sessionTicks: number;
  readonly victim: Victim;
  readonly share: number;
  /** Length of the pause, ms. */
  readonly pause: number;
  readonly runs: number;
  /** Runs in which it was taken for dead: another leader, a follower sent away, a session expired. */
  readonly suspected: number;
  /** Until a leader that lost power was replaced, ms (median): what the same limit costs when it matters. */
  readonly detection: number;
}

/** The limit that a victim's silence is up against, ms. */
export function limitOf({ tickTime, syncLimit, sessionTicks }: Limits, victim: Victim): number {
  return tickTime * (victim === 'client' ? sessionTicks : syncLimit);
}

const STEADY = 6000;
const WITHOUT_PROPERTIES: Catalog = { ...catalog, monitors: () => [] };

/** One run of a point. The pause begins anywhere within a tick. */
export function timeoutsRun(point: TimeoutsPoint, seed: number): RunSpec {
  const { tickTime, syncLimit, sessionTicks, victim, share, jitter } = point;
  const pause = Math.round(share * limitOf(point, victim));
  const at = STEADY + 2 * tickTime + Math.round(new RandomStreams(seed).stream('moment').next() * tickTime);
  const fault: Fault =
    victim === 'client'
      ? { at, kind: 'clientPause', client: 1, for: pause }
      : { at, kind: 'pause', server: victim, for: pause };
  const sessionTimeout = sessionTicks * tickTime;
  return {
    format: RUN_FORMAT,
    title: `A ${victim} pauses for ${pause} ms`,
    seed,
    ensemble: { participants: BASE.servers, tickTime, initLimit: 10, syncLimit },
    world: {
      network: { latency: { lognormal: { median: 1, sigma: jitter } } },
      disk: { flush: { lognormal: { median: 4, sigma: 0.5 } } },
    },
    clients: [{ program: { name: 'mix', params: { rate: 5, reads: 0.5, sessionTimeout } } }],
    faults: [fault],
    end: { at: at + pause + 4 * Math.max(limitOf(point, 'leader'), sessionTimeout) },
    expectations: [],
  };
}

/** Whether the victim was taken for dead. */
export function isSuspected(point: TimeoutsPoint, seed: number): boolean {
  const run = timeoutsRun(point, seed);
  const at = run.faults[0]!.at!;
  let suspected = false;
  const simulation: Simulation = new Simulation(run, WITHOUT_PROPERTIES, {
    hash: false,
    listener: {
      onEvent: () => {},
      onProbe: (event) => {
        if (simulation.now <= at) return;
        if (point.victim === 'client') suspected ||= event.kind === 'expired';
        else suspected ||= event.kind === 'role' && event.role === 'LOOKING';
      },
    },
  });
  while (!suspected && simulation.step()) {
    // The loop is all there is.
  }
  if (simulation.failure !== null) throw simulation.failure;
  return suspected;
}

function measure(point: TimeoutsPoint): TimeoutsRow {
  const { tickTime, syncLimit, sessionTicks, victim, share, seeds } = point;
  let suspected = 0;
  for (let seed = 1; seed <= seeds; seed++) if (isSuspected(point, seed)) suspected++;
  const detections = Array.from({ length: 5 }, (_, i) => {
    const lost = measureElection({ ...BASE, failure: 'cut off', tickTime, syncLimit, seed: i + 1 });
    return lost.serving;
  });
  return {
    tickTime,
    syncLimit,
    sessionTicks,
    victim,
    share,
    pause: Math.round(share * limitOf(point, victim)),
    runs: seeds,
    suspected,
    detection: median(detections),
  };
}

export const timeouts: Experiment<TimeoutsSettings, TimeoutsPoint, TimeoutsRow> = {
  name: 'timeouts',
  defaults: {
    limits: [
      { tickTime: 2000, syncLimit: 5, sessionTicks: 5 },
      { tickTime: 2000, syncLimit: 2, sessionTicks: 2 },
      { tickTime: 500, syncLimit: 5, sessionTicks: 5 },
      { tickTime: 200, syncLimit: 5, sessionTicks: 5 },
    ],
    victims: VICTIMS,
    shares: [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3, 1.4, 1.6],
    seeds: 20,
    jitter: 0.5,
  },
  points: ({ limits, victims, shares, seeds, jitter }) =>
    limits.flatMap((own) =>
      victims.flatMap((victim) => shares.map((share) => ({ ...own, victim, share, seeds, jitter }))),
    ),
  measure,
};
