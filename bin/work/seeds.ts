/** A range of seeds across a pool of workers. What comes out does not depend on their number. */
import { SingleBar } from 'cli-progress';
import { Tinypool } from 'tinypool';
import { InputError, type SeedRange, type Subject } from '../input/input.ts';
import type { SeedTask } from './task.ts';
import { type BadInput, isFailed, type SeedOutcome } from './worker.ts';
import { workerUrl } from './worker-url.ts';

/** All runs of a range together; `outcomes` ordered by seed. */
export interface SeedSummary {
  readonly scenario: string;
  readonly seeds: string;
  readonly runs: number;
  readonly passed: number;
  readonly failed: number;
  /** Events and virtual ms of all runs together. */
  readonly events: number;
  readonly virtualMs: number;
  /** 64 bits over the seeds and their trace hashes, as 16 hex digits. */
  readonly traceHash: string;
  readonly failures: readonly SeedOutcome[];
  /** Properties that no run put to the test. */
  readonly unchecked: readonly string[];
  readonly determinism: boolean;
  /** Wall time, s. */
  readonly seconds: number;
}

export interface SeedOptions {
  readonly jobs: number;
  readonly checkDeterminism: boolean;
  /** Modules that add to the catalog, absolute paths. */
  readonly with: readonly string[];
}

/** Seeds handed to a worker at a time, at most. */
const LARGEST_CHUNK = 50;
/** A run of this many ms or more shows its progress. */
const PATIENCE_MS = 2000;

/** Runs every seed of the range. */
export async function runSeeds(
  subject: Subject,
  range: SeedRange,
  options: SeedOptions,
): Promise<SeedSummary> {
  const started = performance.now();
  const runs = range.last - range.first + 1;
  const jobs = Math.min(options.jobs, runs);
  const chunk = Math.max(1, Math.min(LARGEST_CHUNK, Math.floor(runs / (jobs * 4))));
  const tasks: SeedTask[] = [];
  for (let first = range.first; first <= range.last; first += chunk) {
    const last = Math.min(range.last, first + chunk - 1);
    const { checkDeterminism, with: files } = options;
    tasks.push({ kind: 'seeds', run: subject.run, first, last, checkDeterminism, with: files });
  }
  const pool = new Tinypool({ filename: workerUrl(), minThreads: jobs, maxThreads: jobs });
  const progress = new Progress(runs, started);
  try {
    const parts = await Promise.all(
      tasks.map(async (task) => {
        const outcomes = (await pool.run(task)) as SeedOutcome[] | BadInput;
        if ('badInput' in outcomes) throw new InputError(outcomes.badInput);
        progress.add(outcomes);
        return outcomes;
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    return {
      ...summarize(subject.name, range, parts.flat()),
      determinism: options.checkDeterminism,
      seconds,
    };
  } finally {
    progress.stop();
    await pool.destroy();
  }
}

function summarize(
  scenario: string,
  range: SeedRange,
  outcomes: readonly SeedOutcome[],
): Omit<SeedSummary, 'determinism' | 'seconds'> {
  const failures = outcomes.filter(isFailed);
  let events = 0;
  let virtualMs = 0;
  let unchecked: readonly string[] | null = null;
  for (const outcome of outcomes) {
    events += outcome.events;
    virtualMs += outcome.virtualMs;
    unchecked =
      unchecked === null ? outcome.unchecked : unchecked.filter((id) => outcome.unchecked.includes(id));
  }
  return {
    scenario,
    seeds: `${range.first}-${range.last}`,
    runs: outcomes.length,
    passed: outcomes.length - failures.length,
    failed: failures.length,
    events,
    virtualMs,
    traceHash: combinedHash(outcomes),
    failures,
    unchecked: unchecked ?? [],
  };
}

/** FNV-1a, 64 bits. */
function combinedHash(outcomes: readonly SeedOutcome[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const { seed, traceHash } of outcomes) {
    for (const byte of Buffer.from(`${seed}:${traceHash}\n`))
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** A bar on the terminal's stderr, for runs that take their time. */
class Progress {
  private readonly total: number;
  private readonly started: number;
  private done = 0;
  private failed = 0;
  private bar: SingleBar | null = null;

  constructor(total: number, started: number) {
    this.total = total;
    this.started = started;
  }

  add(outcomes: readonly SeedOutcome[]): void {
    this.done += outcomes.length;
    this.failed += outcomes.filter(isFailed).length;
    if (this.bar !== null) this.bar.update(this.done, { failed: this.failed });
    else if (process.stderr.isTTY && performance.now() - this.started > PATIENCE_MS) this.show();
  }

  stop(): void {
    this.bar?.stop();
  }

  private show(): void {
    this.bar = new SingleBar({
      format: '{bar} {value}/{total} runs, {failed} failed, {eta_formatted} left',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      clearOnComplete: true,
      stream: process.stderr,
    });
    this.bar.start(this.total, this.done, { failed: this.failed });
  }
}
