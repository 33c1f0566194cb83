/**
 * A run that one can go to and fro in. It is run once to its end, leaving snapshots behind; any event is then reached by
 * running on from the nearest one. Memory is bounded: snapshots get sparser as the run gets longer and as there is more in
 * each.
 */
import type { Narration } from '../../scenarios/scenario.ts';
import type { Catalog } from '../../sim/catalog.ts';
import type { Climbed } from '../../sim/fuzz/ladder.ts';
import { subjectName } from '../../sim/sentences.ts';
import { Simulation, type Snapshot } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { Film } from './film.ts';
import type { Frame, StepFrame } from './frame.ts';
import { HeadListener, StepListener } from './listeners.ts';
import { Marks, type Row } from './marks.ts';
import { observed, observersOf } from './observers.ts';
import { readFrame } from './reading.ts';
import { type Stretch, StretchBuilder } from './stretch.ts';
import { Times } from './times.ts';
import { Witnesses } from './witnesses.ts';

const FIRST_SPACING = 256;
const MOST_SNAPSHOTS = 64;
/** Values in all snapshots at most: some 80 bytes each. */
const MOST_VALUES = 1_500_000;
/** Events per page of the log of all events, and pages kept. */
const PAGE = 256;
const MOST_PAGES = 32;

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
  private readonly listening: HeadListener;
  readonly film: Film;
  private readonly witnesses: Witnesses;
  /** Of each violation that has been recorded, the events that show it. */
  private readonly shown: (readonly number[])[];
  private snapshots: Snapshot[];
  private spacing: number;
  private told = 0;
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
    this.film = last === undefined ? new Film() : beginning!.recording.film.upTo(last.events);
    const witnesses = last === undefined ? new Witnesses() : beginning!.recording.witnesses.upTo(last.events);
    this.witnesses = witnesses;
    this.listening = new HeadListener(this.times, this.marks, witnesses, this.film);
    this.head = new Simulation(spec, this.catalog, { listener: this.listening });
    this.cursor = new Simulation(spec, this.catalog, { listener: this.listener });
    this.spacing = beginning?.recording.spacing ?? FIRST_SPACING;
    this.snapshots = shared;
    if (last === undefined) this.snapshots = [this.head.snapshot()];
    else this.head.restore(last);
    this.told = observersOf(this.head.world.monitors).narrator.told.length;
    this.shown = beginning?.recording.shown.slice(0, this.head.world.violations.length) ?? [];
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

  /** Values in all its snapshots, and characters on its film: what its memory is bounded by. */
  get kept(): { readonly values: number; readonly text: number } {
    return {
      values: this.snapshots.reduce((sum, { values }) => sum + values, 0),
      text: this.film.size,
    };
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
      if (this.film.wants(head.events))
        this.film.add(head.events, JSON.stringify(this.seen(head, this.listening.step)));
      if (head.events - this.snapshots.at(-1)!.events >= this.spacing) this.keep(head.snapshot());
    }
    return true;
  }

  private keep(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
    if (this.snapshots.length <= MOST_SNAPSHOTS && this.kept.values <= MOST_VALUES) return;
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
    for (let i = this.shown.length; i < world.violations.length; i++) {
      const violation = world.violations[i]!;
      const { property, text, event } = violation;
      this.shown.push(this.witnesses.of(violation, this.times, world.ended && property !== 'NO-CRASH'));
      this.marks.violation(property, text, event, this.head.now);
    }
  }

  /**
   * Goes to the state after event `event`, or to the end where there is none such.
   * @param most events to run at most
   * @returns false where that was not enough: one stands on the way, and is to go on
   */
  seek(event: number, most: number = Number.POSITIVE_INFINITY): boolean {
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
      const from = cursor.events;
      cursor.runTo(Math.min(target, from + most));
      if (cursor.events === from + most && cursor.events < target) return false;
    }
    // The end of the run, at which the last verdicts fall, is no event of its own.
    if (this.complete && cursor.events === this.length) cursor.step();
    return true;
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
    return this.seen(cursor, listener.index === 0 ? null : listener.step);
  }

  private seen(simulation: Simulation, step: StepFrame | null): Frame {
    return readFrame(simulation, this.times, this.shown, step);
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
