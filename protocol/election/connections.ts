/** Election links: one per pair of servers, lossy by design (org.apache.zookeeper.server.quorum.QuorumCnxManager). */
import type { ChannelId, Host } from '../host.ts';
import type { ElectionHello, Notification } from './vote.ts';

interface Link {
  channel: ChannelId;
  /** Whether the channel takes a message now; otherwise the newest one waits in `queued`. */
  ready: boolean;
}

/** Name of the timer that gives up an attempt to connect. */
export const CONNECT_TIMER = 'election.connect';

/** Name of the timer that closes an accepted channel whose dialler does not say who it is. */
export const HANDSHAKE_TIMER = 'election.handshake';

/**
 * Keeps the links. FLE-10: the server with the larger id keeps the link it dialled. FLE-11: a send queue holds one
 * message, a newer one replaces it.
 */
export class Connections {
  private readonly host: Host;
  private readonly id: number;
  private readonly connectTimeout: number;
  private readonly handshakeTimeout: number;
  /** Accepted channels without a handshake so far. */
  private readonly strangers: Set<ChannelId> = new Set();
  /** Established links by server. */
  private readonly links: Map<number, Link> = new Map();
  /** Channels being dialled, by server. */
  private readonly dialling: Map<number, ChannelId> = new Map();
  /** Whose channel it is, for every channel that has one. */
  private readonly owners: Map<ChannelId, number> = new Map();
  /** The one-deep send queues. */
  private readonly queued: Map<number, Notification> = new Map();
  private readonly lastSent: Map<number, Notification> = new Map();

  constructor(host: Host, id: number, connectTimeout: number, handshakeTimeout: number) {
    this.host = host;
    this.id = id;
    this.connectTimeout = connectTimeout;
    this.handshakeTimeout = handshakeTimeout;
  }

  /** Queues a notification, replacing one that waits, and connects if there is no link. */
  send(to: number, message: Notification): void {
    this.queued.set(to, message);
    const link = this.links.get(to);
    if (link === undefined) this.connect(to);
    else this.flush(to, link);
  }

  /** Dials unless there is a link or an attempt under way. */
  connect(to: number): void {
    if (this.links.has(to) || this.dialling.has(to)) return;
    const channel = this.host.dial({ server: to, port: 'election' });
    this.dialling.set(to, channel);
    this.owners.set(channel, to);
    this.host.setTimer(this.connectTimeout, CONNECT_TIMER, channel);
  }

  /** Whether some server has nothing waiting to be sent (QuorumCnxManager.haveDelivered). */
  haveDelivered(servers: readonly number[]): boolean {
    for (const server of servers) if (server !== this.id && !this.queued.has(server)) return true;
    return false;
  }

  /** The server at the other end of a channel, or undefined when it is unknown or not an election channel. */
  ownerOf(channel: ChannelId): number | undefined {
    return this.owners.get(channel);
  }

  onConnected(channel: ChannelId): void {
    const to = this.owners.get(channel);
    if (to === undefined || this.dialling.get(to) !== channel) return;
    this.dialling.delete(to);
    const hello: ElectionHello = { kind: 'electionHello', sid: this.id };
    this.host.send(channel, hello);
    if (to > this.id) {
      // The other end is to dial back; Apache closes the challenger's socket right after its handshake.
      this.owners.delete(channel);
      this.host.close(channel);
      return;
    }
    this.establish(to, channel);
  }

  onAccept(channel: ChannelId): void {
    this.strangers.add(channel);
    this.host.setTimer(this.handshakeTimeout, HANDSHAKE_TIMER, channel);
  }

  onHandshakeTimeout(channel: ChannelId): void {
    if (this.strangers.delete(channel)) this.host.close(channel);
  }

  /** The handshake of a dialler arrived on an accepted channel. */
  onHello(channel: ChannelId, from: number): void {
    if (!this.strangers.delete(channel)) return;
    if (from < this.id) {
      // FLE-10: the challenge is lost; the link it had is replaced by one of our own.
      this.host.close(channel);
      this.dropLink(from);
      this.connect(from);
    } else if (from === this.id) {
      this.host.close(channel);
    } else {
      this.owners.set(channel, from);
      this.establish(from, channel);
    }
  }

  onClosed(channel: ChannelId): void {
    this.strangers.delete(channel);
    const server = this.owners.get(channel);
    if (server === undefined) return;
    this.owners.delete(channel);
    if (this.dialling.get(server) === channel) this.dialling.delete(server);
    if (this.links.get(server)?.channel === channel) this.links.delete(server);
  }

  onDrained(channel: ChannelId): void {
    const server = this.owners.get(channel);
    const link = server === undefined ? undefined : this.links.get(server);
    if (server === undefined || link === undefined || link.channel !== channel) return;
    link.ready = true;
    this.flush(server, link);
  }

  onConnectTimeout(channel: ChannelId): void {
    const server = this.owners.get(channel);
    if (server === undefined || this.dialling.get(server) !== channel) return;
    this.dialling.delete(server);
    this.owners.delete(channel);
    this.host.close(channel);
  }

  private establish(server: number, channel: ChannelId): void {
    this.dropLink(server, channel);
    const link: Link = { channel, ready: true };
    this.links.set(server, link);
    // FLE-12: a fresh link repeats the last message when nothing newer waits; it may have been lost with the old one.
    if (!this.queued.has(server)) {
      const last = this.lastSent.get(server);
      if (last !== undefined) this.queued.set(server, last);
    }
    this.flush(server, link);
  }

  private dropLink(server: number, except?: ChannelId): void {
    const link = this.links.get(server);
    if (link === undefined || link.channel === except) return;
    this.links.delete(server);
    this.owners.delete(link.channel);
    this.host.close(link.channel);
  }

  private flush(server: number, link: Link): void {
    const message = this.queued.get(server);
    if (message === undefined || !link.ready) return;
    this.queued.delete(server);
    this.lastSent.set(server, message);
    link.ready = this.host.send(link.channel, message);
  }
}
