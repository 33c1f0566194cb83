/** A pool of workers that survives what is run in it: an endless loop, a worker that dies. */
import { Tinypool } from 'tinypool';
import { PULSE } from '../../sim/fuzz/execute.ts';
import { InputError } from '../input/input-error.ts';
import { BEAT, type WatchedTask } from './task.ts';
import type { WatchedResult } from './worker.ts';
import { workerUrl } from './worker-url.ts';

/** A task that its worker did not bring to an end. */
export interface Lost {
  /** Place in the task of the run that was under way, from 0. */
  readonly place: number;
  /** Events of it, about. */
  readonly events: number;
  readonly text: string;
}

/** What became of a task. */
export type Ended<T> = { readonly value: T } | { readonly lost: Lost };

/** A task without its beat and modules, which the pool adds. */
export type Work = {
  [K in WatchedTask['kind']]: Omit<Extract<WatchedTask, { kind: K }>, 'beat' | 'with'>;
}[WatchedTask['kind']];

/** Wall ms without a sign of life after which a worker is taken for stuck: it gives one every thousand events. */
export const STUCK_MS = 15_000;
const LOOK_MS = 200;
/** A handler that fills the memory dies with its worker, before the machine has no more. */
const HEAP_MB = 1536;

/** A task at work. */
interface Running {
  readonly beat: Int32Array;
  readonly stuckMs: number;
  readonly abort: AbortController;
  seen: string;
  since: number;
}

/** Runs at most `jobs` tasks at a time, with the modules `files`; call {@link destroy} in the end. */
export class WatchedPool {
  readonly jobs: number;
  private readonly pool: Tinypool;
  private readonly files: readonly string[];
  private readonly stuckMs: number;
  private readonly running = new Set<Running>();
  private readonly waiting: (() => void)[] = [];
  private readonly watch: NodeJS.Timeout;

  /** @param stuckMs wall ms without a sign of life after which a task is lost, where it does not say itself */
  constructor(jobs: number, files: readonly string[] = [], stuckMs: number = STUCK_MS) {
    this.files = files;
    this.jobs = jobs;
    this.stuckMs = stuckMs;
    this.pool = new Tinypool({
      filename: workerUrl(),
      minThreads: jobs,
      maxThreads: jobs,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.watch = setInterval(() => this.look(), LOOK_MS);
  }

  /**
   * Runs a task, as soon as a worker is free.
   * @throws ProgramError where it is this program that fails, not what it runs
   */
  async run<T>(work: Work, stuckMs: number = this.stuckMs): Promise<Ended<T>> {
    while (this.running.size >= this.jobs) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const shared = new SharedArrayBuffer(BEAT.bytes);
    const beat = new Int32Array(shared);
    const abort = new AbortController();
    const running: Running = { beat, stuckMs, abort, seen: '', since: performance.now() };
    this.running.add(running);
    try {
      const task = { ...work, with: this.files, beat: shared } as WatchedTask;
      const result = (await this.pool.run(task, { signal: abort.signal })) as WatchedResult<T>;
      if ('badInput' in result) throw new InputError(result.badInput);
      if ('error' in result) throw new ProgramError(result.error);
      return result;
    } catch (error) {
      if (error instanceof ProgramError || error instanceof InputError) throw error;
      const place = beat[BEAT.place]! - 1;
      // It died before it began: nothing that was run is to blame.
      if (place < 0) throw error;
      const text = abort.signal.aborted
        ? `no sign of life for ${stuckMs / 1000} s: a handler does not return`
        : `its worker died: ${error instanceof Error ? error.message : String(error)}`;
      return { lost: { place, events: beat[BEAT.pulses]! * PULSE, text } };
    } finally {
      this.running.delete(running);
      this.waiting.shift()?.();
    }
  }

  async destroy(): Promise<void> {
    clearInterval(this.watch);
    await this.pool.destroy();
  }

  private look(): void {
    const now = performance.now();
    for (const running of this.running) {
      const seen = running.beat.join();
      if (seen !== running.seen || running.beat[BEAT.place] === 0) {
        running.seen = seen;
        running.since = now;
      } else if (now - running.since > running.stuckMs) running.abort.abort();
    }
  }
}

/** An error of this program, not of what it runs. */
export class ProgramError extends Error {}
