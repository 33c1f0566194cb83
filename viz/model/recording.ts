/**
 * A run that one can go to and fro in. It is run once to its end, leaving snapshots behind; any event is then reached by
 * running on from the nearest one. Memory is bounded: snapshots get sparser as the run gets longer.
 */
import type { Narration } from '../../scenarios/scenario.ts';
import type { Catalog } from '../../sim/catalog.ts';
import type { Climbed } from '../../sim/fuzz/ladder.ts';
import type { ChannelEnd } from '../../sim/network.ts';
import { EventKind, type QueuedEvent } from '../../sim/queue.ts';
import { describe, subjectName, subjectOf } from '../../sim/sentences.ts';
import { Simulation, type Snapshot } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { Listener } from '../../sim/world.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { eventText, familyOf, familyOfKind } from './event-text.ts';
import type { Frame, SentenceFrame, StepFrame } from './frame.ts';
import { Marks, type Row } from './marks.ts';
import { observed, observersOf } from './observers.ts';
import { readFrame } from './reading.ts';
import { type Heard, type Stretch, StretchBuilder } from './stretch.ts';
import { Times } from './times.ts';

const FIRST_SPACING = 256;
const MOST_SNAPSHOTS = 64;
/** Events per page of the log of all events, and pages kept. */
const PAGE = 256;
const MOST_PAGES = 32;

/** Keeps the event that is being handled and what is reported during it. */
class StepListener implements Listener, Heard {
  private readonly times: Times;
  index = 0;
  event: QueuedEvent<ChannelEnd> | null = null;
  sentences: SentenceFrame[] = [];
  unheard = false;
  dropped: Heard['dropped'] = [];

  constructor(times: Times) {
    this.times = times;
  }

  onEvent(event: QueuedEvent<ChannelEnd>, index: number): void {
    this.times.set(index, event.time / 1000);
    this.index = index;
    this.event = event;
    this.sentences = [];
    this.unheard =
      event.kind === EventKind.MESSAGE && event.end!.machine.channels.get(event.end!.localId) !== event.end;
    if (this.dropped.length > 0) this.dropped = [];
  }

  onProbe(event: SimEvent): void {
    const { text, tone } = describe(event);
    const subject = subjectOf(event);
    this.sentences.push({ who: subject === 0 ? '' : subjectName(subject), text, tone });
    if (event.kind !== 'dropped') return;
    const { server: from, to, message } = event;
    this.dropped = [...this.dropped, { from, to, family: familyOfKind(message), text: message }];
  }

  onRestore(): void {
    this.index = 0;
    this.event = null;
    this.sentences = [];
    this.unheard = false;
    this.dropped = [];
  }

  get step(): StepFrame | null {
    const { event, sentences } = this;
    if (event === null) return null;
    return {
      owner: event.owner,
      from: event.end === null ? 0 : event.end.peer.machine.id,
      family: event.end === null ? null : familyOf(event.message),
      text: eventText(event),
      cause: event.cause,
      sentences,
    };
  }
}

/** Writes down when events happened and what is worth a mark. */
class HeadListener implements Listener {
  readonly times: Times;
  readonly marks: Marks;
  private time = 0;

  constructor(times: Times, marks: Marks) {
    this.times = times;
    this.marks = marks;
  }

  onEvent(event: QueuedEvent, index: number): void {
    this.time = event.time / 1000;
    this.times.set(index, this.time);
  }

  onProbe(event: SimEvent, index: number): void {
    this.marks.probe(event, index, this.time);
  }
}

export class Recording {
  readonly spec: RunSpec;
  readonly narration: readonly Narration[];
  readonly times: Times;
  readonly marks: Marks;
  /** The run has been run to its end. */
  complete = false;
  private readonly catalog: Catalog;
  private readonly head: Simulation;
  private readonly cursor: Simulation;
  private readonly listener: StepListener;
  private snapshots: Snapshot[];
  private spacing: number;
  private told = 0;
  private violations = 0;
  private pages = new Map<number, readonly Row[]>();
  private reader: { readonly simulation: Simulation; readonly listener: StepListener } | null = null;

  /**
   * @param beginning a recording of a run that is the same before event `before`, whose snapshots up to there are taken over
   * @throws SpecError where the run names something that the catalog does not hold
   */
  constructor(
    spec: RunSpec,
    catalog: Catalog,
    narration: readonly Narration[] = [],
    beginning?: { readonly recording: Recording; readonly before: number },
  ) {
    this.spec = spec;
    this.narration = narration;
    this.catalog = observed(catalog, narration);
    const shared = beginning?.recording.snapshots.filter(({ events }) => events < beginning.before) ?? [];
    const last = shared.at(-1);
    this.times = last === undefined ? new Times() : beginning!.recording.times.upTo(last.events);
    this.marks = last === undefined ? new Marks() : beginning!.recording.marks.upTo(last.events);
    this.listener = new StepListener(this.times);
    this.head = new Simulation(spec, this.catalog, { listener: new HeadListener(this.times, this.marks) });
    this.cursor = new Simulation(spec, this.catalog, { listener: this.listener });
    this.spacing = beginning?.recording.spacing ?? FIRST_SPACING;
    this.snapshots = shared;
    if (last === undefined) this.snapshots = [this.head.snapshot()];
    else this.head.restore(last);
    this.told = observersOf(this.head.world.monitors).narrator.told.length;
    this.violations = this.head.world.violations.length;
  }

  /** Events recorded so far. */
  get length(): number {
    return this.head.events;
  }

  /** Trace hash of what has been recorded so far; of the whole run once it is complete. */
  get traceHash(): string {
    return this.head.world.hash!.hex();
  }

  /** Virtual ms at the end of what has been recorded. */
  get endTime(): number {
    return this.head.now;
  }

  /** The event that one stands at. */
  get event(): number {
    return this.cursor.events;
  }

  /** Snapshots kept now; for measurements. */
  get snapshotCount(): number {
    return this.snapshots.length;
  }

  /** Records up to `events` more; false once the run is complete. */
  advance(events: number): boolean {
    if (this.complete) return false;
    const { head } = this;
    for (let i = 0; i < events; i++) {
      const going = head.step();
      this.note();
      if (!going) {
        this.complete = true;
        return false;
      }
      if (head.events - this.snapshots.at(-1)!.events >= this.spacing) this.keep(head.snapshot());
    }
    return true;
  }

  private keep(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
    if (this.snapshots.length <= MOST_SNAPSHOTS) return;
    this.snapshots = this.snapshots.filter((_, i) => i % 2 === 0);
    this.spacing *= 2;
  }

  /** Narration and violations that the last event brought. */
  private note(): void {
    const { world } = this.head;
    const { told } = observersOf(world.monitors).narrator;
    for (; this.told < told.length; this.told++) {
      const { text, event, time } = told[this.told]!;
      this.marks.narration(text, event, time);
    }
    for (; this.violations < world.violations.length; this.violations++) {
      const { property, text, event } = world.violations[this.violations]!;
      this.marks.violation(property, text, event, this.head.now);
    }
  }

  /** Goes to the state after event `event`, or to the end where there is none such. */
  seek(event: number): void {
    const { cursor } = this;
    const target = Math.max(0, this.complete ? Math.min(event, this.length) : event);
    if (target === 0) cursor.restore(this.snapshots[0]!);
    else {
      if (cursor.events > target || (cursor.events === target && this.listener.index !== target))
        cursor.restore(this.nearest(target));
      else if (cursor.events < target) {
        const nearest = this.nearest(target);
        // To copy a snapshot costs about as much as some hundreds of events.
        if (nearest.events > cursor.events + FIRST_SPACING) cursor.restore(nearest);
      }
      cursor.runTo(target);
    }
    // The end of the run, at which the last verdicts fall, is no event of its own.
    if (this.complete && cursor.events === this.length) cursor.step();
  }

  /** The last snapshot before an event: that event itself is to be seen. */
  private nearest(event: number): Snapshot {
    let low = 0;
    for (let high = this.snapshots.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (this.snapshots[middle]!.events < event) low = middle;
      else high = middle - 1;
    }
    return this.snapshots[low]!;
  }

  /** What there is to see where one stands. */
  frame(): Frame {
    const { cursor, listener } = this;
    return readFrame(cursor, (event) => this.times.at(event), listener.index === 0 ? null : listener.step);
  }

  /** The simulation where one stands: to look at, not to run. */
  get state(): Simulation {
    return this.cursor;
  }

  /** All events from `from` on, at most `count` of them: one row each. */
  rows(from: number, count: number): Row[] {
    const rows: Row[] = [];
    const last = Math.min(this.length, from + count - 1);
    for (let page = Math.floor((Math.max(1, from) - 1) / PAGE); page * PAGE < last; page++) {
      for (const row of this.page(page)) if (row.event >= from && row.event <= last) rows.push(row);
    }
    return rows;
  }

  /** The events from `first` on, at most `count`, with what each machine was while they happened. */
  stretch(first: number, count: number): Stretch {
    const { simulation, listener } = this.reading(first);
    const last = Math.min(this.length, first + count - 1);
    const builder = new StretchBuilder(simulation);
    while (simulation.events < last && simulation.step()) {
      const { step } = listener;
      if (step !== null) builder.add(step, simulation, listener);
    }
    return builder.finish(first, last, simulation);
  }

  /** The hash ladder of what has been recorded. */
  get climbed(): Climbed {
    return { ladder: this.head.world.hash!.ladder(), events: this.length };
  }

  /** Trace hashes after the events `from` (exclusive) to `to`; fewer where the run is shorter. */
  hashes(from: number, to: number): string[] {
    const { simulation } = this.reading(from + 1);
    const hashes: string[] = [];
    while (simulation.events < to && simulation.step()) hashes.push(simulation.world.hash!.hex());
    return hashes;
  }

  /** A simulation beside the cursor, at the event before `event`. */
  private reading(event: number): { readonly simulation: Simulation; readonly listener: StepListener } {
    if (this.reader === null) {
      const listener = new StepListener(this.times);
      this.reader = { listener, simulation: new Simulation(this.spec, this.catalog, { listener }) };
    }
    const { simulation } = this.reader;
    const nearest = this.nearest(event);
    if (simulation.events >= event || nearest.events > simulation.events) simulation.restore(nearest);
    simulation.runTo(event - 1);
    return this.reader;
  }

  private page(number: number): readonly Row[] {
    const first = number * PAGE + 1;
    const last = Math.min(this.length, first + PAGE - 1);
    const known = this.pages.get(number);
    if (known !== undefined && known.at(-1)?.event === last) return known;
    const { simulation, listener } = this.reading(first);
    const rows: Row[] = [];
    while (simulation.events < last && simulation.step()) {
      const { step } = listener;
      if (step !== null) rows.push(rowOf(step, simulation.events, simulation.now));
    }
    this.pages.delete(number);
    this.pages.set(number, rows);
    if (this.pages.size > MOST_PAGES) this.pages.delete(this.pages.keys().next().value!);
    return rows;
  }
}

/** An event and all that it reported, in one row. */
function rowOf({ owner, text, cause, sentences }: StepFrame, event: number, time: number): Row {
  const who = owner === 0 ? '' : subjectName(owner);
  const told = sentences.map((one) =>
    one.who === who || one.who === '' ? one.text : `${one.who} ${one.text}`,
  );
  const tone = sentences.at(-1)?.tone ?? 'event';
  return { event, time, who, text: [text, ...told].join(' · '), tone, cause };
}
