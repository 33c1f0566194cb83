/** What the simulated world did to the ensemble, reported beside the protocol's own probes. */
import type { Port } from '../protocol/host.ts';
import type { ProbeEvent } from '../protocol/probe.ts';
import type { FaultKind } from './spec.ts';

/** `server` is the server concerned, 0 where there is no single one. Times are virtual milliseconds. */
export type WorldEvent =
  /** A process died; `power`: with its machine. */
  | { kind: 'crashed'; server: number; power: boolean }
  /** A process was started on what its disk holds; also at the beginning of the run. */
  | { kind: 'restarted'; server: number }
  | { kind: 'paused'; server: number }
  | { kind: 'resumed'; server: number }
  /**
   * Links no longer pass; `server` where one server was cut off. `groups` reads `1,2|3`: who still reaches
   * whom.
   */
  | { kind: 'partitioned'; server: number; groups: string }
  /** A directed link no longer passes from `server` to `to`. */
  | { kind: 'linkCut'; server: number; to: number }
  /** All links pass again, or (with a `server`) those of one server. */
  | { kind: 'healed'; server: number }
  /**
   * A message from `server` was lost; `single`: only it (election), otherwise the stream is cut from there
   * on.
   */
  | { kind: 'dropped'; server: number; to: number; port: Port; message: string; single: boolean }
  | { kind: 'slowed'; server: number; to: number; by: number }
  | { kind: 'lossChanged'; server: number; dropRate: number; electionLossRate: number }
  | { kind: 'diskStalled'; server: number; until: number }
  | { kind: 'diskFull'; server: number }
  | { kind: 'diskFreed'; server: number }
  /** A byte of a log record was flipped on disk. */
  | { kind: 'corrupted'; server: number; file: string; record: number }
  | { kind: 'clockJumped'; server: number; by: number }
  /** A client's process died; its session lives on. Of these, `client` is the id of the client's machine. */
  | { kind: 'clientCrashed'; server: number; client: number }
  /** A client's process was started, at its program's beginning; also at the beginning of the run. */
  | { kind: 'clientStarted'; server: number; client: number }
  | { kind: 'clientPaused'; server: number; client: number }
  | { kind: 'clientResumed'; server: number; client: number }
  /** The channels of a client were reset. */
  | { kind: 'clientDisconnected'; server: number; client: number }
  /** Nothing passes any more between a client and `server` (0: any server). */
  | { kind: 'clientCut'; server: number; client: number }
  /** Fault `index` of the run's list struck `server` (0: none or several). */
  | { kind: 'faulted'; server: number; index: number; fault: FaultKind };

export type WorldKind = WorldEvent['kind'];

/** Everything a monitor, predicate, trace or lesson can see. */
export type SimEvent = ProbeEvent | WorldEvent;
export type SimEventKind = SimEvent['kind'];
