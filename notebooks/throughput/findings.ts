/** What the measured rows say of the claim, and how far the predictions are off. */
import { bound, type Costs, calibrate } from './calibration.ts';
import type { ThroughputRow } from './experiment.ts';
import { PAPER, paperRow } from './paper.ts';

/** The most that a prediction may be off, as a share. */
export const TOLERANCE = 0.2;

/** How a row of the paper's table stands to the rows that the costs were made from. */
export type Standing = 'calibrated' | 'interpolated' | 'extrapolated';

export interface Prediction {
  readonly [column: string]: number | string;
  readonly servers: number;
  readonly load: 'all reads' | 'all writes';
  readonly standing: Standing;
  /** Operations per second. */
  readonly paper: number;
  readonly ours: number;
  /** Of the paper's number; positive: too high. */
  readonly error: number;
}

export function standing(servers: number, [a, b]: readonly [number, number]): Standing {
  if (servers === a || servers === b) return 'calibrated';
  return servers > Math.min(a, b) && servers < Math.max(a, b) ? 'interpolated' : 'extrapolated';
}

/** The measured extremes beside the paper's. */
export function predictions(
  rows: readonly ThroughputRow[],
  calibratedOn: readonly [number, number],
): Prediction[] {
  const found: Prediction[] = [];
  for (const load of ['all reads', 'all writes'] as const) {
    for (const { servers, reads, writes } of PAPER) {
      const row = rows.find((one) => one.servers === servers && one.reads === (load === 'all reads' ? 1 : 0));
      if (row === undefined) continue;
      const paper = load === 'all reads' ? reads : writes;
      const error = row.operations / paper - 1;
      found.push({
        servers,
        load,
        standing: standing(servers, calibratedOn),
        paper,
        ours: row.operations,
        error,
      });
    }
  }
  return found;
}

export interface Outlier {
  readonly row: ThroughputRow;
  /** By how much, as a share of the extreme. */
  readonly by: number;
  /** By more than the slices of its own measurement differ: not even the nearest of them is between the extremes. */
  readonly clear: boolean;
}

/** Mixed loads that are not between the ensemble's own extremes. */
export function outliers(rows: readonly ThroughputRow[]): Outlier[] {
  return rows.flatMap((row) => {
    const own = rows.filter((one) => one.servers === row.servers);
    const writes = own.find((one) => one.reads === 0);
    const reads = own.find((one) => one.reads === 1);
    if (writes === undefined || reads === undefined) return [];
    if (row.operations > reads.operations) {
      return [{ row, by: row.operations / reads.operations - 1, clear: row.least > reads.operations }];
    }
    if (row.operations < writes.operations) {
      return [{ row, by: 1 - row.operations / writes.operations, clear: row.most < writes.operations }];
    }
    return [];
  });
}

/** Neighbours on a curve of which the one with more reads is the slower. */
export function descents(rows: readonly ThroughputRow[]): number {
  let count = 0;
  for (const row of rows) {
    const next = rows
      .filter((one) => one.servers === row.servers && one.reads > row.reads)
      .sort((a, b) => a.reads - b.reads)[0];
    if (next !== undefined && next.operations < row.operations) count++;
  }
  return count;
}

/** The ensemble that does most at a share of reads. */
export function best(rows: readonly ThroughputRow[], reads: number): number | null {
  const own = rows.filter((row) => row.reads === reads);
  return (
    own.reduce<ThroughputRow | null>(
      (most, row) => (most === null || row.operations > most.operations ? row : most),
      null,
    )?.servers ?? null
  );
}

/** How far the simulation is from the lesser of the two bounds, as a share; negative: below. */
export function offBound(rows: readonly ThroughputRow[], costs: Costs): { least: number; most: number } {
  const shares = rows.map((row) => row.operations / bound(costs, row.servers, row.reads) - 1);
  return { least: Math.min(...shares), most: Math.max(...shares) };
}

export interface PairError {
  readonly [column: string]: number | string;
  /** The rows that the costs would be made from. */
  readonly pair: string;
  readonly servers: number;
  readonly load: string;
  readonly standing: Standing;
  readonly error: number;
}

/** By the bounds alone: what each choice of two rows would have predicted for the others. */
export function pairErrors(): PairError[] {
  const found: PairError[] = [];
  for (const a of PAPER) {
    for (const b of PAPER) {
      if (a.servers >= b.servers) continue;
      const rows: readonly [number, number] = [a.servers, b.servers];
      const costs = calibrate(rows);
      for (const { servers } of PAPER) {
        if (rows.includes(servers)) continue;
        const { reads, writes } = paperRow(servers);
        const common = {
          pair: `${a.servers} and ${b.servers}`,
          servers,
          standing: standing(servers, rows),
        };
        found.push({ ...common, load: 'all reads', error: bound(costs, servers, 1) / reads - 1 });
        found.push({ ...common, load: 'all writes', error: bound(costs, servers, 0) / writes - 1 });
      }
    }
  }
  return found;
}
