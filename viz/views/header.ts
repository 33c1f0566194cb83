/** What is open, and what one can do with all of it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Lab } from '../page/lab.ts';

export interface HeaderActions {
  readonly share: () => void;
  readonly keys: () => void;
  readonly theme: () => void;
}

export function header(lab: Lab, actions: HeaderActions): TemplateResult {
  const opened = lab.opened.value;
  const line = lab.line.value;
  const { complete, traceHash } = lab.tape.value;
  const violated = lab.violated.value;
  return html`
    <span class="mark" aria-hidden="true">♛</span>
    <h1>zab-lab</h1>
    ${
      opened === null
        ? html`<span class="title quiet">starting …</span>`
        : html`<span class="title" title=${opened.story}>${opened.title}</span>
          <span class="chips">
            <span class="chip">seed ${opened.setup.seed}</span>
            ${opened.setup.variant === '' ? nothing : html`<span class="chip variant" title="a deviation of the protocol">${opened.setup.variant}</span>`}
            ${
              line === null || line.edits.length === 0
                ? nothing
                : html`<button type="button" class="chip edit" @click=${() => {
                    lab.panel.value = 'edits';
                  }}>branch ${line.name}, ${line.edits.length} ${line.edits.length === 1 ? 'edit' : 'edits'}</button>`
            }
            <button type="button" class="chip ${violated > 0 ? 'violated' : 'holds'}" @click=${() => {
              lab.panel.value = 'verdicts';
            }}>${violated > 0 ? `✕ ${violated} violated` : '✓ all hold so far'}</button>
            <span class="chip hash" title="hash of the whole trace: the same in every browser and in Node">${complete ? html`trace <span id="trace-hash">${traceHash}</span>` : 'recording …'}</span>
          </span>`
    }
    <span class="buttons">
      ${import.meta.env.MODE === 'site' ? html`<a href="./notebooks/index.html">Notebooks</a>` : nothing}
      <button type="button" @click=${actions.share} title="Share (s)">Share</button>
      <button type="button" @click=${actions.theme} title="Dark or light (t)" aria-label="Dark or light">◐</button>
      <button type="button" @click=${actions.keys} title="Keys (?)" aria-label="Keys">?</button>
    </span>
  `;
}
