/** A finding: a run that breaks a property, as a file that replays it. */
import { TRACE_HASH_VERSION } from '../event-fields.ts';
import {
  arrayOf,
  asObject,
  describe,
  field,
  numberIn,
  object,
  optional,
  type Shape,
  text,
} from '../shape.ts';
import type { RunResult } from '../simulation.ts';
import type { RunSpec } from '../spec.ts';
import { SpecError } from '../spec-error.ts';
import type { HashLadder } from '../trace-hash.ts';
import { parseRunSpec } from '../validate.ts';
import type { Execution, Failure } from './execute.ts';
import { partingStretch, type Stretch, thinned } from './ladder.ts';

export const FINDING_FORMAT = 'zab-lab/finding@1';

/** How large a run is. */
export interface FindingSize {
  readonly faults: number;
  readonly clients: number;
  readonly servers: number;
  readonly operations: number;
  readonly events: number;
}

/** The trace of a run in short, to tell whether another one is the same. */
export interface Recording {
  /** Version of what the hashes are made of. */
  readonly version: number;
  readonly traceHash: string;
  readonly events: number;
  readonly ladder: HashLadder;
}

/** A module that added to the catalog. */
export interface ModuleDigest {
  /** Name without its folder. */
  readonly file: string;
  /** SHA-256 of the file itself, not of what it imports: its first 16 hex digits. */
  readonly digest: string;
}

/** What is saved of a finding. */
export interface Finding {
  readonly format: typeof FINDING_FORMAT;
  /** Version of the program that found it. */
  readonly program: string;
  /** The campaign and its run that found it; absent where a run was given. */
  readonly found?: { readonly seed: number; readonly run: number; readonly profile: string };
  readonly failure: Failure;
  /** Other properties that it breaks too. */
  readonly also: readonly string[];
  readonly run: RunSpec;
  /** The modules that were brought along; absent where there were none. */
  readonly with?: readonly ModuleDigest[];
  readonly size: FindingSize;
  /** Absent where the run comes to no end. */
  readonly recording?: Recording;
  /** What it was before it was shrunk, and how many runs that took; absent where nothing was tried. */
  readonly shrunk?: { readonly from: FindingSize; readonly tried: number; readonly original: RunSpec };
}

/** Servers of a run. */
function serversIn({ ensemble: { participants, observers = 0 } }: RunSpec): number {
  const count = (members: number | readonly number[]): number =>
    typeof members === 'number' ? members : members.length;
  return count(participants) + count(observers);
}

/** The size of a run with what happened in it. */
export function sizeOf(run: RunSpec, operations: number, events: number): FindingSize {
  return {
    faults: run.faults.length,
    clients: run.clients.length,
    servers: serversIn(run),
    operations,
    events,
  };
}

/** Short enough for a file of a few kilobytes. */
const MOST_RUNGS = 128;

/** The trace of a run in short. */
export function recordingOf({ traceHash, events, ladder }: RunResult): Recording {
  return { version: TRACE_HASH_VERSION, traceHash, events, ladder: thinned(ladder, MOST_RUNGS) };
}

/** The finding of a run; null where `property` (default: the first broken) holds. */
export function findingOf(
  run: RunSpec,
  execution: Execution,
  program: string,
  property?: string,
): Finding | null {
  const { failures, result, size } = execution;
  const failure = property === undefined ? failures[0] : failures.find((one) => one.property === property);
  if (failure === undefined) return null;
  return {
    format: FINDING_FORMAT,
    program,
    failure,
    also: failures.filter((other) => other !== failure).map((other) => other.property),
    run,
    size: sizeOf(run, size.operations, size.events),
    ...(result !== null && { recording: recordingOf(result) }),
  };
}

/** How a run's trace compares with a recording. */
export type Comparison =
  | { readonly kind: 'same' }
  /** They part in this stretch of events. */
  | { readonly kind: 'parted'; readonly stretch: Stretch }
  /** The hashes are made of other things. */
  | { readonly kind: 'incomparable'; readonly recorded: number; readonly current: number }
  | { readonly kind: 'none' };

/** Compares a run with what was recorded of it. */
export function compare(recording: Recording | undefined, result: RunResult): Comparison {
  if (recording === undefined) return { kind: 'none' };
  if (recording.version !== TRACE_HASH_VERSION)
    return { kind: 'incomparable', recorded: recording.version, current: TRACE_HASH_VERSION };
  if (recording.traceHash === result.traceHash) return { kind: 'same' };
  return { kind: 'parted', stretch: partingStretch(recording, result) };
}

const whole = numberIn(0, Number.MAX_SAFE_INTEGER, true);

const hash: Shape = (value, path) => {
  if (typeof value === 'string' && /^[0-9a-f]{16}$/.test(value)) return;
  throw new SpecError(path, `is ${describe(value)}`, '16 hexadecimal digits');
};

const run: Shape = (value) => {
  parseRunSpec(value);
};

const size = object({
  faults: field(whole),
  clients: field(whole),
  servers: field(whole),
  operations: field(whole),
  events: field(whole),
});

const finding = object({
  format: field(text),
  program: field(text),
  found: optional(object({ seed: field(whole), run: field(whole), profile: field(text) })),
  failure: field(
    object({ property: field(text), event: field(whole), ms: field(numberIn(0, 1e15)), text: field(text) }),
  ),
  also: field(arrayOf(text)),
  run: field(run),
  with: optional(arrayOf(object({ file: field(text), digest: field(hash) }))),
  size: field(size),
  recording: optional(
    object({
      version: field(whole),
      traceHash: field(hash),
      events: field(whole),
      ladder: field(object({ every: field(numberIn(1, 1e15, true)), rungs: field(arrayOf(hash)) })),
    }),
  ),
  shrunk: optional(object({ from: field(size), tried: field(whole), original: field(run) })),
});

/**
 * The finding that JSON describes.
 * @throws SpecError with one line that names the first field at fault, what is wrong, and what is allowed
 */
export function parseFinding(json: unknown): Finding {
  const found = asObject(json, '');
  if (found.format !== FINDING_FORMAT)
    throw new SpecError('format', `is ${describe(found.format)}`, `"${FINDING_FORMAT}"`);
  finding(json, '');
  return json as Finding;
}
