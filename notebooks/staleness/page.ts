/** The notebook of staleness. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import file from '../data/staleness.json' with { type: 'json' };
import { fromFile } from '../experiment.ts';
import { figure } from '../page/figure.ts';
import { FAINT, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { number, percent } from '../page/text.ts';
import { type StalenessRow, type StalenessSettings, staleness } from './experiment.ts';

export type Data = Shown<StalenessSettings, StalenessRow>;
export const committed = fromFile<StalenessSettings, StalenessRow>(file);

const MS = (value: number): string => `${number(value, value < 10 ? 2 : 0)} ms`;

export function controls(): Input<Data> {
  const form = Inputs.form({
    distance: Inputs.range([0.1, 500], {
      label: 'From the leader to the follower, ms one way',
      value: 20,
      step: 0.1,
      transform: Math.log,
    }),
    writers: Inputs.checkbox([1, 4, 16, 64], { label: 'Writes under way', value: [1, 16], format: String }),
    sync: Inputs.checkbox([false, true], {
      label: 'Reads',
      value: [false, true],
      format: (sync) => (sync ? 'after a sync' : 'plain'),
    }),
    every: Inputs.range([5, 200], { label: 'Time between reads, ms', value: 20, step: 5 }),
    reads: Inputs.range([50, 1000], { label: 'Reads', value: 200, step: 50 }),
    seed: Inputs.range([1, 1e6], { label: 'Seed', value: 1, step: 1 }),
  });
  return sweep(staleness, committed, form, ({ distance, writers, sync, every, reads, seed }) => ({
    seed,
    distances: [distance],
    writers,
    sync,
    reads,
    every,
  }));
}

const plain = ({ rows }: Data): StalenessRow[] => rows.filter((row) => !row.sync);

/** Logarithms know no zero: what is less than a hundredth is drawn there. */
const seen = (value: number): number => Math.max(0.01, value);

export function age(data: Data, width: number): HTMLElement {
  const rows = plain(data);
  const writers = [...new Set(rows.map((row) => row.writers))];
  const ends = rows.map((row) => row.distance);
  const picture = plot(width, {
    x: { label: 'From the leader to the follower, ms one way', type: 'log', grid: true, tickFormat: '~r' },
    y: { label: 'Age of the oldest write lacking, ms', type: 'log', grid: true, tickFormat: '~r' },
    color: {
      type: 'ordinal',
      domain: writers,
      legend: true,
      tickFormat: (n: number) => `${n} writes under way`,
    },
    marks: [
      Plot.line([Math.min(...ends), Math.max(...ends)], {
        x: (x) => x,
        y: (x) => x,
        stroke: FAINT,
        strokeDasharray: '4 3',
      }),
      Plot.ruleX(rows, {
        x: 'distance',
        y1: (row) => seen(row.age),
        y2: (row) => seen(row.oldest),
        stroke: 'writers',
      }),
      Plot.line(rows, { x: 'distance', y: (row) => seen(row.age), stroke: 'writers' }),
      Plot.dot(rows, { x: 'distance', y: (row) => seen(row.age), fill: 'writers', r: 4, tip: true }),
    ],
  });
  return figure(
    {
      title: 'How old a plain read is',
      description: rows
        .map(
          (row) =>
            `${row.distance} ms away, ${row.writers} writes under way: mean ${MS(row.age)}, one in a hundred above ${MS(row.oldest)}`,
        )
        .join('; '),
      caption:
        'Dots: means over all reads, up to date ones included (0 is drawn at 0.01). Bars end at what one read in a hundred exceeds. Dashed: as old as the follower is far.',
      rows: data.rows,
    },
    picture,
  );
}

export function missing(data: Data, width: number): HTMLElement {
  const rows = plain(data);
  const writers = [...new Set(rows.map((row) => row.writers))];
  const picture = plot(width, {
    x: {
      label: 'Writes per second × distance in s: writes on their way',
      type: 'log',
      grid: true,
      tickFormat: '~r',
    },
    y: { label: 'Writes lacking (mean)', type: 'log', grid: true, tickFormat: '~r' },
    color: {
      type: 'ordinal',
      domain: writers,
      legend: true,
      tickFormat: (n: number) => `${n} writes under way`,
    },
    marks: [
      Plot.line([0.05, 1000], { x: (x) => x, y: (x) => x, stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.dot(rows, {
        x: (row) => (row.writes * row.distance) / 1000,
        y: (row) => seen(row.missing),
        fill: 'writers',
        r: 5,
        tip: true,
        channels: { distance: 'distance', stale: 'stale' },
      }),
    ],
  });
  return figure(
    {
      title: 'How many writes a plain read lacks',
      description: rows
        .map(
          (row) =>
            `${row.distance} ms away, ${row.writes} writes per second: ${number(row.missing, 2)} lacking`,
        )
        .join('; '),
      caption: 'Dashed: as many as are on their way (0 is drawn at 0.01).',
    },
    picture,
  );
}

export function cost(data: Data, width: number): HTMLElement {
  const { rows } = data;
  const picture = plot(width, {
    x: { label: 'From the leader to the follower, ms one way', type: 'log', grid: true, tickFormat: '~r' },
    y: { label: 'Question to answer, ms (mean)', type: 'log', grid: true, tickFormat: '~r' },
    color: {
      domain: ['plain', 'after a sync'],
      range: [PALETTE[0]!, PALETTE[1]!],
      legend: true,
    },
    marks: [
      Plot.dot(rows, {
        x: 'distance',
        y: 'latency',
        fill: (row: StalenessRow) => (row.sync ? 'after a sync' : 'plain'),
        r: 4.5,
        tip: true,
        channels: { writers: 'writers' },
      }),
      Plot.line(
        [...new Set(rows.map((row) => row.distance))].sort((a, b) => a - b),
        { x: (x) => x, y: (x) => 2 * x + 1, stroke: FAINT, strokeDasharray: '4 3' },
      ),
    ],
  });
  return figure(
    {
      title: 'What sync costs',
      description: rows
        .map(
          (row) =>
            `${row.distance} ms away, ${row.writers} writes under way, ${row.sync ? 'after a sync' : 'plain'}: ${MS(row.latency)}`,
        )
        .join('; '),
      caption: 'Dashed: there and back between follower and leader, and 1 ms for the client’s own way.',
    },
    picture,
  );
}

/** Markdown. */
export function conclusion(data: Data): string {
  const synced = data.rows.filter((row) => row.sync);
  const free = plain(data);
  const parts: string[] = [];
  if (synced.length > 0) {
    const stale = synced.reduce((sum, row) => sum + row.stale, 0);
    const reads = synced.reduce((sum, row) => sum + row.reads, 0);
    parts.push(
      stale === 0
        ? `**After a sync no read lacked anything that had committed before the reader asked** (${number(reads)} reads).`
        : `**${number(stale)} of ${number(reads)} reads after a sync lacked something that had committed before.**`,
    );
  }
  if (free.length > 0) {
    const all = free.reduce((sum, row) => sum + row.reads, 0);
    const stale = free.reduce((sum, row) => sum + row.stale, 0);
    const far = free.reduce((most, row) => (row.age > most.age ? row : most));
    const away = free.filter((row) => row.distance >= 10);
    const ratios = away.map((row) => row.age / row.distance);
    parts.push(
      `Of plain reads ${percent(stale / all, 0)} did; at most ${MS(far.age)} of the past in the mean, ${far.distance} ms from the leader.${
        ratios.length === 0
          ? ''
          : ` Far from the leader a read is ${number(Math.min(...ratios), 1)} to ${number(Math.max(...ratios), 1)} times as old as the way is long: what is on its way is lacking, and on a stream the slowest message holds up those behind it.`
      }`,
    );
  }
  const pairs = synced.flatMap((row) => {
    const own = free.find((one) => one.distance === row.distance && one.writers === row.writers);
    return own === undefined || row.distance < 10 ? [] : [(row.latency - own.latency) / (2 * row.distance)];
  });
  if (pairs.length > 0) {
    parts.push(
      `The price is a way to the leader and back: ${number(Math.min(...pairs), 1)} to ${number(Math.max(...pairs), 1)} times that (from 10 ms on). A read without it is answered where it is asked.`,
    );
  }
  return parts.join(' ');
}
