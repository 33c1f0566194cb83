/** What the parts of a server share, and what a role is to its server. */
import type { EnsembleConfig } from '../config.ts';
import type { ChannelId, Host, Message } from '../host.ts';
import type { Phase } from '../probe.ts';
import type { QuorumVerifier } from '../quorum.ts';
import type { Op, Result } from '../request.ts';
import type { Rules } from '../rules.ts';
import type { SessionId, TxnRecord } from '../txn.ts';
import type { Database } from './database.ts';
import type { Durable } from './durable.ts';

/** A request of a client that is connected to this server. */
export interface LocalRequest {
  readonly channel: ChannelId;
  readonly session: SessionId;
  readonly cxid: number;
  readonly op: Op;
}

/** The server as its roles and processors see it. */
export interface Server {
  readonly host: Host;
  readonly id: number;
  readonly config: EnsembleConfig;
  readonly quorum: QuorumVerifier;
  readonly rules: Rules;
  readonly database: Database;
  readonly durable: Durable;
  /** Takes records for the log; what is flushed, the role that opened it is told. */
  readonly logWriter: { open(role: Role): void; add(record: TxnRecord): void };
  /** Distinguishes this term of a role from earlier ones, in continuations and timers. */
  readonly term: number;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** The epoch file is durable. */
  epochWritten(which: 'acceptedEpoch' | 'currentEpoch', epoch: number): void;
  /** The standing vote carries the new epoch from now on. */
  updateVote(epoch: number): void;
  phase(phase: Phase, epoch: number): void;
  reply(request: LocalRequest, result: Result): void;
  /** Ends the role; the server looks for a leader again. */
  endRole(reason: string): void;
  /** A fuzzy snapshot is due. */
  startSnapshot(): void;
}

/** Leader, learner or standalone server. */
export interface Role {
  /** Clients are served. */
  readonly serving: boolean;
  start(): void;
  onAccept(channel: ChannelId): void;
  onConnected(channel: ChannelId): void;
  onMessage(channel: ChannelId, message: Message): void;
  onClosed(channel: ChannelId): void;
  onTimer(name: string, arg: number): void;
  onStep(name: string, arg: number): void;
  onDurable(name: string): void;
  /** A client's request enters. */
  submit(request: LocalRequest): void;
  /** This server's log is flushed up to this record. */
  onFlushed(record: TxnRecord): void;
  /** A transaction has been applied to the tree. */
  onApplied(record: TxnRecord): void;
  /** Closes its channels. */
  stop(): void;
}
