/** Whether the same run is the same again: through a snapshot and restore, and in a fresh process. */
import { Tinypool } from 'tinypool';
import { catalog } from '../scenarios/index.ts';
import type { QueuedEvent } from '../sim/queue.ts';
import { RandomStream } from '../sim/random.ts';
import { type RunResult, Simulation } from '../sim/simulation.ts';
import type { RunSpec } from '../sim/spec.ts';
import type { Task } from './task.ts';
import { traceColumns } from './trace-line.ts';
import { workerUrl } from './worker-url.ts';

/** The second of two runs of the same spec went another way. */
export interface Divergence {
  /** How the second run was made. */
  readonly how: string;
  /** Index of the first event after which the hashes differ; null where only the verdicts differ. */
  readonly event: number | null;
  /** What differs, in one line. */
  readonly text: string;
}

/** Events handled after a snapshot before the run is taken back to it. */
const BEYOND_SNAPSHOT = 1000;

/** The event after which a snapshot is taken: drawn from the seed, inside the run. */
function snapshotEvent(run: RunSpec, events: number): number {
  return new RandomStream(`${run.seed}/check-determinism`).below(events) + 1;
}

/** A run that took a snapshot at event `at`, went on, and was taken back; it stands at `at`. */
function restoredRun(run: RunSpec, at: number): Simulation {
  const simulation = new Simulation(run, catalog);
  simulation.runTo(at);
  const snapshot = simulation.snapshot();
  simulation.runTo(at + BEYOND_SNAPSHOT);
  simulation.restore(snapshot);
  return simulation;
}

/** Runs again through a snapshot and restore; null where that changes nothing. */
export function divergenceAfterRestore(run: RunSpec, plain: RunResult): Divergence | null {
  const at = snapshotEvent(run, plain.events);
  const second = restoredRun(run, at).run().result();
  if (same(plain, second)) return null;
  const how = `restored from a snapshot at event ${at}`;
  const [from, to] = window(plain, second);
  const ours = hashesBetween(run, from, to);
  // Before the snapshot nothing is different from a plain run.
  const start = Math.max(from, at);
  const simulation = restoredRun(run, at);
  simulation.runTo(start);
  const theirs = [...ours.slice(0, start - from), ...collect(simulation, to)];
  return locate(run, how, from, ours, theirs);
}

/** Runs again in a process of its own; null where that changes nothing. */
export async function divergenceInFreshProcess(run: RunSpec, plain: RunResult): Promise<Divergence | null> {
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: workerUrl(),
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    const ask = (task: Task): Promise<unknown> => pool.run(task);
    const second = (await ask({ kind: 'result', run })) as RunResult;
    if (same(plain, second)) return null;
    const [from, to] = window(plain, second);
    const theirs = (await ask({ kind: 'hashes', run, from, to })) as string[];
    return locate(run, 'in a fresh process', from, hashesBetween(run, from, to), theirs);
  } finally {
    await pool.destroy();
  }
}

/** The trace hash after each event behind `from`, up to `to` or the end of the run. */
export function hashesBetween(run: RunSpec, from: number, to: number): string[] {
  const simulation = new Simulation(run, catalog);
  simulation.runTo(from);
  return collect(simulation, to);
}

function collect(simulation: Simulation, to: number): string[] {
  const hashes: string[] = [];
  while (simulation.events < to && simulation.step()) hashes.push(simulation.world.hash?.hex() ?? '');
  return hashes;
}

function same(a: RunResult, b: RunResult): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Between which events two runs part, by their hash ladders: after the first, at the latest after the second. */
function window(a: RunResult, b: RunResult): readonly [number, number] {
  const every = Math.max(a.ladder.every, b.ladder.every);
  const rung = (result: RunResult, event: number): string | undefined =>
    result.ladder.rungs[event / result.ladder.every - 1];
  let from = 0;
  const last = Math.max(a.events, b.events);
  while (from + every <= last) {
    const ours = rung(a, from + every);
    if (ours === undefined || ours !== rung(b, from + every)) break;
    from += every;
  }
  return [from, Math.min(last, from + every)];
}

function locate(
  run: RunSpec,
  how: string,
  from: number,
  ours: readonly string[],
  theirs: readonly string[],
): Divergence {
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    if (ours[i] === theirs[i]) continue;
    const event = from + i + 1;
    return { how, event, text: `the first divergent event is ${event}: ${eventAt(run, event)}` };
  }
  return {
    how,
    event: null,
    text: `no event of ${from + 1} to ${from + length} differs when repeated; the results do`,
  };
}

function eventAt(run: RunSpec, index: number): string {
  let text = 'one that a plain run does not have';
  const simulation = new Simulation(run, catalog, {
    listener: {
      onEvent: (event: QueuedEvent, i: number) => {
        if (i !== index) return;
        const [time, , , what] = traceColumns(event, i);
        text = `${what} at ${time} ms`;
      },
      onProbe: () => {},
    },
  });
  simulation.runTo(index);
  return text;
}
