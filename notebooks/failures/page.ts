/** The notebook of throughput through failures. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/failures.json' with { type: 'json' };
import { fromFile, type Row } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, INK, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { table } from '../page/table.ts';
import { list, number, percent } from '../page/text.ts';
import { type FailuresRow, type FailuresSettings, failures, INCIDENTS, type Load } from './experiment.ts';
import { dips, USUAL } from './findings.ts';

export type Data = Shown<FailuresSettings, FailuresRow>;
export const committed = fromFile<FailuresSettings, FailuresRow>(file);

const FULL: Load = failures.defaults.loads[0]!;
const SMALL: Load = failures.defaults.loads[1]!;

function nameOf({ clients, outstanding, slower }: Load): string {
  const servers = slower === 1 ? 'the paper’s servers' : `servers ${slower} times slower`;
  return `${servers}, ${clients} clients with ${outstanding} requests each`;
}

export function controls(): Input<Data> {
  const { defaults } = failures;
  const form = Inputs.form({
    load: Inputs.radio([SMALL, FULL], { label: 'Servers and load', value: SMALL, format: nameOf }),
    reads: Inputs.range([0, 1], { label: 'Share of reads', value: 0.7, step: 0.05 }),
    tickTime: Inputs.range([200, 4000], { label: 'tickTime, ms', value: 2000, step: 100 }),
    bin: Inputs.radio([100, 250, 500], { label: 'Counted every, ms', value: 250, format: String }),
    seed: Inputs.range([1, 1e6], { label: 'Seed', value: 2, step: 1 }),
  });
  return sweep(failures, committed, form, ({ load, reads, tickTime, bin, seed }) => ({
    ...defaults,
    loads: [load],
    reads,
    tickTime,
    bin,
    seed,
  }));
}

/** Which of the loads in the data to look at. */
export function choice(data: Data): Input<Load> {
  return Inputs.radio(data.settings.loads, {
    label: 'Shown',
    value: data.settings.loads[0]!,
    format: nameOf,
  });
}

export function rowsOf(data: Data, load: Load): FailuresRow[] {
  return data.rows.filter((row) => row.slower === load.slower);
}

export function timeline(rows: readonly FailuresRow[], width: number): HTMLElement {
  const bin = rows.length < 2 ? 0 : rows[1]!.time - rows[0]!.time;
  const parts = rows.flatMap((row) =>
    (['writes', 'reads'] as const).map((kind) => ({
      kind,
      from: (row.time - bin) / 1000,
      to: row.time / 1000,
      rate: row[kind],
    })),
  );
  const last = rows.at(-1)?.time ?? 0;
  const seen = INCIDENTS.filter(({ at }) => at <= last);
  const picture = plot(width, {
    marginLeft: 60,
    marginTop: 34,
    x: { label: 'Virtual time, s' },
    y: { label: 'Answers per second', grid: true, tickFormat: '~s' },
    color: { domain: ['writes', 'reads'], range: [PALETTE[1]!, PALETTE[5]!], legend: true },
    marks: [
      Plot.rectY(parts, { x1: 'from', x2: 'to', y: 'rate', fill: 'kind', insetLeft: 0, insetRight: 0 }),
      Plot.ruleX(
        seen.filter(({ loses }) => loses),
        { x: ({ at }) => at / 1000, stroke: INK },
      ),
      Plot.ruleX(
        seen.filter(({ loses }) => !loses),
        { x: ({ at }) => at / 1000, stroke: INK, strokeDasharray: '3 3' },
      ),
      Plot.text(
        seen.filter(({ mark }, i) => seen.findIndex((one) => one.mark === mark) === i),
        {
          x: ({ at }) => at / 1000,
          text: 'mark',
          frameAnchor: 'top',
          dy: -12,
          fontWeight: 650,
          fontSize: width < 480 ? 9 : 12,
          fill: INK,
        },
      ),
      Plot.ruleY([0]),
    ],
  });
  return figure(
    {
      title: 'Throughput while servers fail and come back',
      description: dips(rows)
        .map(
          (dip) =>
            `${dip.mark}, ${dip.what} at ${dip.at / 1000} s: ${number(dip.before)} before, ${number(dip.worst)} at the worst, ${number(dip.after)} after`,
        )
        .join('; '),
      caption: `Stacked. Lines: ${[...new Set(seen.map(({ mark }) => mark))]
        .map(
          (mark) =>
            `${mark} ${seen
              .filter((one) => one.mark === mark)
              .map(({ text }) => text)
              .join(', ')}`,
        )
        .join('; ')}.`,
      rows,
    },
    picture,
  );
}

export function recoveries(rows: readonly FailuresRow[], width: number): HTMLElement {
  const all = dips(rows).map((dip) => ({ ...dip, name: `${dip.mark} ${dip.what}` }));
  const picture = plot(width, {
    marginLeft: width < 480 ? 152 : 170,
    height: 70 + 26 * all.length,
    x: { label: 'Share of the throughput after it', percent: true, grid: true, domain: [0, 120] },
    y: { label: null, type: 'point', domain: all.map((dip) => dip.name) },
    marks: [
      Plot.ruleX([USUAL], { stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.ruleX([1], { stroke: FAINT }),
      Plot.ruleY(all, {
        y: 'name',
        x1: (dip) => dip.worst / dip.after,
        x2: 1,
        stroke: PALETTE[0]!,
        strokeWidth: 2,
      }),
      Plot.dot(all, { y: 'name', x: (dip) => dip.worst / dip.after, fill: PALETTE[0]!, r: 5 }),
      Plot.text(all, {
        y: 'name',
        x: 1.02,
        textAnchor: 'start',
        fill: INK,
        text: (dip) => (dip.recovery === 0 ? '' : `${number(dip.recovery)} ms`),
      }),
    ],
  });
  return figure(
    {
      title: 'How deep, and for how long',
      description: all
        .map(
          (dip) =>
            `${dip.name}: down to ${percent(dip.worst / dip.after, 0)}, disturbed for ${number(dip.recovery)} ms`,
        )
        .join('; '),
      caption: `Dot: the worst part of time, as a share of what is usual afterwards. Number: until the last part below ${percent(USUAL, 0)} of it was over; none where there was none.`,
    },
    picture,
  );
}

export function numbers(rows: readonly FailuresRow[]): HTMLElement {
  return table(dips(rows).map(({ at, ...dip }) => ({ ...dip, at: at / 1000 })) as readonly Row[], {
    label: 'Incidents and what they did',
    heads: {
      before: 'before, ops/s',
      worst: 'worst, ops/s',
      after: 'after, ops/s',
      recovery: 'disturbed, ms',
      noWrites: 'no writes, ms',
      at: 'at, s',
    },
  });
}

function returning(ms: number): string {
  return ms === 0
    ? 'Servers that come back are brought up to date without a dip that these counts would show.'
    : `Servers that come back cost up to ${number(ms)} ms of disturbance while they are brought up to date.`;
}

/** Markdown. */
export function conclusion(rows: readonly FailuresRow[]): string {
  const all = dips(rows);
  const followers = all.filter((dip) => dip.what.includes('fails') && !dip.what.includes('leader'));
  const leaders = all.filter((dip) => dip.what.includes('leader fails'));
  const back = all.filter((dip) => dip.what.includes('back'));
  const lost = leaders.map((dip) => dip.recovery);
  const bin = rows.length < 2 ? 0 : rows[1]!.time - rows[0]!.time;
  return [
    leaders.length === 0
      ? ''
      : `**The loss of a leader stops writes for ${list(leaders.map((dip) => `${number(dip.noWrites)} ms`))}, and throughput is disturbed for ${list(lost.map((ms) => `${number(ms)} ms`))}** (counted every ${number(bin)} ms).`,
    followers.length === 0
      ? ''
      : `The loss of a follower is never an outage: at the worst ${percent(Math.min(...followers.map((dip) => dip.worst / dip.before)), 0)} of the throughput before is left, and writes are answered in every part of time${followers.every((dip) => dip.noWrites === 0) ? '' : ` but ${number(Math.max(...followers.map((dip) => dip.noWrites)))} ms`}.`,
    back.length === 0 ? '' : returning(Math.max(...back.map((dip) => dip.recovery))),
  ].join(' ');
}
