/** Each server's log by zxid: what is written, on disk, acknowledged, committed and applied, and where logs differ. */
import { select } from 'd3-selection';
import type { Frame, ServerFrame } from '../model/frame.ts';
import { epochCounter } from './format.ts';
import { textWidth } from './text-width.ts';

export interface LogScene {
  readonly frame: Frame;
  /** Of the place, px. */
  readonly width: number;
  /** How far it is scrolled to the right, px. */
  readonly scroll: number;
  /** Every entry has its column; otherwise what is the same everywhere is one. */
  readonly all: boolean;
}

/** What a drawing says of itself: how wide all of it is, and where its newest entry is, px from its left end. */
export interface LogDrawing {
  readonly width: number;
  readonly action: number;
}

const CELL = 34;
/** Of a server's row; of many servers' rows, with less between them. */
const ROOMY = 54;
const TIGHT = 44;
const MANY = 7;
const WIDE_NAMES = 118;
const SHORT_NAMES = 70;
/** Narrower than this, names are short. */
const NARROW = 520;
const TOP = 30;
/** So many entries in a row of which the same is to be said become one column, but for the last ones. */
const RUN = 4;
const LAST = 6;

/** `older`: it lies before what is kept of that log. */
type State = 'absent' | 'older' | 'written' | 'durable' | 'acked' | 'committed' | 'applied';

export const LOG_STATES: readonly (readonly [State | 'alone', string])[] = [
  ['written', 'written, not yet on disk'],
  ['durable', 'on disk'],
  ['acked', 'acknowledged'],
  ['committed', 'committed'],
  ['applied', 'applied'],
  ['alone', "not in the leader's log"],
];

/** States differ in shape as well. Around (0, 0). */
export const LOG_TICKS: Readonly<Record<State | 'alone', string>> = {
  absent: '',
  older: 'M-7,0h2M-1,0h2M5,0h2',
  written: 'M-1.5,0H1.5',
  durable: 'M-4,4H4',
  acked: 'M-4,0L-1,3L4,-3',
  committed: 'M-6,0L-3,3L1,-3M-1,3L0,3L5,-3',
  applied: 'M-6,0L-3,3L1,-3M-1,3L0,3L5,-3M-5,7H5',
  alone: '',
};

interface Cell {
  readonly server: number;
  readonly column: Column;
  readonly state: State;
  /** Others have something else in its place. */
  readonly alone: boolean;
}

function stateOf({ log, life, lastZxid }: ServerFrame, zxid: number): State {
  if (!log.written.includes(zxid)) return log.more && !(zxid >= log.written[0]!) ? 'older' : 'absent';
  const up = life === 'up' || life === 'paused';
  if (up && zxid <= lastZxid && zxid <= log.committed) return 'applied';
  if (zxid <= log.committed) return 'committed';
  if (zxid <= log.acked) return 'acked';
  return zxid <= log.durable ? 'durable' : 'written';
}

/** Whether a leader's log lacks what this server has written. */
function isAlone(server: ServerFrame, leader: ServerFrame | undefined, zxid: number): boolean {
  if (leader === undefined || leader.id === server.id || !server.log.written.includes(zxid)) return false;
  const { written } = leader.log;
  return written.length > 0 && zxid >= written[0]! && !written.includes(zxid);
}

/** One entry, or a run of entries of which the same is to be said. */
interface Column {
  /** Of a run, its last. */
  readonly zxid: number;
  readonly count: number;
  readonly index: number;
}

function columnsOf({ frame, all }: LogScene, leader: ServerFrame | undefined): Column[] {
  const zxids = [...new Set(frame.servers.flatMap(({ log }) => log.written))].sort((a, b) => a - b);
  // Entries of which the same is to be said of every server; what a server has long since put by, agrees with all.
  const said = zxids.map((zxid) =>
    frame.servers.map((server) => `${stateOf(server, zxid)}${isAlone(server, leader, zxid) ? '!' : ''}`),
  );
  const alike = (a: readonly string[], b: readonly string[]): boolean =>
    a.every((one, i) => one === b[i] || one === 'older' || b[i] === 'older');
  const columns: Column[] = [];
  const add = (zxid: number, count: number): void => {
    columns.push({ zxid, count, index: columns.length });
  };
  for (let i = 0; i < zxids.length; ) {
    let end = i;
    while (end < zxids.length - LAST && alike(said[i]!, said[end]!)) end++;
    if (!all && end - i >= RUN) {
      // The first of a run stays, so that its epoch is seen to begin.
      add(zxids[i]!, 1);
      add(zxids[end - 1]!, end - i - 1);
      i = end;
    } else {
      add(zxids[i]!, 1);
      i++;
    }
  }
  return columns;
}

/** Of the epoch where it begins, elsewhere of the counter alone. */
function headOf({ zxid, count }: Column, before: Column | undefined): string {
  if (count > 1) return `… ${count}`;
  const text = epochCounter(zxid);
  const [epoch, counter] = text.slice(1, -1).split(',');
  return before !== undefined && epochCounter(before.zxid).startsWith(`[${epoch},`) ? counter! : text;
}

/** Draws what is in sight of the logs. */
export function draw(svg: SVGSVGElement, scene: LogScene): LogDrawing {
  const { frame, width, scroll } = scene;
  const { servers } = frame;
  const row = servers.length > MANY ? TIGHT : ROOMY;
  const narrow = width < NARROW;
  const left = narrow ? SHORT_NAMES : WIDE_NAMES;
  const leader = servers.find(({ established }) => established);
  const columns = columnsOf(scene, leader);
  const whole = left + columns.length * CELL + 12;
  const height = TOP + servers.length * row + 4;
  const root = select(svg)
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('width', width)
    .attr('height', height);
  const x = ({ index }: Column): number => left + index * CELL - scroll;
  const y = (server: number): number => TOP + servers.findIndex(({ id }) => id === server) * row;
  const inSight = columns.filter((column) => x(column) > left - CELL && x(column) < width);
  const layer = (name: string) =>
    root.selectAll<SVGGElement, string>(`g.${name}`).data([name]).join('g').attr('class', name);

  layer('heads')
    .selectAll<SVGTextElement, Column>('text')
    .data(
      inSight.filter((column) => x(column) >= left - 2),
      ({ zxid }) => zxid,
    )
    .join('text')
    .attr('x', (column) => x(column) + CELL / 2 - 1)
    .attr('y', TOP - 10)
    .text((column) => headOf(column, columns[column.index - 1]));

  const cells = servers.flatMap((server) =>
    inSight.map(
      (column): Cell => ({
        server: server.id,
        column,
        state: stateOf(server, column.zxid),
        alone: isAlone(server, leader, column.zxid),
      }),
    ),
  );
  const cell = layer('cells')
    .selectAll<SVGGElement, Cell>('g')
    .data(
      cells.filter(({ state }) => state !== 'absent'),
      ({ server, column }) => `${server}:${column.zxid}`,
    )
    .join((enter) => {
      const made = enter.append('g');
      made.append('path').attr('class', 'stack').attr('d', 'M3,-2H29M5,-5H27');
      made
        .append('rect')
        .attr('width', CELL - 4)
        .attr('height', 26)
        .attr('rx', 4);
      made.append('path').attr('class', 'tick').attr('transform', 'translate(15,12)');
      made.append('title');
      return made;
    })
    .attr('class', ({ state }) => state)
    .classed('alone', ({ alone }) => alone)
    .classed('many', ({ column }) => column.count > 1)
    .attr('transform', ({ server, column }) => `translate(${x(column) + 1},${y(server) + 4})`);
  cell.select('path.tick').attr('d', ({ state }) => LOG_TICKS[state]);
  cell.select('title').text(({ server, column, state, alone }) => {
    const what =
      column.count > 1
        ? `${column.count} entries to ${epochCounter(column.zxid)}`
        : epochCounter(column.zxid);
    return `server ${server}: ${what} ${state === 'older' ? 'lies before what is shown of this log' : LOG_STATES.find(([one]) => one === state)?.[1]}${alone ? '; not in the log of the leader' : ''}`;
  });

  suffixes(layer('suffixes').node() as SVGGElement, cells, leader, { x, y, left, width });

  layer('back')
    .selectAll<SVGRectElement, number>('rect')
    .data([height])
    .join('rect')
    .attr('width', left - 3)
    .attr('height', height);
  const names = layer('names')
    .selectAll<SVGGElement, ServerFrame>('g')
    .data(servers, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      made.append('text').attr('class', 'name');
      made.append('text').attr('class', 'below').attr('dy', 15);
      return made;
    })
    .attr('transform', ({ id }) => `translate(8,${y(id) + 17})`);
  names
    .select('text.name')
    .text(({ id, established }) =>
      narrow ? `${id}${established ? ' leads' : ''}` : `server ${id}${established ? ', leads' : ''}`,
    );
  names.select('text.below').text(({ log, lastZxid, life }) => {
    if (life === 'off' || life === 'down') return life === 'off' ? 'no power' : 'down';
    if (narrow) return epochCounter(lastZxid);
    return log.written.length === 0 && lastZxid > 0
      ? `snapshot ${epochCounter(lastZxid)}`
      : `applied ${epochCounter(lastZxid)}`;
  });
  return { width: whole, action: left + Math.max(0, columns.length - 1) * CELL };
}

interface Suffix {
  readonly server: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A bracket under what a server has and the leader has not, with its name. */
function suffixes(
  group: SVGGElement,
  cells: readonly Cell[],
  leader: ServerFrame | undefined,
  {
    x,
    y,
    left,
    width,
  }: {
    readonly x: (column: Column) => number;
    readonly y: (server: number) => number;
    readonly left: number;
    readonly width: number;
  },
): void {
  const found = new Map<number, Suffix>();
  for (const { server, column, alone } of cells) {
    if (!alone) continue;
    const before = found.get(server);
    found.set(server, {
      server,
      from: before?.from ?? x(column),
      to: x(column) + CELL - 3,
      text: `diverges from server ${leader!.id}`,
    });
  }
  const one = select(group)
    .selectAll<SVGGElement, Suffix>('g')
    .data([...found.values()], ({ server }) => server)
    .join((enter) => {
      const made = enter.append('g');
      made.append('path');
      made.append('text');
      return made;
    })
    .attr('transform', ({ server }) => `translate(0,${y(server) + 33})`);
  one.select('path').attr('d', ({ from, to }) => `M${from + 1},0V3H${to}V0`);
  one
    .select('text')
    .attr('y', 13)
    .attr('x', ({ from, text }) => Math.max(left, Math.min(from + 1, width - textWidth(text, 11) - 4)))
    .text(({ text }) => text);
}
