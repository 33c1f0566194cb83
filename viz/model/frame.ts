/** A run at one event, as the views need it: plain data, made by `reading.ts`, drawn by `views/`. Times in virtual ms. */
import type { ClientState, Phase, Role } from '../../protocol/probe.ts';
import type { SessionId } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { Tone } from '../../sim/sentences.ts';
import type { ExpectationState, Verdict } from '../../sim/simulation.ts';
import type { MessageName } from '../../sim/spec.ts';

/** `off`: without power; `down`: the process does not run. */
export type Life = 'up' | 'paused' | 'down' | 'off';

export interface ServerFrame {
  readonly id: number;
  readonly observer: boolean;
  readonly life: Life;
  readonly role: Role;
  readonly phase: Phase | null;
  /** It leads by a quorum. */
  readonly established: boolean;
  /** Whom it follows; its own id where it leads; 0: nobody. */
  readonly leader: number;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** The highest zxid in its tree. */
  readonly lastZxid: Zxid;
  /** Its election round and for whom it votes in it; null while it does not look for a leader. */
  readonly vote: { readonly round: number; readonly leader: number } | null;
  /** Sessions in its tree. */
  readonly sessions: number;
  /** Connections of clients. */
  readonly connections: number;
  readonly disk: 'fine' | 'full' | 'stalled';
  readonly log: LogFrame;
}

/** The end of a server's log, and how far things have come on this server. */
export interface LogFrame {
  /** Zxids written, oldest first: the last {@link LOG_TAIL} of them. */
  readonly written: readonly Zxid[];
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly durable: Zxid;
  readonly acked: Zxid;
  /** As a leader has committed. */
  readonly committed: Zxid;
  readonly applied: Zxid;
}

export const LOG_TAIL = 64;

export interface ClientFrame {
  /** Id of its machine. */
  readonly id: number;
  /** From 1: its place in the run's list. */
  readonly number: number;
  readonly program: string;
  readonly life: Life;
  readonly state: ClientState;
  readonly session: SessionId;
  /** The server that it has a channel to; 0: none. */
  readonly server: number;
  /** The channel is open. */
  readonly connected: boolean;
  /** It can be made to ask for something. */
  readonly asks: boolean;
  /** Operations without an answer. */
  readonly waiting: number;
  readonly lastZxid: Zxid;
}

/** What a message is about, for its shape and colour. `line`: the beginning or end of a connection. */
export type Family = 'election' | 'sync' | 'proposal' | 'ack' | 'commit' | 'ping' | 'client' | 'line';

/** A message on its way. */
export interface MessageFrame {
  /** Channel, direction and ordinal: the same in every frame. */
  readonly id: string;
  /** By which an edit names it; null: it is held back, or no message but the beginning or end of a connection. */
  readonly name: MessageName | null;
  readonly from: number;
  readonly to: number;
  readonly family: Family;
  readonly kind: string;
  /** Kind with what it carries: a zxid, a vote, an operation. */
  readonly text: string;
  readonly sent: number;
  /** For one that is held back: when it would have come. */
  readonly arrives: number;
  /** It waits at the sender for the link to pass again. */
  readonly held: boolean;
}

/** A directed link that is not as it should be. */
export interface LinkFrame {
  readonly from: number;
  readonly to: number;
  readonly cut: boolean;
  /** Added latency, ms. */
  readonly slow: number;
  /** The next message cuts its stream. */
  readonly dropping: boolean;
}

/** A sentence and whom it is about: `3`, `c1`, or nothing for the world. */
export interface SentenceFrame {
  readonly who: string;
  readonly text: string;
  readonly tone: Tone;
}

/** What the event did. */
export interface StepFrame {
  /** Id of the machine that handled it; 0: the world. */
  readonly owner: number;
  /** The machine from which it came; 0: none. */
  readonly from: number;
  /** Of what arrived; null: nothing did. */
  readonly family: Family | null;
  readonly text: string;
  /** The event that caused it; 0: none. */
  readonly cause: number;
  readonly sentences: readonly SentenceFrame[];
}

export interface ViolationFrame {
  readonly property: string;
  readonly event: number;
  readonly text: string;
  /** The events that show it, ascending; its own is the last. */
  readonly events: readonly number[];
}

export interface ExpectationFrame {
  readonly text: string;
  readonly state: ExpectationState;
}

export interface Frame {
  /** Events handled so far. */
  readonly event: number;
  /** Virtual ms. */
  readonly time: number;
  /** Hash of the trace so far, 16 hex digits. */
  readonly hash: string;
  /** The run is over. */
  readonly over: boolean;
  readonly servers: readonly ServerFrame[];
  readonly clients: readonly ClientFrame[];
  readonly messages: readonly MessageFrame[];
  readonly links: readonly LinkFrame[];
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly violations: readonly ViolationFrame[];
  /** What the author of the scenario expects of the run, in the scenario's order. */
  readonly expectations: readonly ExpectationFrame[];
  /** The last sentence of the scenario's narration so far; null: none yet. */
  readonly told: { readonly event: number; readonly time: number; readonly text: string } | null;
  /** Null before the first event. */
  readonly step: StepFrame | null;
}
