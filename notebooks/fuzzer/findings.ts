/** Survival of mistakes under the fuzzer. */
import type { HuntsRow } from './hunts.ts';

export interface Step {
  readonly variant: string;
  readonly swarm: boolean;
  readonly runs: number;
  /** Share of the hunts in which it was still alive after so many runs. */
  readonly alive: number;
}

/** The curve of each variant, by Kaplan and Meier: all hunts are given up at the same run, so it is a plain share. */
export function survival(rows: readonly HuntsRow[], most: number): Step[] {
  const steps: Step[] = [];
  for (const [variant, swarm, own] of groups(rows)) {
    steps.push({ variant, swarm, runs: 0, alive: 1 });
    const deaths = [...new Set(own.filter((row) => row.found).map((row) => row.runs))].sort((a, b) => a - b);
    for (const runs of deaths) {
      const dead = own.filter((row) => row.found && row.runs <= runs).length;
      steps.push({ variant, swarm, runs, alive: 1 - dead / own.length });
    }
    const last = steps.at(-1)!;
    if (last.runs < most) steps.push({ ...last, runs: most });
  }
  return steps;
}

function groups(rows: readonly HuntsRow[]): (readonly [string, boolean, HuntsRow[]])[] {
  const found = new Map<string, readonly [string, boolean, HuntsRow[]]>();
  for (const row of rows) {
    const key = `${row.variant}/${row.swarm}`;
    const group = found.get(key) ?? ([row.variant, row.swarm, []] as const);
    group[2].push(row);
    found.set(key, group);
  }
  return [...found.values()];
}

export interface Hunted {
  readonly [column: string]: number | string | boolean | null;
  readonly variant: string;
  readonly swarm: boolean;
  readonly hunts: number;
  readonly found: number;
  /** Finds per run: found hunts over all runs made, the best estimate where each run is an attempt of its own. */
  readonly rate: number;
  /** One over it: runs to expect; null where none was found. */
  readonly runs: number | null;
  readonly properties: string;
}

/** One line per variant and way of drawing faults. */
export function hunted(rows: readonly HuntsRow[]): Hunted[] {
  return groups(rows).map(([variant, swarm, own]) => {
    const found = own.filter((row) => row.found).length;
    const runs = own.reduce((sum, row) => sum + row.runs, 0);
    const counts = new Map<string, number>();
    for (const { property } of own)
      if (property !== '') counts.set(property, (counts.get(property) ?? 0) + 1);
    return {
      variant,
      swarm,
      hunts: own.length,
      found,
      rate: found / runs,
      runs: found === 0 ? null : runs / found,
      properties: [...counts].map(([property, count]) => `${property} ${count}`).join(', '),
    };
  });
}
