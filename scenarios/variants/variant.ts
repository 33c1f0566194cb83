import { defaultRules, type Rules } from '../../protocol/rules.ts';

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

/** The correct rules but for these members. */
export function changed(members: { readonly [Part in keyof Rules]?: Partial<Rules[Part]> }): Rules {
  return {
    election: { ...defaultRules.election, ...members.election },
    zab: { ...defaultRules.zab, ...members.zab },
    server: { ...defaultRules.server, ...members.server },
    service: { ...defaultRules.service, ...members.service },
  };
}
