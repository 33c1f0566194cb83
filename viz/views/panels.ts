/** The panels beside the picture: inspector, verdicts, edits. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Frame } from '../model/frame.ts';
import type { Field } from '../model/inspect.ts';
import type { CatalogReply, InspectionReply, OpenedReply } from '../model/messages.ts';
import { selectedName } from './act-bar.ts';
import type { Selected } from './cluster.ts';
import { count } from './format.ts';

// --- inspector

function tree(fields: readonly Field[]): TemplateResult {
  return html`<ul class="tree">
    ${fields.map(({ name, text, fields: parts }) =>
      parts === undefined
        ? html`<li><span class="name">${name}</span> <span class="value">${text}</span></li>`
        : html`<li><details><summary><span class="name">${name}</span> <span class="value">${text}</span></summary>${tree(parts)}</details></li>`,
    )}
  </ul>`;
}

export function inspector(
  frame: Frame,
  selected: Selected | null,
  inspection: InspectionReply | null,
  onSeek: (event: number) => void,
): TemplateResult {
  const { step } = frame;
  const about = isMachine(selected) ? inspection : null;
  const fresh = about !== null && isMachine(selected) && about.machine.id === selected.id;
  return html`
    <section aria-label="This event">
      <h3>Event ${count(frame.event)}</h3>
      ${
        step === null
          ? html`<p class="quiet">Nothing has happened yet. Press play, or step forward.</p>`
          : html`<p>${step.owner === 0 ? 'World' : step.owner > 1000 ? `Client ${step.owner - 1000}` : `Server ${step.owner}`}: ${step.text}</p>
            ${step.sentences.length > 0 ? html`<ul class="sentences">${step.sentences.map(({ who, text, tone }) => html`<li class=${tone}><span class="who">${who}</span> ${text}</li>`)}</ul>` : nothing}
            ${step.cause > 0 ? html`<p><button type="button" class="link" @click=${() => onSeek(step.cause)}>caused by event ${count(step.cause)}</button></p>` : nothing}`
      }
    </section>
    ${
      selected === null
        ? html`<p class="quiet">Pick a server or client to see its whole state.</p>`
        : selected.kind === 'link'
          ? linkState(frame, selected)
          : selected.kind === 'message'
            ? messageState(frame, selected.id)
            : html`<section aria-label=${selectedName(frame, selected)}>
            <h3>${selectedName(frame, selected)}</h3>
            ${
              fresh
                ? html`<dl>${about!.facts.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
                <h4>Changed by event ${count(about!.event)}</h4>
                ${
                  about!.changes.length === 0
                    ? html`<p class="quiet">Nothing in it.</p>`
                    : html`<table class="changes"><thead><tr><th scope="col">what</th><th scope="col">before</th><th scope="col">after</th></tr></thead><tbody>${about!.changes.map(
                        ({ path, before, after }) =>
                          html`<tr><th scope="row">${path}</th><td>${before === '' ? '–' : before}</td><td>${after === '' ? '–' : after}</td></tr>`,
                      )}</tbody></table>`
                }
                <h4>All of its state</h4>
                ${about!.fields.length === 0 ? html`<p class="quiet">No process runs.</p>` : tree(about!.fields)}`
                : html`<p class="quiet">Reading its state …</p>`
            }
          </section>`
    }
  `;
}

function isMachine(selected: Selected | null): selected is Extract<Selected, { kind: 'server' | 'client' }> {
  return selected?.kind === 'server' || selected?.kind === 'client';
}

function messageState({ messages, time }: Frame, id: string): TemplateResult {
  const message = messages.find((one) => one.id === id);
  if (message === undefined) return html`<p class="quiet">It has arrived.</p>`;
  const { kind, text, from, to, sent, arrives, held, name } = message;
  const who = (machine: number): string =>
    machine > 1000 ? `client ${machine - 1000}` : `server ${machine}`;
  const fact = (what: string, value: string): TemplateResult =>
    html`<div><dt>${what}</dt><dd>${value}</dd></div>`;
  return html`<section aria-label="Message">
    <h3>${text}</h3>
    <dl>
      ${fact('kind', kind)}${fact('from', who(from))}${fact('to', who(to))}
      ${fact('sent', `${sent.toFixed(3)} ms`)}
      ${held ? fact('waits', 'for its link to pass again') : fact('arrives', `${arrives.toFixed(3)} ms, in ${(arrives - time).toFixed(3)} ms`)}
      ${name === null ? nothing : fact('place', `${name.ordinal} of channel ${name.channel}`)}
    </dl>
  </section>`;
}

function linkState(
  { links, messages }: Frame,
  { from, to }: Extract<Selected, { kind: 'link' }>,
): TemplateResult {
  const direction = (a: number, b: number): TemplateResult => {
    const link = links.find((one) => one.from === a && one.to === b);
    const state = link?.cut
      ? 'cut'
      : link !== undefined && link.slow > 0
        ? `${link.slow} ms slower`
        : 'passes';
    const under = messages.filter((message) => message.from === a && message.to === b);
    return html`<div><dt>${a} → ${b}</dt><dd>${state}${link?.dropping ? ', drops its next message' : ''}</dd></div>
      ${under.map(({ text, held }) => html`<div><dt></dt><dd>${text}${held ? ' (held back)' : ''}</dd></div>`)}`;
  };
  return html`<section aria-label="Link"><h3>Link ${from} – ${to}</h3><dl>${direction(from, to)}${direction(to, from)}</dl></section>`;
}

// --- verdicts

const ORDER = { violated: 0, holds: 1, unchecked: 2 } as const;
const SIGNS = { violated: '✕', holds: '✓', unchecked: '–' } as const;
const WORDS = { violated: 'violated', holds: 'holds', unchecked: 'not put to the test' } as const;

const EXPECTED = { missed: ['✕', 'missed'], open: ['…', 'still open'], met: ['✓', 'met'] } as const;

/** What the scenario's author expects of the run, as it stands. */
function expectations({ expectations: all, over }: Frame): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  const met = all.filter(({ state }) => state === 'met').length;
  return html`<h3>What the scenario expects</h3>
    <p class="summary">${met} of ${all.length} met${over ? ' at its end' : ' so far'}</p>
    <ul class="verdicts">
      ${all.map(
        ({ text, state }) => html`<li class=${state}>
          <span class="sign" role="img" aria-label=${EXPECTED[state][1]}>${EXPECTED[state][0]}</span>
          <span class="expected">${text}${state === 'met' ? nothing : html` <span class="quiet">${EXPECTED[state][1]}</span>`}</span>
        </li>`,
      )}
    </ul>`;
}

export function verdicts(
  frame: Frame,
  properties: CatalogReply['properties'],
  onSeek: (event: number) => void,
): TemplateResult {
  const known = properties
    .filter(({ id }) => frame.verdicts[id] !== undefined)
    .map((property) => ({ ...property, verdict: frame.verdicts[property.id]! }))
    .sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  const number = (verdict: keyof typeof ORDER): number =>
    known.filter((one) => one.verdict === verdict).length;
  return html`
    ${expectations(frame)}
    <h3>Properties</h3>
    <p class="summary">
      ${number('violated') > 0 ? html`<strong class="violated">${number('violated')} violated</strong> · ` : nothing}${number('holds')} hold · ${number('unchecked')} not put to the test so far
    </p>
    <ul class="verdicts">
      ${known.map(
        ({ id, title, statement, verdict }) => html`<li class=${verdict}>
          <span class="sign" role="img" aria-label=${WORDS[verdict]}>${SIGNS[verdict]}</span>
          <div>
            <span class="id">${id}</span> <span class="title" title=${statement}>${title}</span>
            ${frame.violations
              .filter(({ property }) => property === id)
              .map(
                ({ text, event, events }) =>
                  html`<p>${text}</p>
                    <p class="witnesses">${events.length > 1 ? 'shown by events' : 'shown by event'} ${events.map((one, i) => html`${i > 0 ? ', ' : ''}<button type="button" class="link" title=${one === event ? 'where it was found' : ''} @click=${() => onSeek(one)}>${one === event ? html`<strong>${count(one)}</strong>` : count(one)}</button>`)}</p>`,
              )}
          </div>
        </li>`,
      )}
    </ul>
  `;
}

// --- edits

export interface EditActions {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly remove: (index: number) => void;
  readonly choose: (line: number) => void;
  readonly seek: (event: number) => void;
}

export function editList({ lines, current, undo, redo }: OpenedReply, actions: EditActions): TemplateResult {
  const line = lines.find(({ id }) => id === current)!;
  return html`
    <div class="buttons">
      <button type="button" class="small" ?disabled=${!undo} @click=${actions.undo}>Undo<kbd>Ctrl Z</kbd></button>
      <button type="button" class="small" ?disabled=${!redo} @click=${actions.redo}>Redo<kbd>Ctrl Y</kbd></button>
    </div>
    <h3>Edits of ${line.name === 'original' ? 'the original run' : `branch ${line.name}`}</h3>
    ${
      line.edits.length === 0
        ? html`<p class="quiet">None. Break something: what you do becomes an edit of a branch, and the original stays as it is.</p>`
        : html`<ol class="edits">${line.edits.map(
            ({ text, event }, i) => html`<li>
              <button type="button" class="link" @click=${() => actions.seek(event)}>event ${count(event)}</button>
              <span>${text}</span>
              <button type="button" class="small quiet" aria-label="Remove: ${text}" @click=${() => actions.remove(i)}>remove</button>
            </li>`,
          )}</ol>`
    }
    ${
      lines.length < 2
        ? nothing
        : html`<h3>Branches</h3>
          <ul class="branches">${lines.map(
            ({ id, name, edits, parts }) => html`<li>
              <button type="button" class="small" aria-pressed=${id === current ? 'true' : 'false'} @click=${() => actions.choose(id)}>${name}</button>
              <span class="quiet">${edits.length} ${edits.length === 1 ? 'edit' : 'edits'}</span>
              ${id !== current && parts !== null ? html`<button type="button" class="link" @click=${() => actions.seek(parts)}>parts at event ${count(parts)}</button>` : nothing}
            </li>`,
          )}</ul>`
    }
  `;
}
