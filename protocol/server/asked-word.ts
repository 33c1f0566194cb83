/** What the answer to a four-letter word is made from. */
import type { ChannelId } from '../host.ts';
import type { SessionId } from '../txn.ts';
import type { Role, Server } from './context.ts';
import type { ConnectionStatistics } from './statistics.ts';
import type { Traffic } from './traffic.ts';

/** A connection as words show it. */
export interface ListedConnection {
  readonly channel: ChannelId;
  /** Null: none yet. */
  readonly session: SessionId | null;
  /** How long it may be silent, ms. */
  readonly timeout: number;
  readonly outstanding: number;
  readonly heldUp: boolean;
  readonly statistics: ConnectionStatistics;
}

/** What words tell of a server's clients. */
export interface Port {
  readonly traffic: Traffic;
  /** Requests without a reply. */
  readonly requestsInProcess: number;
  /** Null: it has none. */
  sessionOf(channel: ChannelId): SessionId | null;
  /** In the order in which they came. */
  listed(): ListedConnection[];
}

/** A word that a serving server is asked. */
export interface AskedWord {
  readonly server: Server;
  readonly port: Port;
  readonly role: Role;
  /** The connection that asks. */
  readonly channel: ChannelId;
}
