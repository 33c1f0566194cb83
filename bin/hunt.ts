/** Hunts a variant: drawn runs until one breaks a property, that one shrunk; else the run directed at it. */

import type { Variant } from '../scenarios/variants/index.ts';
import type { Judgement } from '../sim/fuzz/candidates.ts';
import { type Execution, NO_ENDLESS_LOOP } from '../sim/fuzz/execute.ts';
import { type Finding, findingOf } from '../sim/fuzz/finding.ts';
import { profiles } from '../sim/fuzz/profile.ts';
import type { RunSpec } from '../sim/spec.ts';
import { type CampaignOptions, runCampaign } from './campaign.ts';
import { MOST_CANDIDATES } from './shrink-findings.ts';
import { shrinkFinding } from './shrinking.ts';
import type { Ended, WatchedPool } from './watched-pool.ts';

/** A finding of more faults is shrunk once more, up to so many times. */
const FEW_FAULTS = 8;
const MOST_ROUNDS = 6;
/** Seeds tried with each fault left out. */
const OTHER_SEEDS = 12;

/** How far to go. */
export interface HuntOptions extends Pick<CampaignOptions, 'program' | 'signal' | 'onProgress'> {
  readonly seed: number;
  /** Runs until it is given up. */
  readonly maxRuns: number;
  /** Wall ms for shrinking what was found. */
  readonly shrinkMs: number;
  /** A run that breaks it, where there is one. */
  readonly directed: RunSpec | undefined;
}

/** What became of a variant. */
export interface Prey {
  readonly killed: 'fuzz' | 'directed' | 'no';
  /** Runs up to the one that killed it, or all that were made. */
  readonly runs: number;
  /** Of the hunt, without shrinking. */
  readonly wallMs: number;
  /** Null where nothing was found. */
  readonly finding: Finding | null;
  /** What the correct protocol breaks in the same run: it should break nothing. */
  readonly brokenByCorrect: readonly string[];
}

/** Runs plans of the default profile with the variant until one breaks a property, in the order of their numbers. */
export async function hunt(pool: WatchedPool, variant: Variant, options: HuntOptions): Promise<Prey> {
  const { seed, maxRuns, program, signal, onProgress, directed } = options;
  const name = variant.id;
  const found: Finding[] = [];
  const { runs, wallMs } = await runCampaign(pool, {
    campaign: { seed, profile: profiles[0]!.name, variant: { name } },
    runs: maxRuns,
    shard: 1,
    shards: 1,
    budgetMs: Number.POSITIVE_INFINITY,
    checkDeterminism: 0,
    stopAfter: 1,
    keep: 1,
    program,
    signal,
    ...(onProgress && { onProgress }),
    onFinding: (finding) => found.push(finding),
  });
  // Workers run ahead: the first in the order of the runs is the same whatever their number.
  const first = found.sort((a, b) => a.found!.run - b.found!.run)[0];
  if (first !== undefined) {
    const aimed = await findingIn(pool, first.run, variant, program);
    const shrunk = await shrinkWell(
      pool,
      aimed === null ? first : { ...aimed, found: first.found! },
      options,
    );
    const guilty = [
      ...(await brokenByCorrect(pool, first.run)),
      ...(await brokenByCorrect(pool, shrunk.run)),
    ];
    return { killed: 'fuzz', runs: first.found!.run + 1, wallMs, finding: shrunk, brokenByCorrect: guilty };
  }
  const none: Prey = { killed: 'no', runs, wallMs, finding: null, brokenByCorrect: [] };
  if (directed === undefined || signal.aborted) return none;
  const run: RunSpec = { ...directed, variant: { name } };
  const finding = await findingIn(pool, run, variant, program);
  if (finding === null) return none;
  return { killed: 'directed', runs, wallMs, finding, brokenByCorrect: await brokenByCorrect(pool, run) };
}

/** Shrinks for the time given, and again where a run of many events has left it no time for its faults. */
async function shrinkWell(pool: WatchedPool, finding: Finding, options: HuntOptions): Promise<Finding> {
  const { shrinkMs: budgetMs, program, signal } = options;
  const bounds = { runs: MOST_CANDIDATES, budgetMs, program, signal };
  let shrunk = finding;
  for (let i = 0; i < MOST_ROUNDS && !signal.aborted; i++) {
    shrunk = await shrinkFinding(pool, shrunk, bounds);
    if (shrunk.size.faults <= FEW_FAULTS) break;
    shrunk = (await fewerByChance(pool, shrunk, options)) ?? shrunk;
  }
  return shrunk;
}

/**
 * One fault less, with another seed: where leaving a fault out only shifts what clients draw from then on, so that the
 * failure is missed by chance, another chance may hit it. Null where none of some does.
 */
async function fewerByChance(
  pool: WatchedPool,
  finding: Finding,
  { program, signal }: HuntOptions,
): Promise<Finding | null> {
  const { run, failure, found, shrunk } = finding;
  const { property } = failure;
  for (let seed = 1; seed <= OTHER_SEEDS && !signal.aborted; seed++) {
    for (let i = 0; i < run.faults.length; i++) {
      // What mends stays.
      if (run.faults[i]!.at !== undefined && run.faults[i]!.at === run.end.healedAt) continue;
      const fewer: RunSpec = { ...run, seed, faults: run.faults.filter((_, at) => at !== i) };
      const judged = await pool.run<Judgement>({ kind: 'judge', run: fewer, property });
      if (!('value' in judged) || judged.value === null) continue;
      const ended = await executed(pool, fewer);
      const next = 'value' in ended ? findingOf(fewer, ended.value, program, property) : null;
      if (next !== null) return { ...next, ...(found && { found }), ...(shrunk && { shrunk }) };
    }
  }
  return null;
}

/** What breaks in a run, the property that the variant should break before others; null where all hold. */
async function findingIn(
  pool: WatchedPool,
  run: RunSpec,
  { expects }: Variant,
  program: string,
): Promise<Finding | null> {
  const ended = await executed(pool, run);
  if ('lost' in ended) return null;
  return findingOf(run, ended.value, program, expects) ?? findingOf(run, ended.value, program);
}

/** What the same run breaks without the variant. */
async function brokenByCorrect(pool: WatchedPool, { variant: _, ...run }: RunSpec): Promise<string[]> {
  const ended = await executed(pool, run);
  return 'lost' in ended ? [NO_ENDLESS_LOOP] : ended.value.failures.map(({ property }) => property);
}

function executed(pool: WatchedPool, run: RunSpec): Promise<Ended<Execution>> {
  return pool.run<Execution>({ kind: 'execute', run, checkDeterminism: false });
}
