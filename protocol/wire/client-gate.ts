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
  /** Asks for {@link ClientGate.drained} once what was written so far has left. */
  full(connection: ChannelId): void;
  /** Asks for {@link ClientGate.goOn} soon, once this call has returned: there is something that was not read. */
  goOn(connection: ChannelId): void;
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
  /** Bytes written since all that was written is known to have left. */
  unsent: number;
  /** So many that its client is not heard until they have left. */
  full: boolean;
}

/** WIRE-37: unsent bytes beyond which a client is not heard. */
const HIGH_WATER = 0x10_0000;

/** Whether no more is to be read for now. */
function isHeld({ opening, heldUp, full }: Connection): boolean {
  return opening || heldUp || full;
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
      unsent: 0,
      full: false,
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
    found.end.append(bytes);
    this.take(connection, found);
  }

  /** What {@link GateSockets.goOn} asked for. */
  goOn(connection: ChannelId): void {
    const found = this.connections.get(connection);
    if (found !== undefined) this.take(connection, found);
  }

  /** Hands over what is complete, frame by frame, as long as the connection is read. */
  private take(connection: ChannelId, found: Connection): void {
    while (!isHeld(found)) {
      const message = found.end.next();
      if (message === null) break;
      if (message.kind === 'connect') this.hold(connection, found, 'opening', true);
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
      this.hold(connection, found, 'opening', false);
    }
    this.sockets.write(connection, bytes);
    this.touch(connection);
    found.unsent += bytes.length;
    if (found.unsent <= HIGH_WATER || found.full) return;
    this.hold(connection, found, 'full', true);
    this.sockets.full(connection);
  }

  /** What {@link GateSockets.full} asked for: all that was written has left. */
  drained(connection: ChannelId): void {
    const found = this.connections.get(connection);
    if (found === undefined) return;
    found.unsent = 0;
    this.hold(connection, found, 'full', false);
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
    if (found !== undefined) this.hold(connection, found, 'heldUp', on);
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

  private hold(
    connection: ChannelId,
    found: Connection,
    why: 'opening' | 'heldUp' | 'full',
    on: boolean,
  ): void {
    const before = isHeld(found);
    found[why] = on;
    const after = isHeld(found);
    if (before === after) return;
    this.sockets.read(connection, !after);
    if (before && found.end.unread > 0) this.sockets.goOn(connection);
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
