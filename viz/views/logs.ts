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

/** What a drawing says of itself: how wide all of it is, and where something is going on, px from its left end. */
export interface LogDrawing {
  readonly width: number;
  readonly action: number;
}

const CELL = 34;
const HEIGHT = 54;
const LEFT = 118;
const TOP = 30;
/** So many settled entries in a row become one column, but for the last ones of the log. */
const RUN = 4;
const LAST = 6;

type State = 'absent' | 'written' | 'durable' | 'acked' | 'committed' | 'applied';

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
  if (!log.written.includes(zxid)) return 'absent';
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

/** One entry, or a run of entries that are settled. */
interface Column {
  readonly first: number;
  readonly count: number;
  readonly index: number;
  readonly settled: boolean;
}

function columnsOf({ frame, all }: LogScene, leader: ServerFrame | undefined): Column[] {
  const zxids = [...new Set(frame.servers.flatMap(({ log }) => log.written))].sort((a, b) => a - b);
  const isSettled = (zxid: number): boolean =>
    frame.servers.every((server) => {
      const { life, log } = server;
      if (isAlone(server, leader, zxid)) return false;
      return life === 'down' || life === 'off'
        ? !log.written.includes(zxid) || zxid <= log.committed
        : zxid <= log.applied;
    });
  const settled = zxids.map(isSettled);
  const columns: Column[] = [];
  const add = (first: number, count: number, is: boolean): void => {
    columns.push({ first, count, index: columns.length, settled: is });
  };
  for (let i = 0; i < zxids.length; ) {
    let end = i;
    while (end < zxids.length - LAST && settled[end] && sameHolders(frame, zxids[i]!, zxids[end]!)) end++;
    if (!all && end - i >= RUN) {
      // The first of a run stays, so that its epoch is seen to begin.
      add(zxids[i]!, 1, true);
      add(zxids[i + 1]!, end - i - 1, true);
      i = end;
    } else {
      add(zxids[i]!, 1, settled[i]!);
      i++;
    }
  }
  return columns;
}

/** Whether two entries are in the logs of the same servers. */
function sameHolders({ servers }: Frame, a: number, b: number): boolean {
  return servers.every(({ log }) => log.written.includes(a) === log.written.includes(b));
}

/** Of the epoch where it begins, elsewhere of the counter alone. */
function headOf({ first, count }: Column, before: Column | undefined): string {
  if (count > 1) return `… ${count}`;
  const text = epochCounter(first);
  const [epoch, counter] = text.slice(1, -1).split(',');
  return before !== undefined && epochCounter(before.first).startsWith(`[${epoch},`) ? counter! : text;
}

/** Draws what is in sight of the logs. */
export function draw(svg: SVGSVGElement, scene: LogScene): LogDrawing {
  const { frame, width, scroll } = scene;
  const { servers } = frame;
  const leader = servers.find(({ established }) => established);
  const columns = columnsOf(scene, leader);
  const whole = LEFT + columns.length * CELL + 12;
  const height = TOP + servers.length * HEIGHT + 4;
  const root = select(svg)
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('width', width)
    .attr('height', height);
  const x = ({ index }: Column): number => LEFT + index * CELL - scroll;
  const y = (server: number): number => TOP + servers.findIndex(({ id }) => id === server) * HEIGHT;
  const inSight = columns.filter((column) => x(column) > LEFT - CELL && x(column) < width);
  const layer = (name: string) =>
    root.selectAll<SVGGElement, string>(`g.${name}`).data([name]).join('g').attr('class', name);

  layer('heads')
    .selectAll<SVGTextElement, Column>('text')
    .data(
      inSight.filter((column) => x(column) >= LEFT - 2),
      ({ first }) => first,
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
        state: stateOf(server, column.first),
        alone: isAlone(server, leader, column.first),
      }),
    ),
  );
  const cell = layer('cells')
    .selectAll<SVGGElement, Cell>('g')
    .data(
      cells.filter(({ state }) => state !== 'absent'),
      ({ server, column }) => `${server}:${column.first}`,
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
        ? `${column.count} entries from ${epochCounter(column.first)}`
        : epochCounter(column.first);
    return `server ${server}: ${what} ${LOG_STATES.find(([one]) => one === state)?.[1]}${alone ? '; not in the log of the leader' : ''}`;
  });

  suffixes(layer('suffixes').node() as SVGGElement, cells, leader, { x, y, width });

  layer('back')
    .selectAll<SVGRectElement, number>('rect')
    .data([height])
    .join('rect')
    .attr('width', LEFT - 3)
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
  names.select('text.name').text(({ id, established }) => `server ${id}${established ? ', leads' : ''}`);
  names.select('text.below').text(({ log, lastZxid, life }) => {
    if (life === 'off' || life === 'down') return life === 'off' ? 'no power' : 'down';
    return log.written.length === 0 && lastZxid > 0
      ? `snapshot ${epochCounter(lastZxid)}`
      : `applied ${epochCounter(lastZxid)}`;
  });
  const acting = columns.find(({ settled }) => !settled) ?? columns.at(-1);
  return { width: whole, action: acting === undefined ? 0 : LEFT + acting.index * CELL };
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
    width,
  }: {
    readonly x: (column: Column) => number;
    readonly y: (server: number) => number;
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
    .attr('x', ({ from, text }) => Math.max(LEFT, Math.min(from + 1, width - textWidth(text, 11) - 4)))
    .text(({ text }) => text);
}
