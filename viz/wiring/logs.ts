/** The log view: it scrolls to the newest entry wherever the run goes, and elsewhere as one likes. */
import { signal } from '@preact/signals-core';
import { html, render } from 'lit-html';
import { part, show } from '../page/elements.ts';
import type { Lab } from '../page/lab.ts';
import { draw, LOG_STATES, LOG_TICKS } from '../views/logs.ts';

/** Px from the left end that the newest entry keeps. */
const BEFORE = 118;
/** Px that are left free behind it. */
const AFTER = 60;

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
    if (action - scroller.scrollLeft >= BEFORE && action - scroller.scrollLeft < width - AFTER) return;
    scroller.scrollLeft = Math.max(0, action - width + 2 * AFTER);
    drawing = draw(svg, { ...scene, scroll: scroller.scrollLeft });
  };
}
