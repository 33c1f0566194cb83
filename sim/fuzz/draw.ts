/** Draws that all parts of a plan make: one of several, an order, when a fault strikes and when it is mended. */
import type { RandomStream } from '../random.ts';
import type { Trigger } from '../spec.ts';

/** Length of the phase in which faults strike, ms. */
export const FAULTY = 2500;

/** No fault strikes at a set time later than this, ms: it would outlast the phase. */
const LAST_STRIKE = FAULTY - 400;

/** At a time, or at one of some moments: kinds of events. */
export function trigger(random: RandomStream, moments: readonly string[]): Trigger {
  if (random.below(2) === 0) return strikeTime(random);
  return { when: { on: one(random, moments), nth: 1 + random.below(random.below(2) === 0 ? 4 : 40) } };
}

/** At a time of the phase. */
export function strikeTime(random: RandomStream): Trigger {
  return { at: 100 + random.below(LAST_STRIKE - 100) };
}

/** Of something that mends what `when` broke, a drawn time later. */
export function later(random: RandomStream, when: Trigger): Trigger {
  return after(when, 20 + random.below(random.below(3) === 0 ? 1200 : 300));
}

/** So many ms after a fault that strikes at `when`, within the phase. */
export function after(when: Trigger, ms: number): Trigger {
  if (when.at !== undefined) return { at: Math.min(when.at + ms, FAULTY - 1) };
  return { ...when, delay: (when.delay ?? 0) + ms };
}

export function one<T>(random: RandomStream, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

export function shuffle<T>(random: RandomStream, items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
