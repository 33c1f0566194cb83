/** What the parts of a server share, and what a role is to its server. */
import type { EnsembleConfig } from '../config.ts';
import type { ChannelId, Host, Message } from '../host.ts';
import type { Phase } from '../probe.ts';
import type { QuorumVerifier } from '../quorum.ts';
import type { Request, Result } from '../request.ts';
import type { Rules } from '../rules.ts';
import type { Watches } from '../tree/watches.ts';
import type { ErrorCode, SessionId, TxnRecord } from '../txn.ts';
import type { Database } from './database.ts';
import type { Durable } from './durable.ts';
import type { SessionTracker } from './session-tracker.ts';
import type { ProcessStatistics } from './statistics.ts';

/** A request of a client that is connected to this server. */
export interface LocalRequest extends Request {
  readonly channel: ChannelId;
  /** It opens or closes a session that only this server knows: no transaction comes of it. */
  readonly local: boolean;
  /** When it arrived, ms on this server's clock. */
  readonly arrived: number;
  /** Not OK: what it will be answered, whatever comes of it on the way (Request.setException). */
  readonly error: ErrorCode;
}

/** Counts what roles have a part in. */
export interface TrafficCounter {
  /** The server as a leader has proposed a transaction. */
  proposed(record: TxnRecord): void;
}

/** A server's connections to clients, as its roles and processors see them. */
export interface Clients {
  readonly watches: Watches;
  isOpen(channel: ChannelId): boolean;
  readonly traffic: TrafficCounter;
  /** The session that came with this connection is open, or gone. */
  finish(channel: ChannelId, valid: boolean): void;
  /** The connection of a session that waits for {@link finish}; null where there is none. */
  openingChannel(session: SessionId): ChannelId | null;
  /** Closes the connection of a session, if it has one here. */
  closeSession(session: SessionId): void;
}

/** What a leader knows of its learners. */
export interface LeadingFigures {
  /** Learners with a connection, whatever they are about. */
  readonly learners: number;
  /** Of them those that are told of all that is proposed, and observers that are told of all that is committed. */
  readonly followers: number;
  readonly observers: number;
  /** Zxids that syncs of learners wait for. */
  readonly pendingSyncs: number;
  /** ms on its clock. */
  readonly servingSince: number;
}

/** A role as four-letter words show it. */
export interface RoleFigures {
  /** As behind `Mode:` (ZooKeeperServer.getState). */
  readonly mode: 'leader' | 'follower' | 'observer' | 'standalone' | 'read-only';
  /** Whom a learner follows; null: it is none. */
  readonly leader: number | null;
  /** Of a leader; null: it is none. */
  readonly leading: LeadingFigures | null;
  /** The sessions of all servers, where it is this one that expires them; null: where not. */
  readonly globalSessions: SessionTracker | null;
}

/** Sessions that only one server knows. Timeouts in ms. */
export interface OwnSessions {
  readonly tracker: SessionTracker;
  has(session: SessionId): boolean;
  timeoutOf(session: SessionId): number;
  open(session: SessionId, timeout: number): void;
  /** False: there is no such session here. */
  touch(session: SessionId, timeout: number): boolean;
  remove(session: SessionId): void;
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
  readonly clients: Clients;
  /** Takes records for the log; what is flushed, the role that opened it is told. */
  readonly logWriter: { open(role: Role): void; add(record: TxnRecord): void };
  readonly statistics: ProcessStatistics;
  /** Distinguishes this term of a role from earlier ones, in continuations and timers. */
  readonly term: number;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** The epoch file is durable. */
  epochWritten(which: 'acceptedEpoch' | 'currentEpoch', epoch: number): void;
  /** The standing vote carries the new epoch from now on. */
  updateVote(epoch: number): void;
  phase(phase: Phase, epoch: number): void;
  /** A local request has its result. */
  reply(request: LocalRequest, result: Result): void;
  /** Closes a channel that somebody opened to this server. */
  closeChannel(channel: ChannelId): void;
  /** Ends the role; the server looks for a leader again. */
  endRole(reason: string): void;
  /** A fuzzy snapshot is due. */
  startSnapshot(): void;
}

/** Leader, learner, standalone or read-only server. */
export interface Role {
  /** Clients are served. */
  readonly serving: boolean;
  /** Only clients that accept it are served, and only with reads. */
  readonly readOnly: boolean;
  /** Sessions of its clients that nobody else knows; null: all are global. */
  readonly localSessions: OwnSessions | null;
  start(): void;
  onAccept(channel: ChannelId): void;
  onConnected(channel: ChannelId): void;
  onMessage(channel: ChannelId, message: Message): void;
  onClosed(channel: ChannelId): void;
  onTimer(name: string, arg: number): void;
  onStep(name: string, arg: number): void;
  onDurable(name: string): void;
  /** SESSION-5: a client of this server was heard of. False: its session is gone. */
  touch(session: SessionId, timeout: number): boolean;
  /** A client came along with a session: `clients.finish` follows. */
  revalidate(channel: ChannelId, session: SessionId, timeout: number): void;
  /** A client's request enters. */
  submit(request: LocalRequest): void;
  /** This server's log is flushed up to this record. */
  onFlushed(record: TxnRecord): void;
  /** A transaction has been applied to the tree. */
  onApplied(record: TxnRecord): void;
  /** Closes its channels. */
  stop(): void;
  figures(): RoleFigures;
}
