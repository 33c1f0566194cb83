import type { Predicate, RunSpec } from '../sim/spec.ts';

/** A named story: a run as data, and what to tell of it. */
export interface Scenario {
  /** Kebab-case; the name of its file. */
  readonly id: string;
  readonly title: string;
  /** For a person, in 2–5 sentences: what happens, why it matters, where the rule comes from. */
  readonly story: string;
  /** Of a story about a system built on ZooKeeper: its name, and in one sentence what the real one does the same way. */
  readonly system?: { readonly name: string; readonly same: string };
  /** Holds for every seed; the one given is the one shown first. */
  readonly run: RunSpec;
  readonly narration: readonly Narration[];
}

/** A sentence to show when something happens. */
export interface Narration {
  readonly when: Predicate;
  readonly text: string;
}
