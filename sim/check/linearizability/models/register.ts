/** A register, with and without compare-and-set (Herlihy). */
import { hashText } from '../hash.ts';
import type { Model } from '../model.ts';

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

/** As a person writes it. */
export function show(value: Value): string {
  return value === null ? 'nil' : JSON.stringify(value);
}

export function hashOf(value: Value): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  return hashText(`${typeof value} ${value}`);
}
