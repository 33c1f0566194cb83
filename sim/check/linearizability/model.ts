/** A sequential specification: what an object answers when its operations take effect one after the other. */
import type { Operation, Partition } from './operation.ts';
import type { Timeline } from './timeline.ts';

/**
 * A model with states `S`, inputs `I` and outputs `O`. States are immutable and never `undefined`; inputs are plain data, of
 * which two are the same where their JSON is.
 */
export interface Model<S, I, O> {
  readonly name: string;
  /** The state before the first operation. */
  init(): S;
  /**
   * The state after an operation; undefined where it cannot return this output in this state. An `undefined` output: it was
   * never answered, any answer will do.
   */
  step(state: S, input: I, output: O | undefined): S | undefined;
  equal(a: S, b: S): boolean;
  /** Any 32-bit number, the same for equal states. */
  hash(state: S): number;
  /** One line for people. */
  describe(input: I, output: O | undefined): string;
  describeState(state: S): string;
  /**
   * Whether an operation with this output leaves every state as it is. Such an operation takes effect as soon as it can: no
   * order gains by having it later. Default: never.
   */
  isRead?(input: I, output: O | undefined): boolean;
  /** Independent objects, each operation in one of them. Default: one. */
  partition?(operations: readonly Operation<I, O>[]): readonly Partition<I, O>[];
  /**
   * What later answers say about earlier states: a function that is false for a state from which, at an event of the
   * timeline, no order can go on. It may be true for others. Default: nothing.
   */
  lookahead?(timeline: Timeline<I, O>): (state: S, event: number) => boolean;
  /** Memory a state takes that it shares with no other, bytes. Default: 64. */
  size?(state: S): number;
}
