/** Why a partition is not linearizable: what can be ordered, and the operation that cannot. */
import type { CheckOptions, CheckResult, PartitionResult } from './check.ts';
import type { Model } from './model.ts';
import { type Placed, Search } from './search.ts';

/** Steps between two looks at the budget. */
const STRIDE = 64;

/**
 * The same result with searches that did not look ahead in the place of those that failed: they say up to where there is an
 * order, whatever comes later. Those that take longer than the budget stay as they are.
 */
export function explained<S, I, O>(
  model: Model<S, I, O>,
  result: CheckResult<S, I, O>,
  { expired = () => false, memory = Number.POSITIVE_INFINITY }: CheckOptions = {},
): CheckResult<S, I, O> {
  if (model.lookahead === undefined || result.verdict !== 'not-linearizable') return result;
  const { lookahead: _, ...plain } = model;
  const progress = { partitions: result.partitions.length, decided: 0 };
  const explain = (partition: PartitionResult<S, I, O>): PartitionResult<S, I, O> => {
    if (partition.verdict !== 'not-linearizable') return partition;
    const search = new Search(plain, partition.operations);
    while (search.verdict === null && !expired(progress) && search.bytes < memory) search.run(STRIDE);
    return search.verdict === null ? partition : { ...partition, search };
  };
  return { ...result, partitions: result.partitions.map(explain) };
}

/** The longest order of a partition and what it leaves out. */
export interface Explanation<S> {
  readonly order: readonly Placed<S>[];
  /** Answered operations that returned before the one without a place: all of them are in the order. */
  readonly before: number;
  /** Index in the timeline of the first operation that no order has a place for; null where there is none. */
  readonly stuck: number | null;
}

export function explanationOf<S, I, O>(search: Search<S, I, O>): Explanation<S> {
  const { timeline, furthest } = search;
  if (search.verdict === 'linearizable') {
    return { order: search.order(), before: timeline.operations.length, stuck: null };
  }
  let before = 0;
  for (let i = 0; i < timeline.operations.length; i++) if (timeline.returnEvent[i]! < furthest) before++;
  return { order: search.order(), before, stuck: search.stuck };
}
