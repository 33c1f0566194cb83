/** A lock that one owner holds at a time, initially free. */
import type { Model } from '../model.ts';
import { hashOf, show, type Value } from './register.ts';

export interface LockInput {
  readonly f: 'acquire' | 'release';
  /** Who asks. */
  readonly owner: Value;
}
/** Whether it was done: a lock that is held is not acquired again, not by its owner either; only its owner releases it. */
export type LockOutput = boolean;

/** Null: free. */
export type Holder = Value;

export const lock: Model<Holder, LockInput, LockOutput> = {
  name: 'lock',
  init: () => null,
  step: (holder, { f, owner }, output) => {
    const done = f === 'acquire' ? holder === null : holder === owner;
    if (output !== undefined && output !== done) return undefined;
    if (!done) return holder;
    return f === 'acquire' ? owner : null;
  },
  equal: (a, b) => a === b,
  hash: hashOf,
  tells: () => true,
  isRead: (_, output) => output === false,
  describe: ({ f, owner }, output) =>
    `${f} by ${show(owner)}${output === undefined ? ' → ?' : output ? '' : ' → refused'}`,
  describeState: (holder) => (holder === null ? 'free' : `held by ${show(holder)}`),
};
