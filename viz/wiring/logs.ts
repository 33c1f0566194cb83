/** The log view: it scrolls with what is going on, unless somebody has scrolled it elsewhere. */
import { signal } from '@preact/signals-core';
import { html, render } from 'lit-html';
import { part, show } from '../page/elements.ts';
import type { Lab } from '../page/lab.ts';
import { draw, LOG_STATES, LOG_TICKS } from '../views/logs.ts';

/** Px that stay visible before what is going on. */
const BEFORE = 190;

/**
 * @param redraw draws the picture in sight again
 * @returns draws the logs
 */
export function wireLogs(lab: Lab, redraw: () => void): (size: { readonly width: number }) => void {
  const svg = part<SVGSVGElement>('logs');
  const [scroller, spacer] = [part('logs-scroll'), part('logs-width')];
  const all = signal(false);
  let shown = -1;
  scroller.addEventListener('scroll', redraw, { passive: true });
  show(part('logs-bar'), () => {
    redraw();
    return html`<button type="button" class="small" aria-pressed=${all.value ? 'true' : 'false'} title="Otherwise entries that are the same on all servers are one column" @click=${() => {
      all.value = !all.peek();
      shown = -1;
    }}>every entry</button>`;
  });
  render(
    LOG_STATES.map(
      ([state, name]) =>
        html`<li><svg class="log-sample ${state}" viewBox="-1 -1 32 28" width="23" height="20" aria-hidden="true"><rect width="30" height="26" rx="4"></rect><path class="tick" transform="translate(15,12)" d=${LOG_TICKS[state]}></path></svg>${name}</li>`,
    ),
    part('logs-legend'),
  );
  return ({ width }) => {
    const frame = lab.frame.peek();
    if (frame === null) return;
    const scene = { frame, width, all: all.peek() };
    let drawing = draw(svg, { ...scene, scroll: scroller.scrollLeft });
    spacer.style.width = `${drawing.width}px`;
    if (shown === frame.event) return;
    shown = frame.event;
    const { action } = drawing;
    const left = scroller.scrollLeft;
    if (action - left >= BEFORE - 40 && action - left < width - 60) return;
    if (action < width - 60 && left === 0) return;
    scroller.scrollLeft = Math.max(0, action - BEFORE);
    drawing = draw(svg, { ...scene, scroll: scroller.scrollLeft });
  };
}
