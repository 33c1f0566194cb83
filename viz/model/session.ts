/** A sitting at the lab: what is open, its lines, their recordings, and answers to what the page asks. Knows no worker. */
import { formatZxid } from '../../protocol/zxid.ts';
import type { FullCatalog } from '../../scenarios/index.ts';
import { subjectName } from '../../sim/sentences.ts';
import { configOf } from '../../sim/simulation.ts';
import type { Distribution, RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { shellCommand } from './command.ts';
import { firstDivergence } from './divergence.ts';
import {
  act,
  currentLine,
  editedRun,
  editText,
  type Line,
  type Lines,
  ORIGINAL,
  parting,
  remove,
  UNTOUCHED,
} from './edits.ts';
import { changesBetween, type Field, fieldsOf } from './inspect.ts';
import type { LineShown, Machine, Reply, Request, Setup, SetupShown } from './messages.ts';
import { type Opened, openFile, openRun, openScenario, openShared } from './opening.ts';
import { Recording } from './recording.ts';
import { fromFragment, toFragment } from './share.ts';
import { MOST_SHIVIZ_EVENTS, shivizLog } from './shiviz.ts';
import { readTree } from './tree.ts';

/** Recordings of lines that are kept beside the one looked at. */
const MOST_TAPES = 6;
/** Events of a space-time diagram at most. */
const MOST_STRETCH = 9000;
/** Events that are recorded at once before somebody else gets a turn. */
const SLICE = 300;

interface Tape {
  readonly number: number;
  readonly recording: Recording;
  /** What has been told of it. */
  marks: number;
  rows: number;
  commits: number;
  length: number;
  told: boolean;
}

/** Lines at some time, for undo and redo, with where one stood. */
interface Moment {
  readonly lines: Lines;
  readonly event: number;
}

export class Session {
  private readonly catalog: FullCatalog;
  private readonly standard: string;
  private readonly emit: (reply: Reply) => void;
  private opened: Opened;
  private lines: Lines = UNTOUCHED;
  private past: Moment[] = [];
  private future: Moment[] = [];
  private readonly tapes = new Map<string, Tape>();
  /** Null before anything is open. */
  private playing: Tape | null = null;
  private made = 0;
  private readonly partings = new Map<string, number | null>();

  /** @param standard id of the scenario that is shown where nothing else is asked for */
  constructor(catalog: FullCatalog, standard: string, emit: (reply: Reply) => void) {
    this.catalog = catalog;
    this.standard = standard;
    this.emit = emit;
    this.opened = openScenario(catalog, standard);
    emit({
      kind: 'catalog',
      scenarios: catalog.scenarios.map(({ id, title, system }) => ({
        id,
        title,
        system: system?.name ?? '',
      })),
      variants: Object.values(catalog.variants).map(({ id, title }) => ({ id, title })),
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
        this.open(this.setUp(request.setup));
        return;
      case 'seek':
        this.seek(request.event);
        return;
      case 'seekTime':
        this.seek(this.eventAt(request.time));
        return;
      case 'act': {
        const { event } = this.tape.recording;
        this.change(act(this.lines, request.act, event), Math.max(1, event));
        return;
      }
      case 'removeEdit':
        this.change(remove(this.lines, request.index), this.tape.recording.event);
        return;
      case 'choose':
        if (this.lines.lines.some(({ id }) => id === request.line))
          this.change({ ...this.lines, current: request.line }, this.tape.recording.event);
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
        const { recording } = this.tape;
        const { server, other } = request;
        const { event } = recording;
        this.emit({ kind: 'tree', event, server, other, ...readTree(recording.state, server, other) });
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
    return this.playing?.recording.advance(SLICE) ?? false;
  }

  /** Tells how far the recording is, where that is news. */
  report(): void {
    const tape = this.playing;
    if (tape === null || tape.told) return;
    const { recording } = tape;
    const { marks, complete, length } = recording;
    if (!complete && length === tape.length) return;
    this.emit({
      kind: 'progress',
      tape: tape.number,
      length,
      endTime: recording.endTime,
      complete,
      traceHash: complete ? recording.traceHash : '',
      marks: marks.marks.slice(tape.marks),
      rows: marks.rows.slice(tape.rows),
      commits: marks.commits.slice(tape.commits),
      clock: clockOf(recording),
    });
    tape.marks = marks.marks.length;
    tape.rows = marks.rows.length;
    tape.commits = marks.commits.length;
    tape.length = length;
    tape.told = complete;
    if (!complete) return;
    const property = this.opened.property;
    const first = marks.marks.find(
      ({ kind, text }) => kind === 'violation' && property !== null && text.startsWith(`${property}:`),
    );
    if (first !== undefined) {
      this.opened = { ...this.opened, property: null };
      this.seek(first.event);
    } else if (recording.event >= length) this.seek(length);
    if (this.lines.lines.length > 1) this.announce();
  }

  private open(opened: Opened): void {
    const before = { tapes: new Map(this.tapes), opened: this.opened, lines: this.lines };
    this.tapes.clear();
    this.opened = opened;
    const line: Line = { id: 1, name: 'A', parent: 0, edits: opened.edits };
    this.lines = opened.edits.length === 0 ? UNTOUCHED : { lines: [ORIGINAL, line], current: 1, made: 2 };
    try {
      this.load();
    } catch (error) {
      this.opened = before.opened;
      this.lines = before.lines;
      for (const [key, tape] of before.tapes) this.tapes.set(key, tape);
      throw error;
    }
    this.past = [];
    this.future = [];
    this.partings.clear();
    this.announce();
    this.seek(opened.event);
    this.report();
  }

  /** Goes on with other lines and stands at an event of the current one. */
  private change(lines: Lines, event: number): void {
    if (lines === this.lines) return;
    this.past.push({ lines: this.lines, event: this.tape.recording.event });
    this.future = [];
    this.show(lines, event);
  }

  private travel(from: Moment[], to: Moment[]): void {
    const moment = from.pop();
    if (moment === undefined) return;
    to.push({ lines: this.lines, event: this.tape.recording.event });
    this.show(moment.lines, moment.event);
  }

  private show(lines: Lines, event: number): void {
    this.lines = lines;
    this.load();
    this.announce();
    this.seek(event);
    this.report();
  }

  /** Puts on the recording of the current line, made anew where it is not kept. */
  private load(): void {
    const line = currentLine(this.lines);
    const key = JSON.stringify(line.edits);
    const known = this.tapes.get(key);
    const tape = known ?? {
      number: ++this.made,
      recording: this.record(line),
      marks: 0,
      rows: 0,
      commits: 0,
      length: -1,
      told: false,
    };
    // All of it is told again: the page keeps one.
    Object.assign(tape, { number: known === undefined ? tape.number : ++this.made });
    Object.assign(tape, { marks: 0, rows: 0, commits: 0, length: -1, told: false });
    this.tapes.delete(key);
    this.tapes.set(key, tape);
    if (this.tapes.size > MOST_TAPES) this.tapes.delete(this.tapes.keys().next().value!);
    this.playing = tape;
  }

  /** A recording of a line, from the snapshots of whichever kept one is the same longest. */
  private record(line: Line): Recording {
    const { run, narration } = this.opened;
    let beginning: { recording: Recording; before: number } | undefined;
    for (const [edits, { recording }] of this.tapes) {
      const before = parting({ ...ORIGINAL, edits: JSON.parse(edits) }, line);
      if (before !== null && (beginning === undefined || before > beginning.before))
        beginning = { recording, before };
    }
    return new Recording(editedRun(run, line.edits), this.catalog, narration, beginning);
  }

  private seek(event: number): void {
    const { recording, number } = this.tape;
    recording.seek(event);
    const { times } = recording;
    const frame = recording.frame();
    this.emit({
      kind: 'frame',
      tape: number,
      frame,
      next: frame.event < times.last ? times.at(frame.event + 1) : null,
    });
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
      setup: setupOf(opened),
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
      parts: this.partsAt(line),
    };
  }

  /** Where the trace of a line parts from the current one's: by their hashes where both are recorded. */
  private partsAt(line: Line): number | null {
    const current = currentLine(this.lines);
    if (line === current) return null;
    const [ours, theirs] = [JSON.stringify(current.edits), JSON.stringify(line.edits)];
    const key = `${ours}\n${theirs}`;
    const known = this.partings.get(key);
    if (known !== undefined) return known;
    const other = this.tapes.get(theirs)?.recording;
    if (!this.tape.recording.complete || other?.complete !== true) return parting(current, line);
    const event = firstDivergence(this.tape.recording, other);
    this.partings.set(key, event);
    return event;
  }

  private setUp(setup: Setup): Opened {
    const from = setup.scenario === undefined ? this.opened : openScenario(this.catalog, setup.scenario);
    const { run } = from;
    const { participants, observers, seed, variant, latency, flush } = setup;
    const { variant: old, ...rest } = run;
    const next: RunSpec = {
      ...rest,
      seed: seed ?? run.seed,
      ensemble: {
        ...run.ensemble,
        ...(participants !== undefined && { participants }),
        ...(observers !== undefined && { observers }),
      },
      world: {
        ...run.world,
        ...(latency !== undefined && { network: { ...run.world.network, latency: { uniform: latency } } }),
        ...(flush !== undefined && { disk: { ...run.world.disk, flush: { uniform: flush } } }),
      },
      ...(variant === undefined
        ? old !== undefined && { variant: old }
        : variant !== '' && { variant: { name: variant } }),
    };
    const opened = openRun(this.catalog, parseRunSpec(next), from.scenario);
    return { ...opened, title: from.title, story: from.story };
  }

  private inspect(machine: Machine): void {
    const { recording } = this.tape;
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
    const { opened, tape, lines } = this;
    const line = currentLine(lines);
    const run = editedRun(opened.run, line.edits);
    const { event } = tape.recording;
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

/** Readings of the clock that a page is told. */
const READINGS = 256;

function clockOf({ times, length }: Recording): number[] {
  return Array.from({ length: READINGS + 1 }, (_, i) => times.at(Math.round((length * i) / READINGS)));
}

function problemText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function setupOf({ run, scenario }: Opened): SetupShown {
  const { participants, observers } = configOf(run.ensemble);
  return {
    scenario,
    seed: run.seed,
    variant: run.variant?.name ?? '',
    participants: participants.length,
    observers: observers.length,
    latency: boundsOf(run.world.network?.latency ?? 1),
    flush: boundsOf(run.world.disk?.flush ?? 1),
  };
}

function boundsOf(distribution: Distribution): readonly [number, number] | null {
  if (typeof distribution === 'number') return [distribution, distribution];
  return 'uniform' in distribution ? distribution.uniform : null;
}

function stateOf({ state }: Recording, { id }: Machine): readonly Field[] {
  const machine = state.world.machines.get(id);
  if (machine === undefined) return [];
  const { actor, disk } = machine;
  const fields: Field[] = [...(actor === null ? [] : fieldsOf(actor))];
  if (id < 1000) {
    fields.push({
      name: 'disk',
      text: '',
      fields: fieldsOf({
        values: disk.values,
        files: disk.list().map((file) => `${file}: ${disk.size(file)} bytes`),
      }),
    });
  }
  const timers = [...machine.timers.values()].map(
    ({ name, time }) => `${name} at ${(time / 1000).toFixed(3)} ms`,
  );
  fields.push({ name: 'timers', text: `${timers.length}`, fields: fieldsOf(timers) });
  const channels = [...machine.channels.values()].map(
    ({ channel, port, peer, inFlight }) =>
      `${channel}: ${port}, with ${subjectName(peer.machine.id)}${inFlight > 0 ? `, ${inFlight} under way` : ''}`,
  );
  fields.push({ name: 'channels', text: `${channels.length}`, fields: fieldsOf(channels) });
  return fields;
}

function factsOf(recording: Recording, { id }: Machine): { name: string; text: string }[] {
  const frame = recording.frame();
  const fact = (name: string, text: string | number): { name: string; text: string } => ({
    name,
    text: String(text),
  });
  const zxid = (value: number): string => (value === 0 ? 'nothing' : formatZxid(value));
  const server = frame.servers.find((one) => one.id === id);
  if (server !== undefined) {
    const { role, phase, life, log } = server;
    return [
      fact(
        'role',
        life === 'up' || life === 'paused' ? role.toLowerCase() : life === 'off' ? 'no power' : 'down',
      ),
      fact('phase', phase?.toLowerCase() ?? 'none'),
      ...(server.vote === null
        ? []
        : [fact('votes for', `${server.vote.leader} in round ${server.vote.round}`)]),
      ...(server.leader > 0 ? [fact('leader', server.leader)] : []),
      fact('epoch', `${server.currentEpoch} (accepted ${server.acceptedEpoch})`),
      fact('log written to', zxid(log.written.at(-1) ?? (log.more ? log.durable : 0))),
      fact('on disk to', zxid(log.durable)),
      fact('acknowledged to', zxid(log.acked)),
      fact('committed to', zxid(log.committed)),
      fact('applied to', zxid(server.lastZxid)),
      fact('sessions in its tree', server.sessions),
      fact('clients connected', server.connections),
      fact('disk', server.disk),
    ];
  }
  const client = frame.clients.find((one) => one.id === id);
  if (client === undefined) return [];
  return [
    fact('program', client.program),
    fact('state', client.life === 'up' ? client.state.toLowerCase() : client.life),
    fact('server', client.server === 0 ? 'none' : client.server),
    fact('session', /^0*$/.test(client.session) ? 'none' : `0x${client.session.replace(/^0+/, '')}`),
    fact('has seen', zxid(client.lastZxid)),
    fact('waits for', client.waiting === 1 ? '1 answer' : `${client.waiting} answers`),
  ];
}
