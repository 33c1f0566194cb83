import type { Rules } from '../../protocol/rules.ts';

/** A named deviation of the protocol: a textbook mistake, another algorithm, or a historical bug. */
export interface Variant {
  readonly id: string;
  readonly title: string;
  /** Where it comes from: a paper, a textbook, an issue of ZooKeeper's. */
  readonly source: string;
  /** The property it should break. */
  readonly expects: string;
  /** The correct rules with members replaced. */
  readonly rules: Rules;
}
