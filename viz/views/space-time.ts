/** A lane per server and client, time from left to right, and what they say to each other as lines between the lanes. */
import { select } from 'd3-selection';
import type { Span, Stretch, StretchEvent } from '../model/stretch.ts';

export interface SpaceTimeScene {
  readonly stretch: Stretch;
  /** Where one stands. */
  readonly event: number;
  readonly width: number;
  readonly height: number;
  /** Along the axis: events at equal distances, or virtual time. */
  readonly by: 'event' | 'time';
  /** Pings and the ends of connections too. */
  readonly everything: boolean;
  /** The event whose past and future are picked out; 0: none. */
  readonly hovered: number;
}

const LEFT = 64;
const RIGHT = 16;
const TOP = 26;
const TALLEST_LANE = 92;

const name = (id: number): string => (id > 1000 ? `client ${id - 1000}` : `server ${id}`);

/** Events that led to one, and those that it led to, within a stretch. */
export function cone(events: readonly StretchEvent[], event: number): ReadonlySet<number> {
  const byIndex = new Map(events.map((one) => [one.event, one]));
  const found = new Set<number>([event]);
  for (let at = byIndex.get(event); at !== undefined && at.cause > 0; at = byIndex.get(at.cause))
    found.add(at.cause);
  const future = new Set([event]);
  for (const one of events) {
    if (one.event > event && future.has(one.cause)) {
      future.add(one.event);
      found.add(one.event);
    }
  }
  return found;
}

export function draw(
  svg: SVGSVGElement,
  scene: SpaceTimeScene,
  onSeek: (event: number) => void,
  onHover: (event: number) => void,
): void {
  const { stretch, width, height, by, event: here, hovered } = scene;
  const { events, machines, spans, cuts } = stretch;
  const lane = Math.min(TALLEST_LANE, Math.max(16, (height - TOP - 30) / Math.max(1, machines.length)));
  const bottom = TOP + lane * machines.length;
  const times = new Map(events.map(({ event, time }) => [event, time]));
  const [start, end] = [events[0]?.time ?? 0, events.at(-1)?.time ?? 1];
  const inner = Math.max(10, width - LEFT - RIGHT);
  const x = (event: number): number => {
    const inside = Math.min(stretch.last, Math.max(stretch.first - 1, event));
    if (by === 'event')
      return LEFT + (inner * (inside - stretch.first + 1)) / Math.max(1, stretch.last - stretch.first + 1);
    const time = times.get(inside) ?? start;
    return LEFT + (inner * (time - start)) / Math.max(0.001, end - start);
  };
  const y = (machine: number): number => TOP + lane * (machines.indexOf(machine) + 0.5);
  const root = select(svg)
    .attr('viewBox', `0 0 ${width} ${Math.max(height, bottom + 24)}`)
    .attr('height', Math.max(height, bottom + 24));
  const layer = (kind: string) =>
    root.selectAll<SVGGElement, string>(`g.${kind}`).data([kind]).join('g').attr('class', kind);

  layer('cuts')
    .selectAll<SVGRectElement, { from: number; to: number }>('rect')
    .data(cuts)
    .join('rect')
    .attr('x', ({ from }) => x(from))
    .attr('width', ({ from, to }) => Math.max(2, x(to) - x(from)))
    .attr('y', TOP)
    .attr('height', bottom - TOP);
  layer('names')
    .selectAll<SVGTextElement, number>('text')
    .data(machines, (id) => id)
    .join('text')
    .attr('x', 8)
    .attr('y', (id) => y(id) + 4)
    .text(name);
  layer('spans')
    .selectAll<SVGLineElement, Span>('line')
    .data(spans, ({ machine, from }) => `${machine}:${from}`)
    .join('line')
    .attr('class', ({ being }) => being)
    .attr('x1', ({ from }) => x(from))
    .attr('x2', ({ to }) => x(to))
    .attr('y1', ({ machine }) => y(machine))
    .attr('y2', ({ machine }) => y(machine));

  const near = hovered === 0 ? null : cone(events, hovered);
  const quiet = (one: StretchEvent): boolean => one.family === 'ping' || one.family === 'line';
  const arrows = events.filter(
    (one) => one.from > 0 && one.family !== null && (scene.everything || !quiet(one)),
  );
  const arrow = layer('arrows')
    .selectAll<SVGGElement, StretchEvent>('g')
    .data(arrows, ({ event }) => event)
    .join((enter) => {
      const made = enter.append('g');
      made.append('line').attr('class', 'hit');
      made.append('line').attr('class', 'seen');
      made.append('title');
      return made;
    })
    .attr('class', ({ family }) => String(family))
    .classed('near', ({ event }) => near?.has(event) ?? false)
    .classed('far', ({ event }) => near !== null && !near.has(event))
    .on('click', (_, { event }) => onSeek(event))
    .on('pointerenter', (_, { event }) => onHover(event))
    .on('pointerleave', () => onHover(0));
  arrow.each(function (one) {
    select(this)
      .selectAll('line')
      .attr('x1', x(one.cause))
      .attr('y1', y(one.from))
      .attr('x2', x(one.event))
      .attr('y2', y(one.owner));
  });
  arrow
    .select('title')
    .text(({ text, from, owner, event }) => `event ${event}, ${name(from)} → ${name(owner)}: ${text}`);

  const dots = events.filter((one) => one.owner > 0 && (scene.everything || !quiet(one)));
  const dot = layer('dots')
    .selectAll<SVGCircleElement, StretchEvent>('circle')
    .data(dots, ({ event }) => event)
    .join((enter) => {
      const made = enter.append('circle');
      made.append('title');
      return made;
    })
    .attr('class', ({ told }) => told.at(-1)?.tone ?? 'plain')
    .classed('far', ({ event }) => near !== null && !near.has(event))
    .attr('r', ({ told }) => (told.length > 0 ? 4 : 1.8))
    .attr('cx', ({ event }) => x(event))
    .attr('cy', ({ owner }) => y(owner))
    .on('click', (_, { event }) => onSeek(event))
    .on('pointerenter', (_, { event }) => onHover(event))
    .on('pointerleave', () => onHover(0));
  dot
    .select('title')
    .text(({ event, text, told }) =>
      [`event ${event}: ${text}`, ...told.map((one) => `${one.who} ${one.text}`)].join('\n'),
    );

  const wished = Math.max(2, Math.floor(inner / 175));
  const ticks = Array.from(
    { length: wished + 1 },
    (_, i) => events[Math.round(((events.length - 1) * i) / wished)],
  ).filter((one): one is StretchEvent => one !== undefined);
  layer('ticks')
    .selectAll<SVGTextElement, StretchEvent>('text')
    .data(by === 'event' ? ticks : [ticks[0], ticks.at(-1)].filter((one) => one !== undefined))
    .join('text')
    .attr('x', ({ event }) => x(event))
    .attr('y', bottom + 14)
    .attr('text-anchor', (_, i, all) => (i === 0 ? 'start' : i === all.length - 1 ? 'end' : 'middle'))
    .text(({ event, time }) =>
      by === 'event' ? `${event} · ${time.toFixed(1)} ms` : `${time.toFixed(1)} ms`,
    );
  layer('now')
    .selectAll<SVGLineElement, number>('line')
    .data(here >= stretch.first - 1 && here <= stretch.last ? [here] : [])
    .join('line')
    .attr('x1', x)
    .attr('x2', x)
    .attr('y1', TOP - 8)
    .attr('y2', bottom);
}
