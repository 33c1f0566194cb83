/** What the measured elections come to. */
import { median, quantile } from '../statistics.ts';
import { BASE, type ElectionRow, type Failure } from './experiment.ts';

export interface Summary {
  readonly [column: string]: number | string;
  readonly servers: number;
  readonly failure: Failure;
  readonly latency: number;
  readonly tickTime: number;
  readonly syncLimit: number;
  readonly runs: number;
  /** Medians, ms since the failure. */
  readonly suspected: number;
  readonly elected: number;
  readonly serving: number;
  /** The tenth part that is fastest takes at most so long, the tenth that is slowest at least so long. */
  readonly fast: number;
  readonly slow: number;
}

/** One summary per setup, in the order of the rows. */
export function summaries(rows: readonly ElectionRow[]): Summary[] {
  const groups = new Map<string, ElectionRow[]>();
  for (const row of rows) {
    const { servers, failure, latency, tickTime, syncLimit } = row;
    const key = [servers, failure, latency, tickTime, syncLimit].join('/');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((own) => {
    const { servers, failure, latency, tickTime, syncLimit } = own[0]!;
    const serving = own.map((row) => row.serving);
    return {
      servers,
      failure,
      latency,
      tickTime,
      syncLimit,
      runs: own.length,
      suspected: median(own.map((row) => row.suspected)),
      elected: median(own.map((row) => row.elected)),
      serving: median(serving),
      fast: quantile(serving, 0.1),
      slow: quantile(serving, 0.9),
    };
  });
}

/** Rows that differ from the base in size and failure only. */
export function atBase(rows: readonly ElectionRow[]): ElectionRow[] {
  return rows.filter(
    (row) =>
      row.latency === BASE.latency && row.tickTime === BASE.tickTime && row.syncLimit === BASE.syncLimit,
  );
}
