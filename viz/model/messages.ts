/** What the page asks of the worker in which runs are run, and what it is told. Plain data. */
import type { Act } from './edits.ts';
import type { Frame } from './frame.ts';
import type { Change, Field } from './inspect.ts';
import type { Mark, Row } from './marks.ts';
import type { Stretch } from './stretch.ts';
import type { TreeShown } from './tree.ts';

/** What a run can be set up with; what is absent stays as it is. Times in virtual ms. */
export interface Setup {
  readonly scenario?: string;
  readonly seed?: number;
  /** A variant of the catalog; empty: the correct protocol. */
  readonly variant?: string;
  readonly participants?: number;
  readonly observers?: number;
  /** One-way latency, drawn between two bounds. */
  readonly latency?: readonly [number, number];
  /** Flush latency of disks, likewise. */
  readonly flush?: readonly [number, number];
  /** Draw the run as the fuzzer does; of the rest only the variant counts. */
  readonly drawing?: Drawing;
}

/** Run number `run`, from 0, of the campaign of a seed: what `zab-lab fuzz --seed s --profile p` makes of it. */
export interface Drawing {
  readonly seed: number;
  readonly run: number;
  /** Name of a profile of the fuzzer. */
  readonly profile: string;
}

/** A server or client. */
export type Machine = { readonly kind: 'server' | 'client'; readonly id: number };

export type Request =
  /** What stands behind the `#`; empty: the default scenario. */
  | { readonly kind: 'link'; readonly fragment: string }
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'setup'; readonly setup: Setup }
  | { readonly kind: 'seek'; readonly event: number }
  | { readonly kind: 'seekTime'; readonly time: number }
  /** Something is done after an event. */
  | { readonly kind: 'act'; readonly act: Act; readonly event: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'removeEdit'; readonly index: number }
  | { readonly kind: 'choose'; readonly line: number }
  /** Rows of all events. */
  | { readonly kind: 'rows'; readonly from: number; readonly count: number }
  | { readonly kind: 'inspect'; readonly machine: Machine }
  /** The events from `first` on, for the space-time view. */
  | { readonly kind: 'stretch'; readonly first: number; readonly count: number }
  /** Likewise, the events between two times, virtual ms. */
  | { readonly kind: 'stretchOfTime'; readonly from: number; readonly to: number }
  /** A server's tree beside another's; `other` 0: nobody's. */
  | { readonly kind: 'tree'; readonly server: number; readonly other: number }
  | { readonly kind: 'share' }
  | { readonly kind: 'shiviz' };

export interface CatalogReply {
  readonly kind: 'catalog';
  readonly scenarios: readonly { readonly id: string; readonly title: string; readonly system: string }[];
  readonly variants: readonly { readonly id: string; readonly title: string }[];
  /** Profiles of the fuzzer, the default first. */
  readonly profiles: readonly { readonly name: string; readonly text: string }[];
  readonly properties: readonly { readonly id: string; readonly title: string; readonly statement: string }[];
}

/** The settings of a run as the set-up panel shows them; null: the run's own, which is none of the panel's forms. */
export interface SetupShown {
  readonly scenario: string;
  readonly seed: number | string;
  readonly variant: string;
  readonly participants: number;
  readonly observers: number;
  /** Why the servers cannot be more or fewer; empty: they can. */
  readonly fixedEnsemble: string;
  /** How few of each there can be: the run names some by number. */
  readonly least: { readonly participants: number; readonly observers: number };
  readonly latency: readonly [number, number] | null;
  readonly flush: readonly [number, number] | null;
  /** How the fuzzer comes to this run; null: it does not. */
  readonly drawing: Drawing | null;
}

export interface EditShown {
  readonly text: string;
  readonly event: number;
}

export interface LineShown {
  readonly id: number;
  readonly name: string;
  readonly edits: readonly EditShown[];
  /** The first event after which its trace differs from that of the current line; null: not known yet, or never. */
  readonly parts: number | null;
}

/** Another run, or another line of it. */
export interface OpenedReply {
  readonly kind: 'opened';
  /** Number of the recording; what is told of another one is out of date. */
  readonly tape: number;
  readonly title: string;
  readonly story: string;
  readonly setup: SetupShown;
  readonly servers: number;
  readonly lines: readonly LineShown[];
  readonly current: number;
  readonly undo: boolean;
  readonly redo: boolean;
}

/** How far the run is recorded, and what came since the last report. */
export interface ProgressReply {
  readonly kind: 'progress';
  readonly tape: number;
  readonly length: number;
  /** Virtual ms. */
  readonly endTime: number;
  readonly complete: boolean;
  /** Of the whole run; empty until it is complete. */
  readonly traceHash: string;
  readonly marks: readonly Mark[];
  readonly rows: readonly Row[];
  readonly commits: readonly number[];
  /** Events with their frames as JSON, for a {@link Film}. */
  readonly film: readonly (readonly [number, string])[];
  /** Virtual ms at equal shares of the events, from the first to the last. */
  readonly clock: readonly number[];
}

export interface FrameReply {
  readonly kind: 'frame';
  readonly tape: number;
  readonly frame: Frame;
  /** Virtual ms of the event after it; null: none is known. */
  readonly next: number | null;
}

export interface RowsReply {
  readonly kind: 'rows';
  readonly tape: number;
  readonly from: number;
  readonly count: number;
  readonly rows: readonly Row[];
}

export interface InspectionReply {
  readonly kind: 'inspection';
  readonly machine: Machine;
  readonly event: number;
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  readonly fields: readonly Field[];
  /** What the event changed in it. */
  readonly changes: readonly Change[];
}

export interface TreeReply extends TreeShown {
  readonly kind: 'tree';
  readonly event: number;
  readonly server: number;
  readonly other: number;
}

export interface StretchReply extends Stretch {
  readonly kind: 'stretch';
  readonly tape: number;
  /** What was asked for, in events or virtual ms; the stretch is shorter where the run is, or where it would be too long. */
  readonly asked: { readonly by: 'event' | 'time'; readonly from: number; readonly to: number };
}

export interface SharedReply {
  readonly kind: 'shared';
  readonly event: number;
  /** Behind the `#` of a link; null: the run is too large for one. */
  readonly fragment: string | null;
  /** Runs it in a terminal. */
  readonly command: string;
  /** The run file. */
  readonly file: string;
}

/** The run as a log for ShiViz. */
export interface ShivizReply {
  readonly kind: 'shiviz';
  readonly log: string;
}

/** Something could not be opened; `fallback`: the default scenario is shown in its place. */
export interface ProblemReply {
  readonly kind: 'problem';
  readonly text: string;
  readonly fallback: boolean;
}

/** A request has been answered in full; `recording`: the run is still being recorded, so that there is more to come. */
export interface DoneReply {
  readonly kind: 'done';
  readonly recording: boolean;
}

/** What is asked for takes a while; the worker is well. */
export interface BusyReply {
  readonly kind: 'busy';
}

export type Reply =
  | DoneReply
  | BusyReply
  | CatalogReply
  | OpenedReply
  | ProgressReply
  | FrameReply
  | RowsReply
  | InspectionReply
  | TreeReply
  | StretchReply
  | SharedReply
  | ShivizReply
  | ProblemReply;
