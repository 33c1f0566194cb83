/** A history as its clients saw it: what each asked for, when, and what it was answered. */

/** One operation. It took effect at one moment between `call` and `return`, both included. */
export interface Operation<I, O> {
  /** Who asked. Processes overlap freely; so may operations of one process. */
  readonly process: number;
  /** When it was asked for, in any unit that grows. */
  readonly call: number;
  /** When it was answered, not before `call`; {@link NEVER}: it may have taken effect at any later time, or never. */
  readonly return: number;
  readonly input: I;
  /** Undefined where it was never answered. */
  readonly output: O | undefined;
}

/** The `return` of an operation that is pending at the end of its history. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/** Operations on one object that no operation outside touches: checked by itself (Herlihy and Wing: locality). */
export interface Partition<I, O> {
  /** The key, the subtree; empty where the history has one object. */
  readonly name: string;
  readonly operations: readonly Operation<I, O>[];
}
