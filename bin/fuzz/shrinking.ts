/** Drives the shrinker: runs its candidates on a pool, within bounds of runs and time. */
import type { Judgement } from '../../sim/fuzz/candidates.ts';
import { type Execution, NO_ENDLESS_LOOP } from '../../sim/fuzz/execute.ts';
import { type Finding, findingOf, sizeOf } from '../../sim/fuzz/finding.ts';
import { shrink } from '../../sim/fuzz/shrink.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { DETERMINISM } from '../work/fuzz-runs.ts';
import type { WatchedPool } from '../work/watched-pool.ts';

/** Shorter than that of a campaign: each candidate that fails takes it whole. */
const STUCK_IN_SHRINKING_MS = 2000;

/** How far to go. */
export interface ShrinkOptions {
  /** Candidates to run, at most. */
  readonly runs: number;
  /** Wall ms. */
  readonly budgetMs: number;
  readonly program: string;
  /** Stops with what there is once aborted. */
  readonly signal: AbortSignal;
  readonly onProgress?: (tried: number, best: RunSpec) => void;
}

/** The finding, shrunk as far as the bounds allow; itself where nothing simpler fails. */
export async function shrinkFinding(
  pool: WatchedPool,
  finding: Finding,
  options: ShrinkOptions,
): Promise<Finding> {
  const { runs, budgetMs, signal } = options;
  const { property, ms } = finding.failure;
  const started = performance.now();
  const judged = async (run: RunSpec): Promise<Judgement> => {
    const stuckMs = property === NO_ENDLESS_LOOP ? STUCK_IN_SHRINKING_MS : undefined;
    const ended = await pool.run<Judgement>({ kind: 'judge', run, property }, stuckMs);
    if ('value' in ended) return ended.value;
    return property === NO_ENDLESS_LOOP ? { ms: 0, asked: [] } : null;
  };
  const candidates = shrink(finding.run, property, ms);
  let best = finding.run;
  let tried = 0;
  let next = candidates.next();
  while (next.done !== true && tried < runs && performance.now() - started < budgetMs && !signal.aborted) {
    const judgement = await judged(next.value);
    tried++;
    if (judgement !== null) best = next.value;
    options.onProgress?.(tried, best);
    next = candidates.next(judgement);
  }
  return finished(pool, finding, best, tried, options);
}

async function finished(
  pool: WatchedPool,
  finding: Finding,
  best: RunSpec,
  tried: number,
  { program }: ShrinkOptions,
): Promise<Finding> {
  const { original = finding.run, from = finding.size } = finding.shrunk ?? {};
  const shrunk = { from, tried: tried + (finding.shrunk?.tried ?? 0), original };
  const { property } = finding.failure;
  const checkDeterminism = property === DETERMINISM;
  const ended = await pool.run<Execution>({ kind: 'execute', run: best, checkDeterminism });
  const found = finding.found === undefined ? {} : { found: finding.found };
  if ('value' in ended) {
    const final = findingOf(best, ended.value, program, property);
    return final === null ? { ...finding, shrunk } : { ...final, ...found, shrunk };
  }
  const { events, text } = ended.lost;
  const { recording: _none, ...rest } = finding;
  const failure = { property, event: events, ms: 0, text };
  return { ...rest, program, failure, run: best, size: sizeOf(best, 0, events), shrunk };
}
