/**
 * Other settings, measured in the page: a form, a worker that can be stopped, and what it has come to so far. The
 * element's value is what the figures show: at first the committed data, then the reader's own.
 */
import type { Experiment, Measured, Row } from '../experiment.ts';
import type { SweepMessage, SweepRequest } from './worker.ts';

/** An input as Observable's are: an element with a value that tells of changes. */
export type Input<Value> = HTMLElement & { value: Value };

export interface Shown<Settings, R extends Row> extends Measured<Settings, R> {
  /** Measured here, rather than what is committed. */
  readonly own: boolean;
}

const REDRAW_MS = 400;
const THE_COMMITTED = 'Shown: the committed data.';

function button(text: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  return element;
}

/** @param settingsOf the settings that the form's value stands for */
export function sweep<Settings, R extends Row, Form>(
  experiment: Experiment<Settings, unknown, R>,
  committed: Measured<Settings, R>,
  form: Input<Form>,
  settingsOf: (form: Form) => Settings,
): Input<Shown<Settings, R>> {
  const start = button('Measure');
  const cancel = button('Cancel');
  const reset = button('Show the committed data');
  const progress = document.createElement('progress');
  progress.setAttribute('aria-label', 'Measured points');
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  const heading = document.createElement('h2');
  heading.textContent = 'Measure it with other settings';
  const line = document.createElement('div');
  line.className = 'run';
  line.append(start, cancel, reset, progress);
  const section = document.createElement('div');
  section.className = 'sweep';
  section.append(heading, form, line, status);
  const element = section as unknown as Input<Shown<Settings, R>>;

  let worker: Worker | null = null;
  const tell = (text: string, failed = false): void => {
    status.textContent = text;
    status.classList.toggle('failed', failed);
  };
  const show = (value: Shown<Settings, R>): void => {
    element.value = value;
    element.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const stop = (): void => {
    worker?.terminate();
    worker = null;
    start.hidden = false;
    cancel.hidden = true;
    progress.hidden = true;
    reset.hidden = !element.value.own;
  };
  const count = (): number => experiment.points(settingsOf(form.value)).length;

  element.value = { ...committed, own: false };
  stop();
  tell(THE_COMMITTED);

  // Inputs names the field beside a slider, and not the slider.
  for (const slider of form.querySelectorAll('input[type=range]')) {
    slider.setAttribute('aria-label', slider.closest('form')?.querySelector('label')?.textContent ?? '');
  }
  // What the form says concerns nobody before it is measured.
  form.addEventListener('input', (event) => event.stopPropagation());

  start.addEventListener('click', () => {
    const settings = settingsOf(form.value);
    const all = count();
    if (all === 0) {
      tell('With these settings there is nothing to measure: choose at least one of each.', true);
      return;
    }
    const rows: R[] = [];
    let points = 0;
    let drawn = performance.now();
    stop();
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    start.hidden = true;
    reset.hidden = true;
    cancel.hidden = false;
    progress.hidden = false;
    progress.max = all;
    progress.value = 0;
    tell(`0 of ${all} points …`);
    worker.onmessage = ({ data }: MessageEvent<SweepMessage>) => {
      if (data.error !== undefined) {
        stop();
        tell(`The measurement failed: ${data.error}`, true);
        return;
      }
      rows.push(...(data.rows as readonly R[]));
      points++;
      progress.value = points;
      const done = points === all;
      if (done || performance.now() - drawn > REDRAW_MS) {
        drawn = performance.now();
        show({ settings, rows: rows.slice(), own: true });
      }
      if (done) stop();
      tell(done ? `Shown: your own ${all} points.` : `${points} of ${all} points …`);
    };
    worker.onerror = (event) => {
      stop();
      tell(`The measurement failed: ${event.message}`, true);
    };
    const request: SweepRequest = { experiment: experiment.name, settings };
    worker.postMessage(request);
    cancel.onclick = () => {
      stop();
      if (rows.length > 0) show({ settings, rows: rows.slice(), own: true });
      reset.hidden = !element.value.own;
      tell(
        rows.length === 0
          ? `Cancelled before the first point was there. Shown: ${element.value.own ? 'your own' : 'the committed'} data.`
          : `Cancelled. Shown: the ${points} of ${all} points that were there.`,
      );
    };
  });
  reset.addEventListener('click', () => {
    show({ ...committed, own: false });
    stop();
    tell(THE_COMMITTED);
  });
  return element;
}
