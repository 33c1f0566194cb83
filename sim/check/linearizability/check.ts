/** Whether a history is linearizable: partition by partition, within a budget of time and memory. */
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';
import { Search, type Verdict } from './search.ts';

/** How far a check is; the object is valid during the call only. */
export interface Progress {
  readonly partitions: number;
  readonly decided: number;
}

export interface CheckOptions {
  /** Asked every few steps; true ends the check. Default: never. */
  readonly expired?: (progress: Progress) => boolean;
  /** What the searches may take, bytes; the last growth may go beyond it by half. Default 256 MiB. */
  readonly memory?: number;
  /** Keep the searches of linearizable partitions too, the small ones, for the orders they found. */
  readonly keep?: boolean;
}

/** A search that is kept for its order takes no more, bytes. */
const KEPT = 4 * 1024 * 1024;
/** Nor do all of them together. */
const ALL_KEPT = 64 * 1024 * 1024;

export const DEFAULT_MEMORY: number = 256 * 1024 * 1024;

export interface PartitionResult<S, I, O> {
  readonly name: string;
  /** `unknown` also where another partition had failed before this one was decided. */
  readonly verdict: Verdict;
  readonly operations: readonly Operation<I, O>[];
  /** Of linearizable ones only where it was to be kept. */
  readonly search: Search<S, I, O> | null;
}

export interface CheckResult<S, I, O> {
  /** Linearizable where every partition is, not linearizable where one is not. */
  readonly verdict: Verdict;
  /** What ran out, where the verdict is unknown. */
  readonly spent: 'time' | 'memory' | null;
  readonly operations: number;
  /** In the order of the model's partition. */
  readonly partitions: readonly PartitionResult<S, I, O>[];
}

/** Steps between two looks at the budget. */
const STRIDE = 64;
/** Steps of a partition's first turn; each later one is twice as long. */
const FIRST_TURN = 1 << 14;

/** A partition under way. */
interface Turn<S, I, O> {
  readonly name: string;
  readonly operations: readonly Operation<I, O>[];
  search: Search<S, I, O> | null;
  verdict: Verdict;
}

/** Checks a history. Partitions take turns, so that a hard one does not hide what an easy one tells. */
export function check<S, I, O>(
  model: Model<S, I, O>,
  history: readonly Operation<I, O>[],
  options: CheckOptions = {},
): CheckResult<S, I, O> {
  const { expired = () => false, memory = DEFAULT_MEMORY, keep = false } = options;
  const partitions = model.partition?.(history) ?? [{ name: '', operations: history }];
  const turns: Turn<S, I, O>[] = partitions.map(({ name, operations }) => ({
    name,
    operations,
    search: null,
    verdict: 'unknown',
  }));
  const progress = { partitions: turns.length, decided: 0 };
  let spent: 'time' | 'memory' | null = null;
  let kept = 0;
  let ordered = 0;

  const take = (turn: Turn<S, I, O>, steps: number): void => {
    turn.search ??= new Search(model, turn.operations);
    const { search } = turn;
    const end = search.steps + steps;
    while (search.verdict === null && search.steps < end && spent === null) {
      search.run(STRIDE);
      if (expired(progress)) spent = 'time';
      else if (kept + search.bytes > memory) spent = 'memory';
    }
    if (search.verdict === null) return;
    turn.verdict = search.verdict;
    progress.decided++;
    if (search.verdict !== 'linearizable') return;
    if (keep && search.bytes <= KEPT && ordered + search.bytes <= ALL_KEPT) ordered += search.bytes;
    else turn.search = null;
  };

  let open = turns;
  for (let steps = FIRST_TURN; open.length > 0 && spent === null; steps *= 2) {
    for (const turn of open) {
      if (spent !== null) break;
      kept -= turn.search?.bytes ?? 0;
      take(turn, steps);
      kept += turn.search?.bytes ?? 0;
    }
    open = open.filter(({ verdict }) => verdict === 'unknown');
    if (turns.some(({ verdict }) => verdict === 'not-linearizable')) break;
  }
  let verdict: Verdict = 'linearizable';
  for (const turn of turns) {
    if (turn.verdict === 'not-linearizable') verdict = 'not-linearizable';
    else if (turn.verdict === 'unknown' && verdict === 'linearizable') verdict = 'unknown';
  }
  return {
    verdict,
    spent: verdict === 'unknown' ? spent : null,
    operations: history.length,
    partitions: turns.map((turn) => ({ ...turn })),
  };
}
