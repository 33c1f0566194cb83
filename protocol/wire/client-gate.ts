/**
 * The byte side of one server's client port (org.apache.zookeeper.server.NIOServerCnxnFactory, NIOServerCnxn): connections
 * come in as bytes and reach the server as messages, and its answers go out as bytes. It owns no socket and no clock, and
 * does not know whether the bytes come over TCP or out of a file.
 */
import type { ConnectResponse } from '../client-messages.ts';
import type { EnsembleConfig } from '../config.ts';
import type { Actor, ChannelId, Message } from '../host.ts';
import { ServerEnd } from './server-end.ts';

/** Of the configuration, what the port is bound by. */
export type GateLimits = Pick<
  EnsembleConfig,
  'maxBuffer' | 'maxClientCnxns' | 'maxCnxns' | 'sessionlessTimeout'
>;

/** The server behind the port. */
export type GateServer = Pick<Actor, 'onAccept' | 'onMessage' | 'onClosed'>;

/** What is in front of the port. Nothing here may call the gate back before it returned. */
export interface GateSockets {
  /** Monotonic clock, ms. */
  now(): number;
  /** Asks for {@link ClientGate.expire} in so many ms; asked for once at a time. */
  wake(delayMs: number): void;
  /** Sends bytes, which do not change any more, in order. */
  write(connection: ChannelId, bytes: Uint8Array): void;
  /** Stops reading a connection, or goes on: what its client says meanwhile stays in the network. */
  read(connection: ChannelId, on: boolean): void;
  /** Closes a connection: `closed` behind what was written, `reset` at once. Nothing more is asked for it. */
  end(connection: ChannelId, reason: 'closed' | 'reset'): void;
}

/** The other end of a connection. */
export interface RemoteEnd {
  /** IP address, as `127.0.0.1` or `::1`. */
  readonly address: string;
  readonly port: number;
}

/** One client's connection. */
interface Connection {
  readonly remote: RemoteEnd;
  readonly end: ServerEnd;
  /** How long its client may be silent, ms: the negotiated timeout, once there is one. */
  timeout: number;
  /** When it is closed unless something moves, ms. */
  expiry: number;
  /** It asked for a session and has no answer: not read any further (ServerCnxn.disableRecv). */
  opening: boolean;
  /** The server does not want to hear more for now. */
  heldUp: boolean;
}

/** Plain data but for the server and the sockets, which may be plain data too. */
export class ClientGate {
  private readonly limits: GateLimits;
  private readonly server: GateServer;
  private readonly sockets: GateSockets;
  private readonly connections: Map<ChannelId, Connection> = new Map();
  /** Connections by address. */
  private readonly counts: Map<string, number> = new Map();
  /** Connections by the time they are closed at, a multiple of the interval (server.ExpiryQueue). */
  private readonly expiring: Map<number, Set<ChannelId>> = new Map();
  private awake = false;

  constructor(limits: GateLimits, server: GateServer, sockets: GateSockets) {
    this.limits = limits;
    this.server = server;
    this.sockets = sockets;
  }

  /** Open connections. */
  get size(): number {
    return this.connections.size;
  }

  has(connection: ChannelId): boolean {
    return this.connections.has(connection);
  }

  /** Who is at the other end; null once it is closed. */
  remote(connection: ChannelId): RemoteEnd | null {
    return this.connections.get(connection)?.remote ?? null;
  }

  /** WIRE-33: a client connects; one too many from its address, or in all, is reset at once: then false. */
  open(connection: ChannelId, remote: RemoteEnd): boolean {
    const { maxClientCnxns, maxCnxns, maxBuffer, sessionlessTimeout } = this.limits;
    const same = this.counts.get(remote.address) ?? 0;
    if ((maxClientCnxns > 0 && same >= maxClientCnxns) || (maxCnxns > 0 && this.size >= maxCnxns)) {
      this.sockets.end(connection, 'reset');
      return false;
    }
    this.counts.set(remote.address, same + 1);
    this.connections.set(connection, {
      remote,
      end: new ServerEnd(maxBuffer),
      timeout: sessionlessTimeout,
      expiry: 0,
      opening: false,
      heldUp: false,
    });
    this.touch(connection);
    this.server.onAccept(connection, 'client');
    return true;
  }

  /** The client said something; the bytes must not change afterwards. */
  bytes(connection: ChannelId, bytes: Uint8Array): void {
    const found = this.connections.get(connection);
    if (found === undefined) return;
    this.touch(connection);
    for (const message of found.end.decode(bytes)) {
      if (message.kind === 'connect') this.hold(connection, found, true, found.heldUp);
      this.server.onMessage(connection, message);
      if (!this.connections.has(connection)) return;
    }
    // WIRE-34: after what is no frame nothing can be understood any more.
    if (found.end.failure !== null) this.drop(connection);
  }

  /** The client ended the connection, or it broke. */
  closed(connection: ChannelId, reason: 'closed' | 'reset'): void {
    if (!this.connections.has(connection)) return;
    this.forget(connection);
    this.sockets.end(connection, reason);
    this.server.onClosed(connection, reason);
  }

  /** The server says something. */
  send(connection: ChannelId, message: Message): void {
    const found = this.connections.get(connection);
    if (found === undefined) return;
    const bytes = found.end.encode(message);
    if (message.kind === 'connected') {
      const { timeout } = message as ConnectResponse;
      if (timeout > 0) found.timeout = timeout;
      this.hold(connection, found, false, found.heldUp);
    }
    this.sockets.write(connection, bytes);
    this.touch(connection);
  }

  /** The server closes the connection; what it said before still goes out. */
  close(connection: ChannelId): void {
    if (!this.connections.has(connection)) return;
    this.forget(connection);
    this.sockets.end(connection, 'closed');
  }

  /** WIRE-36: the server does not want to hear more of this client for now, or does again. */
  holdUp(connection: ChannelId, on: boolean): void {
    const found = this.connections.get(connection);
    if (found !== undefined) this.hold(connection, found, found.opening, on);
  }

  /** WIRE-35: the time {@link GateSockets.wake} asked for has come: silent connections are closed. */
  expire(): void {
    this.awake = false;
    const now = this.sockets.now();
    for (const [expiry, connections] of [...this.expiring].sort(([a], [b]) => a - b)) {
      if (expiry > now) break;
      this.expiring.delete(expiry);
      for (const connection of [...connections]) this.drop(connection);
    }
    this.wake(now);
  }

  private hold(connection: ChannelId, found: Connection, opening: boolean, heldUp: boolean): void {
    const before = found.opening || found.heldUp;
    found.opening = opening;
    found.heldUp = heldUp;
    const after = opening || heldUp;
    if (before !== after) this.sockets.read(connection, !after);
  }

  /** Something moved on the connection (NIOServerCnxnFactory.touchCnxn). */
  private touch(connection: ChannelId): void {
    const found = this.connections.get(connection) as Connection;
    const now = this.sockets.now();
    const interval = this.limits.sessionlessTimeout;
    const expiry = (Math.floor((now + found.timeout) / interval) + 1) * interval;
    if (expiry === found.expiry) return;
    this.expiring.get(found.expiry)?.delete(connection);
    found.expiry = expiry;
    const due = this.expiring.get(expiry);
    if (due === undefined) this.expiring.set(expiry, new Set([connection]));
    else due.add(connection);
    this.wake(now);
  }

  private wake(now: number): void {
    if (this.awake || this.size === 0) return;
    this.awake = true;
    const interval = this.limits.sessionlessTimeout;
    this.sockets.wake((Math.floor(now / interval) + 1) * interval - now);
  }

  /** This end gives the connection up. */
  private drop(connection: ChannelId): void {
    this.forget(connection);
    this.sockets.end(connection, 'closed');
    this.server.onClosed(connection, 'reset');
  }

  private forget(connection: ChannelId): void {
    const { remote, expiry } = this.connections.get(connection) as Connection;
    this.connections.delete(connection);
    const due = this.expiring.get(expiry);
    due?.delete(connection);
    if (due?.size === 0) this.expiring.delete(expiry);
    const left = (this.counts.get(remote.address) as number) - 1;
    if (left === 0) this.counts.delete(remote.address);
    else this.counts.set(remote.address, left);
  }
}
