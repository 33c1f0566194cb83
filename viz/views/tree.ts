/** The data tree of a server with each node's Stat, its watches and sessions, beside another's. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Frame } from '../model/frame.ts';
import type { TreeReply } from '../model/messages.ts';
import type { NodeFacts, TreeRow } from '../model/tree.ts';
import { count, epochCounter } from './format.ts';

const SIGNS = { none: '', differs: '≠', 'only here': '+', 'only there': '−' } as const;

export interface TreeChoice {
  readonly server: number;
  /** 0: nobody. */
  readonly other: number;
}

/** Columns after the path: heading, what it means, and its text. */
const COLUMNS: readonly (readonly [string, string, (facts: NodeFacts) => string])[] = [
  ['data', 'the data', ({ data }) => data],
  ['v', 'version: changes of the data', ({ version }) => String(version)],
  ['cv', 'cversion: changes of the children', ({ cversion }) => String(cversion)],
  ['av', 'aversion: changes of the ACL', ({ aversion }) => String(aversion)],
  ['czxid', 'the transaction that created it', ({ czxid }) => epochCounter(czxid)],
  ['mzxid', 'the transaction that last changed its data', ({ mzxid }) => epochCounter(mzxid)],
  ['pzxid', 'the transaction that last changed its children', ({ pzxid }) => epochCounter(pzxid)],
  ['len', 'dataLength, bytes', ({ length }) => String(length)],
  ['kids', 'numChildren', ({ children }) => String(children)],
  ['owner', 'ephemeralOwner: the client whose session it lives as long as', ({ owner }) => owner],
];

const clock = (time: number): string => (time === 0 ? '0' : new Date(time).toISOString());

function row(one: TreeRow, other: number): TemplateResult {
  const { path, name, depth, there, watchers, difference, ctime, mtime } = one;
  const told = {
    none: '',
    differs: `; differs from server ${other}`,
    'only here': `; server ${other} has none`,
    'only there': `; only server ${other} has it`,
  }[difference];
  return html`<tr class=${difference.replace(' ', '-')}>
    <th scope="row" title="${path}: ctime ${clock(ctime)}, mtime ${clock(mtime)}${told}" style="padding-left:${depth * 14}px"><span class="sign">${SIGNS[difference]}</span>/${name}</th>
    ${COLUMNS.map(([, , text]) => {
      const [mine, theirs] = [text(one), there === null ? null : text(there)];
      return theirs === null || theirs === mine
        ? html`<td>${mine}</td>`
        : html`<td class="other" title="on server ${other}: ${theirs}">${mine || '–'} ≠ ${theirs || '–'}</td>`;
    })}
    <td>${watchers.join(', ')}</td>
  </tr>`;
}

function nodes({ rows, more, other }: TreeReply): TemplateResult {
  if (rows.length === 0) return html`<p class="quiet">Nothing but the system's own nodes.</p>`;
  return html`<table class="nodes">
      <thead><tr><th scope="col">znode</th>${COLUMNS.map(([name, title]) => html`<th scope="col" title=${title}>${name}</th>`)}<th scope="col">watched by</th></tr></thead>
      <tbody>${repeat(
        rows,
        ({ path }) => path,
        (one) => row(one, other),
      )}</tbody>
    </table>
    ${more > 0 ? html`<p class="quiet">${count(more)} more nodes</p>` : nothing}`;
}

function sessions({ sessions: all }: TreeReply): TemplateResult {
  return html`<h2>Sessions in its tree</h2>
    ${
      all.length === 0
        ? html`<p class="quiet">None.</p>`
        : html`<table class="nodes"><thead><tr><th scope="col">session</th><th scope="col">client</th><th scope="col">timeout</th><th scope="col">ephemerals</th></tr></thead>
          <tbody>${all.map(
            ({ id, client, timeout, ephemerals }) =>
              html`<tr><th scope="row">${id}</th><td>${client === '' ? 'nobody' : client}</td><td>${count(timeout)} ms</td><td>${ephemerals.length === 0 ? '–' : ephemerals.join(', ')}</td></tr>`,
          )}</tbody></table>`
    }`;
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
          : html`${nodes(reply)}
            ${reply.loose.length === 0 ? nothing : html`<p>Watches where there is no node: ${reply.loose.map(({ path, watchers }) => `${path} by ${watchers.join(', ')}`).join('; ')}</p>`}
            ${sessions(reply)}`
    }
  `;
}
