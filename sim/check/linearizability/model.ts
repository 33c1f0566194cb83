/** A sequential specification: what an object answers when its operations take effect one after the other. */
import type { Operation, Partition } from './operation.ts';
import type { Timeline } from './timeline.ts';

/** What is known of a partition beforehand, to leave out what leads nowhere. */
export interface Lookahead<S> {
  /**
   * False where no order can go on that stands before an event of the timeline with a state, reached from the state before by
   * one operation or by none. It may be true for others.
   */
  viable(before: S, state: S, event: number): boolean;
  /** A state from which the same orders go on. Default: the state itself. */
  canonical?(state: S): S;
}

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
   * Whether an operation with this output can take effect in few states only, so that it is no use to try it elsewhere.
   * Decides in which order things are tried, nothing else. Default: never.
   */
  tells?(input: I, output: O | undefined): boolean;
  /**
   * What later answers say about earlier states. Default: nothing.
   */
  lookahead?(timeline: Timeline<I, O>): Lookahead<S>;
  /** Memory a state takes that it shares with no other, bytes. Default: 64. */
  size?(state: S): number;
}
