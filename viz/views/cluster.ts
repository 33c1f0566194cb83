/** The ensemble as it stands: servers in a ring, clients around them, what is on its way between them. */
import { type Selection as D3, select } from 'd3-selection';
import type { ClientFrame, Frame, LinkFrame, MessageFrame, ServerFrame } from '../model/frame.ts';
import { epochCounter } from './format.ts';
import { CROSS, CROWN, lookOf, MESSAGES, POWER } from './glyphs.ts';
import {
  along,
  CLIENT_RADIUS,
  CROWDED,
  type Layout,
  layout,
  type Point,
  SERVER_RADIUS,
  type Way,
  way,
  wayPath,
} from './layout.ts';

/** What is picked out; a link by its two ends, the smaller first. */
export type Selected =
  | { readonly kind: 'server' | 'client'; readonly id: number }
  | { readonly kind: 'link'; readonly from: number; readonly to: number }
  /** A message on its way. */
  | { readonly kind: 'message'; readonly id: string };

export interface Scene {
  readonly frame: Frame;
  /** Virtual ms, at or after the frame's and before the next event. */
  readonly time: number;
  readonly selected: Selected | null;
  /** Of the place, px. */
  readonly width: number;
  readonly height: number;
}

export type OnSelect = (selected: Selected) => void;

/** More labels than these at once cover each other. */
const MOST_LABELS = 9;
const BEND = 16;
/** Pixels per unit at most, in a place that is not itself larger than usual. */
const LARGEST = 1.5;
/** Smaller side of a place that is larger than usual, px. */
const LARGE = 900;
/** Of the messages that wait for a link, so many are drawn; all are counted. */
const MOST_HELD = 3;

const FIRST_CLIENT = 1000;
const radiusOf = (id: number): number => (id > FIRST_CLIENT ? CLIENT_RADIUS + 4 : SERVER_RADIUS + 7);

function placeOf(places: Layout, id: number): Point | undefined {
  return places.servers.get(id) ?? places.clients.get(id);
}

function wayOf(places: Layout, from: number, to: number, bend = BEND): Way | null {
  const [start, end] = [placeOf(places, from), placeOf(places, to)];
  if (start === undefined || end === undefined) return null;
  const short = from > FIRST_CLIENT || to > FIRST_CLIENT;
  return way(start, end, radiusOf(from), radiusOf(to), short ? bend / 3 : bend);
}

type Root = D3<SVGSVGElement, unknown, null, undefined>;
type Group = D3<SVGGElement, unknown, null, undefined>;

/** The layer of that name, in the order in which they are asked for. */
function layer(root: Root, name: string): Group {
  return root
    .selectAll<SVGGElement, string>(`g.${name}`)
    .data([name])
    .join('g')
    .attr('class', name) as unknown as Group;
}

/** Draws a scene into an `svg`, whatever was drawn there before. */
export function draw(svg: SVGSVGElement, scene: Scene, onSelect: OnSelect): void {
  const { frame, width, height } = scene;
  const ids = frame.servers.map(({ id }) => id);
  const places = layout(ids, frame.clients, width / Math.max(1, height));
  const { left, top, right, bottom } = places.box;
  // Of a large place not all is used: letters are to be read, not to be looked at.
  const largest = LARGEST * Math.max(1, Math.min(width, height) / LARGE);
  const shown = {
    width: Math.max(right - left, width / largest),
    height: Math.max(bottom - top, height / largest),
  };
  const root: Root = select(svg)
    .attr(
      'viewBox',
      `${(left + right - shown.width) / 2} ${(top + bottom - shown.height) / 2} ${shown.width} ${shown.height}`,
    )
    .attr('preserveAspectRatio', 'xMidYMid meet');
  links(layer(root, 'links'), places, scene, onSelect);
  troubles(layer(root, 'troubles'), places, frame.links);
  lines(layer(root, 'lines'), places, frame.clients);
  servers(layer(root, 'servers'), places, scene, onSelect);
  clients(layer(root, 'clients'), places, scene, onSelect);
  messages(layer(root, 'messages'), places, scene, onSelect);
}

function links(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const ids = frame.servers.map(({ id }) => id);
  const pairs = ids.flatMap((from, i) => ids.slice(i + 1).map((to) => ({ from, to })));
  const chosen = ({ from, to }: { from: number; to: number }): boolean =>
    selected?.kind === 'link' && selected.from === from && selected.to === to;
  const one = group
    .selectAll<SVGGElement, (typeof pairs)[number]>('g')
    .data(pairs, ({ from, to }) => `${from}-${to}`)
    .join((enter) => {
      const made = enter.append('g');
      made.append('line').attr('class', 'seen');
      made.append('line').attr('class', 'hit');
      return made;
    })
    .classed('selected', chosen)
    .on('click', (_, { from, to }) => onSelect({ kind: 'link', from, to }));
  one.selectAll<SVGLineElement, unknown>('line').each(function (this: SVGLineElement) {
    const pair = select(this.parentNode as SVGGElement).datum() as (typeof pairs)[number];
    const [a, b] = [places.servers.get(pair.from)!, places.servers.get(pair.to)!];
    select(this).attr('x1', a.x).attr('y1', a.y).attr('x2', b.x).attr('y2', b.y);
  });
}

/** Links that do not pass, or not as fast as they should. */
function troubles(group: Group, places: Layout, all: readonly LinkFrame[]): void {
  const shown = all.filter(({ from, to }) => wayOf(places, from, to) !== null);
  const one = group
    .selectAll<SVGGElement, LinkFrame>('g')
    .data(shown, ({ from, to }) => `${from}>${to}`)
    .join((enter) => {
      const made = enter.append('g');
      made.append('path').attr('class', 'way');
      made.append('path').attr('class', 'cross').attr('d', CROSS);
      made.append('text');
      return made;
    })
    .attr('class', ({ cut, slow }) => (cut ? 'cut' : slow > 0 ? 'slow' : 'dropping'));
  one.select('path.way').attr('d', ({ from, to }) => wayPath(wayOf(places, from, to)!));
  one
    .select('path.cross')
    .attr('transform', ({ from, to }) => at(along(wayOf(places, from, to)!, 0.5)))
    .attr('display', ({ cut, dropping }) => (cut || dropping ? null : 'none'));
  one
    .select('text')
    .attr('transform', ({ from, to }) => at(along(wayOf(places, from, to, BEND * 2)!, 0.5)))
    .text(({ cut, slow, dropping }) => (cut ? '' : slow > 0 ? `+${slow} ms` : dropping ? 'drops' : ''));
}

/** Between a client and its server. */
function lines(group: Group, places: Layout, all: readonly ClientFrame[]): void {
  group
    .selectAll<SVGLineElement, ClientFrame>('line')
    .data(
      all.filter(({ server }) => places.servers.has(server)),
      ({ id }) => id,
    )
    .join('line')
    .classed('open', ({ connected }) => connected)
    .attr('x1', ({ id }) => places.clients.get(id)!.x)
    .attr('y1', ({ id }) => places.clients.get(id)!.y)
    .attr('x2', ({ server }) => places.servers.get(server)!.x)
    .attr('y2', ({ server }) => places.servers.get(server)!.y);
}

const at = ({ x, y }: Point): string => `translate(${x.toFixed(2)},${y.toFixed(2)})`;

/** What a server is and has, in a sentence; for those who do not see the picture. */
export function serverLabel(server: ServerFrame): string {
  const { id, life, established, currentEpoch, lastZxid, phase, sessions, vote } = server;
  const parts = [`Server ${id}`, lookOf(server).name];
  if (life === 'paused') parts.push('paused');
  if (established) parts.push('established');
  if (vote !== null) parts.push(`votes for ${vote.leader}`);
  if (life === 'up' || life === 'paused') {
    if (phase !== null) parts.push(phase.toLowerCase());
    parts.push(`epoch ${currentEpoch}`, `last zxid ${epochCounter(lastZxid)}`, `${sessions} sessions`);
  }
  return parts.join(', ');
}

/** The two lines below a server; of a crowd, only what matters most. */
function below(server: ServerFrame, crowded: boolean): [string, string] {
  const { life, currentEpoch, lastZxid, phase, sessions, vote, role } = server;
  const zxid = epochCounter(lastZxid);
  const first = crowded ? `${currentEpoch} · ${zxid}` : `epoch ${currentEpoch} · ${zxid}`;
  if (life === 'off') return [first, 'no power'];
  if (life === 'down') return [first, 'down'];
  if (life === 'paused') return [first, 'paused'];
  if (role === 'LOOKING') return [first, vote === null ? 'election' : `votes for ${vote.leader}`];
  const doing = phase === 'SYNCHRONIZATION' ? 'sync' : (phase ?? 'election').toLowerCase();
  if (crowded) return [first, doing];
  return [first, `${doing} · ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`];
}

function servers(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const one = group
    .selectAll<SVGGElement, ServerFrame>('g.server')
    .data(frame.servers, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      const button = made.append('g').attr('class', 'button').attr('tabindex', 0).attr('role', 'button');
      button.append('path').attr('class', 'halo');
      button.append('path').attr('class', 'body');
      button.append('path').attr('class', 'crown').attr('d', CROWN).attr('transform', 'translate(0,-38)');
      const words = made.append('g').attr('class', 'words').attr('aria-hidden', 'true');
      words.append('text').attr('class', 'id').attr('dy', '0.35em');
      const badge = words.append('g').attr('class', 'badge').attr('transform', 'translate(21,19)');
      badge.append('circle').attr('r', 9);
      badge.append('text').attr('dy', '0.35em');
      badge.append('path').attr('d', POWER);
      const pause = words.append('g').attr('class', 'pause').attr('transform', 'translate(-21,19)');
      pause.append('circle').attr('r', 9);
      pause.append('path').attr('d', 'M-2.5,-4V4M2.5,-4V4');
      const disk = words.append('g').attr('class', 'disk').attr('transform', 'translate(-21,-19)');
      disk.append('circle').attr('r', 9);
      disk.append('text').attr('dy', '0.35em');
      words.append('text').attr('class', 'below').attr('y', 45);
      words.append('text').attr('class', 'below').attr('y', 60);
      return made;
    })
    .attr('class', (server) => `server ${lookOf(server).style}`)
    .classed('established', ({ established }) => established)
    .classed('selected', ({ id }) => selected?.kind === 'server' && selected.id === id)
    .classed('paused', ({ life }) => life === 'paused')
    .classed('acting', ({ id }) => frame.step?.owner === id)
    .attr('data-id', ({ id }) => id)
    .attr('transform', ({ id }) => at(places.servers.get(id)!));
  one
    .select<SVGGElement>('g.button')
    .attr('aria-label', serverLabel)
    .attr('aria-pressed', ({ id }) => String(selected?.kind === 'server' && selected.id === id))
    .on('click', (_, { id }) => onSelect({ kind: 'server', id }))
    .on('keydown', (event: KeyboardEvent, { id }) => {
      if (event.key === 'Enter') onSelect({ kind: 'server', id });
    });
  one.select<SVGPathElement>('path.body').attr('d', (server) => lookOf(server).path);
  one.select<SVGPathElement>('path.halo').attr('d', (server) => lookOf(server).path);
  one
    .select<SVGPathElement>('path.crown')
    .attr('display', ({ life, role }) => (role === 'LEADING' && life !== 'down' ? null : 'none'));
  one.select('text.id').text(({ id }) => id);
  one.select<SVGTextElement>('g.badge text').text((server) => lookOf(server).letter);
  one.select('g.badge path').attr('display', ({ life }) => (life === 'off' ? null : 'none'));
  one.select('g.pause').attr('display', ({ life }) => (life === 'paused' ? null : 'none'));
  one.select('g.disk').attr('display', ({ disk }) => (disk === 'fine' ? 'none' : null));
  one.select('g.disk text').text(({ disk }) => (disk === 'full' ? '▮' : '⧖'));
  const crowded = frame.servers.length > CROWDED;
  one.classed('crowded', crowded).each(function (server) {
    const texts = below(server, crowded);
    select(this)
      .selectAll<SVGTextElement, unknown>('text.below')
      .each(function (_, i) {
        select(this).text(texts[i]!);
      });
  });
}

export function clientLabel(client: ClientFrame): string {
  const { number, life, state, server, program, waiting } = client;
  const parts = [`Client ${number}`, program, life === 'up' ? state.toLowerCase() : life];
  if (server > 0) parts.push(`server ${server}`);
  if (waiting > 0) parts.push(`waits for ${waiting} ${waiting === 1 ? 'answer' : 'answers'}`);
  return parts.join(', ');
}

function clients(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const one = group
    .selectAll<SVGGElement, ClientFrame>('g.client')
    .data(frame.clients, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      const size = CLIENT_RADIUS;
      made
        .append('rect')
        .attr('tabindex', 0)
        .attr('role', 'button')
        .attr('x', -size - 2)
        .attr('y', -size + 1)
        .attr('width', 2 * size + 4)
        .attr('height', 2 * size - 2)
        .attr('rx', 5);
      made.append('text').attr('dy', '0.35em').attr('aria-hidden', 'true');
      return made;
    })
    .attr('class', ({ life, connected }) => `client ${life === 'up' && connected ? 'open' : life}`)
    .classed('selected', ({ id }) => selected?.kind === 'client' && selected.id === id)
    .classed('waiting', ({ waiting }) => waiting > 0)
    .attr('data-id', ({ id }) => id)
    .attr('transform', ({ id }) => at(places.clients.get(id)!));
  one
    .select<SVGRectElement>('rect')
    .attr('aria-label', clientLabel)
    .attr('aria-pressed', ({ id }) => String(selected?.kind === 'client' && selected.id === id))
    .on('click', (_, { id }) => onSelect({ kind: 'client', id }))
    .on('keydown', (event: KeyboardEvent, { id }) => {
      if (event.key === 'Enter') onSelect({ kind: 'client', id });
    });
  one.select('text').text(({ number }) => `c${number}`);
}

/** Where a message is: on its way, or held back where it begins. */
function positionOf(message: MessageFrame, path: Way, time: number, held: number): Point {
  if (message.held) return along(path, 0.27 + held * 0.07);
  const { sent, arrives } = message;
  const share = arrives <= sent ? 1 : (time - sent) / (arrives - sent);
  return along(path, Math.min(1, Math.max(0, share)));
}

function messages(group: Group, places: Layout, { frame, time, selected }: Scene, onSelect: OnSelect): void {
  const waiting = new Map<string, number>();
  const shown = frame.messages.filter((message) => {
    const { from, to, held } = message;
    if (wayOf(places, from, to) === null) return false;
    if (!held) return true;
    const before = waiting.get(`${from}>${to}`) ?? 0;
    waiting.set(`${from}>${to}`, before + 1);
    return before < MOST_HELD;
  });
  const spoken = shown.filter(({ family, held }) => !held && family !== 'ping' && family !== 'line');
  const held = new Map<string, number>();
  const one = group
    .selectAll<SVGGElement, MessageFrame>('g')
    .data(shown, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      made.append('path');
      made.append('text').attr('aria-hidden', 'true').attr('x', 10).attr('dy', '0.32em');
      made.append('title');
      return made;
    })
    .attr('class', ({ family }) => family)
    .classed('held', (message) => message.held)
    .classed('selected', ({ id }) => selected?.kind === 'message' && selected.id === id)
    .on('click', (_, { id }) => onSelect({ kind: 'message', id }))
    .classed('named', (message) => spoken.length <= MOST_LABELS && spoken.includes(message))
    .attr('transform', (message) => {
      const { from, to } = message;
      const key = `${from}>${to}`;
      const before = held.get(key) ?? 0;
      if (message.held) held.set(key, before + 1);
      return at(positionOf(message, wayOf(places, from, to)!, time, before));
    });
  one.select('path').attr('d', ({ family }) => MESSAGES[family]);
  one.select('text').text(({ text }) => text);
  group
    .selectAll<SVGTextElement, [string, number]>('text.waiting')
    .data(
      [...waiting].filter(([, count]) => count > 0),
      ([key]) => key,
    )
    .join('text')
    .attr('class', 'waiting')
    .attr('transform', ([key]) => {
      const [from, to] = key.split('>').map(Number);
      return at(along(wayOf(places, from!, to!, BEND * 5)!, 0.5));
    })
    .text(([, count]) => `${count} held back`);
  one
    .select('title')
    .text(({ text, from, to, held: waits }) => `${text}: ${from} → ${to}${waits ? ', held back' : ''}`);
}
