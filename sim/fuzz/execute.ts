/** One run of a campaign, watched for everything that makes it a finding. */
import type { Catalog } from '../catalog.ts';
import type { QueuedEvent } from '../queue.ts';
import { type RunResult, Simulation } from '../simulation.ts';
import type { RunSpec } from '../spec.ts';
import type { Listener } from '../world.ts';
import type { SimEvent } from '../world-event.ts';

/** What a run breaks that comes to no end: a handler that never returns, or more events than `end.maxEvents`. */
export const NO_ENDLESS_LOOP = 'NO-ENDLESS-LOOP';
/** What is broken where a check itself throws. */
export const NO_CHECK_CRASH = 'NO-CHECK-CRASH';

/** What is watched beside the properties of the catalog. */
export const watched: readonly { readonly id: string; readonly statement: string }[] = [
  { id: NO_ENDLESS_LOOP, statement: 'a run comes to an end' },
  { id: NO_CHECK_CRASH, statement: 'no check of a property throws an error' },
];

/** How a run broke a property first. */
export interface Failure {
  readonly property: string;
  /** Index of the event, and virtual ms. */
  readonly event: number;
  readonly ms: number;
  readonly text: string;
}

/** How much happened in a run. */
export interface RunSize {
  readonly events: number;
  readonly virtualMs: number;
  /** Operations that clients asked for. */
  readonly operations: number;
  /** Transactions committed. */
  readonly writes: number;
  /** Leaders established by a quorum. */
  readonly elections: number;
}

/** What came of a run. */
export interface Execution {
  /** Null where a check threw. */
  readonly result: RunResult | null;
  readonly size: RunSize;
  /** The first failure of each property, in the order found. */
  readonly failures: readonly Failure[];
}

/** What does not change what happens. */
export interface Watching {
  readonly listener?: Listener;
  /** Called every {@link PULSE} events: a sign of life. */
  readonly pulse?: () => void;
  /** Stops at the first failure of this property. */
  readonly until?: string;
}

/** Events between two signs of life. */
export const PULSE = 1024;

/** Counts, and passes on. */
class Counter implements Listener {
  operations = 0;
  writes = 0;
  elections = 0;
  private readonly next: Listener | null;

  constructor(next: Listener | null) {
    this.next = next;
  }

  onEvent(event: QueuedEvent, index: number): void {
    if (this.next !== null) this.next.onEvent(event, index);
  }

  onProbe(event: SimEvent, index: number): void {
    if (event.kind === 'invoked') this.operations++;
    else if (event.kind === 'committed') this.writes++;
    else if (event.kind === 'established') this.elections++;
    if (this.next !== null) this.next.onProbe(event, index);
  }
}

/** Runs a spec and watches it. @throws SpecError as {@link Simulation} does */
export function execute(spec: RunSpec, catalog: Catalog, watching: Watching = {}): Execution {
  const { listener, pulse, until } = watching;
  const counter = new Counter(listener ?? null);
  const simulation = new Simulation(spec, catalog, { listener: counter });
  const failures: Failure[] = [];
  const fail = (failure: Failure): void => {
    if (!failures.some(({ property }) => property === failure.property)) failures.push(failure);
  };
  let seen = 0;
  let result: RunResult | null = null;
  try {
    for (let more = true; more; ) {
      more = simulation.step();
      const { violations } = simulation.world;
      for (; seen < violations.length; seen++) fail({ ...violations[seen]!, ms: simulation.now });
      if (until !== undefined && failures.some(({ property }) => property === until)) break;
      if (pulse !== undefined && simulation.events % PULSE === 0) pulse();
    }
    result = simulation.result();
    const most = spec.end.maxEvents;
    if (most !== undefined && result.events >= most && simulation.failure === null) {
      const text = `${result.events} events and still not at ${spec.end.at} virtual ms`;
      fail({ property: NO_ENDLESS_LOOP, event: result.events, ms: result.virtualMs, text });
    }
  } catch (error) {
    const text = `a check threw: ${error instanceof Error ? error.message : String(error)}`;
    fail({ property: NO_CHECK_CRASH, event: simulation.events, ms: simulation.now, text });
  }
  const { operations, writes, elections } = counter;
  const { events, now } = simulation;
  return { result, failures, size: { events, virtualMs: now, operations, writes, elections } };
}
