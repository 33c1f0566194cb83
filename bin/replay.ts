/** The replay of a finding: its story up to the failure, and whether it is still what was recorded. */
import type { Catalog } from '../sim/catalog.ts';
import type { Failure } from '../sim/fuzz/execute.ts';
import type { QueuedEvent } from '../sim/queue.ts';
import { Simulation } from '../sim/simulation.ts';
import type { Fault, Predicate, RunSpec } from '../sim/spec.ts';
import { TraceRecorder } from '../sim/trace.ts';
import type { SimEvent } from '../sim/world-event.ts';
import { spaceTime } from './space-time.ts';
import { Story, type StoryLine } from './story.ts';

/** Events before the failure that the diagram may show. */
const RECORDED = 20_000;

/** What there is to tell of a run up to its failure. */
export interface Told {
  readonly lines: readonly StoryLine[];
  readonly diagram: readonly string[];
  /** Faults of the run that had struck by then. */
  readonly struck: number;
}

/** Runs up to the failure, or `events` events where there is none, and tells of it. */
export function tell(run: RunSpec, failure: Failure | null, events: number, catalog: Catalog): Told {
  const story = new Story();
  const recorder = new TraceRecorder(RECORDED);
  let time = 0;
  let struck = 0;
  const simulation = new Simulation(run, catalog, {
    listener: {
      onEvent: (event: QueuedEvent, index: number) => {
        time = event.time / 1000;
        recorder.onEvent(event, index);
      },
      onProbe: (event: SimEvent, index: number) => {
        recorder.onProbe(event, index);
        if (event.kind === 'faulted') {
          struck++;
          const fault = run.faults[event.index];
          if (fault !== undefined) story.narrate(faultText(run, fault, event.index), time);
        }
        story.event(event, time);
      },
    },
  });
  simulation.runTo(failure?.event ?? events);
  if (failure !== null) story.narrate(`✗ ${failure.property}: ${failure.text}`, Math.max(time, failure.ms));
  story.end();
  const { world } = simulation;
  const failed = failure?.event ?? 0;
  return {
    lines: story.lines,
    diagram: spaceTime({
      machines: [...world.servers, ...world.clients],
      entries: recorder.entries,
      failed,
      failure: failure === null ? '' : `${failure.property}: ${failure.text}`,
    }),
    struck,
  };
}

/** `fault 2 of 3: crash, server leader; when flushed for the 3rd time`. */
function faultText({ faults }: RunSpec, fault: Fault, index: number): string {
  const { kind, at, when, delay, afterEvent, ...fields } = fault;
  const aim = Object.entries(fields).map(([name, value]) => `${name} ${plain(value)}`);
  const moment =
    at !== undefined
      ? `at ${at} ms`
      : when !== undefined
        ? `${delay === undefined ? '' : `${delay} ms `}after ${predicateText(when)}`
        : `after event ${afterEvent}`;
  return `fault ${index + 1} of ${faults.length}, ${moment}: ${[kind, ...aim].join(', ')}`;
}

function predicateText({ on, where, nth = 1 }: Predicate): string {
  const fields = Object.entries(where ?? {}).map(([name, value]) => `${name} ${value}`);
  const which = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return nth === 1 ? `the first ${on}${which}` : `${on}${which} number ${nth}`;
}

function plain(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
