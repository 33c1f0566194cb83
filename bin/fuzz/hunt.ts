/** Hunts a variant: drawn runs until one breaks a property, that one shrunk; else the run directed at it. */

import type { Variant } from '../../scenarios/variants/index.ts';
import { type Execution, NO_ENDLESS_LOOP } from '../../sim/fuzz/execute.ts';
import { type Finding, findingOf } from '../../sim/fuzz/finding.ts';
import { profiles } from '../../sim/fuzz/profile.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { Ended, WatchedPool } from '../work/watched-pool.ts';
import { type CampaignOptions, runCampaign } from './campaign.ts';
import { MOST_CANDIDATES } from './shrink-findings.ts';
import { shrinkFinding } from './shrinking.ts';

/** Where shrinking leaves more faults than this, the next finding may come to fewer; so many are tried. */
const FEW_FAULTS = 8;
const MOST_FINDINGS = 6;

/** How far to go. */
export interface HuntOptions
  extends Pick<CampaignOptions, 'program' | 'signal' | 'onProgress' | 'workloads'> {
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
  const { program, signal, directed } = options;
  const { first, runs, wallMs } = await findingFrom(pool, variant, 0, options);
  if (first !== null) {
    const shrunk = await smallest(pool, variant, first, options);
    const guilty = [
      ...(await brokenByCorrect(pool, first.run)),
      ...(await brokenByCorrect(pool, shrunk.run)),
    ];
    return { killed: 'fuzz', runs: first.found!.run + 1, wallMs, finding: shrunk, brokenByCorrect: guilty };
  }
  const none: Prey = { killed: 'no', runs, wallMs, finding: null, brokenByCorrect: [] };
  if (directed === undefined || signal.aborted) return none;
  const run: RunSpec = { ...directed, variant: { name: variant.id } };
  const finding = await findingIn(pool, run, variant, program);
  if (finding === null) return none;
  return { ...none, killed: 'directed', finding, brokenByCorrect: await brokenByCorrect(pool, run) };
}

/** The first finding from a run on, in the order of the runs; null where there is none. */
async function findingFrom(
  pool: WatchedPool,
  variant: Variant,
  from: number,
  { seed, maxRuns, program, signal, onProgress, workloads = [] }: HuntOptions,
): Promise<{ readonly first: Finding | null; readonly runs: number; readonly wallMs: number }> {
  const found: Finding[] = [];
  const { runs, wallMs } = await runCampaign(pool, {
    campaign: { seed, profile: profiles[0]!.name, variant: { name: variant.id } },
    from,
    runs: maxRuns,
    shard: 1,
    shards: 1,
    budgetMs: Number.POSITIVE_INFINITY,
    checkDeterminism: 0,
    stopAfter: 1,
    keep: 1,
    program,
    signal,
    workloads,
    ...(onProgress && { onProgress }),
    onFinding: (finding) => found.push(finding),
  });
  // Workers run ahead: the first in the order of the runs is the same whatever their number.
  found.sort((a, b) => a.found!.run - b.found!.run);
  return { first: found[0] ?? null, runs, wallMs };
}

/**
 * The finding shrunk; where that leaves many faults, one of the next findings. What random clients ask for hangs on every
 * delay, so in one run a fault can be left out and in another the failure is missed by chance.
 */
async function smallest(
  pool: WatchedPool,
  variant: Variant,
  first: Finding,
  options: HuntOptions,
): Promise<Finding> {
  const { shrinkMs: budgetMs, program, signal } = options;
  const bounds = { runs: MOST_CANDIDATES, budgetMs, program, signal };
  let best: Finding | null = null;
  let next: Finding | null = first;
  for (let i = 0; i < MOST_FINDINGS && next !== null && !signal.aborted; i++) {
    const { found, run }: Finding = next;
    // Of several properties that it breaks, the one that was expected.
    const aimed = await findingIn(pool, run, variant, program);
    const shrunk: Finding = await shrinkFinding(pool, { ...(aimed ?? next), found: found! }, bounds);
    if (best === null || shrunk.size.faults < best.size.faults) best = shrunk;
    if (best.size.faults <= FEW_FAULTS) break;
    next = (await findingFrom(pool, variant, found!.run + 1, options)).first;
  }
  return best ?? first;
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
