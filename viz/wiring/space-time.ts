/** The space-time view: which stretch of the run it shows, asked for as one moves, and the buttons above it. */
import { effect } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit-html';
import { nowAndThen, part, show } from '../page/elements.ts';
import { zoom } from '../page/keys.ts';
import type { Lab } from '../page/lab.ts';
import { draw } from '../views/space-time.ts';

/** Height of the buttons above it, px. */
const BAR = 44;

/**
 * @param redraw draws the picture in sight again
 * @returns draws the space-time view with an event as where one stands
 */
export function wireSpaceTime(
  lab: Lab,
  redraw: () => void,
): (event: number, size: { readonly width: number; readonly height: number }) => void {
  const svg = part<SVGSVGElement>('space-time');
  /** Where it begins so that an event is in it: it moves by halves, not with every step. */
  const firstFor = (event: number): number => {
    const half = Math.max(1, Math.floor(lab.breadth.peek() / 2));
    const base = Math.floor(Math.max(0, event - 1) / half) * half;
    return Math.max(1, base - Math.floor(half / 2) + 1);
  };
  const ask = nowAndThen(() => {
    const first = firstFor(lab.frame.peek()?.event ?? 0);
    lab.ask({ kind: 'stretch', first, count: lab.breadth.peek() });
  }, 200);
  effect(() => {
    const event = lab.frame.value?.event ?? 0;
    const { length } = lab.tape.value;
    if (lab.picture.value !== 'time') return;
    const stretch = lab.stretch.value;
    const first = firstFor(event);
    const last = Math.min(length, first + lab.breadth.value - 1);
    if (stretch?.first !== first || stretch.last !== last) ask();
  });
  effect(() => {
    void [lab.stretch.value, lab.timeBy.value, lab.heartbeats.value, lab.hovered.value];
    redraw();
  });
  show(part('time-bar'), () => {
    const toggle = (name: string, pressed: boolean, go: () => void): TemplateResult =>
      html`<button type="button" class="small" aria-pressed=${pressed ? 'true' : 'false'} @click=${go}>${name}</button>`;
    return html`
      <button type="button" class="small" aria-label="Zoom in" title="Zoom in (+)" @click=${() => zoom(lab, true)}>+</button>
      <button type="button" class="small" aria-label="Zoom out" title="Zoom out (−)" @click=${() => zoom(lab, false)}>−</button>
      <span class="quiet">${lab.breadth.value} events</span>
      ${toggle('by virtual time', lab.timeBy.value === 'time', () => {
        lab.timeBy.value = lab.timeBy.peek() === 'time' ? 'event' : 'time';
      })}
      ${toggle('heartbeats', lab.heartbeats.value, () => {
        lab.heartbeats.value = !lab.heartbeats.peek();
      })}
    `;
  });
  return (event, { width, height }) => {
    const stretch = lab.stretch.peek();
    if (stretch === null) return;
    draw(
      svg,
      {
        stretch,
        event,
        width,
        height: Math.max(120, height - BAR),
        by: lab.timeBy.peek(),
        everything: lab.heartbeats.peek(),
        hovered: lab.hovered.peek(),
      },
      (to) => lab.visit(to),
      (hovered) => {
        lab.hovered.value = hovered;
      },
    );
  };
}
