/** The run as text beside the picture, kept in step with it both ways. */
import { effect } from '@preact/signals-core';
import { html, render } from 'lit-html';
import { onceAFrame, part, show } from '../page/elements.ts';
import { type Lab, PAGE } from '../page/lab.ts';
import { eventLog, ROW_HEIGHT, rowAt } from '../views/event-log.ts';

/** @returns draws the rows in sight again */
export function wireEventLog(lab: Lab): () => void {
  const log = part('log');
  const draw = onceAFrame(() => {
    const everything = lab.everything.peek();
    const event = lab.settled.peek()?.event ?? 0;
    const rows = lab.rows.peek();
    const total = everything ? lab.tape.peek().length : rows.length;
    const current = everything ? event - 1 : rowAt(rows, event);
    const row = everything
      ? (index: number) => lab.page(Math.floor(index / PAGE))?.[index % PAGE] ?? null
      : (index: number) => rows[index] ?? null;
    const scene = { total, current, top: log.scrollTop, height: log.clientHeight, row };
    render(
      eventLog(scene, (to) => lab.visit(to)),
      log,
    );
    if (document.getElementById(`row-${current}`) === null) log.removeAttribute('aria-activedescendant');
    else log.setAttribute('aria-activedescendant', `row-${current}`);
  });
  let followed = '';
  effect(() => {
    void [lab.rows.value, lab.pages.value, lab.tape.value];
    const everything = lab.everything.value;
    const event = lab.settled.value?.event ?? 0;
    const current = everything ? event - 1 : rowAt(lab.rows.value, event);
    // First the list gets as long as it is going to be, then it is scrolled.
    draw();
    const place = `${everything} ${current}`;
    if (place === followed) return;
    followed = place;
    requestAnimationFrame(() => {
      const top = current * ROW_HEIGHT;
      if (top >= log.scrollTop + ROW_HEIGHT && top <= log.scrollTop + log.clientHeight - 2 * ROW_HEIGHT)
        return;
      log.scrollTop = Math.max(0, top - log.clientHeight / 2);
    });
  });
  log.addEventListener('scroll', draw, { passive: true });
  log.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    if (lab.everything.peek()) lab.step(by);
    else {
      const rows = lab.rows.peek();
      const here = lab.frame.peek()?.event ?? 0;
      const row = by > 0 ? rows.find((one) => one.event > here) : rows.findLast((one) => one.event < here);
      if (row !== undefined) lab.step(row.event - here);
    }
  });
  show(
    part('log-head'),
    () => html`<h2>Events</h2>
      <button type="button" class="small" aria-pressed=${lab.everything.value ? 'true' : 'false'} title="a toggles" @click=${() => {
        lab.everything.value = !lab.everything.peek();
      }}>${lab.everything.value ? 'all events' : 'the story'}</button>`,
  );
  return draw;
}
