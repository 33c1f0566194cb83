/** What each incident did to throughput. */
import { median } from '../statistics.ts';
import { type FailuresRow, INCIDENTS } from './experiment.ts';

/** A part counts as disturbed below this share of what is usual. */
export const USUAL = 0.85;
/** For how long after an incident a dip is its own, ms. */
const WINDOW = 1500;

export interface Dip {
  readonly [column: string]: number | string;
  readonly mark: string;
  readonly what: string;
  readonly at: number;
  /** Operations per second before it, at the worst, and after it. */
  readonly before: number;
  readonly worst: number;
  readonly after: number;
  /** Until the last disturbed part was over, ms; 0: none was. */
  readonly recovery: number;
  /** Time in which no write was answered, ms. */
  readonly noWrites: number;
}

const total = (row: FailuresRow): number => row.reads + row.writes;

/** One for each incident that fell into the time measured. */
export function dips(rows: readonly FailuresRow[]): Dip[] {
  const bin = rows.length < 2 ? 0 : rows[1]!.time - rows[0]!.time;
  const within = (from: number, to: number): FailuresRow[] =>
    rows.filter((row) => row.time - bin >= from && row.time <= to);
  return INCIDENTS.flatMap(({ at, mark, text }, i) => {
    const next = INCIDENTS[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const settled = within(at + 500, next);
    const prior = within(Math.max(INCIDENTS[i - 1]?.at ?? 0, at - 1000), at);
    const own = within(at, Math.min(next, at + WINDOW));
    if (settled.length === 0 || prior.length === 0) return [];
    const after = median(settled.map(total));
    const disturbed = own.filter((row) => total(row) < USUAL * after);
    return [
      {
        mark,
        what: text,
        at,
        before: median(prior.map(total)),
        worst: Math.min(...own.map(total)),
        after,
        recovery: disturbed.length === 0 ? 0 : disturbed.at(-1)!.time - at,
        noWrites: bin * own.filter((row) => row.writes === 0).length,
      },
    ];
  });
}
