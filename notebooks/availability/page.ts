/** The notebook of availability. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/availability.json' with { type: 'json' };
import { fromFile, type Row } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, INK, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { table } from '../page/table.ts';
import { list, number, percent } from '../page/text.ts';
import {
  type AvailabilityRow,
  type AvailabilitySettings,
  availability,
  type Ensemble,
} from './experiment.ts';
import {
  type AvailabilityFinding,
  availabilityOf,
  CONFIDENCE,
  findings,
  nameOf,
  secondsPerLoss,
} from './findings.ts';

export type Data = Shown<AvailabilitySettings, AvailabilityRow>;
export const committed = fromFile<AvailabilitySettings, AvailabilityRow>(file);

const ENSEMBLES: readonly Ensemble[] = [
  { participants: 3, observers: 0 },
  { participants: 5, observers: 0 },
  { participants: 7, observers: 0 },
  { participants: 3, observers: 2 },
];
const NAMES = ENSEMBLES.map(nameOf);

export function controls(): Input<Data> {
  const form = Inputs.form({
    ensembles: Inputs.checkbox(ENSEMBLES, { label: 'Servers', value: ENSEMBLES.slice(0, 2), format: nameOf }),
    down: Inputs.range([0.02, 0.5], { label: 'Share of time a server is down', value: 0.25, step: 0.01 }),
    repair: Inputs.range([1, 60], { label: 'Mean time to repair, s', value: 4, step: 1 }),
    span: Inputs.range([100, 2000], { label: 'Length of a run, s', value: 500, step: 100 }),
    runs: Inputs.range([3, 60], { label: 'Runs of each', value: 12, step: 1 }),
  });
  return sweep(availability, committed, form, ({ ensembles, down, repair, span, runs }) => ({
    ensembles,
    down: [down],
    runs,
    repair: repair * 1000,
    // Long enough that the start is forgotten.
    from: repair * 12_500,
    span: span * 1000,
  }));
}

export function found(data: Data): AvailabilityFinding[] {
  return findings(data.rows, data.settings.span);
}

export function curves(all: readonly AvailabilityFinding[], width: number): HTMLElement {
  const sizes = [...new Set(all.map((one) => one.participants))];
  const line = sizes.flatMap((participants) =>
    Array.from({ length: 97 }, (_, i) => {
      const down = 0.02 + i * 0.005;
      return { participants, down, missing: 1 - availabilityOf(participants, down) };
    }),
  );
  const seen = all.filter((one) => one.quorum < 1);
  const least = Math.min(1e-4, ...seen.map((one) => (1 - one.quorum) / 2));
  const picture = plot(width, {
    marginLeft: 64,
    x: { label: 'Share of time a server is down', percent: true },
    y: {
      label: 'Share of time without a quorum',
      type: 'log',
      grid: true,
      tickFormat: '~p',
      domain: [least, 1],
      clamp: true,
    },
    color: { type: 'ordinal', domain: sizes, legend: true, tickFormat: (n: number) => `${n} participants` },
    symbol: { domain: ['without observers', 'with observers'], range: ['circle', 'diamond'], legend: true },
    marks: [
      Plot.line(line, { x: 'down', y: 'missing', stroke: 'participants', strokeOpacity: 0.6 }),
      Plot.ruleX(seen, {
        x: 'down',
        y1: (one) => Math.max(least, 1 - one.quorum - one.halfWidth),
        y2: (one) => Math.max(least, 1 - one.quorum + one.halfWidth),
        stroke: 'participants',
        strokeWidth: 2,
      }),
      Plot.dot(seen, {
        x: 'down',
        y: (one) => 1 - one.quorum,
        fill: 'participants',
        symbol: (one) => (one.observers > 0 ? 'with observers' : 'without observers'),
        r: 5,
        tip: true,
      }),
    ],
  });
  return figure(
    {
      title: 'Time without a quorum: formula and simulation',
      description: all
        .map(
          (one) =>
            `${one.ensemble} servers, each down ${percent(one.down, 0)} of the time: formula ${percent(1 - one.formula, 2)}, simulation ${percent(1 - one.quorum, 2)}`,
        )
        .join('; '),
      caption: 'Lines: the formula. Dots: the simulation, with the interval of confidence.',
      rows: all as readonly Row[],
    },
    picture,
  );
}

export function differences(all: readonly AvailabilityFinding[], width: number): HTMLElement {
  const label = (one: AvailabilityFinding): string => `${one.ensemble} · ${percent(one.down, 0)}`;
  const picture = plot(width, {
    marginLeft: width < 480 ? 118 : 150,
    height: 60 + 22 * all.length,
    x: { label: 'Simulated minus computed availability, percentage points', grid: true, inset: 10 },
    y: { label: null, type: 'point', domain: all.map(label) },
    color: { domain: ['formula within', 'formula outside'], range: [PALETTE[0]!, PALETTE[1]!], legend: true },
    marks: [
      Plot.ruleX([0], { stroke: INK }),
      Plot.ruleY(all, {
        y: label,
        x1: (one) => 100 * (one.quorum - one.formula - one.halfWidth),
        x2: (one) => 100 * (one.quorum - one.formula + one.halfWidth),
        stroke: (one) => (one.within ? 'formula within' : 'formula outside'),
        strokeWidth: 2,
      }),
      Plot.dot(all, {
        y: label,
        x: (one) => 100 * (one.quorum - one.formula),
        fill: (one) => (one.within ? 'formula within' : 'formula outside'),
        r: 4,
      }),
    ],
  });
  return figure(
    {
      title: 'Does the formula lie within the simulation’s interval?',
      description: `${all.filter((one) => one.within).length} of ${all.length} intervals hold the formula's value.`,
      caption: `Servers · share of time down. Intervals of the mean over the runs (Student's t), so wide that all ${all.length} hold at once with ${percent(CONFIDENCE, 0)} confidence.`,
    },
    picture,
  );
}

export function gap(all: readonly AvailabilityFinding[], width: number): HTMLElement {
  const cost = secondsPerLoss(all) ?? 0;
  const most = Math.max(0.001, ...all.map((one) => one.losses));
  const picture = plot(width, {
    x: { label: 'Losses of a serving leader per minute', grid: true, zero: true },
    y: { label: 'Quorum up, nobody serves: share of time', grid: true, zero: true, tickFormat: '~p' },
    color: {
      domain: NAMES,
      legend: true,
      tickFormat: (name: string) => (name.includes(' ') ? name : `${name} servers`),
    },
    marks: [
      Plot.line(
        [0, most].map((losses) => ({ losses: losses * 60, share: losses * cost })),
        { x: 'losses', y: 'share', stroke: FAINT, strokeWidth: 2 },
      ),
      Plot.dot(all, {
        x: (one) => one.losses * 60,
        y: (one) => one.quorum - one.serving,
        fill: 'ensemble',
        r: 5,
        tip: true,
        channels: { down: 'down' },
      }),
      Plot.ruleY([0]),
    ],
  });
  return figure(
    {
      title: 'What elections cost',
      description: all
        .map(
          (one) =>
            `${one.ensemble} servers, each down ${percent(one.down, 0)} of the time: ${number(one.losses * 60, 1)} losses per minute, ${percent(one.quorum - one.serving, 2)} of the time`,
        )
        .join('; '),
      caption: `Line: ${number(cost * 1000)} ms for each loss, which is the mean over all dots. Above it an election costs more: where servers fail often, some fail while they elect.`,
    },
    picture,
  );
}

export function numbers(all: readonly AvailabilityFinding[]): HTMLElement {
  const rows = all.map(({ ensemble, down, formula, quorum, halfWidth, within, serving }) => ({
    ensemble,
    down,
    formula,
    quorum,
    halfWidth,
    within: within ? 'yes' : 'no',
    serving,
  }));
  const share = (value: unknown): string => percent(Number(value), 3);
  return table(rows, {
    label: 'Availability by formula and by simulation',
    heads: {
      ensemble: 'servers',
      down: 'server down',
      quorum: 'quorum up',
      halfWidth: '±',
      within: 'formula within',
      serving: 'leader serves',
    },
    formats: {
      down: (value) => percent(Number(value), 0),
      formula: share,
      quorum: share,
      halfWidth: share,
      serving: share,
    },
    mark: (column, row) => (column !== 'within' ? '' : row.within === 'yes' ? 'good' : 'bad'),
  });
}

/** Markdown. */
export function conclusion(all: readonly AvailabilityFinding[]): string {
  const within = all.filter((one) => one.within);
  const cost = secondsPerLoss(all);
  const parts = [
    `**The formula lies within the simulation's interval in ${within.length} of ${all.length} cases**${
      within.length === all.length
        ? ''
        : `, not for ${list(all.filter((one) => !one.within).map((one) => `${one.ensemble} servers at ${percent(one.down, 0)}`))}`
    }.`,
  ];
  for (const { participants, observers, down, quorum } of all) {
    if (observers === 0) continue;
    const alike = all.find(
      (one) => one.participants === participants && one.observers === 0 && one.down === down,
    );
    if (alike === undefined) continue;
    parts.push(
      `Observers change nothing: with servers down ${percent(down, 0)} of the time, ${participants} servers have a quorum ${percent(alike.quorum, 2)} of the time, and with ${observers} observers ${percent(quorum, 2)}.`,
    );
    break;
  }
  if (cost !== null) {
    parts.push(
      `The formula is about servers, not about service: whenever a serving leader is lost, ${number(cost * 1000)} ms pass on average in which a quorum is up and nobody leads it. With the short limits of these runs; see [how long an election is](./election.html) for others.`,
    );
  }
  return parts.join(' ');
}
