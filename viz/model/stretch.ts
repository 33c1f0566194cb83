/** A stretch of a run for a space-time diagram: its events, and what each machine was meanwhile. */
import type { Machine } from '../../sim/machine.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Family, SentenceFrame, StepFrame } from './frame.ts';

/** One event; of what arrived, when it was sent follows from its cause. */
export interface StretchEvent {
  readonly event: number;
  /** Virtual ms. */
  readonly time: number;
  readonly owner: number;
  /** Sender of what arrived; 0: nothing did. */
  readonly from: number;
  readonly family: Family | null;
  readonly text: string;
  /** The event that caused it; 0: none. */
  readonly cause: number;
  /** What is worth a mark on a lane. */
  readonly told: readonly SentenceFrame[];
}

export type Being = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING' | 'client' | 'paused' | 'down';

/** What a machine was after the events `from` to `to`. */
export interface Span {
  readonly machine: number;
  readonly being: Being;
  readonly from: number;
  readonly to: number;
}

export interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly events: readonly StretchEvent[];
  readonly spans: readonly Span[];
  /** Servers, then clients. */
  readonly machines: readonly number[];
  /** Stretches of events during which some link was cut. */
  readonly cuts: readonly { readonly from: number; readonly to: number }[];
}

/** Tones that are worth a mark on a lane. */
const MARKED: ReadonlySet<string> = new Set([
  'role',
  'election',
  'fault',
  'repair',
  'service',
  'sync',
  'epoch',
]);

function beingOf(machine: Machine): Being {
  if (!machine.running) return 'down';
  if (machine.paused) return 'paused';
  return machine.isClient ? 'client' : machine.role;
}

/** Collects events in their order, of a simulation that stands before the first. */
export class StretchBuilder {
  private readonly machines: readonly number[];
  private readonly events: StretchEvent[] = [];
  private readonly spans: Span[] = [];
  private readonly open = new Map<number, { being: Being; from: number }>();
  private readonly cuts: { from: number; to: number }[] = [];
  private cutSince = -1;

  constructor(simulation: Simulation) {
    const { world } = simulation;
    this.machines = [...world.servers, ...world.clients];
    for (const id of this.machines)
      this.open.set(id, { being: beingOf(world.machines.get(id)!), from: world.events });
    this.look(simulation);
  }

  add({ owner, from, family, text, cause, sentences }: StepFrame, simulation: Simulation): void {
    const { events: event } = simulation.world;
    const told = sentences.filter(({ tone }) => MARKED.has(tone));
    this.events.push({ event, time: simulation.now, owner, from, family, text, cause, told });
    this.look(simulation);
  }

  private look({ world }: Simulation): void {
    for (const id of this.machines) {
      const being = beingOf(world.machines.get(id)!);
      const span = this.open.get(id)!;
      if (span.being === being) continue;
      this.spans.push({ machine: id, being: span.being, from: span.from, to: world.events });
      this.open.set(id, { being, from: world.events });
    }
    let cut = false;
    for (const link of world.network.links.values()) cut ||= link.cut;
    if (cut && this.cutSince < 0) this.cutSince = world.events;
    if (!cut && this.cutSince >= 0) {
      this.cuts.push({ from: this.cutSince, to: world.events });
      this.cutSince = -1;
    }
  }

  finish(first: number, last: number): Stretch {
    for (const [machine, { being, from }] of this.open) this.spans.push({ machine, being, from, to: last });
    if (this.cutSince >= 0) this.cuts.push({ from: this.cutSince, to: last });
    return { first, last, events: this.events, spans: this.spans, machines: this.machines, cuts: this.cuts };
  }
}
