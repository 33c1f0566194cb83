/** What the page of `check --html` shows of a partition: the operations around its failure, whatever the history's length. */
import {
  explanationOf,
  type PartitionResult,
  Role,
  type Search,
} from '../../sim/check/linearizability/index.ts';
import type { CheckedFile } from '../history/checked-file.ts';
import { modelOf } from '../history/history.ts';

/** An operation as a bar. */
export interface PageOperation {
  readonly process: number;
  /** Events of the partition; `end` null: never answered. */
  readonly start: number;
  readonly end: number | null;
  /** Of its text what fits. */
  readonly label: string;
  /** As the history has it: lines or times. */
  readonly when: string;
  /** Of {@link PageSection.orders} the longest that contains it, and its place there from the end; null: none does. */
  readonly order: number | null;
  readonly place: number;
  /** The first that no order has a place for. */
  readonly stuck: boolean;
}

/** A step of an order; `operation` −1: outside the window. */
export interface PageStep {
  readonly operation: number;
  readonly label: string;
  readonly state: string;
}

export interface PageOrder {
  /** Steps before those that are shown. */
  readonly hidden: number;
  readonly steps: readonly PageStep[];
}

export interface PageSection {
  readonly title: string;
  readonly verdict: string;
  readonly summary: string;
  /** First and last event of the window. */
  readonly from: number;
  readonly to: number;
  readonly operations: readonly PageOperation[];
  /** The longest first. */
  readonly orders: readonly PageOrder[];
}

const MOST_SECTIONS = 20;
/** Events before and behind the failure. */
const EVENTS_BEFORE = 160;
const EVENTS_BEHIND = 40;
/** Of those that began before the window and never returned. */
const MOST_OLD_PENDING = 20;
const MOST_OPERATIONS = 250;
const MOST_STEPS = 80;
const MOST_ENDINGS = 100;
const LABEL = 60;
const STATE = 120;

/** Those that failed first, then those undecided; at most twenty. */
export function pageSections(checked: readonly CheckedFile[]): { sections: PageSection[]; left: number } {
  const all = checked.flatMap((file) => file.result.partitions.map((partition) => ({ file, partition })));
  const rank = { 'not-linearizable': 0, unknown: 1, linearizable: 2 };
  all.sort((a, b) => rank[a.partition.verdict] - rank[b.partition.verdict]);
  const shown = all.filter(({ partition }) => partition.search !== null).slice(0, MOST_SECTIONS);
  return {
    sections: shown.map(({ file, partition }) => section(file, partition, partition.search!)),
    left: all.length - shown.length,
  };
}

function section(
  { file, history }: CheckedFile,
  partition: PartitionResult<unknown, unknown, unknown>,
  search: Search<unknown, unknown, unknown>,
): PageSection {
  const { timeline } = search;
  const { operations, callEvent, returnEvent } = timeline;
  const model = modelOf(history);
  const { order, stuck } = explanationOf(search);
  const failure = stuck === null ? Math.min(EVENTS_BEFORE, timeline.events.length - 1) : search.furthest;
  const from = Math.max(0, failure - EVENTS_BEFORE);
  const to = Math.max(0, Math.min(timeline.events.length - 1, failure + EVENTS_BEHIND));

  let chosen: number[] = [];
  let old: number[] = [];
  for (let i = 0; i < operations.length; i++) {
    if (callEvent[i]! > to || returnEvent[i]! < from) continue;
    if (timeline.roles[i] === Role.PENDING && callEvent[i]! < from) old.push(i);
    else chosen.push(i);
  }
  const placedLast = new Set(order.slice(-MOST_STEPS).map(({ operation }) => operation));
  old = [...old.filter((i) => placedLast.has(i)), ...old.filter((i) => !placedLast.has(i)).reverse()];
  chosen = [...old.slice(0, MOST_OLD_PENDING), ...chosen.slice(-MOST_OPERATIONS)];
  const index = new Map(chosen.map((operation, i) => [operation, i]));

  const say = (i: number): string =>
    shorten(model.describe(operations[i]!.input, operations[i]!.output), LABEL);
  const orders: PageOrder[] = [];
  const where = new Map<number, { readonly order: number; readonly place: number }>();
  const addOrder = (steps: typeof order): void => {
    const cut = Math.max(0, stuck === null ? 0 : steps.length - MOST_STEPS);
    const shown = stuck === null ? steps.slice(0, 2 * MOST_STEPS) : steps.slice(cut);
    if (shown.every(({ operation }) => where.has(operation) || !index.has(operation))) return;
    for (const [place, { operation }] of shown.entries()) {
      if (!where.has(operation)) where.set(operation, { order: orders.length, place });
    }
    orders.push({
      hidden: cut,
      steps: shown.map(({ operation, state }) => ({
        operation: index.get(operation) ?? -1,
        label: say(operation),
        state: shorten(model.describeState(state), STATE),
      })),
    });
  };
  addOrder(order);
  // Other operations may stand in other orders that came less far.
  if (stuck !== null) for (const ending of search.endings(MOST_ENDINGS)) addOrder(ending);

  const title = partition.name === '' ? file : `${file} — ${partition.name}`;
  const total = partition.operations.length;
  const summary =
    stuck === null
      ? `All ${total} operations have a place in one order.`
      : `The longest linearizable prefix has ${order.length} of ${total} operations. ` +
        `${partition.verdict === 'unknown' ? 'No place was found in time' : 'No order has a place'} for ${say(stuck)}.`;
  return {
    title,
    verdict: partition.verdict,
    summary,
    from,
    to,
    operations: chosen.map((i) => {
      const { process, call, return: end } = operations[i]!;
      const answered = timeline.roles[i] !== Role.PENDING;
      return {
        process,
        start: callEvent[i]!,
        end: answered ? returnEvent[i]! : null,
        label: say(i),
        when: `${history.unit} ${call}${answered ? ` to ${end}` : ', never answered'}`,
        order: where.get(i)?.order ?? null,
        place: where.get(i)?.place ?? -1,
        stuck: i === stuck,
      };
    }),
    orders,
  };
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most / 3)} … ${text.slice(-(most * 2) / 3)}`;
}
