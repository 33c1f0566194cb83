/** What is open, and what there is to say about it. */
import { effect } from '@preact/signals-core';
import { html, nothing, render } from 'lit-html';
import { part, show } from '../page/elements.ts';
import type { Lab } from '../page/lab.ts';
import { type HeaderActions, header } from '../views/header.ts';

/** How long it is said that something is done, ms. */
const SAID = 4000;

export function wireHeader(lab: Lab, actions: HeaderActions): void {
  show(part('header'), () => header(lab, actions));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    lab.notice.value = null;
  };
  effect(() => {
    const notice = lab.notice.value;
    const offer = html`<button type="button" class="small" @click=${() => {
      close();
      lab.ask({ kind: 'link', fragment: '' });
    }}>Open the default scenario</button>`;
    render(
      notice === null
        ? nothing
        : html`<div class=${notice.kind}><span>${notice.text}</span> ${notice.offer ? offer : nothing}
            <button type="button" class="small" @click=${close}>Close</button></div>`,
      part('notice'),
    );
    clearTimeout(timer);
    if (notice?.kind === 'done') timer = setTimeout(close, SAID);
  });
}
