// What a sequence is made of: plain data, the same for both sides.
import type { Request } from './request.ts';

/** Sessions have places; a place holds one session at a time, and the connections that came with it. */
interface OfSession {
  readonly session: number;
}

/** Which server of an ensemble; counted from 0, and round. */
interface ToServer {
  readonly server?: number;
}

interface Handshake {
  /** ConnectRequest.protocolVersion, default 0. */
  readonly protocol?: number;
  /** The zxid last seen, of transactions since the sequence began; default: as if none had been. */
  readonly seen?: number;
  /** ms, default 10 ticks. */
  readonly timeout?: number;
  /** The last byte; absent: false. */
  readonly readOnly?: boolean;
  /** Without the last byte, as clients before 3.4. */
  readonly old?: boolean;
}

/** A new connection with a new session. */
export interface Open extends OfSession, ToServer, Handshake {
  readonly do: 'open';
  /** The password that comes with session 0: 16 zero bytes unless said otherwise; hex, or null. */
  readonly passwd?: string | null;
}
/** A new connection that brings the place's session along. */
export interface Resume extends OfSession, ToServer, Handshake {
  readonly do: 'resume';
  /** Instead of the session's own; hex, or null. */
  readonly passwd?: string | null;
  /** Instead of the session's id; decimal. */
  readonly id?: string;
  /** Leave the old connection open; otherwise the client ends it first. */
  readonly keep?: boolean;
}
/** The client ends the connection without a word. */
export interface Cut extends OfSession {
  readonly do: 'cut';
}
/** Requests at once, in one piece; where the place has no connection, a handshake goes ahead. */
export interface Send extends OfSession {
  readonly do: 'send';
  readonly requests: readonly Request[];
  /** Through the connection that the place had before the last resume. */
  readonly old?: boolean;
}
/** Bytes as they are, after which nothing is asked; or, on a connection of their own, before any handshake. */
export interface Bytes extends OfSession {
  readonly do: 'bytes';
  readonly hex: string;
}
export type Step = Open | Resume | Cut | Send | Bytes;

export type Sequence = readonly Step[];
