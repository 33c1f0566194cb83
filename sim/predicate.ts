/** Matching of {@link Predicate}s against what is reported, indexed by kind: free where none listens. */
import { EVENT_KINDS, KIND_NUMBERS } from './event-fields.ts';
import type { Predicate } from './spec.ts';
import type { SimEvent } from './world-event.ts';

/** A predicate at work. */
export class Match {
  readonly fields: readonly string[];
  readonly values: readonly (number | string | boolean)[];
  readonly nth: number;
  /** Index of the fault it triggers, or −1. */
  readonly fault: number;
  /** How often kind and fields were met. */
  met = 0;

  constructor(predicate: Predicate, fault: number) {
    const where = predicate.where ?? {};
    this.fields = Object.keys(where);
    this.values = Object.values(where);
    this.nth = predicate.nth ?? 1;
    this.fault = fault;
  }

  /** How often the predicate held: with an `nth` above 1, from the n-th time on. */
  get held(): number {
    return Math.max(0, this.met - this.nth + 1);
  }

  /** Looks at an event of the right kind; true exactly when it is the n-th to fit. */
  see(event: SimEvent): boolean {
    const record = event as unknown as Record<string, unknown>;
    for (let i = 0; i < this.fields.length; i++) if (record[this.fields[i]!] !== this.values[i]) return false;
    this.met++;
    return this.met === this.nth;
  }
}

/** All predicates of a run, by the number of the kind they wait for. */
export class PredicateIndex {
  readonly byKind: Match[][] = EVENT_KINDS.map(() => []);

  /** Listens from now on. @throws Error for an unknown kind. */
  add(predicate: Predicate, fault: number): Match {
    const kind = KIND_NUMBERS.get(predicate.on);
    if (kind === undefined) throw new Error(`no event is called ${predicate.on}`);
    const match = new Match(predicate, fault);
    this.byKind[kind]!.push(match);
    return match;
  }
}
