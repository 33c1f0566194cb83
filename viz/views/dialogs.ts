/** The two dialogs: share, and the map of keys. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { SharedReply } from '../model/messages.ts';
import { count } from './format.ts';

export interface ShareActions {
  readonly copy: (text: string, what: string) => void;
  readonly save: () => void;
  /** The picture in sight; null: it is none that can be saved. */
  readonly picture: ((format: 'svg' | 'png') => void) | null;
  readonly shiviz: () => void;
  readonly open: (file: File) => void;
  readonly close: () => void;
}

function link({ event }: SharedReply, address: string, { copy }: ShareActions): TemplateResult {
  return html`
    <label class="wide">A link that holds the whole run and this moment, event ${count(event)}
      <input id="share-link" type="text" readonly .value=${address} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
    </label>
    <button type="button" @click=${() => copy(address, 'The link')}>Copy link</button>`;
}

function tooLarge({ file }: SharedReply): TemplateResult {
  return html`<p>This run is too large for a link: its file has ${(file.length / 1e6).toFixed(1)} MB. Save it, and share
    the file: it opens where it is dropped on this page.</p>`;
}

export function shareDialog(
  shared: SharedReply | null,
  address: string | null,
  actions: ShareActions,
): TemplateResult {
  return html`
    <h2 id="share-title">Share this run</h2>
    ${
      shared === null
        ? html`<p class="quiet">Packing …</p>`
        : html`
          ${address === null ? tooLarge(shared) : link(shared, address, actions)}
          <label class="wide">The same run in a terminal
            <input id="share-command" type="text" readonly .value=${shared.command} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
          </label>
          <button type="button" @click=${() => actions.copy(shared.command, 'The command')}>Copy command</button>
          <hr />
          <div class="buttons">
            <button type="button" @click=${actions.save}>Save run file</button>
            <label class="file">Open a run file or finding
              <input type="file" accept=".json,application/json" @change=${(event: Event) => {
                const file = (event.target as HTMLInputElement).files?.[0];
                if (file !== undefined) actions.open(file);
              }} />
            </label>
          </div>
          <div class="buttons">
            ${
              actions.picture === null
                ? nothing
                : html`<button type="button" @click=${() => actions.picture?.('svg')}>Save picture as SVG</button>
                  <button type="button" @click=${() => actions.picture?.('png')}>as PNG</button>`
            }
            <button type="button" title="(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)" @click=${actions.shiviz}>Save log for ShiViz</button>
          </div>
          <p class="quiet">A file can be dropped anywhere on the page as well.</p>`
    }
    <button type="button" class="close" @click=${actions.close}>Close</button>
  `;
}

export function keysDialog(
  groups: readonly (readonly [string, readonly (readonly [string, string])[]])[],
  close: () => void,
): TemplateResult {
  return html`
    <h2 id="keys-title">Keys</h2>
    <div class="key-groups">
      ${groups.map(
        ([name, keys]) => html`<section>
          <h3>${name}</h3>
          <dl>${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
        </section>`,
      )}
    </div>
    <button type="button" class="close" @click=${close}>Close</button>
  `;
}
