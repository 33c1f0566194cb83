/** What one can choose in the space-time view: axis, place, lanes, and which messages have arrows. */
import { html, type TemplateResult } from 'lit-html';
import type { Family } from '../model/frame.ts';
import { count } from './format.ts';
import { FAMILY_NAMES } from './glyphs.ts';
import { machineName, type TimeWindow } from './space-time-plan.ts';

export interface BarScene {
  readonly window: TimeWindow;
  readonly machines: readonly number[];
  readonly hidden: ReadonlySet<number>;
  readonly collapsed: ReadonlySet<Family>;
}

export interface BarActions {
  readonly zoom: (factor: number) => void;
  readonly pan: (share: number) => void;
  readonly here: () => void;
  readonly axis: (by: TimeWindow['by']) => void;
  readonly lane: (machine: number) => void;
  readonly allLanes: () => void;
  readonly family: (family: Family) => void;
}

export function spaceTimeBar(scene: BarScene, actions: BarActions): TemplateResult {
  const { window, machines, hidden, collapsed } = scene;
  const width = window.to - window.from;
  const pressed = (is: boolean): 'true' | 'false' => (is ? 'true' : 'false');
  const button = (sign: string, name: string, key: string, go: () => void): TemplateResult =>
    html`<button type="button" class="small" aria-label=${name} title="${name} (${key})" @click=${go}>${sign}</button>`;
  const shown = machines.filter((machine) => !hidden.has(machine)).length;
  return html`
    <div class="buttons">
      ${button('+', 'Zoom in', '+', () => actions.zoom(0.5))}
      ${button('−', 'Zoom out', '−', () => actions.zoom(2))}
      ${button('◂', 'Earlier', 'Shift ← in the diagram', () => actions.pan(-0.5))}
      ${button('▸', 'Later', 'Shift → in the diagram', () => actions.pan(0.5))}
      <button type="button" class="small" title="To where the run stands (0)" @click=${actions.here}>now</button>
      <span class="quiet extent">${window.by === 'event' ? `${count(Math.round(width))} events` : `${width.toPrecision(3)} ms`}</span>
      <button type="button" class="small" title="An equal distance for each event, or virtual time to scale (z)" aria-pressed=${pressed(window.by === 'time')} @click=${() => actions.axis(window.by === 'event' ? 'time' : 'event')}>to scale</button>
      <details class="lanes">
        <summary class="small">lanes <span class="quiet">${shown} of ${machines.length}</span></summary>
        <div>
          ${machines.map(
            (machine) =>
              html`<label><input type="checkbox" .checked=${!hidden.has(machine)} @change=${() => actions.lane(machine)} /> ${machineName(machine)}</label>`,
          )}
          <button type="button" class="small" ?disabled=${hidden.size === 0} @click=${actions.allLanes}>all</button>
        </div>
      </details>
    </div>
    <div class="kinds" role="group" aria-label="Kinds of messages: those that are pressed have arrows">
      ${(Object.entries(FAMILY_NAMES) as [Family, string][]).map(
        ([family, name]) =>
          html`<button type="button" class="small" aria-pressed=${pressed(!collapsed.has(family))} title=${collapsed.has(family) ? `${name}: only a stroke where it arrives` : `${name}: an arrow each`} @click=${() => actions.family(family)}><svg class="sample ${family}" viewBox="0 0 26 10" width="26" height="10" aria-hidden="true"><path class="way" d="M0,5H20"></path><path class="head" d="M25,5L19,2.2V7.8Z"></path></svg>${name}</button>`,
      )}
    </div>
  `;
}
