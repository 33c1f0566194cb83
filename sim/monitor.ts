/** Property monitors: what the simulation feeds them and what they may say. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { RunSpec } from './spec.ts';
import type { SimEvent, SimEventKind } from './world-event.ts';

/**
 * What a monitor may ask; handed to its constructor by `Catalog.monitors(context)`. Call as methods: do not
 * detach.
 */
export interface MonitorContext {
  readonly config: EnsembleConfig;
  /** Virtual time, ms (fractions down to 0.001). */
  readonly now: () => number;
  /** Index of the event being handled, from 1; 0 before the first. */
  readonly event: () => number;
  /** Records that `property` (one of the monitor's ids) does not hold, with one sentence that says why. */
  violate(property: string, text: string): void;
}

/** After so many violations of a property its monitor rests: the first one tells the story. */
export const MAX_REPORTS = 5;

/**
 * An incremental check of one or more properties. Its state is cloned with the simulation's: plain fields,
 * arrays,
 * maps, sets and class instances; no closures, no `#private` fields, no WeakMap.
 */
export interface Monitor {
  readonly ids: readonly string[];
  /** Kinds of events it wants; it is called for no others. */
  readonly kinds: readonly SimEventKind[];
  /**
   * The event is valid during the call only: copy what is kept. Called no more once the monitor's only property was
   * violated {@link MAX_REPORTS} times.
   */
  onProbe(event: SimEvent): void;
  /** The run ends. */
  finish?(end: RunEnd): void;
  /** False where nothing in the run put the property to the test: its verdict is then `unchecked`. */
  readonly checked?: (id: string) => boolean;
}

/** How a run ended. */
export interface RunEnd {
  readonly spec: RunSpec;
  /** Virtual ms. */
  readonly nowMs: number;
  /** Servers whose process runs (paused ones included), ascending. */
  readonly running: readonly number[];
}
