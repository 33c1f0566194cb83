/** The data tree of a server, beside another's. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Frame } from '../model/frame.ts';
import type { TreeReply } from '../model/messages.ts';
import { count, epochCounter } from './format.ts';

const SIGNS = { none: '', differs: '≠', 'only here': '+', 'only there': '−' } as const;

export interface TreeChoice {
  readonly server: number;
  /** 0: nobody. */
  readonly other: number;
}

export function tree(
  { servers }: Frame,
  { server, other }: TreeChoice,
  reply: TreeReply | null,
  onChoose: (choice: TreeChoice) => void,
): TemplateResult {
  const chosen = (change: Event): number => Number((change.target as HTMLSelectElement).value);
  const fresh = reply !== null && reply.server === server && reply.other === other;
  const differing = fresh ? reply.rows.filter(({ difference }) => difference !== 'none').length : 0;
  return html`
    <div class="choice">
      <label>tree of server
        <select @change=${(change: Event) => onChoose({ server: chosen(change), other: other === chosen(change) ? 0 : other })}>
          ${servers.map(({ id }) => html`<option value=${id} ?selected=${id === server}>${id}</option>`)}
        </select>
      </label>
      <label>compared with
        <select @change=${(change: Event) => onChoose({ server, other: chosen(change) })}>
          <option value="0" ?selected=${other === 0}>nobody</option>
          ${servers.filter(({ id }) => id !== server).map(({ id }) => html`<option value=${id} ?selected=${id === other}>server ${id}</option>`)}
        </select>
      </label>
      ${fresh && other !== 0 ? html`<span class=${differing > 0 ? 'differ' : 'quiet'}>${differing === 0 ? 'no difference' : `${differing} ${differing === 1 ? 'node differs' : 'nodes differ'}`}</span>` : nothing}
    </div>
    ${
      !fresh
        ? html`<p class="quiet">Reading the tree …</p>`
        : !reply.running
          ? html`<p class="quiet">Server ${server} does not run: it has no tree in memory.</p>`
          : reply.rows.length === 0
            ? html`<p class="quiet">Nothing but the system's own nodes.</p>`
            : html`<table class="nodes">
              <thead><tr><th scope="col">znode</th><th scope="col">data</th><th scope="col">version</th><th scope="col">changed at</th><th scope="col">owner</th><th scope="col">watched by</th></tr></thead>
              <tbody>
                ${reply.rows.map(
                  ({
                    path,
                    name,
                    depth,
                    data,
                    version,
                    cversion,
                    czxid,
                    mzxid,
                    children,
                    owner,
                    watchers,
                    difference,
                  }) => html`<tr
                    class=${difference.replace(' ', '-')}
                    title="${path}: created at ${epochCounter(czxid)}, cversion ${cversion}, ${children} children${difference === 'none' ? '' : `; ${difference === 'differs' ? `differs from server ${other}` : difference === 'only here' ? `server ${other} has none` : `only server ${other} has it`}`}"
                  >
                    <th scope="row" style="padding-left:${depth * 14}px"><span class="sign">${SIGNS[difference]}</span>/${name}</th>
                    <td>${data}</td><td>${version}</td><td>${epochCounter(mzxid)}</td><td>${owner}</td><td>${watchers.join(', ')}</td>
                  </tr>`,
                )}
              </tbody>
            </table>
            ${reply.more > 0 ? html`<p class="quiet">${count(reply.more)} more nodes</p>` : nothing}`
    }
  `;
}
