/**
 * The port between the protocol and its world. A server or client owns no clock, socket, disk or randomness:
 * it asks a {@link Host} and is driven through an {@link Actor}. The simulator implements it with a virtual
 * world; a live host with TCP, the system clock and files. The protocol cannot tell which.
 */
import type { ProbeEvent } from './probe.ts';

/** Where a channel leads: a server's id and one of its three ports. */
export interface Address {
  readonly server: number;
  readonly port: Port;
}
export type Port = 'election' | 'quorum' | 'client';

/** One end of a channel; unique within a host for the life of the process. */
export type ChannelId = number;

/** A pending timer; unique within a host. 0 is never a timer. */
export type TimerId = number;

/**
 * Why a channel ended, as this end learns it: the other end closed in order, a reset or lost stream, nobody
 * listening at the dialled address.
 */
export type CloseReason = 'closed' | 'reset' | 'refused';

/** What a host does for the protocol. Every call returns at once; results arrive as {@link Actor} calls. */
export interface Host {
  /** Monotonic clock of this machine, whole milliseconds. */
  now(): number;
  /** Wall clock, milliseconds since 1970; may be skewed. Only for ctime, mtime and session ids. */
  wallClock(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Calls `actor.onTimer(name, arg, id)` once, `delayMs` from now on this machine's clock. */
  setTimer(delayMs: number, name: string, arg: number): TimerId;
  /** A no-op for a timer that has fired or 0. */
  clearTimer(id: TimerId): void;
  /**
   * Hands over to another thread of control: `actor.onStep(name, arg)` runs soon, after this call returned, in
   * no fixed order with other events. These are the boundaries that are threads in Apache's server.
   */
  schedule(name: string, arg: number): void;
  /** Starts to open a channel. `onConnected` or `onClosed` follows. What is sent before that is queued in order. */
  dial(address: Address): ChannelId;
  /**
   * Sends an immutable value in order. True while the channel has room; false when it is now full, in which case
   * `onDrained` follows once it has room again. Sending on a closed channel is a no-op that returns true.
   */
  send(channel: ChannelId, message: Message): boolean;
  /** Closes this end; what was sent still arrives, then the other end sees `closed`. No call follows for this end. */
  close(channel: ChannelId): void;
  /** Network address of the other end, as `10.0.0.7`; empty once the channel is closed. */
  remoteAddress(channel: ChannelId): string;
  /** Network port of the other end; 0 once the channel is closed. */
  remotePort(channel: ChannelId): number;
  /**
   * Asks that no more be read from a channel for now, or that it be read again. What is under way may still arrive; a host
   * for whose channels it makes no difference passes over it.
   */
  holdUp(channel: ChannelId, on: boolean): void;
  /** Starts or stops to accept channels at a port. While a port is not open, diallers see `refused`. */
  listen(port: Port, open: boolean): void;
  /** Ends this process, as System.exit in Apache's server: no further call reaches the actor. */
  exit(reason: string): void;
  readonly store: Store;
  /** Whether anybody listens to probes; when false, do not even build the event. */
  readonly probing: boolean;
  /** Reports what happened. The event is read during the call and may be reused after it. */
  probe(event: ProbeEvent): void;
}

/** What a host drives: a server or a client. No call is made from inside a call to the host. */
export interface Actor {
  /** The process starts, with whatever its store holds. */
  start(): void;
  onTimer(name: string, arg: number, id: TimerId): void;
  onStep(name: string, arg: number): void;
  /** Someone dialled `port`; who it is, its first message says. */
  onAccept(channel: ChannelId, port: Port): void;
  onConnected(channel: ChannelId): void;
  onMessage(channel: ChannelId, message: Message): void;
  onClosed(channel: ChannelId, reason: CloseReason): void;
  onDrained(channel: ChannelId): void;
  /** The request with this token is durable. Completions of one file come in order of their requests. */
  onDurable(token: number): void;
  /** The request with this token failed (disk full, I/O error); nothing of it may be relied on. */
  onStoreFailed(token: number, reason: string): void;
}

/** Anything sent on a channel: a tagged immutable value. Codecs per channel put bytes in its place. */
export interface Message {
  readonly kind: string;
}

/** How the content of a record file ends when it is read. */
export type Tail =
  /** Every record is whole. */
  | 'clean'
  /** The last record is incomplete: the process died while it was written. Records before it are good. */
  | 'torn'
  /** A record fails its checksum with whole records behind it: the file cannot be trusted. */
  | 'corrupt';

/** What {@link Store.read} gives: the good records in order, up to the first bad one. */
export interface FileContent {
  readonly records: readonly StoreRecord[];
  readonly tail: Tail;
}

/** One checksummed record of a file; the protocol's codec (`wire/store.ts`) turns it into bytes and back. */
export interface StoreRecord {
  readonly kind: string;
}

/**
 * Durable storage of one server: append-only record files and small files that are replaced atomically. Reads see
 * what was written, durable or not. Nothing is durable before `onDurable` with its token arrives.
 */
export interface Store {
  /** Names of all record files, sorted by code unit. */
  list(): readonly string[];
  /** @throws Error when there is no such file. */
  read(file: string): FileContent;
  /** Size in bytes of the encoded file; 0 when there is no such file. */
  size(file: string): number;
  /** Appends to a file, creating it if needed. Not durable before a later {@link flush} of that file is. */
  append(file: string, record: StoreRecord): void;
  /** Makes everything appended to the file so far durable (fsync of file and directory entry). */
  flush(file: string, token: number): void;
  /** Keeps the first `count` records; durable at the token's event (it is synced). */
  truncate(file: string, count: number, token: number): void;
  /** Removes a file, if there is one; durable at the token's event. */
  remove(file: string, token: number): void;
  /** Reads a small file; null when it was never written. */
  readValue(name: string): number | null;
  /** Atomically replaces a small file (temporary file, fsync, rename); durable at the token's event. */
  writeValue(name: string, value: number, token: number): void;
}
