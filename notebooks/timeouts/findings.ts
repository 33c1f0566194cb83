/** Where the limits bite. */
import type { TimeoutsRow, Victim } from './experiment.ts';

export interface Curve {
  readonly victim: Victim;
  readonly tickTime: number;
  readonly syncLimit: number;
  /** As `2000 ms × 5`. */
  readonly limits: string;
  /** Ticks of the limit that this victim is up against. */
  readonly ticks: number;
  readonly rows: readonly TimeoutsRow[];
  /** The longest pause, as a share of the limit, that nobody minded; null where each was minded. */
  readonly safe: number | null;
  /** The shortest pause that always cost its part; null where none did. */
  readonly fatal: number | null;
  /** Where half of the pauses do, between the two measured shares around it; null where they never do. */
  readonly half: number | null;
  readonly detection: number;
}

export function limitsOf({ tickTime, syncLimit }: { tickTime: number; syncLimit: number }): string {
  return `${tickTime} ms × ${syncLimit}`;
}

/** One curve for each victim and limits. */
export function curves(rows: readonly TimeoutsRow[]): Curve[] {
  const groups = new Map<string, TimeoutsRow[]>();
  for (const row of rows) {
    const key = `${row.victim}/${limitsOf(row)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const own = [...group].sort((a, b) => a.share - b.share);
    const { victim, tickTime, syncLimit, sessionTicks, detection } = own[0]!;
    const minded = own.find((row) => row.suspected > 0);
    const safe = own.filter((row) => minded === undefined || row.share < minded.share).at(-1);
    const spared = [...own].reverse().find((row) => row.suspected < row.runs);
    const fatal = own.find((row) => spared === undefined || row.share > spared.share);
    return {
      victim,
      tickTime,
      syncLimit,
      limits: limitsOf(own[0]!),
      ticks: victim === 'client' ? sessionTicks : syncLimit,
      rows: own,
      safe: safe?.share ?? null,
      fatal: fatal?.share ?? null,
      half: halfway(own),
      detection,
    };
  });
}

/** Where a rising curve passes one half. */
function halfway(own: readonly TimeoutsRow[]): number | null {
  for (const [i, row] of own.entries()) {
    const share = row.suspected / row.runs;
    if (share < 0.5) continue;
    const before = own[i - 1];
    if (before === undefined) return row.share;
    const low = before.suspected / before.runs;
    return before.share + ((row.share - before.share) * (0.5 - low)) / (share - low);
  }
  return null;
}
