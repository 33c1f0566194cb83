/** A stretch of a run for a space-time diagram: its events, and what each machine was meanwhile. */
import type { Machine } from '../../sim/machine.ts';
import { type ChannelEnd, FIRST_CLIENT, type Link } from '../../sim/network.ts';
import type { QueuedEvent } from '../../sim/queue.ts';
import { subjectName } from '../../sim/sentences.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Family, SentenceFrame, StepFrame } from './frame.ts';
import { type Loss, Losses } from './losses.ts';

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
  /** It came to a process that no longer listens. */
  readonly unheard: boolean;
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
  readonly cuts: readonly Cut[];
  /** Messages that are not heard within the stretch. */
  readonly losses: readonly Loss[];
  /** Virtual ms before the first event and after the last. */
  readonly start: number;
  readonly end: number;
}

/** While the same links were cut, from an event to an event. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /** Who still reaches whom, `3 | 1, 2`; or the links, `1 → 2`. */
  readonly text: string;
  /** Machines with a cut link. */
  readonly machines: readonly number[];
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

/** Servers that still reach each other in groups, where all cuts go both ways; otherwise each cut link by itself. */
export function cutText(links: readonly Pick<Link, 'from' | 'to'>[], servers: readonly number[]): string {
  const among = links.filter(({ from, to }) => from < FIRST_CLIENT && to < FIRST_CLIENT);
  const cut = new Set(among.map(({ from, to }) => `${from}>${to}`));
  const parts: string[] = [];
  if (among.length > 0) {
    const mutual = among.every(({ from, to }) => cut.has(`${to}>${from}`));
    const groups: number[][] = [];
    for (const id of servers) {
      const group = groups.find((members) => members.every((other) => !cut.has(`${id}>${other}`)));
      if (group === undefined) groups.push([id]);
      else group.push(id);
    }
    // Groups tell the whole story where all between two of them is cut.
    const between = groups.reduce(
      (sum, members) => sum + members.length * (servers.length - members.length),
      0,
    );
    if (mutual && between === cut.size) parts.push(groups.map((members) => members.join(', ')).join(' | '));
    else if (mutual)
      parts.push(
        among
          .filter(({ from, to }) => from < to)
          .map(({ from, to }) => `${from} ↮ ${to}`)
          .join(', '),
      );
    else parts.push([...cut].map((link) => link.replace('>', ' ↛ ')).join(', '));
  }
  const clients = new Set(
    links.flatMap(({ from, to }) => [from, to]).filter((machine) => machine > FIRST_CLIENT),
  );
  if (clients.size > 0) parts.push(`${[...clients].map(subjectName).join(', ')} cut off`);
  return parts.join('; ');
}

/** What the listener knows of an event beside its step. */
export interface Heard {
  readonly event: QueuedEvent<ChannelEnd> | null;
  /** It came to an end of a channel that is closed. */
  readonly unheard: boolean;
  /** Messages that the network lost during the event. */
  readonly dropped: readonly Pick<Loss, 'from' | 'to' | 'family' | 'text'>[];
}

/** Collects events in their order, of a simulation that stands before the first. */
export class StretchBuilder {
  private readonly machines: readonly number[];
  private readonly events: StretchEvent[] = [];
  private readonly spans: Span[] = [];
  private readonly open = new Map<number, { being: Being; from: number }>();
  private readonly cuts: Cut[] = [];
  private readonly losses: Losses;
  private readonly start: number;
  private cut: readonly Link[] = [];
  private cutSince = 0;

  constructor(simulation: Simulation) {
    const { world } = simulation;
    this.machines = [...world.servers, ...world.clients];
    this.start = simulation.now;
    this.losses = new Losses(simulation);
    for (const id of this.machines)
      this.open.set(id, { being: beingOf(world.machines.get(id)!), from: world.events });
    this.look(simulation);
  }

  add(
    { owner, from, family, text, cause, sentences }: StepFrame,
    simulation: Simulation,
    heard: Heard,
  ): void {
    const { events: event } = simulation.world;
    const told = sentences.filter(({ tone }) => MARKED.has(tone));
    const { unheard } = heard;
    this.events.push({ event, time: simulation.now, owner, from, family, text, cause, told, unheard });
    if (unheard && heard.event !== null) this.losses.add(event, heard.event, 'unheard');
    for (const message of heard.dropped) this.losses.add(event, message, 'dropped');
    this.losses.look(simulation);
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
    const cut: Link[] = [];
    for (const link of world.network.links.values()) if (link.cut) cut.push(link);
    if (cut.length === this.cut.length && cut.every((link, i) => link === this.cut[i])) return;
    this.endCut(world.events, world.servers);
    this.cut = cut;
    this.cutSince = world.events;
  }

  private endCut(to: number, servers: readonly number[]): void {
    const { cut, cutSince: from } = this;
    if (cut.length === 0) return;
    const machines = new Set(cut.flatMap((link) => [link.from, link.to]));
    this.cuts.push({ from, to, text: cutText(cut, servers), machines: [...machines] });
  }

  finish(first: number, last: number, simulation: Simulation): Stretch {
    for (const [machine, { being, from }] of this.open) this.spans.push({ machine, being, from, to: last });
    this.endCut(last, simulation.world.servers);
    this.losses.finish(simulation);
    const { events, spans, machines, cuts, start } = this;
    return {
      first,
      last,
      events,
      spans,
      machines,
      cuts,
      losses: this.losses.found,
      start,
      end: simulation.now,
    };
  }
}
