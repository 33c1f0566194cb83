/**
 * Drawn runs for fast-check. They are drawn and shrunk by the fuzzer's own generator and shrinker, so that a property
 * written by hand explores what `zab-lab fuzz` does, and fails as small.
 */
import type { Arbitrary, Random, Stream, Value } from 'fast-check';
import type { Catalog } from '../sim/catalog.ts';
import { AskedRecorder } from '../sim/fuzz/asked.ts';
import type { Broken, Candidates, Judgement } from '../sim/fuzz/candidates.ts';
import { execute } from '../sim/fuzz/execute.ts';
import { planOf, profiles } from '../sim/fuzz/profile.ts';
import { shrink } from '../sim/fuzz/shrink.ts';
import type { Named, RunSpec } from '../sim/spec.ts';
import { SpecError } from '../sim/spec-error.ts';

/** What is taken of fast-check: it is handed over, so that there is only one of it. */
export interface FastCheck {
  readonly Arbitrary: typeof Arbitrary;
  readonly Value: typeof Value;
  readonly Stream: typeof Stream;
}

export interface RunsOptions {
  /** What the names in a run stand for; needed to shrink. */
  readonly catalog: Catalog;
  /** Name of a profile; default the first. */
  readonly profile?: string;
  readonly variant?: Named;
}

/** Where a value stands in the conversation with the shrinker. */
interface Place {
  readonly origin: RunSpec;
  /** The property that the original breaks first; empty where the predicate alone fails. */
  readonly property: string;
  readonly ms: number;
  /** What the shrinker was told before it yielded this value. */
  readonly told: readonly Judgement[];
}

/** Largest seed of a campaign that is drawn. */
const MOST_SEED = 0x7fff_ffff;

/** Runs as `zab-lab fuzz --seed <drawn> --runs 1` makes them. */
export function runs(fc: FastCheck, options: RunsOptions): Arbitrary<RunSpec> {
  const { catalog, profile = profiles[0]!.name, variant } = options;

  /** What the run comes to, as far as the shrinker wants to know. */
  const observed = (spec: RunSpec): { property: string; broken: Broken } => {
    const recorder = new AskedRecorder();
    const { failures, size } = execute(spec, catalog, { listener: recorder });
    const first = failures[0];
    return {
      property: first?.property ?? '',
      broken: { ms: first?.ms ?? size.virtualMs, asked: recorder.asked },
    };
  };

  /** Whether the run can be made at all: a simplification can go too far. */
  const usable = (spec: RunSpec): boolean => {
    try {
      execute({ ...spec, end: { ...spec.end, maxEvents: 1 } }, catalog);
      return true;
    } catch (error) {
      if (error instanceof SpecError) return false;
      throw error;
    }
  };

  /** The candidates behind a value that fails. A generator cannot be copied: it is made again and told the same. */
  function* candidates(
    { origin, property, ms, told }: Place,
    failed: Judgement,
  ): IterableIterator<Value<RunSpec>> {
    const known = [...told];
    const conversation: Candidates = shrink(origin, property, ms);
    let next = conversation.next();
    for (const judgement of told) next = conversation.next(judgement);
    if (failed !== null) {
      known.push(failed);
      next = conversation.next(failed);
    }
    while (next.done !== true) {
      if (usable(next.value)) yield new fc.Value(next.value, { origin, property, ms, told: [...known] });
      known.push(null);
      next = conversation.next(null);
    }
  }

  class Runs extends fc.Arbitrary<RunSpec> {
    override generate(random: Random): Value<RunSpec> {
      const seed = random.nextInt(0, MOST_SEED);
      return new fc.Value(planOf({ seed, profile, ...(variant && { variant }) }, 0), undefined);
    }

    override canShrinkWithoutContext(value: unknown): value is RunSpec {
      return typeof value === 'object' && value !== null && 'format' in value;
    }

    override shrink(value: RunSpec, context: unknown): Stream<Value<RunSpec>> {
      const { property, broken } = observed(value);
      const place = context as Place | undefined;
      return new fc.Stream(
        place === undefined
          ? candidates({ origin: value, property, ms: broken.ms, told: [] }, null)
          : candidates(place, broken),
      );
    }
  }
  return new Runs();
}
