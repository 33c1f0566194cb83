/** The whole run on one line: commits, elections, faults, violations, edits, and where one stands. */
import { select } from 'd3-selection';
import type { Mark, MarkKind } from '../model/marks.ts';
import type { Axis } from './axis.ts';

export interface TimelineScene {
  readonly width: number;
  readonly axis: Axis;
  readonly marks: readonly Mark[];
  readonly commits: readonly number[];
  readonly edits: readonly { readonly text: string; readonly event: number }[];
  /** Where another branch parts from this one; null: nowhere. */
  readonly parts: number | null;
}

export const TIMELINE_HEIGHT = 62;
/** Half the thumb of the slider below, so that both agree. */
export const INSET = 8;

const LANES: Readonly<Record<MarkKind, number>> = {
  narration: 8,
  election: 20,
  leader: 20,
  fault: 32,
  repair: 32,
  violation: 32,
  edit: 32,
};

const GLYPHS: Readonly<Record<MarkKind, string>> = {
  narration: 'M-1,-4H1V4H-1Z',
  election: 'M0,-4L4,0L0,4L-4,0Z',
  leader: 'M-5,4L-6,-3L-2.5,0L0,-5L2.5,0L6,-3L5,4Z',
  fault: 'M-3.5,-3.5L3.5,3.5M-3.5,3.5L3.5,-3.5',
  repair: 'M0,-3.5A3.5,3.5 0 1 1 0,3.5A3.5,3.5 0 1 1 0,-3.5Z',
  violation: 'M0,-6L6,5H-6Z',
  edit: 'M-4,-5H4V1L0,6L-4,1Z',
};

/** One mark for all that would cover each other: the one that matters most. */
const WEIGHT: readonly MarkKind[] = [
  'narration',
  'repair',
  'election',
  'fault',
  'leader',
  'violation',
  'edit',
];
const APART = 7;

const BASE = 50;
const TALLEST = 11;

function thinned(marks: readonly Mark[], x: (event: number) => number): Mark[] {
  const kept = new Map<string, Mark>();
  for (const mark of marks) {
    const key = `${LANES[mark.kind]}:${Math.round(x(mark.event) / APART)}`;
    const other = kept.get(key);
    if (other === undefined || WEIGHT.indexOf(mark.kind) > WEIGHT.indexOf(other.kind)) kept.set(key, mark);
  }
  return [...kept.values()];
}

export function draw(svg: SVGSVGElement, scene: TimelineScene, onSeek: (event: number) => void): void {
  const { width, axis, marks, commits, edits, parts } = scene;
  const x = scaleOf(scene);
  const root = select(svg).attr('viewBox', `0 0 ${width} ${TIMELINE_HEIGHT}`).attr('width', width);
  const layer = (name: string) =>
    root.selectAll<SVGGElement, string>(`g.${name}`).data([name]).join('g').attr('class', name);

  layer('base')
    .selectAll<SVGLineElement, number>('line')
    .data([0])
    .join('line')
    .attr('x1', INSET)
    .attr('x2', width - INSET)
    .attr('y1', BASE)
    .attr('y2', BASE);

  const bins = new Map<number, number>();
  for (const commit of commits) {
    const bin = Math.round(x(commit) / 3) * 3;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const most = Math.max(1, ...bins.values());
  layer('commits')
    .selectAll<SVGRectElement, [number, number]>('rect')
    .data([...bins], ([bin]) => bin)
    .join('rect')
    .attr('x', ([bin]) => bin - 1)
    .attr('width', 2)
    .attr('y', ([, n]) => BASE - 2 - (TALLEST - 2) * Math.sqrt(n / most))
    .attr('height', ([, n]) => 2 + (TALLEST - 2) * Math.sqrt(n / most));

  const ticks = ticksOf(axis, width);
  layer('ticks')
    .selectAll<SVGTextElement, Tick>('text')
    .data(ticks, ({ event: at }) => at)
    .join('text')
    .attr('x', ({ event: at }) => x(at))
    .attr('y', TIMELINE_HEIGHT - 1)
    .attr('text-anchor', (_, i) => (i === 0 ? 'start' : i === ticks.length - 1 ? 'end' : 'middle'))
    .text(({ text }) => text);

  const all: Mark[] = [...marks, ...edits.map((edit) => ({ ...edit, time: 0, kind: 'edit' as const }))];
  const one = layer('marks')
    .selectAll<SVGGElement, Mark>('g')
    .data(thinned(all, x), (mark) => `${mark.kind}:${mark.event}:${mark.text}`)
    .join((enter) => {
      const made = enter.append('g');
      made.append('rect').attr('x', -6).attr('y', -7).attr('width', 12).attr('height', 14);
      made.append('path');
      made.append('title');
      return made;
    })
    .attr('class', ({ kind }) => kind)
    .attr('transform', (mark) => `translate(${x(mark.event).toFixed(1)},${LANES[mark.kind]})`)
    .on('click', (_, mark) => onSeek(mark.event));
  one.select('path').attr('d', ({ kind }) => GLYPHS[kind]);
  one.select('title').text(({ text, event: index }) => `${text} (event ${index})`);

  layer('parts')
    .selectAll<SVGLineElement, number>('line')
    .data(parts === null ? [] : [parts])
    .join('line')
    .attr('x1', x)
    .attr('x2', x)
    .attr('y1', 2)
    .attr('y2', BASE);
}

/** Draws where one stands; the rest of the line is as it was. */
export function drawHere(
  svg: SVGSVGElement,
  scene: Pick<TimelineScene, 'width' | 'axis'>,
  event: number,
): void {
  const x = scaleOf(scene)(event);
  select(svg)
    .selectAll<SVGLineElement, number>('line.here')
    .data([event])
    .join('line')
    .attr('class', 'here')
    .attr('x1', x)
    .attr('x2', x)
    .attr('y1', 2)
    .attr('y2', BASE + 2);
}

function scaleOf({ width, axis }: Pick<TimelineScene, 'width' | 'axis'>): (event: number) => number {
  const inner = Math.max(1, width - 2 * INSET);
  return (event) => INSET + inner * axis.position(event);
}

interface Tick {
  readonly event: number;
  readonly text: string;
}

function ticksOf(axis: Axis, width: number): Tick[] {
  const wished = Math.max(2, Math.min(9, Math.floor(width / 110)));
  const ticks = new Map<number, Tick>();
  for (let i = 0; i < wished; i++) {
    const event = axis.eventAt(i / (wished - 1));
    const time = axis.timeOf(event);
    const text =
      time >= 10_000 ? `${(time / 1000).toFixed(1)} s` : `${Math.round(time).toLocaleString('en')} ms`;
    // Of a run that has only begun, all places are the same.
    ticks.set(event, { event, text });
  }
  return [...ticks.values()];
}
