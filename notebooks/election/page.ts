/** The notebook of elections. */
import * as Inputs from '@observablehq/inputs';
import * as Plot from '@observablehq/plot';
import { DEFAULT_CONFIG } from '../../protocol/config.ts';
import file from '../data/election.json' with { type: 'json' };
import { fromFile, type Row } from '../experiment.ts';
import { labLink } from '../lab-link.ts';
import { figure } from '../page/figure.ts';
import { FAINT, INK, PALETTE, plot } from '../page/plot.ts';
import { type Input, type Shown, sweep } from '../page/sweep.ts';
import { list, number } from '../page/text.ts';
import { median } from '../statistics.ts';
import {
  BASE,
  type ElectionRow,
  type ElectionSettings,
  election,
  electionRun,
  FAILURES,
  type Failure,
} from './experiment.ts';
import { atBase, summaries } from './findings.ts';

export type Data = Shown<ElectionSettings, ElectionRow>;
export const committed = fromFile<ElectionSettings, ElectionRow>(file);

/** A run with the address that shows it in the lab. */
export interface Linked extends ElectionRow {
  readonly link: string;
}

const WAIT = DEFAULT_CONFIG.finalizeWait;
/** What the paper says of its ensemble, ms. */
const PAPER = 200;
const MS = (value: number): string => (value < 10 ? number(value, 1) : number(value));

const FAILED: Readonly<Record<Failure, string>> = {
  crash: 'The leader crashes',
  'power loss': 'The leader loses power',
  'cut off': 'The leader is cut off',
  'all restart': 'All servers start again',
};

export function controls(): Input<Data> {
  const form = Inputs.form({
    servers: Inputs.checkbox([3, 5, 7, 9, 13], { label: 'Servers', value: [5], format: String }),
    failures: Inputs.checkbox(FAILURES, { label: 'What fails', value: ['crash', 'power loss'] }),
    latency: Inputs.range([0.1, 200], {
      label: 'Latency, ms (median, one way)',
      value: 10,
      step: 0.1,
      transform: Math.log,
    }),
    tickTime: Inputs.range([100, 4000], { label: 'tickTime, ms', value: BASE.tickTime, step: 100 }),
    syncLimit: Inputs.range([1, 20], { label: 'syncLimit, ticks', value: BASE.syncLimit, step: 1 }),
    firstSeed: Inputs.range([1, 1e6], { label: 'First seed', value: 1, step: 1 }),
    seeds: Inputs.range([1, 200], { label: 'Seeds', value: 20, step: 1 }),
  });
  return sweep(election, committed, form, (own) => ({
    setups: own.servers.flatMap((servers) =>
      own.failures.map((failure) => ({
        servers,
        failure: failure as Failure,
        latency: own.latency,
        tickTime: own.tickTime,
        syncLimit: own.syncLimit,
      })),
    ),
    firstSeed: own.firstSeed,
    seeds: own.seeds,
  }));
}

/** Each run with its link. */
export function linked({ rows }: Data): Promise<Linked[]> {
  return Promise.all(
    rows.map(async (row): Promise<Linked> => {
      const { servers, failure, latency, tickTime, syncLimit, seed, event } = row;
      const run = electionRun({ servers, failure, latency, tickTime, syncLimit, seed });
      return { ...row, link: await labLink(run, event) };
    }),
  );
}

const shown = (data: Data, rows: readonly Linked[]): Linked[] =>
  data.own ? [...rows] : (atBase(rows) as Linked[]);

/** A link's text where there is no room for one. */
const about = (row: Linked): string =>
  `${row.servers} servers, ${row.failure}, seed ${row.seed}: ${MS(row.serving)} ms. Open in the lab`;

/** A place around a number for a seed, so that dots do not cover each other. */
const scattered = (seed: number): number => ((seed * 0.618034) % 1) - 0.5;

function tabled(rows: readonly Linked[]): { rows: Row[]; link: (row: Row) => string | undefined } {
  const links = new Map<Row, string>();
  const plain = rows.map(({ link, ...row }) => {
    const { seed, ...rest } = row as ElectionRow;
    const line: Row = { run: `seed ${seed}`, ...rest };
    links.set(line, link);
    return line;
  });
  return { rows: plain, link: (row) => links.get(row) };
}

export function distributions(data: Data, all: readonly Linked[], width: number): HTMLElement {
  const rows = shown(data, all);
  const sizes = [...new Set(rows.map((row) => row.servers))];
  const failures = FAILURES.filter((failure) => rows.some((row) => row.failure === failure));
  const found = summaries(rows);
  const picture = plot(width, {
    height: 90 + failures.length * 115,
    marginLeft: 40,
    marginTop: 30,
    x: { label: 'Failure until a leader serves, ms', type: 'log', grid: true, tickFormat: '~s' },
    y: {
      label: null,
      ticks: sizes,
      tickFormat: String,
      domain: [Math.min(...sizes) - 1, Math.max(...sizes) + 1],
    },
    fy: { domain: failures, label: null, axis: null, padding: 0.22 },
    color: { domain: [...FAILURES] },
    marks: [
      Plot.frame({ stroke: FAINT }),
      Plot.dot(rows, {
        x: 'serving',
        y: (row) => row.servers + scattered(row.seed) * 1.3,
        fy: 'failure',
        fill: 'failure',
        fillOpacity: 0.75,
        r: 3.5,
        href: 'link',
        title: about,
      }),
      Plot.ruleX(found, {
        x: 'serving',
        y1: (one) => one.servers - 0.9,
        y2: (one) => one.servers + 0.9,
        fy: 'failure',
        stroke: INK,
        strokeWidth: 2,
      }),
      Plot.text(failures, {
        fy: (one: Failure) => one,
        text: (one: Failure) => FAILED[one],
        frameAnchor: 'top-left',
        dy: -14,
        fontWeight: 650,
        fill: INK,
      }),
    ],
  });
  return figure(
    {
      title: 'How long until a leader serves again',
      description: found
        .map(
          (one) =>
            `${one.servers} servers, ${one.failure}: median ${MS(one.serving)} ms, from ${MS(one.fast)} to ${MS(one.slow)} for the middle four fifths`,
        )
        .join('; '),
      caption:
        'A dot is a run: it opens in the lab at the moment the new leader begins to serve. Its height is the number of servers; bars are medians.',
      tableName: 'The runs as a table, each leads into the lab',
      ...tabled(rows),
    },
    picture,
  );
}

export function parts(data: Data, all: readonly Linked[], width: number): HTMLElement {
  const rows = shown(data, all);
  const size = rows.some((row) => row.servers === BASE.servers) ? BASE.servers : rows[0]!.servers;
  const found = summaries(rows.filter((row) => row.servers === size));
  const moments = found.flatMap((one) =>
    (['suspected', 'elected', 'serving'] as const).map((moment) => ({
      failure: one.failure,
      moment,
      ms: one[moment],
    })),
  );
  const seen = moments.filter((one) => one.ms > 0);
  const picture = plot(width, {
    marginLeft: 84,
    height: 90 + 46 * found.length,
    x: { label: 'Since the failure, ms (median)', type: 'log', grid: true, tickFormat: '~s' },
    y: { label: null, type: 'point', domain: found.map((one) => one.failure) },
    color: { domain: ['suspected', 'elected', 'serving'], legend: true },
    marks: [
      Plot.ruleX([WAIT], { stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.ruleY(found, {
        y: 'failure',
        x1: (one) => (one.suspected > 0 ? one.suspected : one.elected),
        x2: 'serving',
        stroke: FAINT,
        strokeWidth: 2,
      }),
      Plot.dot(seen, { x: 'ms', y: 'failure', fill: 'moment', r: 6, tip: true }),
    ],
  });
  return figure(
    {
      title: `Where the time goes, ${size} servers`,
      description: moments.map((one) => `${one.failure}, ${one.moment}: ${MS(one.ms)} ms`).join('; '),
      caption: `Suspected: the first survivor looks for a leader (at once where all restart: no dot). Elected: the next leader has decided. Serving: a quorum has acknowledged it. Dashed: ${WAIT} ms, which an election waits for a better vote (finalizeWait).`,
      rows: found,
    },
    picture,
  );
}

export function latencies(all: readonly Linked[], width: number): HTMLElement {
  const rows = all.filter((row) => row.failure === 'crash');
  const found = summaries(rows);
  const picture = plot(width, {
    x: { label: 'Latency, ms (median, one way)', type: 'log', grid: true, tickFormat: '~r' },
    y: { label: 'Crash until a leader serves, ms', type: 'log', grid: true, tickFormat: '~s' },
    marks: [
      Plot.ruleY([WAIT], { stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.line(
        found.filter((one) => one.servers === BASE.servers).sort((a, b) => a.latency - b.latency),
        { x: 'latency', y: 'serving', stroke: PALETTE[0]! },
      ),
      Plot.dot(rows, {
        x: 'latency',
        y: 'serving',
        r: 3.5,
        fill: PALETTE[0]!,
        fillOpacity: 0.6,
        href: 'link',
        title: about,
      }),
    ],
  });
  return figure(
    {
      title: 'Latency: what an election costs when the crash is noticed at once',
      description:
        found
          .map((one) => `${one.servers} servers, ${one.latency} ms: median ${MS(one.serving)} ms`)
          .join('; ') || 'No crashes are among these runs.',
      caption: `Line: medians of ${BASE.servers} servers. Dashed: finalizeWait, ${WAIT} ms.`,
      tableName: 'The runs as a table, each leads into the lab',
      ...tabled(rows),
    },
    picture,
  );
}

export function limits(all: readonly Linked[], width: number): HTMLElement {
  const rows = all
    .filter((row) => row.failure === 'power loss' && row.servers === BASE.servers)
    .map((row) => ({ ...row, limit: row.tickTime * row.syncLimit }));
  const found = summaries(rows as readonly ElectionRow[]);
  const most = Math.max(1, ...rows.map((row) => row.limit));
  const picture = plot(width, {
    x: { label: 'tickTime × syncLimit, ms', grid: true, domain: [0, most * 1.05] },
    y: { label: 'Power loss until a leader serves, ms', grid: true, zero: true, tickFormat: '~s' },
    marks: [
      Plot.line([0, most], { x: (x) => x, y: (x) => x, stroke: FAINT, strokeDasharray: '4 3' }),
      Plot.dot(rows, {
        x: (row) => row.limit + scattered(row.seed) * most * 0.02,
        y: 'serving',
        r: 3.5,
        fill: PALETTE[1]!,
        fillOpacity: 0.65,
        href: 'link',
        title: about,
      }),
    ],
  });
  return figure(
    {
      title: 'Limits: a silent leader is missed when its time is up',
      description:
        found
          .map((one) => `${one.tickTime} ms × ${one.syncLimit}: median ${MS(one.serving)} ms`)
          .join('; ') || `No power losses of ${BASE.servers} servers are among these runs.`,
      caption: 'Dashed: as long as the limit itself.',
      tableName: 'The runs as a table, each leads into the lab',
      ...tabled(rows as unknown as Linked[]),
    },
    picture,
  );
}

/** Markdown. */
export function conclusion(data: Data): string {
  const rows = data.own ? data.rows : atBase(data.rows);
  const found = summaries(rows);
  const parts: string[] = [];
  const crash = rows.filter((row) => row.failure === 'crash');
  if (crash.length > 0) {
    const quick = crash.filter((row) => row.serving < PAPER).length;
    const middle = median(crash.map((row) => row.serving));
    parts.push(
      `**After a crash a leader serves again within ${MS(middle)} ms in half of the runs; ${quick} of ${crash.length} take less than the paper's ${PAPER} ms.** Today's election alone waits ${WAIT} ms for a better vote, so what is left besides are ${MS(Math.max(0, middle - WAIT))} ms.`,
    );
  }
  const silent = rows.filter((row) => row.failure === 'power loss' || row.failure === 'cut off');
  if (silent.length > 0) {
    const middle = median(silent.map((row) => row.serving));
    const waiting = median(
      silent.map((row) =>
        row.serving === 0 ? 0 : Math.max(row.suspected, row.elected - WAIT) / row.serving,
      ),
    );
    parts.push(
      `A leader that falls silent costs ${MS(middle)} ms: ${Math.round(waiting * 100)} % of that is waiting until enough servers miss it, which tickTime × syncLimit decides.`,
    );
  }
  const spread = (['crash', 'all restart'] as const).flatMap((failure) => {
    const own = found.filter((one) => one.failure === failure);
    if (own.length < 2) return [];
    const medians = own.map((one) => one.serving);
    return [`${failure}: ${MS(Math.min(...medians))} to ${MS(Math.max(...medians))} ms`];
  });
  if (spread.length > 0)
    parts.push(`The size of the ensemble hardly matters (medians over the sizes, ${list(spread)}).`);
  return parts.join(' ');
}
