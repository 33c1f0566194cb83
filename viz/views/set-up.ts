/** The panel that sets a run up: scenario, seed, ensemble, latencies, protocol; or a run as the fuzzer draws it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { CatalogReply, Drawing, OpenedReply, Setup } from '../model/messages.ts';

const MOST_SERVERS = 13;
const MOST_OBSERVERS = 6;

/** The next of its kind: the next seed, or of a drawn run the next of the campaign; null: it has none. */
export function nextOf({ seed, drawing, variant }: OpenedReply['setup']): Setup | null {
  if (drawing !== null) return { drawing: { ...drawing, run: drawing.run + 1 }, variant };
  return typeof seed === 'number' ? { seed: seed + 1 } : null;
}

const number = (event: Event): number => Number((event.target as HTMLInputElement).value);
const text = (event: Event): string => (event.target as HTMLSelectElement).value;

/** Takes a whole number, or puts back what was there. */
function whole(event: Event, before: number | string, take: (value: number) => void): void {
  const [value, field] = [number(event), event.target as HTMLInputElement];
  if (field.value.trim() !== '' && Number.isSafeInteger(value) && value >= 0) take(value);
  else field.value = String(before);
}

/** Two bounds between which something is drawn. */
function bounds(
  name: string,
  value: readonly [number, number] | null,
  set: (value: [number, number]) => void,
): TemplateResult | typeof nothing {
  if (value === null) return nothing;
  const field = (i: 0 | 1): TemplateResult =>
    html`<label><span class="quiet">${i === 0 ? 'from' : 'to'}</span> <input type="number" min="0" step="any" .value=${String(value[i])} @change=${(
      event: Event,
    ) => {
      const wished = number(event);
      // One bound takes the other with it where they would cross.
      set(i === 0 ? [wished, Math.max(wished, value[1])] : [Math.min(wished, value[0]), wished]);
    }} /></label>`;
  return html`<fieldset><legend>${name}, ms</legend>${field(0)}${field(1)}</fieldset>`;
}

/** How many servers of a kind. */
function servers(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
  fixed: string,
  set: (value: number) => void,
): TemplateResult {
  return html`<label>${name}
    <input type="number" min=${least} max=${most} .value=${String(value)} ?disabled=${fixed !== ''} title=${fixed} @change=${(event: Event) => set(number(event))} />
  </label>`;
}

/** A run as the fuzzer draws it. */
function drawn(
  drawing: Drawing | null,
  variant: string,
  profiles: CatalogReply['profiles'],
  onSetup: (setup: Setup) => void,
): TemplateResult {
  const shown = drawing ?? { seed: 1, run: 0, profile: profiles[0]?.name ?? 'default' };
  const draw = (change: Partial<Drawing>): void => onSetup({ drawing: { ...shown, ...change }, variant });
  return html`<fieldset class="drawn">
    <legend>Draw a run as the fuzzer does</legend>
      <label>Seed of the campaign
        <input type="text" inputmode="numeric" .value=${String(shown.seed)} @change=${(event: Event) => whole(event, shown.seed, (seed) => draw({ seed }))} />
      </label>
      <label>Run, from 0
        <input type="text" inputmode="numeric" .value=${String(shown.run)} @change=${(event: Event) => whole(event, shown.run, (run) => draw({ run }))} />
      </label>
      <label>Profile
        <select .value=${shown.profile} @change=${(event: Event) => draw({ profile: text(event) })}>
          ${profiles.map(({ name, text: what }) => html`<option value=${name} title=${what} ?selected=${name === shown.profile}>${name}</option>`)}
        </select>
      </label>
      <button type="button" @click=${() => draw(drawing === null ? {} : { run: shown.run + 1 })}>${drawing === null ? 'Draw' : 'Next run'}</button>
  </fieldset>`;
}

export function setup(
  { setup: shown, story, title }: OpenedReply,
  { scenarios, variants, profiles }: CatalogReply,
  onSetup: (setup: Setup) => void,
): TemplateResult {
  const plain = scenarios.filter(({ system }) => system === '');
  const systems = scenarios.filter(({ system }) => system !== '');
  const { fixedEnsemble, least, drawing } = shown;
  const next = nextOf(shown);
  const reroll = (): void => onSetup({ seed: Math.floor(Math.random() * 1e6) });
  return html`
    <label class="wide">Scenario
      <select .value=${shown.scenario} @change=${(event: Event) => onSetup({ scenario: text(event) })}>
        ${shown.scenario === '' ? html`<option value="" selected>${title}</option>` : nothing}
        ${plain.map(({ id, title: name }) => html`<option value=${id} ?selected=${id === shown.scenario}>${name}</option>`)}
        <optgroup label="Systems built on ZooKeeper">
          ${systems.map(({ id, title: name, system }) => html`<option value=${id} ?selected=${id === shown.scenario}>${system}: ${name}</option>`)}
        </optgroup>
      </select>
    </label>
    ${story === '' ? nothing : html`<p class="story">${story}</p>`}
    <div class="grid">
      <label>Seed
        <input type="text" inputmode="numeric" .value=${String(shown.seed)} @change=${(event: Event) => whole(event, shown.seed, (seed) => onSetup({ seed }))} />
      </label>
      <button type="button" ?disabled=${next === null} @click=${() => next !== null && onSetup(next)}>${drawing === null ? 'Next seed' : 'Next run'}<kbd>n</kbd></button>
      <button type="button" title="Another seed, whichever" @click=${reroll}>Re-roll</button>
      ${servers('Servers', shown.participants, [least.participants, MOST_SERVERS], fixedEnsemble, (participants) => onSetup({ participants }))}
      ${servers('Observers', shown.observers, [least.observers, MOST_OBSERVERS], fixedEnsemble, (observers) => onSetup({ observers }))}
      ${fixedEnsemble === '' ? nothing : html`<p class="quiet">${fixedEnsemble}</p>`}
      ${bounds('Latency', shown.latency, (latency) => onSetup({ latency }))}
      ${bounds('Disk flush', shown.flush, (flush) => onSetup({ flush }))}
    </div>
    <label class="wide">Protocol
      <select .value=${shown.variant} @change=${(event: Event) => onSetup({ variant: text(event) })}>
        <option value="" ?selected=${shown.variant === ''}>correct</option>
        ${variants.map(({ id, title: name }) => html`<option value=${id} ?selected=${id === shown.variant}>${id}: ${name}</option>`)}
      </select>
    </label>
    ${drawn(drawing, shown.variant, profiles, onSetup)}
    <p class="quiet">A scenario's faults and expectations are made for its own settings; with others it may tell another story.</p>
  `;
}
