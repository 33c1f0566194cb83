/** The simulated availability beside the formula. */
import { halfWidth, mean } from '../statistics.ts';
import type { AvailabilityRow } from './experiment.ts';

/** That all intervals of a table hold their value at once. */
export const CONFIDENCE = 0.95;

/** The share of time in which more than half of n servers are up, each by itself down for that share. */
export function availabilityOf(servers: number, down: number): number {
  let sum = 0;
  let choices = 1;
  for (let lost = 0; lost * 2 < servers; lost++) {
    sum += choices * down ** lost * (1 - down) ** (servers - lost);
    choices = (choices * (servers - lost)) / (lost + 1);
  }
  return sum;
}

export interface AvailabilityFinding {
  readonly [column: string]: number | string | boolean;
  readonly ensemble: string;
  readonly participants: number;
  readonly observers: number;
  readonly down: number;
  readonly runs: number;
  readonly formula: number;
  /** Means over the runs, and half the width of the interval around the first. */
  readonly quorum: number;
  readonly halfWidth: number;
  readonly within: boolean;
  readonly serving: number;
  /** Times per virtual second that a serving leader was lost. */
  readonly losses: number;
}

export function nameOf({ participants, observers }: { participants: number; observers: number }): string {
  return observers === 0 ? `${participants}` : `${participants} + ${observers} observers`;
}

/** One finding per ensemble and share. Intervals are so wide that together they hold with {@link CONFIDENCE} (Bonferroni). */
export function findings(rows: readonly AvailabilityRow[], spanMs: number): AvailabilityFinding[] {
  const groups = new Map<string, AvailabilityRow[]>();
  for (const row of rows) {
    const key = `${nameOf(row)}/${row.down}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const each = 1 - (1 - CONFIDENCE) / groups.size;
  return [...groups.values()].map((own) => {
    const { participants, observers, down } = own[0]!;
    const shares = own.map((row) => row.quorum);
    const formula = availabilityOf(participants, down);
    const quorum = mean(shares);
    const width = halfWidth(shares, each);
    return {
      ensemble: nameOf(own[0]!),
      participants,
      observers,
      down,
      runs: own.length,
      formula,
      quorum,
      halfWidth: width,
      within: own.length > 1 && Math.abs(quorum - formula) <= width,
      serving: mean(own.map((row) => row.serving)),
      losses: mean(own.map((row) => row.losses)) / (spanMs / 1000),
    };
  });
}

/** Seconds without a leader that each loss of a serving one costs beyond what the missing quorum costs anyway; null without losses. */
export function secondsPerLoss(found: readonly AvailabilityFinding[]): number | null {
  const losses = found.reduce((sum, one) => sum + one.losses, 0);
  const gap = found.reduce((sum, one) => sum + one.quorum - one.serving, 0);
  return losses === 0 ? null : gap / losses;
}
