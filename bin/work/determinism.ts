/** Whether the same run is the same again: through a snapshot and restore, and in a fresh process. */
import { Tinypool } from 'tinypool';
import { catalog as shipped } from '../../scenarios/index.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { partingStretch } from '../../sim/fuzz/ladder.ts';
import type { QueuedEvent } from '../../sim/queue.ts';
import { RandomStream } from '../../sim/random.ts';
import { type RunResult, Simulation } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { loadCatalog } from '../input/with.ts';
import { traceColumns } from '../trace-line.ts';
import type { Task } from './task.ts';
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
function restoredRun(run: RunSpec, at: number, catalog: Catalog): Simulation {
  const simulation = new Simulation(run, catalog);
  simulation.runTo(at);
  const snapshot = simulation.snapshot();
  simulation.runTo(at + BEYOND_SNAPSHOT);
  simulation.restore(snapshot);
  return simulation;
}

/** Runs again through a snapshot and restore; null where that changes nothing. */
export function divergenceAfterRestore(
  run: RunSpec,
  plain: RunResult,
  catalog: Catalog = shipped,
): Divergence | null {
  const at = snapshotEvent(run, plain.events);
  const second = restoredRun(run, at, catalog).run().result();
  if (same(plain, second)) return null;
  const how = `restored from a snapshot at event ${at}`;
  const { from, to } = partingStretch(plain, second);
  const ours = hashesBetween(run, from, to, catalog);
  // Before the snapshot nothing is different from a plain run.
  const start = Math.max(from, at);
  const simulation = restoredRun(run, at, catalog);
  simulation.runTo(start);
  const theirs = [...ours.slice(0, start - from), ...collect(simulation, to)];
  return locate(run, how, from, ours, theirs, catalog);
}

/** Runs again in a process of its own; null where that changes nothing. */
export async function divergenceInFreshProcess(
  run: RunSpec,
  plain: RunResult,
  files: readonly string[] = [],
): Promise<Divergence | null> {
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: workerUrl(),
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    const ask = (task: Task): Promise<unknown> => pool.run(task);
    const second = (await ask({ kind: 'result', run, with: files })) as RunResult;
    if (same(plain, second)) return null;
    const { from, to } = partingStretch(plain, second);
    const theirs = (await ask({ kind: 'hashes', run, from, to, with: files })) as string[];
    const catalog = await loadCatalog(files);
    const ours = hashesBetween(run, from, to, catalog);
    return locate(run, 'in a fresh process', from, ours, theirs, catalog);
  } finally {
    await pool.destroy();
  }
}

/** The trace hash after each event behind `from`, up to `to` or the end of the run. */
export function hashesBetween(run: RunSpec, from: number, to: number, catalog: Catalog = shipped): string[] {
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

function locate(
  run: RunSpec,
  how: string,
  from: number,
  ours: readonly string[],
  theirs: readonly string[],
  catalog: Catalog,
): Divergence {
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    if (ours[i] === theirs[i]) continue;
    const event = from + i + 1;
    return { how, event, text: `the first divergent event is ${event}: ${eventAt(run, event, catalog)}` };
  }
  return {
    how,
    event: null,
    text: `no event of ${from + 1} to ${from + length} differs when repeated; the results do`,
  };
}

function eventAt(run: RunSpec, index: number, catalog: Catalog): string {
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
