/** The speed of the simulator beside that of its bare event queue, and of drawn runs, measured in one process. */
import { catalog } from '../scenarios/index.ts';
import { Coverage } from '../sim/fuzz/coverage.ts';
import { execute } from '../sim/fuzz/execute.ts';
import { type Campaign, planOf, profiles } from '../sim/fuzz/profile.ts';
import { EventKind, EventQueue, type QueuedEvent } from '../sim/queue.ts';
import { Simulation } from '../sim/simulation.ts';
import { RUN_FORMAT, type RunSpec } from '../sim/spec.ts';

/** Medians over the rounds. */
export interface Measurement {
  readonly rounds: number;
  /** The queue alone: pops and pushes per second of events that do nothing. */
  readonly bareEventsPerSecond: number;
  /** The simulator with all properties checked and the trace hash on. */
  readonly eventsPerSecond: number;
  /** `eventsPerSecond` over `bareEventsPerSecond`. */
  readonly ratio: number;
  /** Virtual seconds per second. */
  readonly virtualPerWall: number;
  /** Runs of the default profile's plans per second, one after the other on one core. */
  readonly runsPerSecond: number;
  /** Of the whole process. */
  readonly peakMemoryMb: number;
}

const BARE_EVENTS = 2_000_000;
/** Events pending at a time: about as many as in the simulated run. */
const PENDING = 64;
const VIRTUAL_MS = 120_000;

/** Three servers under five clients of ten operations per second each, half of them reads. */
export const BENCH_RUN: RunSpec = {
  format: RUN_FORMAT,
  seed: 1,
  ensemble: { participants: 3 },
  world: {},
  clients: Array.from({ length: 5 }, () => ({ program: { name: 'mix', params: { rate: 10, reads: 0.5 } } })),
  faults: [],
  end: { at: VIRTUAL_MS, healedAt: VIRTUAL_MS / 2 },
  expectations: [],
};

function event(time: number): QueuedEvent {
  return {
    time,
    seq: 0,
    kind: EventKind.STEP,
    owner: 1,
    lane: 0,
    cause: 0,
    end: null,
    message: null,
    bytes: null,
    name: '',
    arg: 0,
    id: 0,
  };
}

function nothing(_event: QueuedEvent): void {}

/** Events per second of the queue with an empty handler. */
function bareRound(): number {
  const queue = new EventQueue();
  // Delays from a linear congruence: cheap, and mixed as those of a run are.
  let random = 1;
  for (let i = 0; i < PENDING; i++) queue.push(event(i));
  const started = performance.now();
  for (let i = 0; i < BARE_EVENTS; i++) {
    const next = queue.pop()!;
    nothing(next);
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    queue.push(event(next.time + (random >>> 20)));
  }
  return (BARE_EVENTS * 1000) / (performance.now() - started);
}

interface SimulatedRound {
  readonly eventsPerSecond: number;
  readonly virtualPerWall: number;
}

function simulatedRound(): SimulatedRound {
  const simulation = new Simulation(BENCH_RUN, catalog);
  const started = performance.now();
  simulation.run();
  const wall = performance.now() - started;
  const { events, virtualMs, violations } = simulation.result();
  const first = violations[0];
  if (first !== undefined) throw new Error(`the benchmark's run violates ${first.property}: ${first.text}`);
  return { eventsPerSecond: (events * 1000) / wall, virtualPerWall: virtualMs / wall };
}

/** The default profile; the same runs in every round. */
const FUZZ_CAMPAIGN: Campaign = { seed: 1, profile: profiles[0]!.name };
const FUZZ_RUNS = 20;

function fuzzRound(): number {
  const coverage = new Coverage();
  const started = performance.now();
  for (let run = 0; run < FUZZ_RUNS; run++) {
    coverage.begin();
    const { failures } = execute(planOf(FUZZ_CAMPAIGN, run), catalog, { listener: coverage });
    const first = failures[0];
    if (first !== undefined)
      throw new Error(`run ${run} of the benchmark violates ${first.property}: ${first.text}`);
  }
  return (FUZZ_RUNS * 1000) / (performance.now() - started);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Rounds before those that count: the engine takes seconds to compile what a campaign runs for hours. */
export const WARM_UP = 4;

/** Where few rounds are to count, as many warm up. */
export function warmUpOf(rounds: number): number {
  return Math.min(WARM_UP, rounds);
}

/**
 * Measures in so many rounds, the three kinds in turn.
 * @param onRound called before each round, those that warm up too, with its number from 1
 */
export function measure(rounds: number, onRound: (round: number) => void = () => {}): Measurement {
  const warmUp = warmUpOf(rounds);
  for (let round = 1; round <= warmUp; round++) {
    onRound(round);
    bareRound();
    simulatedRound();
    fuzzRound();
  }
  const bare: number[] = [];
  const simulated: SimulatedRound[] = [];
  const fuzzed: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(warmUp + round);
    bare.push(bareRound());
    simulated.push(simulatedRound());
    fuzzed.push(fuzzRound());
  }
  const bareEventsPerSecond = Math.round(median(bare));
  const eventsPerSecond = Math.round(median(simulated.map((round) => round.eventsPerSecond)));
  return {
    rounds,
    bareEventsPerSecond,
    eventsPerSecond,
    ratio: Number((eventsPerSecond / bareEventsPerSecond).toFixed(4)),
    virtualPerWall: Number(median(simulated.map((round) => round.virtualPerWall)).toFixed(1)),
    runsPerSecond: Number(median(fuzzed).toFixed(1)),
    // maxRSS is in KB.
    peakMemoryMb: Number((process.resourceUsage().maxRSS / 1024).toFixed(1)),
  };
}
