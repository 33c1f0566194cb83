/** What a run's names stand for; handed to the simulation, never looked up in module state. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { Actor, Host } from '../protocol/host.ts';
import type { ClientOp } from '../protocol/request.ts';
import type { Monitor, MonitorContext } from './monitor.ts';
import type { Json, Named } from './spec.ts';

/** What a client program is told of its run. */
export interface ClientSettings {
  /** Servers it may connect to, in order. */
  readonly servers: readonly number[];
  /** Whether the order is its own to begin anywhere: then it starts at a drawn one. */
  readonly startAnywhere: boolean;
  /** Virtual ms after which it issues no further request. */
  readonly stopAt: number;
}

/** What became of a client's requests. */
export interface ClientCounters {
  started: number;
  ok: number;
  /** Replies with an error, by code. */
  readonly errors: Record<string, number>;
  /** Requests without an answer when their connection ended. */
  lost: number;
  connects: number;
}

/** A simulated client. */
export interface ClientActor extends Actor {
  readonly counters: ClientCounters;
  /** Asks for something beside its program, if it can; the answer is nobody's. Without it nothing can be asked so. */
  submit?(request: ClientOp): void;
}

/** Makes a client. @throws SpecError for parameters it cannot use. */
export type ClientProgramFactory = (
  host: Host,
  id: number,
  params: Json,
  settings: ClientSettings,
) => ClientActor;

/** Resolves a run's names. */
export interface Catalog {
  /** A server process; `variant` is a name in {@link variants}. Called anew at each start of a process. */
  server(host: Host, id: number, config: EnsembleConfig, variant: Named | undefined): Actor;
  readonly programs: Readonly<Record<string, ClientProgramFactory>>;
  /** A fresh set of monitors for one run. */
  monitors(context: MonitorContext): Monitor[];
  /** Known variants; the values are the catalog's own business. */
  readonly variants: Readonly<Record<string, unknown>>;
  /** Whether a server's tree has a node; without it, expectations `exists` and `absent` fail. */
  hasNode?(server: Actor, path: string): boolean;
}
