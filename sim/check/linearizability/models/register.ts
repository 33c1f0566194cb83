/** A register, with and without compare-and-set (Herlihy). */
import { hashText } from '../hash.ts';
import type { Lookahead, Model } from '../model.ts';
import type { Timeline } from '../timeline.ts';

/** What a register holds: plain JSON without structure; null is nothing. */
export type Value = string | number | boolean | null;

export type RegisterInput =
  | { readonly f: 'read' }
  | { readonly f: 'write'; readonly value: Value }
  | CompareAndSet;
export interface CompareAndSet {
  readonly f: 'cas';
  readonly from: Value;
  readonly to: Value;
}
/** Of a read the value; of a write null; of a compare-and-set whether it took place. */
export type RegisterOutput = Value;

function step(state: Value, input: RegisterInput, output: RegisterOutput | undefined): Value | undefined {
  switch (input.f) {
    case 'read':
      return output === undefined || output === state ? state : undefined;
    case 'write':
      return input.value;
    case 'cas': {
      const takesPlace = state === input.from;
      if (output !== undefined && output !== takesPlace) return undefined;
      return takesPlace ? input.to : state;
    }
  }
}

/** Initially null. */
export const casRegister: Model<Value, RegisterInput, RegisterOutput> = {
  name: 'cas-register',
  init: () => null,
  step,
  equal: (a, b) => a === b,
  hash: hashOf,
  isRead: ({ f }, output) => f === 'read' || (f === 'cas' && output === false),
  tells: ({ f }) => f === 'cas',
  lookahead,
  describe: (input, output) => {
    const answer = output === undefined ? ' → ?' : '';
    if (input.f === 'read') return output === undefined ? 'read → ?' : `read → ${show(output)}`;
    if (input.f === 'write') return `write ${show(input.value)}${answer}`;
    return `cas ${show(input.from)} ${show(input.to)}${output === false ? ' → fails' : answer}`;
  },
  describeState: show,
};

/** Reads and writes only. */
export const register: Model<Value, RegisterInput, RegisterOutput> = { ...casRegister, name: 'register' };

/** A value is not overwritten while somebody is still to see it whom no later write can serve. */
function lookahead(timeline: Timeline<RegisterInput, RegisterOutput>): Lookahead<Value> {
  const { operations, callEvent, returnEvent } = timeline;
  /** By value: the last call of an operation that needs it; the last return of one that makes it, and how many do. */
  const needed = new Map<Value, number>();
  const made = new Map<Value, { last: number; count: number }>();
  const make = (value: Value, i: number): void => {
    const { last, count } = made.get(value) ?? { last: -1, count: 0 };
    made.set(value, { last: Math.max(last, returnEvent[i]!), count: count + 1 });
  };
  for (const [i, { input, output }] of operations.entries()) {
    if (input.f === 'write') make(input.value, i);
    else if (input.f === 'cas' && output !== false) make(input.to, i);
    if (input.f === 'read') needed.set(output!, callEvent[i]!);
    else if (input.f === 'cas' && output === true) needed.set(input.from, callEvent[i]!);
  }
  const viable = (before: Value, state: Value, event: number): boolean => {
    if (before === state || (needed.get(before) ?? -1) < event) return true;
    const makers = made.get(before);
    // What only one operation makes has been made by it.
    return makers !== undefined && makers.last >= event && !(makers.count === 1 && before !== null);
  };
  return { viable };
}

/** As a person writes it. */
export function show(value: Value): string {
  return value === null ? 'nil' : JSON.stringify(value);
}

export function hashOf(value: Value): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  return hashText(`${typeof value} ${value}`);
}
