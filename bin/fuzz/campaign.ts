/** A campaign: runs of a seed across a pool of workers. What comes out does not depend on their number. */
import { CampaignHash, NO_HASH } from '../../sim/fuzz/campaign-hash.ts';
import { addCoverage, type CoverageCounts } from '../../sim/fuzz/coverage.ts';
import { NO_ENDLESS_LOOP, type RunSize } from '../../sim/fuzz/execute.ts';
import { FINDING_FORMAT, type Finding, sizeOf } from '../../sim/fuzz/finding.ts';
import { type Campaign, planOf, seedOf } from '../../sim/fuzz/profile.ts';
import type { WorkloadDefinition } from '../../sim/fuzz/workload-definition.ts';
import type { FuzzOutcome } from '../work/fuzz-runs.ts';
import type { Lost, WatchedPool } from '../work/watched-pool.ts';
import { Sample } from './sample.ts';

/** Which runs to make, and how. */
export interface CampaignOptions {
  readonly campaign: Campaign;
  /** Index of the first run; default 0. */
  readonly from?: number;
  /** Runs of all shards together, with those before `from`; infinite where the time decides. */
  readonly runs: number;
  /** Takes the runs ≡ `shard` − 1 (mod `shards`). */
  readonly shard: number;
  readonly shards: number;
  /** Wall ms after which no further runs begin; infinite: never. */
  readonly budgetMs: number;
  readonly checkDeterminism: number;
  /** Begins no further runs after so many findings; infinite: never. */
  readonly stopAfter: number;
  readonly program: string;
  /** Clients that every run gets; those of the modules that the pool loads. Default none. */
  readonly workloads?: readonly WorkloadDefinition[];
  /** Begins no further runs once aborted. */
  readonly signal: AbortSignal;
  readonly onProgress?: (so: Progress) => void;
  /** Findings of which more is kept than their {@link FoundViolation}: those of the first runs. */
  readonly keep: number;
  /** Called for each finding to keep as soon as it is known, in no fixed order. */
  readonly onFinding?: (finding: Finding) => void;
  /** Called where a finding is not to be kept any more, as others come before it. */
  readonly onDropped?: (finding: Finding) => void;
}

/** How far a campaign is. */
export interface Progress {
  /** Runs to make; infinite where the time decides. */
  readonly total: number;
  readonly runs: number;
  readonly events: number;
  readonly violations: number;
  readonly wallMs: number;
}

/** A run that breaks a property. */
export interface FoundViolation {
  readonly property: string;
  /** Index of the run within the campaign, from 0. */
  readonly run: number;
  readonly seed: string;
}

/** What a campaign came to. */
export interface CampaignResult {
  readonly runs: number;
  readonly events: number;
  readonly operations: number;
  readonly virtualMs: number;
  readonly wallMs: number;
  readonly traceHash: string;
  readonly coverage: CoverageCounts;
  /** By run. */
  readonly violations: readonly FoundViolation[];
  /** The first of them whole, by run. */
  readonly findings: readonly Finding[];
  /** Medians over the runs. */
  readonly median: { readonly events: number; readonly writes: number; readonly elections: number };
  /** Whether it was stopped before its time. */
  readonly interrupted: boolean;
}

/** Runs handed to a worker at a time, at most; and while none has ended, or where the campaign may stop at any of them. */
const LARGEST_CHUNK = 50;
const SMALL_CHUNK = 4;
/** Wall ms that a worker is to be busy with them: what is begun is brought to its end, also after Ctrl-C. */
const CHUNK_MS = 500;

/** Runs a campaign. */
export async function runCampaign(pool: WatchedPool, options: CampaignOptions): Promise<CampaignResult> {
  const work = new Work(pool, options);
  await Promise.all(Array.from({ length: pool.jobs }, () => work.loop()));
  return work.result();
}

class Work {
  private readonly pool: WatchedPool;
  private readonly options: CampaignOptions;
  private readonly started = performance.now();
  private readonly total: number;
  private readonly hash = new CampaignHash();
  private readonly violations: FoundViolation[] = [];
  /** By run, at most as many as are to be kept. */
  private readonly findings: Finding[] = [];
  private readonly eventSample = new Sample();
  private readonly writeSample = new Sample();
  private readonly electionSample = new Sample();
  private coverage: CoverageCounts = {};
  private runs = 0;
  private events = 0;
  private operations = 0;
  private virtualMs = 0;
  private next: number;
  /** What a lost worker left undone. */
  private readonly again: number[][] = [];

  constructor(pool: WatchedPool, options: CampaignOptions) {
    this.pool = pool;
    this.options = options;
    const { runs, shard, shards, from = 0 } = options;
    this.next = Math.max(0, Math.ceil((from - (shard - 1)) / shards));
    this.total = Math.max(0, Math.ceil((runs - (shard - 1)) / shards));
  }

  async loop(): Promise<void> {
    for (let indices = this.take(); indices !== null; indices = this.take()) {
      const { campaign, checkDeterminism, program } = this.options;
      const ended = await this.pool.run<FuzzOutcome>({
        kind: 'fuzz',
        campaign,
        indices,
        checkDeterminism,
        program,
      });
      if ('lost' in ended) this.lost(indices, ended.lost);
      else this.add(ended.value);
      this.options.onProgress?.(this.progress());
    }
  }

  /** The next runs; null where no more are to begin. What was begun is brought to its end. */
  private take(): number[] | null {
    const left = this.again.pop();
    if (left !== undefined) return left;
    const { signal, budgetMs, stopAfter, shard, shards } = this.options;
    if (signal.aborted || this.violations.length >= stopAfter || this.wallMs > budgetMs) return null;
    if (this.next >= this.total) return null;
    const last = Math.min(this.total, this.next + this.chunk());
    const indices: number[] = [];
    for (; this.next < last; this.next++) indices.push(this.next * shards + shard - 1);
    return indices;
  }

  /** As many as the runs so far suggest; it decides nothing but the time of their beginning. */
  private chunk(): number {
    const few = this.runs === 0 || this.options.stopAfter < Number.POSITIVE_INFINITY;
    const most = few ? SMALL_CHUNK : LARGEST_CHUNK;
    const msOfRun = (this.wallMs * this.pool.jobs) / Math.max(1, this.runs);
    // The last ones are shared out.
    const fair = Math.ceil((this.total - this.next) / (2 * this.pool.jobs));
    return Math.max(1, Math.min(most, fair, Math.floor(CHUNK_MS / Math.max(0.01, msOfRun))));
  }

  private add({ sizes, traceHash, coverage, findings }: FuzzOutcome): void {
    for (const size of sizes) this.ran(size);
    this.hash.sum(traceHash);
    this.coverage = addCoverage(this.coverage, coverage);
    for (const finding of findings) this.found(finding);
  }

  private ran({ events, virtualMs, operations, writes, elections }: RunSize): void {
    this.runs++;
    this.events += events;
    this.operations += operations;
    // Whole numbers add up the same in every order.
    this.virtualMs += Math.round(virtualMs);
    this.eventSample.add(events);
    this.writeSample.add(writes);
    this.electionSample.add(elections);
  }

  /** The run under way is a finding; those before and behind it are made again. */
  private lost(indices: readonly number[], { place, events, text }: Lost): void {
    const run = indices[place]!;
    const { campaign, program } = this.options;
    const spec = planOf(campaign, run, this.options.workloads);
    this.hash.run(run, NO_HASH);
    this.ran({ events, virtualMs: 0, operations: 0, writes: 0, elections: 0 });
    const { seed, profile } = campaign;
    this.found({
      format: FINDING_FORMAT,
      program,
      found: { seed, run, profile },
      failure: { property: NO_ENDLESS_LOOP, event: events, ms: 0, text },
      also: [],
      run: spec,
      size: sizeOf(spec, 0, events),
    });
    for (const rest of [indices.slice(0, place), indices.slice(place + 1)])
      if (rest.length > 0) this.again.push(rest);
  }

  private found(finding: Finding): void {
    const { findings, options } = this;
    const { run } = finding.found!;
    this.violations.push({
      property: finding.failure.property,
      run,
      seed: seedOf(options.campaign.seed, run),
    });
    const place = findings.findIndex((other) => other.found!.run > run);
    if (findings.length >= options.keep) {
      if (place < 0) return;
      options.onDropped?.(findings.pop()!);
    }
    findings.splice(place < 0 ? findings.length : place, 0, finding);
    options.onFinding?.(finding);
  }

  private get wallMs(): number {
    return performance.now() - this.started;
  }

  private progress(): Progress {
    const { total, runs, events, violations, wallMs } = this;
    return { total, runs, events, violations: violations.length, wallMs };
  }

  result(): CampaignResult {
    const { runs, events, operations, virtualMs, coverage, findings } = this;
    return {
      runs,
      events,
      operations,
      virtualMs,
      wallMs: Math.round(this.wallMs),
      traceHash: this.hash.hex(),
      coverage,
      violations: this.violations.sort((a, b) => a.run - b.run),
      findings,
      median: {
        events: this.eventSample.median(),
        writes: this.writeSample.median(),
        elections: this.electionSample.median(),
      },
      interrupted: this.options.signal.aborted,
    };
  }
}
