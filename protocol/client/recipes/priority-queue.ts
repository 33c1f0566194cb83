import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { putNamed, type QueueItem, takeFirst } from './queue.ts';
import { inSequence } from './znode.ts';

/** Digits of a priority in a name: `item-00007-0000000012`. */
const DIGITS = 5;
const HIGHEST = 99_999;
const START = 'item-';

/** Puts an item, exactly once. @param priority 0…99,999, the smallest is taken first @throws RangeError */
export function* putWithPriority(zk: Zk, queue: string, text: string, priority: number): Step<Zxid> {
  if (!(Number.isInteger(priority) && priority >= 0 && priority <= HIGHEST)) {
    throw new RangeError(`priority ${priority} is no whole number in 0..${HIGHEST}`);
  }
  return yield* putNamed(zk, queue, `${START}${String(priority).padStart(DIGITS, '0')}-`, text);
}

/**
 * Takes the item of the smallest priority, of several the one put first, waiting for one. Each take reads the list anew.
 * Null: `withinMs` passed first.
 */
export function* takeByPriority(zk: Zk, queue: string, withinMs?: number): Step<QueueItem | null> {
  return yield* takeFirst(zk, queue, byPriority, withinMs);
}

/** Sorting keeps the sequence among equals. */
function byPriority(names: readonly string[]): string[] {
  return inSequence(names).sort((a, b) => priorityOf(a) - priorityOf(b));
}

function priorityOf(name: string): number {
  return Number(name.slice(START.length, START.length + DIGITS));
}
