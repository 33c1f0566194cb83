import { html, type TemplateResult } from 'lit-html';
import { part } from '../page/elements.ts';

/** Tabs for one of several things, the arrow keys moving between them. */
export function tabs<T extends string>(
  all: readonly (readonly [T, string])[],
  chosen: T,
  panel: string,
  choose: (one: T) => void,
): TemplateResult {
  return html`${all.map(
    ([id, name]) => html`<button
      type="button"
      role="tab"
      id="tab-${id}"
      aria-selected=${id === chosen ? 'true' : 'false'}
      aria-controls=${panel}
      tabindex=${id === chosen ? '0' : '-1'}
      @click=${() => choose(id)}
      @keydown=${(event: KeyboardEvent) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        const next = all[(all.findIndex(([one]) => one === id) + by + all.length) % all.length]!;
        choose(next[0]);
        part(`tab-${next[0]}`).focus();
      }}
    >${name}</button>`,
  )}`;
}
