/** Runs as the commands need them: for their result, with their story or trace, and with their hashes. */
import type { Narration } from '../../scenarios/index.ts';
import { catalog as shipped } from '../../scenarios/index.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { Match } from '../../sim/predicate.ts';
import type { QueuedEvent } from '../../sim/queue.ts';
import { type RunResult, Simulation } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { Story, type StoryLine } from '../story.ts';

/** Runs to the end. */
export function runOnce(run: RunSpec, catalog: Catalog = shipped): RunResult {
  const simulation = new Simulation(run, catalog);
  simulation.run();
  return simulation.result();
}

/** Whether every property and every expectation holds. */
export function passes(result: RunResult): boolean {
  return result.violations.length === 0 && result.expectations.every(({ holds }) => holds);
}

/** A narration and how often its predicate has held. */
interface Waiting {
  readonly text: string;
  readonly on: string;
  readonly match: Match;
}

function waiting(narration: readonly Narration[]): Waiting[] {
  return narration.map(({ when, text }) => ({ text, on: when.on, match: new Match(when, -1) }));
}

/** Runs to the end and collects the lines that tell the story. */
export function runWithStory(
  run: RunSpec,
  narration: readonly Narration[],
  catalog: Catalog = shipped,
): { readonly lines: readonly StoryLine[]; readonly result: RunResult } {
  const story = new Story();
  const told = waiting(narration);
  let time = 0;
  const simulation: Simulation = new Simulation(run, catalog, {
    listener: {
      onEvent: (event: QueuedEvent) => {
        time = event.time / 1000;
      },
      onProbe: (event: SimEvent) => {
        story.event(event, time);
        for (const { on, match, text } of told)
          if (on === event.kind && match.see(event)) story.narrate(text, time);
      },
    },
  });
  simulation.run();
  story.end();
  return { lines: story.lines, result: simulation.result() };
}

/** What `--trace` is fed with, in order. */
export interface TraceSink {
  event(event: QueuedEvent, index: number): void;
  probe(event: SimEvent): void;
  narrate(text: string): void;
}

/** Runs to the end and hands over every event and everything reported. */
export function runWithTrace(
  run: RunSpec,
  narration: readonly Narration[],
  sink: TraceSink,
  catalog: Catalog = shipped,
): RunResult {
  const told = waiting(narration);
  const simulation = new Simulation(run, catalog, {
    listener: {
      onEvent: (event: QueuedEvent, index: number) => sink.event(event, index),
      onProbe: (event: SimEvent) => {
        sink.probe(event);
        for (const { on, match, text } of told) if (on === event.kind && match.see(event)) sink.narrate(text);
      },
    },
  });
  simulation.run();
  return simulation.result();
}
