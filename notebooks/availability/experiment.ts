/**
 * Availability of ensembles whose servers fail and are repaired at random, each by itself: the share of time in which a
 * quorum of them is up, and in which one of them leads a quorum that serves.
 */
import { catalog } from '../../scenarios/catalog.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { RandomStreams } from '../../sim/random.ts';
import { Simulation } from '../../sim/simulation.ts';
import { type Fault, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { exponentialDraw } from '../draw.ts';
import type { Experiment } from '../experiment.ts';

export interface Ensemble {
  readonly participants: number;
  readonly observers: number;
}

export interface AvailabilitySettings {
  readonly ensembles: readonly Ensemble[];
  /** Shares of time in which a server is down. */
  readonly down: readonly number[];
  /** Runs per ensemble and share; their seeds are 1, 2, … */
  readonly runs: number;
  /** Mean time to repair, ms; the mean time to failure follows from the share. */
  readonly repair: number;
  /** Virtual ms from which is counted (the start, with all servers up, is forgotten by then), and how long. */
  readonly from: number;
  readonly span: number;
}

export interface AvailabilityPoint extends Ensemble {
  readonly down: number;
  readonly seed: number;
  readonly repair: number;
  readonly from: number;
  readonly span: number;
}

export interface AvailabilityRow {
  readonly [column: string]: number;
  readonly participants: number;
  readonly observers: number;
  readonly down: number;
  readonly seed: number;
  /** Shares of the time: a quorum is up; a leader serves with a quorum. */
  readonly quorum: number;
  readonly serving: number;
  /** How often a serving leader was lost. */
  readonly losses: number;
}

const WITHOUT_PROPERTIES: Catalog = { ...catalog, monitors: () => [] };

/** Each server's failures and repairs, from streams of their own. */
export function failures({
  participants,
  observers,
  down,
  seed,
  repair,
  from,
  span,
}: AvailabilityPoint): Fault[] {
  const streams = new RandomStreams(seed);
  const working = (repair * (1 - down)) / down;
  const faults: Fault[] = [];
  for (let server = 1; server <= participants + observers; server++) {
    // Of this point alone, so that points are independent of each other.
    const stream = streams.stream(`failures:${participants}+${observers}:${down}:${server}`);
    for (let at = 0; ; ) {
      at += exponentialDraw(stream, working);
      if (at >= from + span) break;
      faults.push({ at, kind: 'crash', server });
      at += exponentialDraw(stream, repair);
      if (at >= from + span) break;
      faults.push({ at, kind: 'restart', server });
    }
  }
  return faults;
}

/** The run of a point. Limits are short, so that an election takes a small part of a failure. */
export function availabilityRun(point: AvailabilityPoint): RunSpec {
  const { participants, observers, seed, from, span } = point;
  return {
    format: RUN_FORMAT,
    title: `${participants} servers${observers > 0 ? ` and ${observers} observers` : ''}, each down ${point.down * 100} % of the time`,
    seed,
    ensemble: {
      participants,
      observers,
      tickTime: 100,
      initLimit: 20,
      syncLimit: 5,
      maxNotificationInterval: 400,
      connectTimeout: 500,
      finalizeWait: 20,
    },
    world: { network: { latency: { uniform: [0.1, 0.5] }, retransmissionLimit: 500 }, disk: { flush: 1 } },
    clients: [],
    faults: failures(point),
    end: { at: from + span, maxEvents: 1e9 },
    expectations: [],
  };
}

/** Who is up and who serves, as the probes tell. */
class Observation {
  readonly participants: number;
  readonly up = new Set<number>();
  /** The leader that each server serves under; a leader its own. */
  readonly under = new Map<number, number>();
  losses = 0;

  constructor(participants: number) {
    this.participants = participants;
  }

  see(event: SimEvent): void {
    const { server } = event;
    switch (event.kind) {
      case 'restarted':
        this.up.add(server);
        return;
      case 'crashed':
        this.up.delete(server);
        this.leave(server);
        return;
      case 'role':
        this.leave(server);
        return;
      case 'established':
        this.under.set(server, server);
        return;
      case 'serving':
        this.under.set(server, event.leader);
        return;
      default:
    }
  }

  private leave(server: number): void {
    if (this.under.get(server) === server) this.losses++;
    this.under.delete(server);
  }

  private isQuorum(servers: Iterable<number>): boolean {
    let count = 0;
    for (const id of servers) if (id <= this.participants) count++;
    return count * 2 > this.participants;
  }

  get quorum(): boolean {
    return this.isQuorum(this.up);
  }

  get serving(): boolean {
    for (const [server, leader] of this.under) {
      if (server !== leader) continue;
      const company = [...this.under].filter(([, own]) => own === leader).map(([id]) => id);
      if (this.isQuorum(company)) return true;
    }
    return false;
  }
}

function measure(point: AvailabilityPoint): AvailabilityRow {
  const { participants, observers, down, seed, from, span } = point;
  const observation = new Observation(participants);
  const time = { quorum: 0, serving: 0 };
  let last = from;
  let before = 0;
  const account = (): void => {
    const now = Math.max(from, simulation.now);
    if (observation.quorum) time.quorum += now - last;
    if (observation.serving) time.serving += now - last;
    if (simulation.now <= from) before = observation.losses;
    last = now;
  };
  const RELEVANT = ['restarted', 'crashed', 'role', 'established', 'serving'];
  const simulation: Simulation = new Simulation(availabilityRun(point), WITHOUT_PROPERTIES, {
    hash: false,
    listener: {
      onEvent: () => {},
      onProbe: (event) => {
        if (!RELEVANT.includes(event.kind)) return;
        account();
        observation.see(event);
      },
    },
  });
  simulation.run();
  account();
  if (simulation.failure !== null) throw simulation.failure;
  const share = (ms: number): number => Math.round((ms / span) * 1e6) / 1e6;
  return {
    participants,
    observers,
    down,
    seed,
    quorum: share(time.quorum),
    serving: share(time.serving),
    losses: observation.losses - before,
  };
}

export const availability: Experiment<AvailabilitySettings, AvailabilityPoint, AvailabilityRow> = {
  name: 'availability',
  defaults: {
    ensembles: [
      { participants: 3, observers: 0 },
      { participants: 5, observers: 0 },
      { participants: 7, observers: 0 },
      { participants: 3, observers: 2 },
    ],
    down: [0.1, 0.2, 0.3, 0.4],
    runs: 24,
    repair: 4000,
    from: 50_000,
    span: 1_000_000,
  },
  points: ({ ensembles, down, runs, repair, from, span }) =>
    ensembles.flatMap((ensemble) =>
      down.flatMap((share) =>
        Array.from({ length: runs }, (_, i) => ({
          ...ensemble,
          down: share,
          seed: i + 1,
          repair,
          from,
          span,
        })),
      ),
    ),
  measure,
};
