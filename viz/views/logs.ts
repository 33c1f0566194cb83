/** Each server's log by zxid: what is written, on disk, acknowledged, committed and applied, and where logs differ. */
import { select } from 'd3-selection';
import type { Frame, ServerFrame } from '../model/frame.ts';
import { epochCounter } from './format.ts';

const CELL = 34;
const HEIGHT = 44;
const LEFT = 118;
const TOP = 30;

type State = 'absent' | 'written' | 'durable' | 'acked' | 'committed' | 'applied';

export const LOG_STATES: readonly (readonly [State, string])[] = [
  ['written', 'written, not yet on disk'],
  ['durable', 'on disk'],
  ['acked', 'acknowledged'],
  ['committed', 'committed'],
  ['applied', 'applied'],
];

interface Cell {
  readonly server: number;
  readonly zxid: number;
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

/** Stands for the zxids that are left out. */
const GAP = -1;

/** Whether a leader's log lacks what this server has written. */
function isAlone(server: ServerFrame, leader: ServerFrame | undefined, zxid: number): boolean {
  if (leader === undefined || leader.id === server.id || !server.log.written.includes(zxid)) return false;
  const { written } = leader.log;
  return written.length > 0 && zxid >= written[0]! && !written.includes(zxid);
}

/** From the first zxid that is not the same everywhere on, and the last ones: as many as there is room for. */
function columns(frame: Frame, leader: ServerFrame | undefined, room: number): number[] {
  const all = [...new Set(frame.servers.flatMap(({ log }) => log.written))].sort((a, b) => a - b);
  if (all.length <= room) return all;
  const settled = (zxid: number): boolean =>
    frame.servers.every((server) => {
      const { life, log } = server;
      if (isAlone(server, leader, zxid)) return false;
      return life === 'down' || life === 'off'
        ? !log.written.includes(zxid) || zxid <= log.committed
        : zxid <= log.applied;
    });
  const first = all.findIndex((zxid) => !settled(zxid));
  const from = Math.max(0, first < 0 ? all.length - room : Math.min(first - 1, all.length - room));
  if (all.length - from <= room) return all.slice(from);
  const last = Math.floor(room / 2);
  return [...all.slice(from, from + room - 1 - last), GAP, ...all.slice(-last)];
}

/** Draws as much of the logs as there is room for. */
export function draw(svg: SVGSVGElement, frame: Frame, width: number): void {
  const established = frame.servers.find((server) => server.established);
  const room = Math.max(5, Math.floor((width - LEFT - 10) / CELL));
  const zxids = columns(frame, established, room);
  const height = TOP + frame.servers.length * HEIGHT + 4;
  const root = select(svg)
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('preserveAspectRatio', 'xMidYMin meet');
  const x = (zxid: number): number => LEFT + zxids.indexOf(zxid) * CELL;
  const y = (server: number): number => TOP + frame.servers.findIndex(({ id }) => id === server) * HEIGHT;
  const layer = (name: string) =>
    root.selectAll<SVGGElement, string>(`g.${name}`).data([name]).join('g').attr('class', name);

  layer('heads')
    .selectAll<SVGTextElement, number>('text')
    .data(zxids, (zxid) => zxid)
    .join('text')
    .attr('x', (zxid) => x(zxid) + CELL / 2 - 1)
    .attr('y', TOP - 10)
    .text((zxid, i) => {
      if (zxid === GAP) return '…';
      const short = epochCounter(zxid);
      // The epoch is told where it begins.
      const previous = i === 0 ? '' : epochCounter(zxids[i - 1]!);
      const [epoch, counter] = short.slice(1, -1).split(',');
      return previous.startsWith(`[${epoch},`) ? counter! : short;
    });

  const names = layer('names')
    .selectAll<SVGGElement, ServerFrame>('g')
    .data(frame.servers, ({ id }) => id)
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

  const cells: Cell[] = frame.servers.flatMap((server) =>
    zxids.map((zxid) => ({
      server: server.id,
      zxid,
      state: stateOf(server, zxid),
      alone: isAlone(server, established, zxid),
    })),
  );
  const cell = layer('cells')
    .selectAll<SVGGElement, Cell>('g')
    .data(
      cells.filter(({ state }) => state !== 'absent'),
      ({ server, zxid }) => `${server}:${zxid}`,
    )
    .join((enter) => {
      const made = enter.append('g');
      made
        .append('rect')
        .attr('width', CELL - 4)
        .attr('height', 26)
        .attr('rx', 4);
      made.append('path').attr('class', 'tick').attr('transform', 'translate(15,13)');
      made.append('title');
      return made;
    })
    .attr('class', ({ state }) => state)
    .classed('alone', ({ alone }) => alone)
    .attr('transform', ({ server, zxid }) => `translate(${x(zxid) + 1},${y(server) + 4})`);
  cell.select('path.tick').attr('d', ({ state }) => TICKS[state]);
  cell
    .select('title')
    .text(
      ({ server, zxid, state, alone }) =>
        `server ${server}: ${epochCounter(zxid)} ${LOG_STATES.find(([one]) => one === state)?.[1]}${alone ? '; not in the log of the leader' : ''}`,
    );
}

/** States differ in shape as well: a dot, a ring, one tick, two ticks. */
const TICKS: Readonly<Record<State, string>> = {
  absent: '',
  written: 'M-1.5,0H1.5',
  durable: 'M-4,4H4',
  acked: 'M-4,0L-1,3L4,-3',
  committed: 'M-6,0L-3,3L1,-3M-1,3L0,3L5,-3',
  applied: 'M-6,0L-3,3L1,-3M-1,3L0,3L5,-3',
};
