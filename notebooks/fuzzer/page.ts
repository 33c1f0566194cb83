/** The notebook of the fuzzer. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import { variants } from '../../scenarios/variants/index.ts';
import coverageFile from '../data/coverage.json' with { type: 'json' };
import huntsFile from '../data/hunts.json' with { type: 'json' };
import { fromFile, type Row } from '../experiment.ts';
import { labLink } from '../lab-link.ts';
import { figure } from '../page/figure.ts';
import { INK, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { table } from '../page/table.ts';
import { list, number, percent } from '../page/text.ts';
import { mean } from '../statistics.ts';
import type { CoverageRow, CoverageSettings } from './coverage.ts';
import { hunted, survival } from './findings.ts';
import { type HuntsRow, type HuntsSettings, huntRun, hunts } from './hunts.ts';

export type Data = Shown<HuntsSettings, HuntsRow>;
export const committed = fromFile<HuntsSettings, HuntsRow>(huntsFile);
const grown = fromFile<CoverageSettings, CoverageRow>(coverageFile).rows;

const WAYS = ['a subset in each run', 'all faults in every run'];
const wayOf = ({ swarm }: { readonly swarm: boolean }): string => WAYS[swarm ? 0 : 1]!;
/** Variants have names of their own; a bug of ZooKeeper's has its issue. */
const titleOf = (id: string): string => variants.find((one) => one.id === id)?.title ?? id;

export function controls(): Input<Data> {
  const form = Inputs.form({
    variant: Inputs.select(
      variants.map((one) => one.id),
      { label: 'Variant', value: 'ZK-3911', format: (id) => `${id}: ${titleOf(id)}` },
    ),
    swarm: Inputs.checkbox([true, false], {
      label: 'Faults',
      value: [true, false],
      format: (swarm) => wayOf({ swarm }),
    }),
    seeds: Inputs.range([1, 30], { label: 'Hunts', value: 5, step: 1 }),
    firstSeed: Inputs.range([1, 1e6], { label: 'First seed', value: 1, step: 1 }),
    most: Inputs.range([1, 500], { label: 'Runs until a hunt is given up', value: 30, step: 1 }),
  });
  return sweep(hunts, committed, form, ({ variant, swarm, seeds, firstSeed, most }) => ({
    variants: [variant],
    swarm,
    firstSeed,
    seeds,
    most,
  }));
}

export function curves(data: Data, width: number): HTMLElement {
  const { rows, settings } = data;
  const steps = survival(rows, settings.most);
  const names = [...new Set(rows.map((row) => row.variant))];
  const columns = width < 560 ? 1 : 2;
  const place = new Map(names.map((name, i) => [name, { fx: i % columns, fy: Math.floor(i / columns) }]));
  const at = (axis: 'fx' | 'fy') => (step: { readonly variant: string }) => place.get(step.variant)![axis];
  const picture = plot(width, {
    height: 70 + 120 * Math.ceil(names.length / columns),
    marginTop: 30,
    x: { label: 'Runs', domain: [0, settings.most], grid: true, ticks: 5 },
    y: {
      label: null,
      percent: true,
      domain: [0, 100],
      ticks: [0, 50, 100],
      tickFormat: (y: number) => `${y} %`,
      grid: true,
    },
    fx: { axis: null, padding: 0.12 },
    fy: { axis: null, padding: 0.32 },
    color: { domain: WAYS, range: [PALETTE[0]!, PALETTE[1]!], legend: true },
    marks: [
      Plot.line(steps, {
        x: 'runs',
        y: 'alive',
        z: (step) => `${step.variant} ${step.swarm}`,
        fx: at('fx'),
        fy: at('fy'),
        stroke: wayOf,
        strokeWidth: 2,
        curve: 'step-after',
      }),
      Plot.text(
        names.map((variant) => ({ variant })),
        {
          fx: at('fx'),
          fy: at('fy'),
          text: 'variant',
          frameAnchor: 'top-left',
          dy: -15,
          fontWeight: 650,
          fill: INK,
        },
      ),
    ],
  });
  return figure(
    {
      title: 'Survival: share of the hunts in which a mistake is still alive',
      description: hunted(rows)
        .map(
          (one) =>
            `${one.variant}, ${wayOf(one)}: found in ${one.found} of ${one.hunts} hunts${one.runs === null ? '' : `, about one in ${number(one.runs, 1)} runs`}`,
        )
        .join('; '),
      caption: `Each panel is a variant; ${settings.seeds} hunts of at most ${settings.most} runs each.`,
      rows: rows as readonly Row[],
    },
    picture,
  );
}

/** The table of what was hunted, each variant with a link to one of its finds. */
export async function found(data: Data): Promise<HTMLElement> {
  const all = hunted(data.rows);
  const links = new Map<string, string>();
  for (const { variant, swarm } of all) {
    const row = data.rows.find((one) => one.variant === variant && one.swarm === swarm && one.found);
    if (row === undefined) continue;
    const run = huntRun({ variant, swarm, seed: row.seed, most: row.runs }, row.runs);
    links.set(`${variant}/${wayOf({ swarm })}`, await labLink(run, row.event));
  }
  const rows = all.map(({ variant, swarm, hunts, found, runs, properties }) => ({
    variant,
    mistake: titleOf(variant),
    faults: wayOf({ swarm }),
    found: `${found} of ${hunts}`,
    runs: runs === null ? null : Math.round(runs * 10) / 10,
    properties,
  }));
  return table(rows, {
    label: 'Variants, and how soon they were found',
    heads: { runs: 'runs per find', properties: 'broken first' },
    link: (row) => links.get(`${row.variant}/${row.faults}`),
  });
}

export function growth(width: number): HTMLElement {
  const known = Math.max(...grown.map((row) => row.known));
  const picture = plot(width, {
    x: { label: 'Runs', type: 'log', grid: true, tickFormat: '~r' },
    y: {
      label: 'Situations reached',
      percent: true,
      grid: true,
      zero: true,
      tickFormat: (y: number) => `${y} %`,
    },
    color: { domain: WAYS, range: [PALETTE[0]!, PALETTE[1]!], legend: true },
    marks: [
      Plot.line(grown, {
        x: 'runs',
        y: (row) => row.reached / row.known,
        z: (row) => `${row.swarm} ${row.seed}`,
        stroke: wayOf,
      }),
      Plot.dot(grown, { x: 'runs', y: (row) => row.reached / row.known, fill: wayOf, r: 3.5, tip: true }),
    ],
  });
  return figure(
    {
      title: 'Coverage: situations of the protocol reached',
      description: ends()
        .map((end) => `${wayOf(end)}: ${percent(end.share, 0)} after ${end.runs} runs`)
        .join('; '),
      caption: `Of ${number(known)} situations that zab-lab fuzz --coverage knows: messages by role and phase, synchronizations, deaths between durable steps, sessions, watches. The correct protocol; lines are campaigns.`,
      rows: grown as readonly Row[],
    },
    picture,
  );
}

/** What each way had reached in the end, the mean over its campaigns. */
function ends(): { readonly swarm: boolean; readonly runs: number; readonly share: number }[] {
  const runs = Math.max(...grown.map((row) => row.runs));
  return [true, false].map((swarm) => {
    const own = grown.filter((row) => row.swarm === swarm && row.runs === runs);
    return { swarm, runs, share: mean(own.map((row) => row.reached / row.known)) };
  });
}

/** Markdown. */
export function conclusion(data: Data): string {
  const all = hunted(data.rows);
  const names = [...new Set(all.map((one) => one.variant))];
  const always = names.filter((name) =>
    all.filter((one) => one.variant === name).every((one) => one.found === one.hunts),
  );
  const never = names.filter((name) =>
    all.filter((one) => one.variant === name).every((one) => one.found === 0),
  );
  const parts = [
    `**${always.length} of ${names.length} mistakes are found in every hunt of at most ${data.settings.most} runs**${
      never.length === 0 ? '' : `; ${list(never)} in none: that is a deep one`
    }.`,
  ];
  const both = names.flatMap((name) => {
    const swarm = all.find((one) => one.variant === name && one.swarm);
    const flood = all.find((one) => one.variant === name && !one.swarm);
    return swarm === undefined || flood === undefined || swarm.found + flood.found === 0
      ? []
      : [{ name, swarm, flood }];
  });
  if (both.length > 0) {
    const better = both.filter(({ swarm, flood }) => swarm.rate > flood.rate).map(({ name }) => name);
    const worse = both.filter(({ swarm, flood }) => swarm.rate < flood.rate).map(({ name }) => name);
    parts.push(
      `A subset of the faults in each run finds ${better.length} of ${both.length} sooner${better.length > 0 ? ` (${list(better)})` : ''} and ${worse.length} later${worse.length > 0 ? ` (${list(worse)})` : ''}.`,
    );
  }
  const [swarm, flood] = ends();
  parts.push(
    `Coverage after ${swarm!.runs} runs is ${percent(swarm!.share, 0)} with subsets and ${percent(flood!.share, 0)} with all faults in every run.`,
  );
  return parts.join(' ');
}
