/** The notebook of throughput: its data, its controls, its figures, its conclusion. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/throughput.json' with { type: 'json' };
import { fromFile, type Row } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, INK, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { table } from '../page/table.ts';
import { list, number, percent, signed } from '../page/text.ts';
import { bound, type Costs } from './calibration.ts';
import { CALIBRATED_ON, type ThroughputRow, type ThroughputSettings, throughput } from './experiment.ts';
import {
  best,
  descents,
  type Outlier,
  offBound,
  outliers,
  pairErrors,
  predictions,
  TOLERANCE,
} from './findings.ts';

export type Data = Shown<ThroughputSettings, ThroughputRow>;
export const committed = fromFile<ThroughputSettings, ThroughputRow>(file);
export const costs: Costs = committed.settings.costs;

const STANDINGS = ['calibrated', 'interpolated', 'extrapolated'];

/** Whether the rows say anything of the paper's table: with other costs they are another machine's. */
function ofPaper({ settings }: Data): boolean {
  return JSON.stringify(settings.costs) === JSON.stringify(costs);
}

export function controls(): Input<Data> {
  const { defaults } = throughput;
  const form = Inputs.form({
    servers: Inputs.checkbox([3, 5, 7, 9, 13], { label: 'Servers', value: [3, 5], format: String }),
    reads: Inputs.checkbox([0, 0.5, 0.8, 0.9, 0.95, 1], {
      label: 'Share of reads',
      value: [0, 0.9, 1],
      format: (share) => percent(share, 0),
    }),
    outstanding: Inputs.range([1, 100], { label: 'Requests under way per client', value: 100, step: 1 }),
    clients: Inputs.range([1, 250], { label: 'Clients', value: 250, step: 1 }),
    request: Inputs.range([1, 100], { label: 'Cost of a request, µs', value: costs.request, step: 1 }),
    write: Inputs.range([1, 200], {
      label: 'Cost of a write at the leader, µs',
      value: costs.write,
      step: 1,
    }),
    follower: Inputs.range([1, 50], { label: '… and per follower, µs', value: costs.follower, step: 1 }),
  });
  return sweep(throughput, committed, form, (own) => ({
    ...defaults,
    servers: own.servers,
    reads: own.reads,
    outstanding: own.outstanding,
    clients: own.clients,
    costs: { request: own.request, write: own.write, follower: own.follower },
  }));
}

export function extremes(data: Data, width: number): HTMLElement {
  const rows = predictions(data.rows, CALIBRATED_ON);
  const picture = plot(width, {
    marginLeft: 64,
    x: { label: 'Servers', type: 'band', domain: [3, 5, 7, 9, 13], padding: 0.6 },
    y: { label: 'Operations per second', type: 'log', grid: true, tickFormat: '~s' },
    color: { domain: STANDINGS, legend: true },
    symbol: { domain: ['all reads', 'all writes'], range: ['circle', 'square'], legend: true },
    marks: [
      Plot.ruleX(rows, {
        x: 'servers',
        y1: (row) => row.paper * (1 - TOLERANCE),
        y2: (row) => row.paper * (1 + TOLERANCE),
        stroke: FAINT,
        strokeWidth: 10,
        strokeLinecap: 'butt',
      }),
      Plot.tickY(rows, {
        x: 'servers',
        y: 'paper',
        stroke: INK,
        strokeWidth: 2,
      }),
      Plot.dot(rows, {
        x: 'servers',
        y: 'ours',
        fill: 'standing',
        symbol: 'load',
        r: 5.5,
        tip: true,
        channels: { error: { value: (row) => signed(row.error), label: 'error' } },
      }),
      Plot.text(rows, {
        x: 'servers',
        y: 'ours',
        text: (row) => signed(row.error, 0),
        dx: 10,
        textAnchor: 'start',
        fill: INK,
      }),
    ],
  });
  return figure(
    {
      title: 'Extremes: the paper and the simulation',
      description: `Points on a logarithmic scale. ${rows
        .map(
          ({ servers, load, paper, ours, error }) =>
            `${servers} servers, ${load}: paper ${number(paper)}, simulation ${number(ours)} (${signed(error)})`,
        )
        .join('; ')}.`,
      caption: `Line: the paper. Grey: ${percent(TOLERANCE, 0)} around it. Upper row all reads, lower row all writes.`,
    },
    picture,
  );
}

export function errors(data: Data): HTMLElement {
  const rows = predictions(data.rows, CALIBRATED_ON);
  return table(rows as readonly Row[], {
    label: 'Predictions and their errors',
    heads: { paper: 'paper, ops/s', ours: 'simulation, ops/s' },
    formats: { error: (value) => signed(Number(value)) },
    mark: (column, row) =>
      column !== 'error' ? '' : Math.abs(Number(row.error)) <= TOLERANCE ? 'good' : 'bad',
  });
}

export function curves(data: Data, width: number): HTMLElement {
  const { rows, settings } = data;
  const sizes = [...new Set(rows.map((row) => row.servers))];
  const line = sizes.flatMap((servers) =>
    Array.from({ length: 201 }, (_, i) => ({
      servers,
      reads: i / 200,
      operations: bound(settings.costs, servers, i / 200),
    })),
  );
  const picture = plot(width, {
    marginLeft: 64,
    height: Math.min(480, Math.round(220 + width * 0.28)),
    x: { label: 'Share of reads', percent: true },
    y: { label: 'Operations per second', grid: true, tickFormat: '~s', zero: true },
    color: { type: 'ordinal', domain: sizes, legend: true, tickFormat: (n: number) => `${n} servers` },
    marks: [
      Plot.line(line, {
        x: 'reads',
        y: 'operations',
        stroke: 'servers',
        strokeOpacity: 0.55,
        strokeDasharray: '4 3',
      }),
      Plot.ruleX(rows, { x: 'reads', y1: 'least', y2: 'most', stroke: 'servers' }),
      Plot.dot(rows, { x: 'reads', y: 'operations', fill: 'servers', r: 3.5, tip: true }),
      Plot.ruleY([0]),
    ],
  });
  return figure(
    {
      title: 'Mixed loads: throughput over the share of reads',
      description: `One curve per ensemble. ${sizes
        .map((servers) => {
          const own = rows.filter((row) => row.servers === servers);
          const ends = own.map((row) => `${percent(row.reads, 0)} reads ${number(row.operations)}`);
          return `${servers} servers: ${ends.join(', ')}`;
        })
        .join('; ')}.`,
      caption:
        'Dots: simulated, with the least and the most of four parts of the measured time. Dashed: the bound at which leader or followers have no time left.',
      rows,
    },
    picture,
  );
}

export function choices(width: number): HTMLElement {
  const rows = pairErrors();
  const chosen = CALIBRATED_ON.join(' and ');
  const picture = plot(width, {
    marginLeft: 72,
    height: 330,
    x: { label: 'Error of the prediction', percent: true, grid: true, tickFormat: (x: number) => `${x} %` },
    y: { label: null, type: 'point', domain: [...new Set(rows.map((row) => row.pair))] },
    color: { domain: STANDINGS, range: PALETTE },
    symbol: { domain: ['all reads', 'all writes'], range: ['circle', 'square'], legend: true },
    marks: [
      Plot.ruleX([-TOLERANCE, TOLERANCE], { stroke: FAINT }),
      Plot.ruleX([0]),
      Plot.dot(rows, {
        x: 'error',
        y: 'pair',
        fill: 'standing',
        symbol: 'load',
        r: 4.5,
        tip: true,
        channels: { servers: 'servers' },
      }),
    ],
  });
  const within = [...new Set(rows.map((row) => row.pair))].filter((pair) =>
    rows.every((row) => row.pair !== pair || Math.abs(row.error) <= TOLERANCE),
  );
  return figure(
    {
      title: 'What each choice of two rows would have predicted',
      description: `Dots by pair of calibrating rows. All predictions are within ${percent(TOLERANCE, 0)} with ${list(within.map((pair) => `rows ${pair}`))}; largest error ${percent(Math.max(...rows.map((row) => Math.abs(row.error))))}.`,
      caption: `By the bounds alone, without a simulation. Left: the rows that the costs would come from; ${chosen} is the choice here. Lines: ±${percent(TOLERANCE, 0)}. Colours as above.`,
      rows,
    },
    picture,
  );
}

function between(out: readonly Outlier[], rows: readonly ThroughputRow[]): string {
  const name = ({ row, by }: Outlier): string =>
    `${row.servers} servers at ${percent(row.reads, 0)} reads, by ${percent(by)}`;
  const clear = out.filter((one) => one.clear);
  if (clear.length > 0) return `Outside their ensemble's extremes lie ${list(clear.map(name))}.`;
  const rising = descents(rows) === 0 ? ', and each curve only rises' : '';
  if (out.length === 0) return `All mixed loads lie between their ensemble's extremes${rising}.`;
  return `All mixed loads lie between their ensemble's extremes, but for ${list(out.map(name))}, which is less than the parts of its own measurement differ.`;
}

/** Markdown. */
export function conclusion(data: Data): string {
  const { rows } = data;
  if (!ofPaper(data)) {
    const off = offBound(rows, data.settings.costs);
    return `With these costs it is another machine than the paper's, so its table says nothing about it. The simulation is between ${signed(off.least)} and ${signed(off.most)} of the bound.`;
  }
  const predicted = predictions(rows, CALIBRATED_ON).filter((one) => one.standing !== 'calibrated');
  const within = predicted.filter((one) => Math.abs(one.error) <= TOLERANCE);
  const worst = [...predicted].sort((a, b) => Math.abs(b.error) - Math.abs(a.error))[0];
  const out = outliers(rows);
  const shares = [...new Set(rows.map((row) => row.reads))].sort((a, b) => a - b);
  const leaders = shares.map((share) => ({ share, servers: best(rows, share) }));
  const flips = leaders.filter((one, i) => i > 0 && one.servers !== leaders[i - 1]!.servers);
  const off = offBound(rows, data.settings.costs);
  const parts = [
    worst === undefined
      ? 'None of the predicted extremes is among these points.'
      : `**${within.length} of ${predicted.length} predicted extremes are within ${percent(TOLERANCE, 0)}** of the paper's; the worst is ${worst.servers} servers, ${worst.load}, ${worst.standing}: ${signed(worst.error)}.`,
    between(out, rows),
  ];
  if (leaders.length > 1) {
    parts.push(
      `The shape is a hyperbola with a cap: throughput is the leader's writes divided by their share, until the followers have no time left. So with few reads the smallest ensemble does most (${leaders[0]!.servers} servers), and the order turns: ${flips.map(({ share, servers }) => `from ${percent(share, 0)} reads on ${servers} servers lead`).join(', ') || 'it does not in these points'}.`,
    );
  }
  parts.push(`The simulation is between ${signed(off.least)} and ${signed(off.most)} of that bound.`);
  return parts.join(' ');
}
