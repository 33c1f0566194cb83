/** What a worker of the pool does: seeds of a run, plans of a campaign, single runs, hashes of one. */
import type { Catalog } from '../../sim/catalog.ts';
import { CheckError } from '../../sim/check/own-property.ts';
import type { Judgement } from '../../sim/fuzz/candidates.ts';
import type { Execution } from '../../sim/fuzz/execute.ts';
import type { RunResult } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { SpecError } from '../../sim/spec-error.ts';
import { InputError } from '../input/input-error.ts';
import { loadCatalog } from '../input/with.ts';
import { type Divergence, divergenceAfterRestore, hashesBetween } from './determinism.ts';
import { executeOnce, type FuzzOutcome, fuzzRuns, Heart, judgeOnce } from './fuzz-runs.ts';
import { passes, runOnce } from './runner.ts';
import type { PlainTask, SeedTask, Task, WatchedTask } from './task.ts';

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

function runSeed(task: SeedTask, seed: number, catalog: Catalog): SeedOutcome {
  const run: RunSpec = { ...task.run, seed };
  try {
    const result = runOnce(run, catalog);
    const divergence = task.checkDeterminism ? divergenceAfterRestore(run, result, catalog) : null;
    const { traceHash, events, virtualMs, verdicts } = result;
    const unchecked = Object.keys(verdicts).filter((id) => verdicts[id] === 'unchecked');
    const failed = divergence !== null || !passes(result);
    return { seed, traceHash, events, virtualMs, unchecked, result: failed ? result : null, divergence };
  } catch (error) {
    if (error instanceof CheckError) throw error;
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** What a watched task comes to; `error`: the program itself is at fault. */
export type WatchedResult<T> = { readonly value: T } | BadInput | { readonly error: string };

async function watched(task: WatchedTask): Promise<WatchedResult<FuzzOutcome | Execution | Judgement>> {
  try {
    const catalog = await loadCatalog(task.with);
    const heart = new Heart(task.beat);
    switch (task.kind) {
      case 'fuzz':
        return { value: fuzzRuns(task, catalog, heart) };
      case 'judge':
        return { value: judgeOnce(task, catalog, heart) };
      case 'execute':
        return { value: executeOnce(task, catalog, heart) };
    }
  } catch (error) {
    if (error instanceof InputError || error instanceof CheckError || error instanceof SpecError)
      return { badInput: error.message };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What a task comes to whose modules are at fault; `badInput` is what the user is told. */
export interface BadInput {
  readonly badInput: string;
}

async function plain(task: PlainTask): Promise<SeedOutcome[] | RunResult | string[] | BadInput> {
  try {
    const catalog = await loadCatalog(task.with);
    switch (task.kind) {
      case 'seeds': {
        const outcomes: SeedOutcome[] = [];
        for (let seed = task.first; seed <= task.last; seed++) outcomes.push(runSeed(task, seed, catalog));
        return outcomes;
      }
      case 'result':
        return runOnce(task.run, catalog);
      case 'hashes':
        return hashesBetween(task.run, task.from, task.to, catalog);
    }
  } catch (error) {
    if (error instanceof InputError || error instanceof CheckError) return { badInput: error.message };
    throw error;
  }
}

/** Entry of the pool. */
export default function work(
  task: Task,
): Promise<
  SeedOutcome[] | RunResult | string[] | BadInput | WatchedResult<FuzzOutcome | Execution | Judgement>
> {
  return task.kind === 'seeds' || task.kind === 'result' || task.kind === 'hashes'
    ? plain(task)
    : watched(task);
}
