/** Play, pause, step to and fro, speed. */
import { html, type TemplateResult } from 'lit-html';
import type { Lab, Pace } from '../page/lab.ts';
import { count, ms } from './format.ts';
import { icon } from './icons.ts';

/** Speeds as base-2 logarithms: of events per second, and of virtual ms per second. */
export const SPEEDS: Readonly<Record<Pace, readonly [number, number]>> = { event: [-1, 11], time: [-4, 12] };

function speedText(lab: Lab): string {
  const rate = 2 ** lab.speed.value;
  const shown = rate < 1 ? rate.toPrecision(2) : count(Math.round(rate));
  return lab.pace.value === 'event' ? `${shown} events/s` : `${shown} ms/s`;
}

export function transport(lab: Lab): TemplateResult {
  const frame = lab.frame.value;
  const { length, complete } = lab.tape.value;
  const event = frame?.event ?? 0;
  const playing = lab.playing.value;
  const pace = lab.pace.value;
  const button = (name: string, key: string, picture: string, disabled: boolean, go: () => void) =>
    html`<button type="button" class="icon" aria-label=${name} title="${name} (${key})" ?disabled=${disabled} @click=${go}>${icon(picture)}</button>`;
  const atEnd = complete && event >= length;
  return html`
    <div class="buttons" role="group" aria-label="Playing">
      ${button('To the beginning', 'Home', 'first', event === 0, () => lab.seek(0))}
      ${button('To the mark before', 'Shift ←', 'markBack', event === 0, () => lab.leap(false))}
      ${button('One event back', '←', 'back', event === 0, () => lab.step(-1))}
      <button
        type="button"
        class="icon play"
        aria-label=${playing ? 'Pause' : 'Play'}
        title="${playing ? 'Pause' : 'Play'} (Space)"
        ?disabled=${atEnd}
        @click=${() => {
          lab.playing.value = !playing;
        }}
      >
        ${icon(playing ? 'pause' : 'play')}
      </button>
      ${button('One event forward', '→', 'forward', atEnd, () => lab.step(1))}
      ${button('To the next mark', 'Shift →', 'markForward', atEnd, () => lab.leap(true))}
      ${button('To the end', 'End', 'last', atEnd, () => lab.seek(length))}
    </div>
    <div class="place" role="status" aria-label="Where the run stands">
      <strong>${ms(lab.time.value)}</strong>
      <span>event ${count(event)} of ${count(length)}${complete ? '' : ' …'}</span>
    </div>
    <div class="speed">
      <label>
        <span class="quiet">Speed</span>
        <input
          type="range"
          min=${SPEEDS[pace][0]}
          max=${SPEEDS[pace][1]}
          step="0.5"
          .value=${String(lab.speed.value)}
          aria-label="Speed"
          aria-valuetext=${speedText(lab)}
          @input=${(input: Event) => {
            lab.speed.value = Number((input.target as HTMLInputElement).value);
          }}
        />
        <output>${speedText(lab)}</output>
      </label>
      <button
        type="button"
        class="small"
        aria-pressed=${pace === 'time' ? 'true' : 'false'}
        title="Play by virtual time instead of event by event (e toggles)"
        @click=${() => setPace(lab, pace === 'event' ? 'time' : 'event')}
      >
        by ${pace === 'event' ? 'event' : 'time'}
      </button>
    </div>
  `;
}

export function setPace(lab: Lab, pace: Pace): void {
  lab.pace.value = pace;
  lab.speed.value = pace === 'event' ? 3 : 2;
}

export function faster(lab: Lab, by: number): void {
  const [least, most] = SPEEDS[lab.pace.value];
  lab.speed.value = Math.min(most, Math.max(least, lab.speed.value + by));
}
