/** The notebook of timeouts. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/timeouts.json' with { type: 'json' };
import { fromFile } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, INK, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { list, number, percent } from '../page/text.ts';
import {
  limitOf,
  type TimeoutsRow,
  type TimeoutsSettings,
  timeouts,
  VICTIMS,
  type Victim,
} from './experiment.ts';
import { type Curve, curves, limitsOf } from './findings.ts';

export type Data = Shown<TimeoutsSettings, TimeoutsRow>;
export const committed = fromFile<TimeoutsSettings, TimeoutsRow>(file);

export function controls(): Input<Data> {
  const { defaults } = timeouts;
  const form = Inputs.form({
    tickTime: Inputs.range([50, 4000], { label: 'tickTime, ms', value: 1000, step: 50 }),
    syncLimit: Inputs.range([1, 20], { label: 'syncLimit, ticks', value: 3, step: 1 }),
    sessionTicks: Inputs.range([2, 20], { label: 'Session timeout, ticks', value: 4, step: 1 }),
    victims: Inputs.checkbox(VICTIMS, { label: 'Who pauses', value: VICTIMS }),
    jitter: Inputs.range([0, 3], {
      label: 'Jitter (σ of the logarithm of a latency of 1 ms)',
      value: 0.5,
      step: 0.1,
    }),
    seeds: Inputs.range([2, 60], { label: 'Runs of each', value: 8, step: 1 }),
  });
  return sweep(
    timeouts,
    committed,
    form,
    ({ tickTime, syncLimit, sessionTicks, victims, jitter, seeds }) => ({
      limits: [{ tickTime, syncLimit, sessionTicks }],
      victims,
      shares: defaults.shares,
      seeds,
      jitter,
    }),
  );
}

export function found(data: Data): Curve[] {
  return curves(data.rows);
}

const OUTCOMES = {
  leader: 'another leader is elected',
  follower: 'it has to join anew',
  client: 'its session expires',
} as const;

export function suspicion(all: readonly Curve[], width: number): HTMLElement {
  const rows = all.flatMap(({ rows, limits }) =>
    rows.map((row) => ({ ...row, limits, risk: row.suspected / row.runs })),
  );
  const victims = VICTIMS.filter((victim) => all.some((one) => one.victim === victim));
  const limits = [...new Set(all.map((one) => one.limits))];
  const picture = plot(width, {
    height: 80 + 150 * victims.length,
    marginRight: 30,
    x: { label: 'Length of the pause, share of the limit', percent: true, grid: true },
    y: {
      label: null,
      percent: true,
      grid: true,
      domain: [0, 100],
      ticks: [0, 50, 100],
      tickFormat: (y: number) => `${y} %`,
    },
    fy: { domain: victims, label: null, axis: null, padding: 0.25 },
    color: { domain: limits, legend: true },
    marks: [
      Plot.ruleX([1], { stroke: FAINT, strokeWidth: 2 }),
      Plot.line(rows, { x: 'share', y: 'risk', fy: 'victim', stroke: 'limits' }),
      Plot.dot(rows, { x: 'share', y: 'risk', fy: 'victim', fill: 'limits', r: 3.5, tip: true }),
      Plot.text(victims, {
        fy: (victim) => victim,
        text: (victim: Victim) => `A ${victim} pauses: ${OUTCOMES[victim]}`,
        frameAnchor: 'top-left',
        dy: -16,
        fontWeight: 650,
        fill: INK,
      }),
    ],
  });
  return figure(
    {
      title: 'Taken for dead: share of the runs over the length of a pause',
      description: all
        .map(
          (one) =>
            `${one.victim}, ${one.limits}: ${one.safe === null ? 'no pause is safe' : `pauses up to ${percent(one.safe, 0)} of the limit are safe`}, ${one.fatal === null ? 'none is always fatal' : `from ${percent(one.fatal, 0)} always fatal`}`,
        )
        .join('; '),
      caption:
        'The limit is tickTime × syncLimit between servers, and the session timeout of a client; the colour names tickTime × syncLimit. A client’s time counts from its last request, up to 400 ms before its pause.',
      rows: rows.map(({ limits: _, ...row }) => row),
    },
    picture,
  );
}

export function price(all: readonly Curve[], width: number): HTMLElement {
  const rows = all
    .filter((one) => one.victim === 'leader' && one.half !== null)
    .map((one) => ({
      limits: one.limits,
      survives: (one.half! * limitOf({ ...one, sessionTicks: 0 }, 'leader')) / 1000,
      detection: one.detection / 1000,
    }));
  const most = Math.max(1, ...rows.map((row) => Math.max(row.survives, row.detection)));
  const picture = plot(width, {
    height: 320,
    x: { label: 'Pause that half of the leaders survive, s', grid: true, domain: [0, most * 1.08] },
    y: { label: 'Until a leader that is cut off is replaced, s', grid: true, domain: [0, most * 1.08] },
    color: { domain: rows.map((row) => row.limits), legend: true },
    marks: [
      Plot.line([0, most], { x: (x) => x, y: (x) => x, stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.dot(rows, { x: 'survives', y: 'detection', fill: 'limits', r: 6, tip: true }),
    ],
  });
  return figure(
    {
      title: 'The price of patience',
      description: rows
        .map(
          (row) =>
            `${row.limits}: half of the leaders survive a pause of ${number(row.survives, 2)} s, one that is cut off is replaced after ${number(row.detection, 2)} s`,
        )
        .join('; '),
      caption: 'Dashed: what is survived is waited for.',
      rows,
    },
    picture,
  );
}

/** Markdown. */
export function conclusion(all: readonly Curve[]): string {
  const parts: string[] = [];
  for (const victim of VICTIMS) {
    const own = all.filter((one) => one.victim === victim);
    const halves = own.flatMap((one) => (one.half === null ? [] : [one.half]));
    if (halves.length === 0) continue;
    const never = own.length - halves.length;
    const low = Math.min(...halves);
    const high = Math.max(...halves);
    const width = own.flatMap((one) =>
      one.safe === null || one.fatal === null ? [] : [one.fatal - one.safe],
    );
    parts.push(
      `**A ${victim} is lost at ${low === high ? percent(low, 0) : `${percent(low, 0)} to ${percent(high, 0)}`} of its limit** (where half of the pauses cost its part${never > 0 ? `; in ${never} cases it never comes to that` : ''})${
        width.length > 0
          ? `, and what is between safe and fatal is at most ${percent(Math.max(...width), 0)} wide`
          : ''
      }.`,
    );
  }
  const early = all.filter((one) => one.rows.some((row) => row.share < 0.8 && row.suspected > 0));
  parts.push(
    early.length === 0
      ? 'No pause of less than 80 % of a limit was ever taken for a death.'
      : `Some pauses of less than 80 % of a limit were taken for a death: ${list(early.map((one) => `${one.victim} at ${one.limits}`))}.`,
  );
  const leaders = all.filter((one) => one.victim === 'leader');
  const [patient, hasty] = [...leaders]
    .sort((a, b) => b.detection - a.detection)
    .flatMap((one, i, sorted) => (i === 0 || i === sorted.length - 1 ? [one] : []));
  if (patient !== undefined && hasty !== undefined) {
    parts.push(
      `Patience is paid for: with ${patient.limits} a leader that is really gone is missed for ${number(patient.detection / 1000, 1)} s, with ${limitsOf(hasty)} for ${number(hasty.detection / 1000, 1)} s.`,
    );
  }
  const widths = byTicks(all);
  const [few, many] = [widths[0], widths.at(-1)];
  if (few !== undefined && many !== undefined && few !== many) {
    parts.push(
      `The number of ticks matters beside their length: between what is safe and what is fatal for a server lie up to ${percent(few.width, 0)} of the limit where it has ${few.ticks} ticks, and up to ${percent(many.width, 0)} where it has ${many.ticks}.`,
    );
  }
  return parts.join(' ');
}

/** How wide the uncertainty about servers is, by the ticks of their limit, ascending. */
function byTicks(all: readonly Curve[]): { readonly ticks: number; readonly width: number }[] {
  const widest = new Map<number, number>();
  for (const { victim, ticks, safe, fatal } of all) {
    if (victim === 'client' || safe === null || fatal === null) continue;
    widest.set(ticks, Math.max(widest.get(ticks) ?? 0, fatal - safe));
  }
  return [...widest].map(([ticks, width]) => ({ ticks, width })).sort((a, b) => a.ticks - b.ticks);
}
