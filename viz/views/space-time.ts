/**
 * A lane per server and client, time from left to right, and what they say to each other as arrows between the lanes.
 * Arrows of a kind are one path, so that thousands cost a few elements; which one is meant, `eventAt` finds by distance.
 */
import { type Selection as D3, select } from 'd3-selection';
import type { Family } from '../model/frame.ts';
import { type Cone, cone } from './causality.ts';
import type { Shade, SpaceTimeScene, Tick } from './space-time-plan.ts';
import {
  type Arrow,
  type Bar,
  type Dot,
  type Label,
  type Lane,
  machineName,
  type Plan,
  planOf,
} from './space-time-plan.ts';

/** More arrows than these have no heads, and more than those are drawn finer. */
const MOST_HEADS = 900;
const DENSE = 150;

type Layer = D3<SVGGElement, string, SVGSVGElement, unknown>;

const one = (value: number): string => (Math.round(value * 10) / 10).toString();

const lineOf = ({ x1, y1, x2, y2 }: Arrow): string => `M${one(x1)},${one(y1)}L${one(x2)},${one(y2)}`;

/** The head of an arrow that arrives. */
function headOf({ x1, y1, x2, y2 }: Arrow): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 9) return '';
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [bx, by] = [x2 - 7 * ux, y2 - 7 * uy];
  return `M${one(x2 - ux)},${one(y2 - uy)}L${one(bx - 2.6 * uy)},${one(by + 2.6 * ux)}L${one(bx + 2.6 * uy)},${one(by - 2.6 * ux)}Z`;
}

/** Where an arrow is cut off: a cross for a lost message, a bar for one that waits. */
function endOf({ x2, y2, fate }: Arrow): string {
  if (fate === null || fate === 'travelling') return '';
  const at = (dx: number, dy: number): string => `${one(x2 + dx)},${one(y2 + dy)}`;
  if (fate === 'held') return `M${at(-2, -5)}L${at(-2, 5)}M${at(2, -5)}L${at(2, 5)}`;
  return `M${at(-4, -4)}L${at(4, 4)}M${at(-4, 4)}L${at(4, -4)}`;
}

function circle({ x, y }: Dot, r: number): string {
  return `M${one(x - r)},${one(y)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
}

/** Shapes that tell marks apart beside their colour. */
function markOf(dot: Dot): string {
  const { x, y, tone } = dot;
  const at = (dx: number, dy: number): string => `${one(x + dx)},${one(y + dy)}`;
  switch (tone) {
    case 'plain':
      return circle(dot, 1.6);
    case 'stroke':
      return `M${at(-0.6, -4)}L${at(0.6, -4)}L${at(0.6, 4)}L${at(-0.6, 4)}Z`;
    case 'fault':
      return `M${at(-5.5, -3.5)}L${at(-3.5, -5.5)}L${at(0, -2)}L${at(3.5, -5.5)}L${at(5.5, -3.5)}L${at(2, 0)}L${at(5.5, 3.5)}L${at(3.5, 5.5)}L${at(0, 2)}L${at(-3.5, 5.5)}L${at(-5.5, 3.5)}L${at(-2, 0)}Z`;
    case 'role':
    case 'election':
    case 'epoch':
      return `M${at(0, -5)}L${at(5, 0)}L${at(0, 5)}L${at(-5, 0)}Z`;
    case 'sync':
      return `M${at(0, -5)}L${at(4.5, 4)}L${at(-4.5, 4)}Z`;
    default:
      return circle(dot, 4.2);
  }
}

function byKind<T>(all: readonly T[], kind: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of all) {
    const group = groups.get(kind(item));
    if (group === undefined) groups.set(kind(item), [item]);
    else group.push(item);
  }
  return [...groups];
}

function drawArrows(layer: Layer, arrows: readonly Arrow[], heads: boolean): void {
  const group = layer
    .selectAll<SVGGElement, [Family, Arrow[]]>('g')
    .data(byKind(arrows, ({ family }) => family) as [Family, Arrow[]][], ([family]) => family)
    .join((enter) => {
      const made = enter.append('g');
      for (const kind of ['way', 'head', 'end']) made.append('path').attr('class', kind);
      return made;
    })
    .attr('class', ([family]) => family);
  group.select('path.way').attr('d', ([, some]) => some.map(lineOf).join(''));
  group
    .select('path.head')
    .attr('d', ([, some]) =>
      heads ? some.map((arrow) => (arrow.fate === null ? headOf(arrow) : '')).join('') : '',
    );
  group.select('path.end').attr('d', ([, some]) => some.map(endOf).join(''));
}

function drawDots(layer: Layer, dots: readonly Dot[]): void {
  layer
    .selectAll<SVGPathElement, [string, Dot[]]>('path')
    .data(
      byKind(dots, ({ tone }) => tone),
      ([tone]) => tone,
    )
    .join('path')
    .attr('class', ([tone]) => tone)
    .attr('d', ([, some]) => some.map(markOf).join(''));
}

function isNear({ past, future }: Cone, hovered: number): (event: number) => boolean {
  return (event) => event === hovered || past.has(event) || future.has(event);
}

/** Draws a scene into an `svg`, and says where everything went. */
export function draw(svg: SVGSVGElement, scene: SpaceTimeScene): Plan {
  const plan = planOf(scene);
  const { left, right, top, bottom, height } = plan;
  const root = select(svg).attr('viewBox', `0 0 ${scene.width} ${height}`).attr('height', height);
  const layer = (kind: string): Layer =>
    root
      .selectAll<SVGGElement, string>(`g.${kind}`)
      .data([kind])
      .join('g')
      .attr('class', kind) as unknown as Layer;
  root
    .selectAll('defs')
    .data([0])
    .join((enter) => {
      const defs = enter.append('defs');
      defs.append('clipPath').attr('id', 'space-time-plot').append('rect');
      const hatch = defs
        .append('pattern')
        .attr('id', 'space-time-hatch')
        .attr('patternUnits', 'userSpaceOnUse');
      hatch.attr('width', 9).attr('height', 9).attr('patternTransform', 'rotate(45)');
      hatch.append('rect').attr('width', 1.4).attr('height', 9);
      return defs;
    })
    .select('clipPath rect')
    .attr('x', left - 6)
    .attr('y', 0)
    .attr('width', right - left + 12)
    .attr('height', bottom + 6);
  const clipped = (kind: string): Layer => layer(kind).attr('clip-path', 'url(#space-time-plot)');

  clipped('cuts')
    .selectAll<SVGRectElement, Shade>('rect')
    .data(plan.shades, ({ from }) => from)
    .join((enter) => {
      const made = enter.append('rect').attr('fill', 'url(#space-time-hatch)');
      made.append('title');
      return made;
    })
    .attr('x', ({ x1 }) => x1)
    .attr('width', ({ x1, x2 }) => x2 - x1)
    .attr('y', top - 18)
    .attr('height', bottom - top + 18)
    .select('title')
    .text(({ text }) => `cut: ${text}`);
  layer('names')
    .selectAll<SVGTextElement, Lane>('text')
    .data(plan.lanes, ({ machine }) => machine)
    .join('text')
    .attr('x', 8)
    .attr('y', ({ y }) => y + 4)
    .text(({ name }) => name);
  clipped('spans')
    .selectAll<SVGLineElement, Bar>('line')
    .data(plan.bars, ({ machine, from }) => `${machine}:${from}`)
    .join('line')
    .attr('class', ({ being }) => being)
    .attr('x1', ({ x1 }) => Math.max(x1, left - 20))
    .attr('x2', ({ x2 }) => Math.min(x2, right + 20))
    .attr('y1', ({ y }) => y)
    .attr('y2', ({ y }) => y);

  const near = scene.hovered === 0 ? null : isNear(cone(scene.stretch.events, scene.hovered), scene.hovered);
  const heads = plan.arrows.length <= MOST_HEADS;
  const dense = plan.arrows.length > DENSE;
  drawArrows(
    clipped('arrows')
      .classed('far', near !== null)
      .classed('dense', dense),
    plan.arrows,
    heads,
  );
  drawDots(clipped('dots').classed('far', near !== null), plan.dots);
  drawArrows(
    clipped('near-arrows'),
    near === null
      ? []
      : plan.arrows.filter(({ event, sent, fate }) => near(sent) && (fate !== null || near(event))),
    true,
  );
  drawDots(clipped('near-dots'), near === null ? [] : plan.dots.filter(({ event }) => near(event)));
  clipped('hovered')
    .selectAll<SVGPathElement, Dot>('path')
    .data(plan.dots.filter(({ event }) => event === scene.hovered))
    .join('path')
    .attr('d', (dot) => circle(dot, 7));

  clipped('labels')
    .selectAll<SVGTextElement, Label>('text')
    .data(plan.labels, ({ key }) => key)
    .join('text')
    .attr('class', ({ kind }) => kind)
    .attr('x', ({ x }) => x)
    .attr('y', ({ y }) => y)
    .text(({ text }) => text);
  layer('axis')
    .selectAll<SVGTextElement, string>('text')
    .data(scene.window.by === 'event' && scene.width >= 520 ? ['event', 'time'] : [])
    .join('text')
    .attr('x', 8)
    .attr('y', (_, i) => bottom + 15 + 13 * i)
    .text((text) => text);
  const tick = layer('ticks')
    .selectAll<SVGGElement, Tick>('g')
    .data(plan.ticks)
    .join((enter) => {
      const made = enter.append('g');
      made.append('path').attr('d', `M0,0V4`);
      made.append('text').attr('class', 'at').attr('y', 15);
      made.append('text').attr('class', 'below').attr('y', 28);
      return made;
    })
    .attr('transform', ({ x }) => `translate(${one(x)},${bottom})`);
  tick.select('text.at').text(({ text }) => text);
  tick.select('text.below').text(({ below }) => below);
  const x = plan.x(scene.event);
  clipped('now')
    .selectAll<SVGPathElement, number>('path')
    .data(x >= left - 1 && x <= right + 1 ? [x] : [])
    .join('path')
    .attr(
      'd',
      `M${one(x)},${top - 12}V${bottom}M${one(x - 5)},${top - 19}H${one(x + 5)}L${one(x)},${top - 12}Z`,
    );
  return plan;
}

/** What happened at an event, in a line. */
export function toldOf({ stretch }: Pick<SpaceTimeScene, 'stretch'>, event: number): string {
  const found = stretch.events[event - stretch.first];
  if (found === undefined) return '';
  const { past, future } = cone(stretch.events, event);
  const { owner, text, time, told, cause } = found;
  const sentences = told.map((sentence) => `${sentence.who} ${sentence.text}`.trim());
  const fates = stretch.losses.filter(({ sent, fate }) => sent === event && fate !== 'travelling');
  const lost = fates.map((loss) => `${loss.text} to ${machineName(loss.to)}: ${FATES[loss.fate]}`);
  return [
    `event ${event.toLocaleString('en')}, ${time.toFixed(3)} ms`,
    `${machineName(owner)} ${text}${found.unheard ? ', which no longer listens' : ''}`,
    ...sentences,
    ...lost,
    cause > 0 ? `caused by ${cause.toLocaleString('en')}` : 'caused by nothing before',
    `here ${past.size} before it, ${future.size} after`,
  ].join(' · ');
}

const FATES = {
  dropped: 'lost by the network',
  unheard: 'comes to a process that no longer listens',
  vanished: 'comes to a machine without power',
  silenced: 'lost with its sender at a cut link',
  held: 'held back behind a cut link',
  travelling: 'on its way',
} as const;
