/** What a worker of the pool does: runs seeds, or steps through one run and reports its hashes. */
import type { RunResult } from '../sim/simulation.ts';
import type { RunSpec } from '../sim/spec.ts';
import { type Divergence, divergenceAfterRestore, hashesBetween } from './determinism.ts';
import { passes, runOnce } from './runner.ts';
import type { SeedTask, Task } from './task.ts';

/** What became of one seed; `result` only where something failed. */
export interface SeedOutcome {
  readonly seed: number;
  readonly traceHash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly unchecked: readonly string[];
  readonly result: RunResult | null;
  readonly divergence: Divergence | null;
}

export function isFailed(outcome: SeedOutcome): boolean {
  return outcome.result !== null;
}

function runSeed(task: SeedTask, seed: number): SeedOutcome {
  const run: RunSpec = { ...task.run, seed };
  try {
    const result = runOnce(run);
    const divergence = task.checkDeterminism ? divergenceAfterRestore(run, result) : null;
    const { traceHash, events, virtualMs, verdicts } = result;
    const unchecked = Object.keys(verdicts).filter((id) => verdicts[id] === 'unchecked');
    const failed = divergence !== null || !passes(result);
    return { seed, traceHash, events, virtualMs, unchecked, result: failed ? result : null, divergence };
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Entry of the pool. */
export default function work(task: Task): SeedOutcome[] | RunResult | string[] {
  switch (task.kind) {
    case 'seeds': {
      const outcomes: SeedOutcome[] = [];
      for (let seed = task.first; seed <= task.last; seed++) outcomes.push(runSeed(task, seed));
      return outcomes;
    }
    case 'result':
      return runOnce(task.run);
    case 'hashes':
      return hashesBetween(task.run, task.from, task.to);
  }
}
