/** A space-time diagram as text: machines side by side, time downwards, messages as arrows where they arrive. */
import type { Message } from '../protocol/host.ts';
import { formatEpochCounter, type Zxid } from '../protocol/zxid.ts';
import { FIRST_CLIENT } from '../sim/network.ts';
import type { TraceEntry } from '../sim/trace.ts';
import type { SimEvent } from '../sim/world-event.ts';
import { describe, errorName, formatTime, opName, subjectName, subjectOf } from './timeline.ts';

/** What is drawn of a run. */
export interface Drawing {
  /** Servers and clients that have a column, ascending. */
  readonly machines: readonly number[];
  /** Events up to the failure, in order. */
  readonly entries: readonly TraceEntry[];
  /** The event at which the property fails; 0: none. */
  readonly failed: number;
  /** Said at that event. */
  readonly failure: string;
}

const WIDTH = 100;
/** Time and mark. */
const MARGIN = 12;
const MOST_ROWS = 56;
/** Narrower columns are not worth drawing. */
const LEAST_COLUMN = 9;

/** How much a row tells: what never does is left out. */
type Weight = 0 | 1 | 2;

/** A row before it is drawn. */
interface Row {
  readonly index: number;
  readonly time: number;
  readonly weight: Weight;
  /** Whose column (0: all of them), and where a message comes from (0: it is none). */
  readonly owner: number;
  readonly from: number;
  readonly text: string;
}

/** The lines of the diagram, at most 100 characters each; `*` marks what the failure follows from, `✗` the failure. */
export function spaceTime(drawing: Drawing): string[] {
  const machines = columnsOf(drawing.machines);
  const width = Math.floor((WIDTH - MARGIN) / machines.length);
  const place = new Map(machines.map((id, i) => [id, MARGIN + i * width + (width >> 1)]));
  const causes = causesOf(drawing);
  const rows = chosen(
    drawing.entries.flatMap((entry) => rowsOf(entry)).filter(({ owner }) => owner === 0 || place.has(owner)),
    causes,
  );
  const lines = [header(machines, place)];
  const down = new Set<number>();
  // What crashed before the first row shown must not look alive.
  const first = rows[0]?.index ?? 0;
  for (const entry of drawing.entries)
    if (entry.index < first) for (const probe of entry.probes) keep(down, probe);
  let shown = 0;
  for (const row of rows) {
    const entry = entryOf(drawing.entries, row.index);
    for (const probe of entry?.probes ?? []) keep(down, probe);
    const mark = row.index === drawing.failed ? '✗' : causes.has(row.index) ? '*' : ' ';
    lines.push(line(row, mark, shown === row.time, place, down));
    shown = row.time;
  }
  if (drawing.failed > 0)
    lines.push(`${' '.repeat(MARGIN - 2)}✗ ${clipped(drawing.failure, WIDTH - MARGIN)}`);
  return lines;
}

/** As many as fit: all servers, then the first clients. */
function columnsOf(machines: readonly number[]): number[] {
  return machines.slice(0, Math.floor((WIDTH - MARGIN) / LEAST_COLUMN));
}

function header(machines: readonly number[], place: ReadonlyMap<number, number>): string {
  const chars = blank();
  write(chars, 8, 'ms');
  for (const id of machines) {
    const name = id > FIRST_CLIENT ? subjectName(id) : `server ${id}`;
    write(chars, place.get(id)! - (name.length >> 1), name);
  }
  return text(chars);
}

function line(
  row: Row,
  mark: string,
  same: boolean,
  place: ReadonlyMap<number, number>,
  down: ReadonlySet<number>,
): string {
  const chars = blank();
  for (const [id, x] of place) chars[x] = down.has(id) ? ' ' : '│';
  if (!same) write(chars, 0, formatTime(row.time).padStart(MARGIN - 2));
  chars[MARGIN - 1] = mark;
  const to = place.get(row.owner);
  const from = place.get(row.from);
  if (to === undefined) write(chars, MARGIN, clipped(`── ${row.text} ──`, WIDTH - MARGIN));
  else if (from !== undefined && from !== to) arrow(chars, from, to, row.text);
  else beside(chars, to, row.from === 0 ? row.text : `◀ ${row.text}`);
  return text(chars);
}

/** `├──PROPOSAL [1,6]──▶│` */
function arrow(chars: string[], from: number, to: number, label: string): void {
  const right = to > from;
  const [left, end] = right ? [from, to] : [to, from];
  for (let x = left + 1; x < end; x++) chars[x] = '─';
  chars[from] = right ? '├' : '┤';
  chars[right ? to - 1 : to + 1] = right ? '▶' : '◀';
  const room = end - left - 4;
  const shown = clipped(label, room);
  write(chars, left + 2 + Math.floor((room - shown.length) / 2), shown);
}

/** Behind the column where it fits, else before it. */
function beside(chars: string[], x: number, what: string): void {
  chars[x] = '●';
  if (x + 2 + what.length <= WIDTH || x < WIDTH / 2) write(chars, x + 2, clipped(what, WIDTH - x - 2));
  else {
    const shown = clipped(what, x - MARGIN - 2);
    write(chars, x - 1 - shown.length, shown);
  }
}

function blank(): string[] {
  return Array.from({ length: WIDTH }, () => ' ');
}

function write(chars: string[], at: number, what: string): void {
  for (const [i, char] of [...what].entries()) if (at + i >= 0 && at + i < WIDTH) chars[at + i] = char;
}

function text(chars: readonly string[]): string {
  return chars.join('').trimEnd();
}

function clipped(what: string, room: number): string {
  if (what.length <= room) return what;
  return room < 2 ? '' : `${what.slice(0, room - 1)}…`;
}

function entryOf(entries: readonly TraceEntry[], index: number): TraceEntry | undefined {
  return entries[index - (entries[0]?.index ?? 0)];
}

/** The failed event, its cause, the cause of that, and so on. */
function causesOf({ entries, failed }: Drawing): Set<number> {
  const causes = new Set<number>();
  for (let index = failed; index > 0; ) {
    const entry = entryOf(entries, index);
    if (entry === undefined) break;
    causes.add(index);
    index = entry.cause;
  }
  return causes;
}

/** The last rows that fit: those that tell most and the causes; the others fill up. */
function chosen(rows: readonly Row[], causes: ReadonlySet<number>): Row[] {
  const told = rows.filter(({ weight }) => weight > 0);
  const first = told.filter(({ weight, index }) => weight === 2 || causes.has(index)).slice(-MOST_ROWS);
  const since = first.length < MOST_ROWS ? 0 : first[0]!.index;
  const others = told.filter((row) => !first.includes(row) && row.index >= since);
  const room = MOST_ROWS - first.length;
  return [...first, ...(room > 0 ? others.slice(-room) : [])].sort((a, b) => a.index - b.index);
}

function keep(down: Set<number>, probe: SimEvent): void {
  if (probe.kind === 'crashed' || probe.kind === 'clientCrashed') down.add(subjectOf(probe));
  else if (probe.kind === 'restarted' || probe.kind === 'clientStarted') down.delete(subjectOf(probe));
}

/** The rows of an event: a message that arrived, then what was reported. */
function rowsOf(entry: TraceEntry): Row[] {
  const { index, time, owner, from, message } = entry;
  const rows: Row[] = [];
  if (message !== null && from !== 0 && entry.kind === 'message') {
    const weight = weightOf(message);
    if (weight > 0) rows.push({ index, time, weight, owner, from, text: messageText(message) });
  }
  for (const probe of entry.probes) {
    const told = reportOf(probe);
    if (told !== null)
      rows.push({ index, time, weight: told[1], owner: subjectOf(probe), from: 0, text: told[0] });
  }
  return rows;
}

/** Signs of life tell nothing; elections and what clients say fill up. */
function weightOf({ kind }: Message): Weight {
  if (kind === 'PING') return 0;
  return kind === kind.toUpperCase() && kind !== 'REVALIDATE' ? 2 : 1;
}

function messageText(message: Message): string {
  const { kind, zxid, record, epoch, leader, op } = message as Message & {
    readonly zxid?: unknown;
    readonly record?: { readonly zxid?: unknown };
    readonly epoch?: unknown;
    readonly leader?: unknown;
    readonly op?: { readonly type?: unknown };
  };
  const at = typeof zxid === 'number' ? zxid : record?.zxid;
  if (kind === 'notification') return `vote ${String(leader)}`;
  if (typeof op?.type === 'number') return `${kind} ${opName(op.type)}`;
  if (typeof at === 'number' && at > 0) return `${kind} ${formatEpochCounter(at)}`;
  return typeof epoch === 'number' ? `${kind} ${epoch}` : kind;
}

/** What a probe is in the diagram, and how much it tells; null: nothing that the messages do not. */
function reportOf(event: SimEvent): readonly [string, Weight] | null {
  const at = (zxid: Zxid): string => (zxid > 0 ? ` ${formatEpochCounter(zxid)}` : '');
  switch (event.kind) {
    case 'crashed':
      return [event.power ? '▇ loses power' : '▇ is killed', 2];
    case 'restarted':
    case 'clientStarted':
      return ['starts', 2];
    case 'clientCrashed':
      return ['▇ is killed', 2];
    case 'paused':
    case 'clientPaused':
      return ['stands still', 2];
    case 'resumed':
    case 'clientResumed':
      return ['goes on', 2];
    case 'loaded':
      return [`has${at(event.zxid) || ' nothing'} on disk`, 1];
    case 'refused':
    case 'exited':
      return [`${event.kind}: ${event.reason}`, 2];
    case 'role':
      return [event.role === 'FOLLOWING' ? `FOLLOWING ${event.leader}` : event.role, 2];
    case 'elected':
      return [`elects ${event.leader}`, 1];
    case 'acceptedEpoch':
      return [`accepts epoch ${event.epoch}`, 2];
    case 'currentEpoch':
      return [`in epoch ${event.epoch}`, 2];
    case 'established':
      return [`leads epoch ${event.epoch}${at(event.zxid)}`, 2];
    case 'serving':
      return [`serves${at(event.zxid)}`, 2];
    case 'snapInstalled':
      return [`takes snapshot${at(event.zxid)}`, 2];
    case 'truncated':
      return [`${event.durable ? 'has cut' : 'cuts'} log after${at(event.zxid) || ' nothing'}`, 2];
    case 'proposed':
      return [`proposes${at(event.zxid)} ${opName(event.op)}`, 2];
    case 'flushed':
      return [`on disk${at(event.zxid)}`, 2];
    case 'committed':
      return [`commits${at(event.zxid)}`, 2];
    case 'applied':
      return [`applies${at(event.zxid)}`, 1];
    case 'snapshotTaken':
      return [`snapshot${at(event.zxid)} on disk`, 2];
    case 'counterExhausted':
      return ['epoch used up', 2];
    case 'expired':
      return ['expires a session', 2];
    case 'watchFired':
      return [`watch fires ${event.path}`, 1];
    case 'readOnly':
      return [event.serving ? 'serves reads alone' : 'ends reads alone', 2];
    case 'dropped':
      return event.single ? null : [`loses ${event.message} to ${event.to}`, 2];
    case 'partitioned':
    case 'healed':
    case 'linkCut':
    case 'slowed':
    case 'lossChanged':
      return [describe(event).text, 2];
    case 'diskStalled':
      return ['disk stalls', 2];
    case 'diskFull':
      return ['disk is full', 2];
    case 'clockJumped':
      return [`clock jumps ${event.by} ms`, 2];
    case 'invoked':
      return [`asks ${opName(event.op)} ${event.path}`, 1];
    case 'answered':
      return [`has ${opName(event.op)}${event.err === 0 ? '' : `: ${errorName(event.err)}`}`, 1];
    case 'notified':
      return [`is told ${event.path}`, 1];
    case 'clientState':
      return [event.state.toLowerCase(), 1];
    case 'told':
      return [`${event.recipe} ${event.action}`, 2];
    default:
      return null;
  }
}
