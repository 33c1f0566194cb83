/** The notebook of disks. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/disk.json' with { type: 'json' };
import { fromFile } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { number, percent, signed } from '../page/text.ts';
import { type DiskRow, type DiskSettings, disk } from './experiment.ts';
import { expectedLatency, expectedQuantile } from './findings.ts';

export type Data = Shown<DiskSettings, DiskRow>;
export const committed = fromFile<DiskSettings, DiskRow>(file);

const MS = (value: number): string => `${number(value, 2)} ms`;

export function controls(): Input<Data> {
  const { defaults } = disk;
  const form = Inputs.form({
    servers: Inputs.checkbox([3, 5, 7, 9, 13], { label: 'Servers', value: [3, 5], format: String }),
    sigma: Inputs.range([0, 1.5], {
      label: 'Spread of a flush (σ of its logarithm)',
      value: 0.8,
      step: 0.05,
    }),
    flush: Inputs.range([0.1, 30], { label: 'Median of a flush, ms', value: 5, step: 0.1 }),
    writers: Inputs.checkbox(defaults.writers, {
      label: 'Writers at once',
      value: [1, 16, 256],
      format: String,
    }),
    batches: Inputs.checkbox([1, 10, 100, 1000], { label: 'maxBatchSize', value: [1, 1000], format: String }),
    commits: Inputs.range([100, 5000], { label: 'Commits of each', value: 500, step: 100 }),
    seed: Inputs.range([1, 1e6], { label: 'Seed', value: 1, step: 1 }),
  });
  return sweep(disk, committed, form, ({ servers, sigma, flush, writers, batches, commits, seed }) => ({
    seed,
    servers,
    sigmas: [sigma],
    writers,
    batches,
    flush,
    commits,
  }));
}

interface Compared {
  readonly [column: string]: number;
  readonly servers: number;
  readonly sigma: number;
  readonly simulated: number;
  readonly expected: number;
  readonly slowest: number;
  readonly expectedSlowest: number;
}

/** Simulated latencies beside those by order statistics. */
export function compared({ rows, settings: { flush } }: Data): Compared[] {
  return rows
    .filter((row) => row.part === 'alone')
    .map(({ servers, sigma, mean, slowest }) => ({
      servers,
      sigma,
      simulated: mean,
      expected: Math.round(expectedLatency(servers, flush, sigma) * 1000) / 1000,
      slowest,
      expectedSlowest: Math.round(expectedQuantile(0.99, servers, flush, sigma) * 1000) / 1000,
    }));
}

export function latency(data: Data, width: number): HTMLElement {
  const rows = compared(data);
  const sigmas = [...new Set(rows.map((row) => row.sigma))];
  const most = Math.max(0, ...rows.map((row) => row.slowest));
  const picture = plot(width, {
    x: {
      label: 'Servers',
      type: 'point',
      domain: [...new Set(rows.map((row) => row.servers))],
      padding: 0.5,
    },
    y: { label: 'Proposal until commit, ms', grid: true, domain: [0, most * 1.05] },
    color: { type: 'ordinal', domain: sigmas, legend: true, tickFormat: (sigma: number) => `σ ${sigma}` },
    symbol: { domain: ['mean', '99th percentile'], range: ['circle', 'triangle'], legend: true },
    marks: [
      Plot.line(rows, { x: 'servers', y: 'expected', stroke: 'sigma' }),
      Plot.line(rows, { x: 'servers', y: 'expectedSlowest', stroke: 'sigma', strokeDasharray: '4 3' }),
      Plot.dot(rows, {
        x: 'servers',
        y: 'simulated',
        fill: 'sigma',
        symbol: () => 'mean',
        r: 4.5,
        tip: true,
      }),
      Plot.dot(rows, {
        x: 'servers',
        y: 'slowest',
        fill: 'sigma',
        symbol: () => '99th percentile',
        r: 4.5,
        tip: true,
      }),
      Plot.ruleY([data.settings.flush], { stroke: FAINT, strokeDasharray: '2 2' }),
    ],
  });
  return figure(
    {
      title: 'Latency of a commit over the number of disks',
      description: rows
        .map(
          (row) =>
            `${row.servers} servers, σ ${row.sigma}: mean ${MS(row.simulated)}, 99th percentile ${MS(row.slowest)}`,
        )
        .join('; '),
      caption: `Marks: simulated. Lines: the quorum-th of the flushes by order statistics, mean (solid) and 99th percentile (dashed). Faint: the median of one flush, ${data.settings.flush} ms.`,
      rows,
    },
    picture,
  );
}

export function haste(data: Data, width: number): HTMLElement {
  const rows = data.rows.filter((row) => row.part !== 'batches');
  const pairs = rows.flatMap((row) => {
    const hasty = rows.find(
      (one) => one.part === 'in haste' && one.servers === row.servers && one.sigma === row.sigma,
    );
    return row.part === 'alone' && hasty !== undefined ? [{ ...row, hasty: hasty.mean }] : [];
  });
  const sigmas = [...new Set(pairs.map((row) => row.sigma))];
  const picture = plot(width, {
    height: 300,
    x: {
      label: 'Servers',
      type: 'point',
      domain: [...new Set(pairs.map((row) => row.servers))],
      padding: 0.5,
    },
    y: { label: 'Mean latency, ms', grid: true, zero: true },
    color: { type: 'ordinal', domain: sigmas, legend: true, tickFormat: (sigma: number) => `σ ${sigma}` },
    marks: [
      Plot.ruleX(pairs, { x: 'servers', y1: 'mean', y2: 'hasty', stroke: 'sigma', strokeWidth: 2 }),
      Plot.dot(pairs, { x: 'servers', y: 'mean', fill: 'sigma', r: 4 }),
      Plot.dot(pairs, { x: 'servers', y: 'hasty', stroke: 'sigma', strokeWidth: 2, r: 4, tip: true }),
    ],
  });
  return figure(
    {
      title: 'What haste costs',
      description: pairs
        .map(
          (row) =>
            `${row.servers} servers, σ ${row.sigma}: ${MS(row.mean)} with time between writes, ${MS(row.hasty)} without`,
        )
        .join('; '),
      caption:
        'Filled: the writer leaves time between its writes. Hollow: it writes as soon as it has its answer, and a disk that was slow is not ready yet.',
    },
    picture,
  );
}

export function throughput(data: Data, width: number): HTMLElement {
  const rows = data.rows.filter((row) => row.part === 'batches');
  const batches = [...new Set(rows.map((row) => row.batch))];
  const picture = plot(width, {
    marginLeft: 64,
    x: { label: 'Writers at once', type: 'log', base: 2, grid: true, tickFormat: '~r' },
    y: { label: 'Commits per second', type: 'log', grid: true, tickFormat: '~s' },
    color: { type: 'ordinal', domain: batches, legend: true, tickFormat: (n: number) => `maxBatchSize ${n}` },
    marks: [
      Plot.ruleY([1000 / data.settings.flush], { stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.line(rows, { x: 'writers', y: 'commits', stroke: 'batch' }),
      Plot.dot(rows, {
        x: 'writers',
        y: 'commits',
        fill: 'batch',
        r: 4,
        tip: true,
        channels: { perFlush: 'perFlush' },
      }),
    ],
  });
  return figure(
    {
      title: 'Group commit: writes per second over writers at once',
      description: rows
        .map(
          (row) =>
            `${row.writers} writers, at most ${row.batch} per flush: ${number(row.commits)} commits per second`,
        )
        .join('; '),
      caption: `Three servers. Dashed: as many as there are flushes per second, ${number(1000 / data.settings.flush)}.`,
      rows,
    },
    picture,
  );
}

export function batchSizes(data: Data, width: number): HTMLElement {
  const rows = data.rows.filter(
    (row) => row.part === 'batches' && row.batch === Math.max(...data.settings.batches),
  );
  const picture = plot(width, {
    height: 260,
    x: { label: 'Writers at once', type: 'log', base: 2, grid: true, tickFormat: '~r' },
    y: { label: 'Transactions per flush', type: 'log', base: 2, grid: true, tickFormat: '~r' },
    marks: [
      Plot.line(rows, { x: 'writers', y: 'writers', stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.line(rows, { x: 'writers', y: 'perFlush', stroke: PALETTE[0]! }),
      Plot.dot(rows, { x: 'writers', y: 'perFlush', fill: PALETTE[0]!, r: 4, tip: true }),
    ],
  });
  return figure(
    {
      title: 'How many transactions share a flush',
      description: rows
        .map((row) => `${row.writers} writers: ${number(row.perFlush, 1)} per flush`)
        .join('; '),
      caption: 'Of the leader. Dashed: all that are under way.',
    },
    picture,
  );
}

/** Markdown. */
export function conclusion(data: Data): string {
  const rows = compared(data);
  const parts: string[] = [];
  if (rows.length > 0) {
    const errors = rows.map((row) => row.simulated / row.expected - 1);
    const worst = errors.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
    parts.push(
      `**A commit takes as long as the fastest quorum of disks**: simulated means are at most ${percent(Math.abs(worst))} off the order statistics (${signed(worst)}).`,
    );
    const spread = Math.max(...rows.map((row) => row.sigma));
    const own = rows.filter((row) => row.sigma === spread).sort((a, b) => a.servers - b.servers);
    const [small, large] = [own[0], own.at(-1)];
    if (small !== undefined && large !== undefined && small !== large) {
      parts.push(
        `Where flushes vary most (σ ${spread}), more servers cut the tail: the 99th percentile falls from ${MS(small.slowest)} with ${small.servers} servers to ${MS(large.slowest)} with ${large.servers}, while the mean goes from ${MS(small.simulated)} to ${MS(large.simulated)}.`,
      );
    }
  }
  const pairs = data.rows.flatMap((row) => {
    const hasty = data.rows.find(
      (one) => one.part === 'in haste' && one.servers === row.servers && one.sigma === row.sigma,
    );
    return row.part === 'alone' && hasty !== undefined ? [hasty.mean / row.mean - 1] : [];
  });
  if (pairs.length > 0) {
    parts.push(
      `That holds for disks at rest. Who writes again at once meets disks that are still busy with the write before, which a quorum had not waited for: it takes ${percent(Math.min(...pairs), 0)} to ${percent(Math.max(...pairs), 0)} longer, the more, the more flushes vary.`,
    );
  }
  const most = Math.max(...data.settings.batches);
  const batched = data.rows.filter((row) => row.part === 'batches');
  const crowd = Math.max(...batched.map((row) => row.writers));
  const grouped = batched.find((row) => row.batch === most && row.writers === crowd);
  const single = batched.find((row) => row.batch === 1 && row.writers === crowd);
  if (grouped !== undefined && single !== undefined && grouped !== single) {
    parts.push(
      `Group commit turns waiting into work: ${crowd} writers get ${number(grouped.commits)} commits per second where a flush takes up to ${most} transactions (${number(grouped.perFlush, 1)} are in one), and ${number(single.commits)} where it takes one, ${number(grouped.commits / single.commits)} times less.`,
    );
  }
  return parts.join(' ');
}
