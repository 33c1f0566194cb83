/** The result of a campaign or of a shard of it, as `fuzz --json` prints it and `fuzz --merge` reads it. */
import { CampaignHash } from '../../sim/fuzz/campaign-hash.ts';
import { addCoverage, type CoverageCounts } from '../../sim/fuzz/coverage.ts';
import {
  arrayOf,
  asObject,
  describe,
  field,
  numberIn,
  object,
  recordOf,
  type Shape,
  text,
} from '../../sim/shape.ts';
import { SpecError } from '../../sim/spec-error.ts';

export const FUZZ_FORMAT = 'zab-lab/fuzz@1';

/** A run that breaks a property. */
export interface FuzzViolation {
  readonly property: string;
  /** Index of the run within the campaign, from 0. */
  readonly run: number;
  /** The run's own seed. */
  readonly seed: string;
  /** The file that replays it; null where so many were found that this one has none. */
  readonly file: string | null;
  /** What it was shrunk to; null where the time for it was over. */
  readonly shrunk: { readonly faults: number; readonly operations: number; readonly events: number } | null;
}

/** What `--json` prints. */
export interface FuzzResult {
  readonly format: typeof FUZZ_FORMAT;
  readonly seed: number;
  readonly runs: number;
  readonly events: number;
  /** Operations that clients asked for. */
  readonly operations: number;
  readonly virtualMs: number;
  /** Of the runs; what shrinking takes comes on top. Of merged results the longest: shards run side by side. */
  readonly wallMs: number;
  readonly runsPerSecond: number;
  readonly eventsPerSecond: number;
  /** 64-bit wrapping sum over the runs, 16 hex digits: those of shards add up to that of the whole. */
  readonly traceHash: string;
  readonly coverage: CoverageCounts;
  /** By run. */
  readonly violations: readonly FuzzViolation[];
}

const whole = numberIn(0, Number.MAX_SAFE_INTEGER, true);
const rate = numberIn(0, 1e15);

const hash: Shape = (value, path) => {
  if (typeof value === 'string' && /^[0-9a-f]{16}$/.test(value)) return;
  throw new SpecError(path, `is ${describe(value)}`, '16 hexadecimal digits');
};

function orNull(shape: Shape): Shape {
  return (value, path) => {
    if (value !== null) shape(value, path);
  };
}

const result = object({
  format: field(text),
  seed: field(whole),
  runs: field(whole),
  events: field(whole),
  operations: field(whole),
  virtualMs: field(whole),
  wallMs: field(whole),
  runsPerSecond: field(rate),
  eventsPerSecond: field(rate),
  traceHash: field(hash),
  coverage: field(recordOf(recordOf(whole))),
  violations: field(
    arrayOf(
      object({
        property: field(text),
        run: field(whole),
        seed: field(text),
        file: field(orNull(text)),
        shrunk: field(
          orNull(object({ faults: field(whole), operations: field(whole), events: field(whole) })),
        ),
      }),
    ),
  ),
});

/** The result that JSON describes. @throws SpecError with one line that says what is wrong */
export function parseFuzzResult(json: unknown): FuzzResult {
  const { format } = asObject(json, '');
  if (format !== FUZZ_FORMAT) throw new SpecError('format', `is ${describe(format)}`, `"${FUZZ_FORMAT}"`);
  result(json, '');
  return json as FuzzResult;
}

/** Per second of so many wall ms. */
export function perSecond(count: number, wallMs: number): number {
  return Math.round((count * 10_000) / Math.max(1, wallMs)) / 10;
}

/** Results of shards as one. @throws SpecError where they are not shards of one campaign */
export function mergeFuzzResults(results: readonly FuzzResult[]): FuzzResult {
  const first = results[0]!;
  const traceHash = new CampaignHash();
  let coverage: CoverageCounts = {};
  let [runs, events, operations, virtualMs, wallMs] = [0, 0, 0, 0, 0];
  const violations: FuzzViolation[] = [];
  const seen = new Map<string, number>();
  results.forEach((one, i) => {
    if (one.seed !== first.seed)
      throw new SpecError(
        'seed',
        `is ${one.seed}, that of the first file ${first.seed}`,
        'shards of one campaign',
      );
    const same = seen.get(one.traceHash);
    if (same !== undefined && one.runs > 0)
      throw new SpecError('traceHash', `is that of file ${same + 1} too`, 'each shard once');
    seen.set(one.traceHash, i);
    runs += one.runs;
    events += one.events;
    operations += one.operations;
    virtualMs += one.virtualMs;
    wallMs = Math.max(wallMs, one.wallMs);
    traceHash.sum(one.traceHash);
    coverage = addCoverage(coverage, one.coverage);
    violations.push(...one.violations);
  });
  return {
    format: FUZZ_FORMAT,
    seed: first.seed,
    runs,
    events,
    operations,
    virtualMs,
    wallMs,
    runsPerSecond: perSecond(runs, wallMs),
    eventsPerSecond: perSecond(events, wallMs),
    traceHash: traceHash.hex(),
    coverage,
    violations: violations.sort((a, b) => a.run - b.run),
  };
}
