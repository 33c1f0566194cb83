/** The run as text: its story, or every event. Only the rows in sight are in the page. */
import { html, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Row } from '../model/marks.ts';

export const ROW_HEIGHT = 26;
const BEYOND = 8;

export interface LogScene {
  /** Rows there are. */
  readonly total: number;
  /** The row at an index; null: not here yet. */
  readonly row: (index: number) => Row | null;
  /** Index of the row that belongs to where one stands; −1: before the first. */
  readonly current: number;
  /** What is in sight, px. */
  readonly top: number;
  readonly height: number;
}

/** The rows in sight, and some beyond. */
export function visible({
  total,
  top,
  height,
}: Pick<LogScene, 'total' | 'top' | 'height'>): [number, number] {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - BEYOND);
  return [first, Math.min(total, Math.ceil((top + height) / ROW_HEIGHT) + BEYOND)];
}

export function eventLog(scene: LogScene, onSeek: (event: number) => void): TemplateResult {
  const { total, row, current } = scene;
  const [first, last] = visible(scene);
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return html`<div class="rows" role="presentation" style="height:${total * ROW_HEIGHT}px">
    ${repeat(
      indices,
      (index) => index,
      (index) => {
        const one = row(index);
        const style = `transform:translateY(${index * ROW_HEIGHT}px)`;
        if (one === null)
          return html`<div class="row pending" role="option" aria-selected="false" aria-label="event ${index + 1}" style=${style}>…</div>`;
        return html`<div
          class="row ${one.tone} ${index === current ? 'current' : ''}"
          role="option"
          id="row-${index}"
          aria-selected=${index === current ? 'true' : 'false'}
          aria-setsize=${total}
          aria-posinset=${index + 1}
          style=${style}
          title="event ${one.event}${one.cause > 0 ? `, caused by event ${one.cause}` : ''}: ${one.text}"
          @click=${() => onSeek(one.event)}
        ><span class="time">${one.time.toFixed(one.time >= 100_000 ? 1 : 3)}</span><span class="who">${one.who}</span><span class="text">${one.text}</span></div>`;
      },
    )}
  </div>`;
}

/** The last row not after an event; −1: none. */
export function rowAt(rows: readonly Row[], event: number): number {
  let low = -1;
  for (let high = rows.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle]!.event <= event) low = middle;
    else high = middle - 1;
  }
  return low;
}
