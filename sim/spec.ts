/** A run is data: everything that decides it, as JSON. Validation is in `validate.ts`. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { Operation } from './operation.ts';

export const RUN_FORMAT = 'zab-lab/run@1';

/** Times are virtual milliseconds (fractions down to 0.001) unless a name says otherwise. */
export interface RunSpec {
  readonly format: typeof RUN_FORMAT;
  readonly title?: string;
  /** Decides every random draw. */
  readonly seed: number | string;
  readonly ensemble: EnsembleSpec;
  readonly world: WorldSpec;
  readonly clients: readonly ClientSpec[];
  readonly faults: readonly Fault[];
  /** What came from outside the simulation, in order; of a session that was served to real clients. */
  readonly outside?: readonly OutsideInput[];
  /** A named deviation of the protocol from the catalog; absent: the correct protocol. */
  readonly variant?: Named;
  readonly end: EndSpec;
  readonly expectations: readonly Expectation[];
}

/** Something resolved in the catalog. */
export interface Named {
  readonly name: string;
  readonly params?: Json;
}
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The ensemble's configuration, and where its history starts. Unset fields take `DEFAULT_CONFIG`. */
export interface EnsembleSpec extends Partial<Omit<EnsembleConfig, 'participants' | 'observers'>> {
  /** Number of participants, 1…13 (ids 1…n), or their ids. */
  readonly participants: number | readonly number[];
  /** Number of observers (ids after the participants'), or their ids. */
  readonly observers?: number | readonly number[];
  /** Epoch every server has accepted and is current at the start; histories are empty. Default 0. */
  readonly initialEpoch?: number;
  /** Wall clock at virtual time 0, ms since 1970. */
  readonly initialWallClock?: number;
  /** Servers that are down until a `restart` fault starts them. */
  readonly down?: readonly number[];
}

/** A duration to draw, ms: constant, uniform in [min, max], or log-normal by median and spread (from a quantile table). */
export type Distribution =
  | number
  | { readonly uniform: readonly [number, number] }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } };

export interface WorldSpec {
  readonly network?: {
    /** One-way latency. Default 1 ms constant. */
    readonly latency?: Distribution;
    /** Latency of single directed links, `"1>2"`; `"*>2"` and `"1>*"` match any. */
    readonly links?: Readonly<Record<string, Distribution>>;
    /** Probability that a message cuts its stream (design: drop). */
    readonly dropRate?: number;
    /** Probability that an election message vanishes singly. */
    readonly electionLossRate?: number;
    /** How long a sender retransmits into a dead stream before it sees a reset. Default 3000. */
    readonly retransmissionLimit?: number;
    /** Messages under way per channel direction before it is full. Default 64. */
    readonly window?: number;
  };
  readonly disk?: {
    /** Flush latency. Default 1 ms constant. */
    readonly flush?: Distribution;
  };
  /**
   * How messages travel: as they are (default), or as bytes in ZooKeeper's formats, encoded when sent and decoded when
   * delivered. Nothing that happens depends on it.
   */
  readonly wire?: 'values' | 'bytes';
  /** Delay of a hand-over between threads of one server. Default uniform 0…0.05. */
  readonly step?: Distribution;
  readonly clocks?: Readonly<Record<string, { readonly offset?: number; readonly drift?: number }>>;
  /** Cost model, off unless given: service time per message or request kind (ms; `"*"` any), link bandwidth (bytes per ms). */
  readonly cost?: {
    readonly service?: Readonly<Record<string, number>>;
    readonly bandwidth?: number;
  };
}

/** A client program or workload from the catalog, talking to servers in turn. */
export interface ClientSpec {
  readonly program: Named;
  /** Servers it may connect to, in order; default: all, starting at a drawn one. */
  readonly servers?: readonly number[];
}

/**
 * A condition on what happened: the `nth` (default 1st) probe of kind `on` whose fields equal `where`. The field `client`
 * of a probe is the id of the client's machine: 1000 and its place in the run's list.
 */
export interface Predicate {
  readonly on: string;
  readonly where?: Readonly<Record<string, number | string | boolean>>;
  readonly nth?: number;
}

/** When a fault strikes; exactly one of the three. */
export interface Trigger {
  readonly at?: number;
  /** Right after the probe that fulfils it, before the next event; `delay` (ms) later where given. */
  readonly when?: Predicate;
  readonly delay?: number;
  /** After the n-th event of the run. */
  readonly afterEvent?: number;
}

/** A server named by id, or by its part at the moment the fault strikes; or the probe's own server. */
export type Target = number | 'leader' | 'follower' | 'observer' | 'random' | 'it';

/** A client by its place in the run's list, from 1; a drawn one; or the client of the triggering probe. */
export type ClientTarget = number | 'random' | 'it';

/** Servers a client reaches: one, those it has channels to (`connected`), or all. */
export type ClientReach = Exclude<Target, 'it'> | 'connected' | 'all';

/** A message by its place in the run. One that has arrived, is held back or was never sent is none: nothing happens. */
export interface MessageName {
  /** Number of the channel within the run. */
  readonly channel: number;
  /** Which end sent it: the one that dialled? */
  readonly dialler: boolean;
  /** What the end put on the way, counted from 1: the dial or its answer comes first. */
  readonly ordinal: number;
}

export type Fault = Trigger & Mishap;

/** What a fault does, whatever sets it off. */
export type Mishap =
  /** The process dies: an unflushed suffix may be gone, nothing is torn; channels are reset. */
  | { readonly kind: 'crash'; readonly server: Target }
  /** The machine dies: the last record may be torn, an unsynced replacement undone; peers hear nothing. */
  | { readonly kind: 'powerLoss'; readonly server: Target | 'all' }
  | { readonly kind: 'restart'; readonly server: Target | 'all' }
  /** Timers and sockets stand still for `for` ms, then catch up. */
  | { readonly kind: 'pause'; readonly server: Target; readonly for: number }
  /** Only servers within one group reach each other; clients reach everyone. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly Target[])[] }
  /** Nothing passes from `from` to `to`; the other direction still does unless `both`. */
  | { readonly kind: 'cut'; readonly from: Target; readonly to: Target | 'all'; readonly both?: boolean }
  | { readonly kind: 'isolate'; readonly server: Target }
  /** Two halves that only `server` reaches. */
  | { readonly kind: 'bridge'; readonly server: Target }
  /** Isolates drawn servers one after the other, `step` ms apart, and heals them in another drawn order. */
  | { readonly kind: 'swizzle'; readonly servers: readonly Target[]; readonly step: number }
  /** All links pass again; slow links stay slow unless `speed`. */
  | { readonly kind: 'heal'; readonly speed?: boolean }
  /** Cuts the streams between two servers at their next message each. */
  | { readonly kind: 'drop'; readonly from: Target; readonly to: Target }
  /** Adds latency on a directed link until healed with `speed`. */
  | {
      readonly kind: 'slow';
      readonly from: Target | 'all';
      readonly to: Target | 'all';
      readonly by: number;
    }
  /** Sets the rates of random loss from now on. */
  | { readonly kind: 'loss'; readonly dropRate?: number; readonly electionLossRate?: number }
  /** Flushes under way and to come complete no earlier than `for` ms from now. */
  | { readonly kind: 'diskStall'; readonly server: Target; readonly for: number }
  /** Writes fail from now until `diskFree`. */
  | { readonly kind: 'diskFull'; readonly server: Target }
  | { readonly kind: 'diskFree'; readonly server: Target }
  /** Flips a byte of the `record`-th last log record (0: the last) on disk. */
  | { readonly kind: 'corrupt'; readonly server: Target; readonly record: number }
  /** Moves a server's wall clock. */
  | { readonly kind: 'clockJump'; readonly server: Target; readonly by: number }
  /** A client's process dies: its channels are reset, its session stays until it expires. */
  | { readonly kind: 'clientCrash'; readonly client: ClientTarget }
  /** A dead client's program starts again from its beginning, in a process that knows of no session. */
  | { readonly kind: 'clientRestart'; readonly client: ClientTarget | 'all' }
  /** Timers and sockets of a client stand still for `for` ms, then catch up: a long garbage collection. */
  | { readonly kind: 'clientPause'; readonly client: ClientTarget; readonly for: number }
  /** The channels of a client are reset; it may dial again at once. */
  | { readonly kind: 'clientDisconnect'; readonly client: ClientTarget }
  /** Nothing passes between a client and a server, or all servers, until `heal`. */
  | { readonly kind: 'clientCut'; readonly client: ClientTarget; readonly to: ClientReach }
  /** A client asks for something beside its program, on the same handle; nobody waits for the answer. */
  | { readonly kind: 'clientRequest'; readonly client: ClientTarget; readonly request: Operation }
  /** A message on its way is lost, and with it its stream: all behind it, and what is sent later. */
  | { readonly kind: 'messageDrop'; readonly message: MessageName }
  /** A message on its way, and all behind it, arrives `by` ms later. */
  | { readonly kind: 'messageDelay'; readonly message: MessageName; readonly by: number }
  /** A message on its way arrives now, what is before it in its stream included. */
  | { readonly kind: 'messageDeliver'; readonly message: MessageName };
export type FaultKind = Fault['kind'];

/**
 * Something that came from outside. It is the event after `after` events whatever else is due, so that nothing depends on
 * ties of time.
 */
export type OutsideInput = {
  /** Events handled before it. */
  readonly after: number;
  /**
   * What was taken up since the last of those and proved to be no event, such as what reached a process that was gone.
   * Default 0.
   */
  readonly idle?: number;
  /** When, ms; not earlier than the event before it. */
  readonly at: number;
} & Outside;

/** What may come from outside: connections of real clients, and faults. */
export type Outside =
  /** A client connects to a server's client port. `connection`: a number of its own, from 1. */
  | {
      readonly kind: 'open';
      readonly connection: number;
      readonly server: number;
      /** Of the client, as `127.0.0.1` or `::1`. */
      readonly address: string;
      readonly port: number;
    }
  /** A client's next bytes, in base64. */
  | { readonly kind: 'bytes'; readonly connection: number; readonly bytes: string }
  /** All that was sent to a client has left, after so much of it that the client was not heard any more. */
  | { readonly kind: 'drained'; readonly connection: number }
  /** A client closed its connection, or it broke. */
  | { readonly kind: 'close'; readonly connection: number; readonly reset?: boolean }
  | { readonly kind: 'fault'; readonly fault: Mishap };

export interface EndSpec {
  /** Virtual time at which the run ends, ms. */
  readonly at: number;
  /** Events after which it ends anyway. Default 5,000,000. */
  readonly maxEvents?: number;
  /**
   * When all faults have healed. LIVE-* are checked only where this is given, within bounds computed from the
   * ensemble's limits, and clients stop issuing requests so that replicas can converge before `at`.
   */
  readonly healedAt?: number;
  /** False: LIVE-* are not checked all the same, because somebody has added faults by hand. */
  readonly live?: boolean;
  /** Bounds in ms after `healedAt`; defaults from the retransmission limit, notification back-off and initLimit. */
  readonly electWithin?: number;
  readonly commitWithin?: number;
}

/** What the author of a run claims of it; checked at its end. */
export interface Expectation {
  readonly text: string;
  /** How often the predicate held; default at least once. */
  readonly probe?: Predicate;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Facts about the end of the run. */
  readonly end?: {
    readonly leader?: number | null;
    readonly epoch?: number;
    /** All running servers stand at the same zxid with the same tree digest. */
    readonly converged?: boolean;
    readonly running?: readonly number[];
    /** A path that exists (or not) on every running server. */
    readonly exists?: readonly string[];
    readonly absent?: readonly string[];
  };
}
