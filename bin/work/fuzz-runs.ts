/** What a worker does with plans: runs of a campaign, candidates of a shrinker, single runs; with signs of life. */
import type { FullCatalog } from '../../scenarios/index.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { CampaignHash, NO_HASH } from '../../sim/fuzz/campaign-hash.ts';
import type { Judgement } from '../../sim/fuzz/candidates.ts';
import { Coverage, type CoverageCounts } from '../../sim/fuzz/coverage.ts';
import { type Execution, execute, type RunSize } from '../../sim/fuzz/execute.ts';
import { type Finding, findingOf } from '../../sim/fuzz/finding.ts';
import { planOf } from '../../sim/fuzz/profile.ts';
import { judge } from '../../sim/fuzz/shrink.ts';
import { RandomStream } from '../../sim/random.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { divergenceAfterRestore } from './determinism.ts';
import { BEAT, type ExecuteTask, type FuzzTask, type JudgeTask } from './task.ts';

/** What a run breaks that is not the same run when made again. */
export const DETERMINISM = 'DETERMINISM';

/** What some runs of a campaign came to. */
export interface FuzzOutcome {
  readonly sizes: readonly RunSize[];
  /** 16 hex digits, see {@link CampaignHash}. */
  readonly traceHash: string;
  readonly coverage: CoverageCounts;
  readonly findings: readonly Finding[];
}

/** Signs of life to the watcher. */
export class Heart {
  private readonly beat: Int32Array;

  constructor(beat: SharedArrayBuffer) {
    this.beat = new Int32Array(beat);
  }

  /** A run begins: its place in the task, from 0. */
  begin(place: number): void {
    Atomics.store(this.beat, BEAT.pulses, 0);
    Atomics.store(this.beat, BEAT.place, place + 1);
  }

  readonly pulse = (): void => {
    Atomics.add(this.beat, BEAT.pulses, 1);
  };
}

/** Makes the runs of a task. */
export function fuzzRuns(task: FuzzTask, catalog: FullCatalog, heart: Heart): FuzzOutcome {
  const { campaign, indices, checkDeterminism, program } = task;
  const coverage = new Coverage();
  const hash = new CampaignHash();
  const sizes: RunSize[] = [];
  const findings: Finding[] = [];
  indices.forEach((run, place) => {
    heart.begin(place);
    coverage.begin();
    const spec = planOf(campaign, run, catalog.workloads);
    const plain = execute(spec, catalog, { listener: coverage, pulse: heart.pulse });
    hash.run(run, plain.result?.traceHash ?? NO_HASH);
    sizes.push(plain.size);
    const drawn = new RandomStream(`${spec.seed}/checked`).next() < checkDeterminism;
    const execution = drawn ? compared(spec, plain, catalog) : plain;
    const finding = findingOf(spec, execution, program);
    const { seed, profile } = campaign;
    if (finding !== null) findings.push({ ...finding, found: { seed, run, profile } });
  });
  return { sizes, traceHash: hash.hex(), coverage: coverage.counts(), findings };
}

/** Runs once; where asked a second time through a snapshot and restore. */
export function executeOnce(
  { run, checkDeterminism }: ExecuteTask,
  catalog: Catalog,
  heart: Heart,
): Execution {
  heart.begin(0);
  const plain = execute(run, catalog, heart);
  return checkDeterminism ? compared(run, plain, catalog) : plain;
}

/** Judges a candidate, also of a run that is not deterministic. */
export function judgeOnce({ run, property }: JudgeTask, catalog: Catalog, heart: Heart): Judgement {
  heart.begin(0);
  if (property !== DETERMINISM) return judge(run, catalog, property, heart);
  const { failures } = compared(run, execute(run, catalog, heart), catalog);
  return failures.some((failure) => failure.property === DETERMINISM) ? { ms: 0, asked: [] } : null;
}

/** Makes the run again through a snapshot and restore; a difference is a failure too. */
function compared(spec: RunSpec, plain: Execution, catalog: Catalog): Execution {
  if (plain.result === null) return plain;
  const divergence = divergenceAfterRestore(spec, plain.result, catalog);
  if (divergence === null) return plain;
  const text = `${divergence.how}, ${divergence.text}`;
  const failure = { property: DETERMINISM, event: divergence.event ?? 0, ms: 0, text };
  return { ...plain, failures: [failure, ...plain.failures] };
}
