/** A sitting at the lab: what is open, its lines, their recordings, and answers to what the page asks. Knows no worker. */
import type { FullCatalog } from '../../scenarios/index.ts';
import { profiles } from '../../sim/fuzz/profile.ts';
import { configOf } from '../../sim/simulation.ts';
import { shellCommand } from './command.ts';
import {
  act,
  currentLine,
  editedRun,
  editText,
  type Line,
  type Lines,
  ORIGINAL,
  remove,
  UNTOUCHED,
} from './edits.ts';
import { changesBetween, type Field } from './inspect.ts';
import { factsOf, stateOf } from './machine-state.ts';
import type { LineShown, Machine, Reply, Request, SetupShown } from './messages.ts';
import { type Opened, openFile, openScenario, openShared } from './opening.ts';
import { setUp, setupOf } from './set-up.ts';
import { fromFragment, toFragment } from './share.ts';
import { MOST_SHIVIZ_EVENTS, shivizLog } from './shiviz.ts';
import { type Tape, Tapes } from './tapes.ts';
import { readTree } from './tree.ts';

/** Events of a space-time diagram at most. */
const MOST_STRETCH = 9000;
/** Events that are run on the way to a place before the page is told that all is well. */
const MOST_AT_ONCE = 100_000;
/** Events that are recorded at once before somebody else gets a turn. */
const SLICE = 300;

/** Lines at some time, for undo and redo, with where one stood. */
interface Moment {
  readonly lines: Lines;
  readonly event: number;
}

export class Session {
  private readonly catalog: FullCatalog;
  private readonly standard: string;
  private readonly emit: (reply: Reply) => void;
  private tapes: Tapes;
  private setup: SetupShown;
  private lines: Lines = UNTOUCHED;
  private past: Moment[] = [];
  private future: Moment[] = [];
  /** Null before anything is open. */
  private playing: Tape | null = null;
  /** The one that could not be recorded to its end. */
  private broken: Tape | null = null;
  private made = 0;
  /** Go to where this property is violated first; null: stay. */
  private wanted: string | null = null;

  /** @param standard id of the scenario that is shown where nothing else is asked for */
  constructor(catalog: FullCatalog, standard: string, emit: (reply: Reply) => void) {
    this.catalog = catalog;
    this.standard = standard;
    this.emit = emit;
    this.tapes = new Tapes(openScenario(catalog, standard), catalog);
    this.setup = setupOf(catalog, this.opened);
    emit({
      kind: 'catalog',
      scenarios: catalog.scenarios.map(({ id, title, system }) => ({
        id,
        title,
        system: system?.name ?? '',
      })),
      variants: Object.values(catalog.variants).map(({ id, title }) => ({ id, title })),
      profiles: profiles.map(({ name, text }) => ({ name, text })),
      properties: [
        {
          id: 'NO-CRASH',
          title: 'Nothing throws',
          statement: 'no server or client fails by a mistake of its own code',
        },
        ...catalog.properties.map(({ id, title, statement }) => ({ id, title, statement })),
      ],
    });
  }

  private get opened(): Opened {
    return this.tapes.opened;
  }

  private get tape(): Tape {
    if (this.playing === null) throw new Error('Nothing is open.');
    return this.playing;
  }

  /** Answers a request; problems are told, not thrown. */
  async handle(request: Request): Promise<void> {
    try {
      await this.answer(request);
    } catch (error) {
      const first = this.playing === null;
      this.emit({ kind: 'problem', text: problemText(error), fallback: first });
      if (first) this.open(openScenario(this.catalog, this.standard));
    }
  }

  private async answer(request: Request): Promise<void> {
    switch (request.kind) {
      case 'link':
        this.open(
          request.fragment === ''
            ? openScenario(this.catalog, this.standard)
            : openShared(this.catalog, await fromFragment(request.fragment)),
        );
        return;
      case 'file':
        this.open(openFile(this.catalog, request.text));
        return;
      case 'setup':
        this.open(setUp(this.catalog, this.opened, request.setup));
        return;
      case 'seek':
        this.seek(request.event);
        return;
      case 'seekTime':
        this.seek(this.eventAt(request.time));
        return;
      case 'act':
        this.change(act(this.lines, request.act, request.event), Math.max(1, request.event));
        return;
      case 'removeEdit':
        this.change(remove(this.lines, request.index), this.place);
        return;
      case 'choose':
        if (this.lines.lines.some(({ id }) => id === request.line))
          this.change({ ...this.lines, current: request.line }, this.place);
        return;
      case 'undo':
        this.travel(this.past, this.future);
        return;
      case 'redo':
        this.travel(this.future, this.past);
        return;
      case 'rows': {
        const { number: tape, recording } = this.tape;
        const { from, count } = request;
        this.emit({ kind: 'rows', tape, from, count, rows: recording.rows(from, count) });
        return;
      }
      case 'inspect':
        this.inspect(request.machine);
        return;
      case 'stretch': {
        const { number: tape, recording } = this.tape;
        const count = Math.min(MOST_STRETCH, request.count);
        const first = Math.max(1, request.first);
        const asked = { by: 'event', from: first, to: first + count - 1 } as const;
        this.emit({ kind: 'stretch', tape, asked, ...recording.stretch(first, count) });
        return;
      }
      case 'stretchOfTime': {
        const { number: tape, recording } = this.tape;
        const { from, to } = request;
        const first = recording.times.eventAt(from) + 1;
        const count = Math.min(MOST_STRETCH, Math.max(1, recording.times.eventAt(to) + 1 - first));
        const asked = { by: 'time', from, to } as const;
        this.emit({ kind: 'stretch', tape, asked, ...recording.stretch(first, count) });
        return;
      }
      case 'tree': {
        const { server, other } = request;
        const { state, event } = this.tape.recording;
        this.emit({ kind: 'tree', event, server, other, ...readTree(state, server, other) });
        return;
      }
      case 'share':
        await this.share();
        return;
      case 'shiviz': {
        const { events } = this.tape.recording.stretch(1, MOST_SHIVIZ_EVENTS);
        this.emit({ kind: 'shiviz', log: shivizLog(events) });
        return;
      }
    }
  }

  /** Records a little more of what is open; false where there is nothing left to record. */
  work(): boolean {
    if (this.recorded) return false;
    try {
      return this.tape.recording.advance(SLICE);
    } catch (error) {
      // A property's own check has a mistake: what is recorded can be looked at, but there will be no more.
      this.broken = this.playing;
      this.emit({ kind: 'problem', text: `This run cannot go on: ${problemText(error)}`, fallback: false });
      return false;
    }
  }

  /** There is nothing left to record. */
  get recorded(): boolean {
    const { playing } = this;
    return playing === null || playing === this.broken || playing.recording.complete;
  }

  /** Tells how far the recording is, where that is news. */
  report(): void {
    const tape = this.playing;
    const news = tape?.news() ?? null;
    if (tape === null || news === null) return;
    this.emit(news);
    if (!news.complete) return;
    const { marks, length } = tape.recording;
    const property = this.wanted;
    const first = marks.marks.find(
      ({ kind, text }) => kind === 'violation' && property !== null && text.startsWith(`${property}:`),
    );
    if (first !== undefined) {
      this.wanted = null;
      this.seek(first.event);
    } else if (this.place >= length) this.seek(length);
    if (this.lines.lines.length > 1) this.announce();
  }

  private open(opened: Opened): void {
    const line: Line = { id: 1, name: 'A', parent: 0, edits: opened.edits };
    const lines = opened.edits.length === 0 ? UNTOUCHED : { lines: [ORIGINAL, line], current: 1, made: 2 };
    // Nothing changes where it cannot be run.
    const tapes = new Tapes(opened, this.catalog);
    this.playing = tapes.load(currentLine(lines), ++this.made);
    this.tapes = tapes;
    this.setup = setupOf(this.catalog, opened);
    this.lines = lines;
    this.wanted = opened.property;
    this.past = [];
    this.future = [];
    this.announce();
    this.seek(opened.event);
    this.report();
  }

  /** Goes on with other lines and stands at an event of the current one. */
  private change(lines: Lines, event: number): void {
    if (lines === this.lines) return;
    this.past.push({ lines: this.lines, event: this.place });
    this.future = [];
    this.show(lines, event);
  }

  private travel(from: Moment[], to: Moment[]): void {
    const moment = from.pop();
    if (moment === undefined) return;
    to.push({ lines: this.lines, event: this.place });
    this.show(moment.lines, moment.event);
  }

  private show(lines: Lines, event: number): void {
    this.playing = this.tapes.load(currentLine(lines), ++this.made);
    this.lines = lines;
    this.announce();
    this.seek(event);
    this.report();
  }

  private seek(event: number): void {
    const { recording, number } = this.tape;
    while (!recording.seek(event, MOST_AT_ONCE)) this.emit({ kind: 'busy' });
    const { times } = recording;
    const frame = recording.frame();
    const next = frame.event < times.last ? times.at(frame.event + 1) : null;
    this.emit({ kind: 'frame', tape: number, frame, next });
  }

  /** The event that one stands at. */
  private get place(): number {
    return this.tape.recording.event;
  }

  private eventAt(time: number): number {
    const { times, complete, endTime, length } = this.tape.recording;
    if (complete && time >= endTime) return length;
    return times.eventAt(time);
  }

  private announce(): void {
    const { opened, lines, tape } = this;
    this.emit({
      kind: 'opened',
      tape: tape.number,
      title: opened.title,
      story: opened.story,
      setup: this.setup,
      servers: configOf(opened.run.ensemble).participants.length,
      lines: lines.lines.map((line) => this.shown(line)),
      current: lines.current,
      undo: this.past.length > 0,
      redo: this.future.length > 0,
    });
  }

  private shown(line: Line): LineShown {
    const { id, name, edits } = line;
    return {
      id,
      name,
      edits: edits.map((edit) => ({ text: editText(edit), event: edit.afterEvent })),
      parts: this.tapes.partsAt(line, currentLine(this.lines)),
    };
  }

  private inspect(machine: Machine): void {
    const recording = this.tape.recording;
    const { event } = recording;
    const after = stateOf(recording, machine);
    let before: readonly Field[] = after;
    if (event > 0) {
      recording.seek(event - 1);
      before = stateOf(recording, machine);
      recording.seek(event);
    }
    this.emit({
      kind: 'inspection',
      machine,
      event,
      facts: factsOf(recording, machine),
      fields: after,
      changes: changesBetween(before, after),
    });
  }

  private async share(): Promise<void> {
    const { opened, lines, place: event } = this;
    const line = currentLine(lines);
    const run = editedRun(opened.run, line.edits);
    const { scenario } = opened;
    const fragment = await toFragment({
      run,
      event,
      edits: line.edits.length,
      ...(scenario !== '' && { scenario }),
    });
    const original = this.catalog.scenarios.find(({ id }) => id === scenario)?.run;
    this.emit({
      kind: 'shared',
      event,
      fragment,
      command: shellCommand(run, scenario, original),
      file: `${JSON.stringify(run, null, 2)}\n`,
    });
  }
}

function problemText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
