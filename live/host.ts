/** One server's host in the real world: TCP, this machine's clocks, files. The counterpart of `sim/machine.ts`. */
import { getRandomValues } from 'node:crypto';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { EnsembleConfig } from '../protocol/config.ts';
import type {
  Actor,
  Address,
  ChannelId,
  CloseReason,
  Host,
  Message,
  Port,
  TimerId,
} from '../protocol/host.ts';
import type { ProbeEvent } from '../protocol/probe.ts';
import { ElectionEnd, QuorumEnd, type WireEnd } from '../protocol/wire/index.ts';
import type { ZxidPacket } from '../protocol/zab/packets.ts';
import { formatZxid } from '../protocol/zxid.ts';
import { FileStore, type StoreFolders } from './files/file-store.ts';
import { ClientSockets } from './sockets/client-sockets.ts';
import { Link, type LinkListener } from './sockets/link.ts';
import { Listener } from './sockets/listener.ts';
import { type Member, type OwnPorts, refusal } from './sockets/member.ts';
import { Turns } from './sockets/turns.ts';
import { Timers } from './timers.ts';

/** Channels at one port that have not said who they are; beyond it the oldest goes. */
const MOST_STRANGERS = 32;

const SYNCS: readonly string[] = ['DIFF', 'TRUNC', 'SNAP'];

export interface HostOptions {
  readonly id: number;
  readonly config: EnsembleConfig;
  readonly members: readonly Member[];
  readonly ports: OwnPorts;
  readonly folders: StoreFolders;
  /** The configuration as servers tell it one another. */
  readonly configText: string;
  /** Hears of everything that happens; null: nobody does. */
  readonly onProbe: ((event: ProbeEvent) => void) | null;
  /** Lines for the log beyond what the protocol reports: who was turned away, what came from the leader. */
  readonly onNotice: (notice: string) => void;
  /** The server has ended itself, or cannot go on. */
  readonly onExit: (reason: string) => void;
}

export class LiveHost implements Host, LinkListener {
  readonly store: FileStore;
  readonly probing: boolean;
  private readonly options: HostOptions;
  private actor: Actor | null = null;
  private readonly turns: Turns;
  private readonly timers: Timers;
  private readonly listeners: Record<Port, Listener | null>;
  private readonly links: Map<ChannelId, Link> = new Map();
  private clients: ClientSockets | null = null;
  private nextChannel: ChannelId = 1;
  private readonly randoms = new Uint32Array(256);
  private nextRandom = this.randoms.length;

  /** @throws Error in one sentence where the data directory cannot be used */
  constructor(options: HostOptions) {
    this.options = options;
    this.probing = options.onProbe !== null;
    this.store = new FileStore(options.folders, {
      onDurable: (token) => this.actor?.onDurable(token),
      onStoreFailed: (token, reason) => this.actor?.onStoreFailed(token, reason),
    });
    this.turns = new Turns((name, arg) => this.actor?.onStep(name, arg));
    this.timers = new Timers(
      () => this.now(),
      (name, arg, id) => this.actor?.onTimer(name, arg, id),
    );
    const { election, quorum, client } = options.ports;
    const listener = (port: Port, address: typeof client): Listener | null => {
      if (address === null) return null;
      return new Listener(
        address,
        (socket) => this.accept(port, socket),
        (reason) => this.exit(reason),
      );
    };
    this.listeners = {
      election: listener('election', election),
      quorum: listener('quorum', quorum),
      client: listener('client', client),
    };
  }

  /** Starts the server; what it does first, it does in the call. */
  run(actor: Actor): void {
    this.actor = actor;
    const { id, config } = this.options;
    this.clients = new ClientSockets(id, config, actor, this.turns, () => this.now());
    actor.start();
  }

  /** Ends it: no more calls, ports and channels closed, and everything that was to be written is on disk. */
  async stop(): Promise<void> {
    this.halt();
    await this.store.close();
  }

  private halt(): void {
    this.actor = null;
    this.turns.stop();
    this.timers.clearAll();
    for (const listener of Object.values(this.listeners)) if (listener !== null) listener.open = false;
    for (const link of this.links.values()) link.close();
    this.links.clear();
    this.clients?.stop();
  }

  // --- clocks, chance, steps

  now(): number {
    return Math.floor(performance.now());
  }

  wallClock(): number {
    return Date.now();
  }

  random(): number {
    if (this.nextRandom === this.randoms.length) {
      getRandomValues(this.randoms);
      this.nextRandom = 0;
    }
    return (this.randoms[this.nextRandom++] as number) / 0x1_0000_0000;
  }

  setTimer(delayMs: number, name: string, arg: number): TimerId {
    return this.actor === null ? 0 : this.timers.set(delayMs, name, arg);
  }

  clearTimer(id: TimerId): void {
    this.timers.clear(id);
  }

  schedule(name: string, arg: number): void {
    if (this.actor !== null) this.turns.schedule(name, arg);
  }

  exit(reason: string): void {
    if (this.actor === null) return;
    this.halt();
    this.options.onExit(reason);
  }

  probe(event: ProbeEvent): void {
    this.options.onProbe?.(event);
  }

  // --- channels

  listen(port: Port, open: boolean): void {
    const listener = this.listeners[port];
    if (listener !== null && this.actor !== null) listener.open = open;
  }

  dial({ server, port }: Address): ChannelId {
    const id = this.nextChannel++;
    const member = this.options.members.find((one) => one.id === server);
    if (this.actor === null) return id;
    if (member === undefined || port === 'client') {
      setImmediate(() => this.actor?.onClosed(id, 'refused'));
      return id;
    }
    const to = { host: member.host, port: port === 'quorum' ? member.quorumPort : member.electionPort };
    this.links.set(id, Link.dial(id, port, to, this.endOf(port, true), this.turns, this));
    return id;
  }

  send(channel: ChannelId, message: Message): boolean {
    const link = this.links.get(channel);
    if (link !== undefined) return link.send(message);
    this.clients?.send(channel, message);
    return true;
  }

  close(channel: ChannelId): void {
    const link = this.links.get(channel);
    if (link === undefined) this.clients?.close(channel);
    else {
      this.links.delete(channel);
      link.close();
    }
  }

  remoteAddress(channel: ChannelId): string {
    return this.links.get(channel)?.remoteAddress ?? this.clients?.remote(channel)?.address ?? '';
  }

  remotePort(channel: ChannelId): number {
    return this.links.get(channel)?.remotePort ?? this.clients?.remote(channel)?.port ?? 0;
  }

  holdUp(channel: ChannelId, on: boolean): void {
    this.clients?.holdUp(channel, on);
  }

  private accept(port: Port, socket: Socket): void {
    if (this.actor === null) {
      socket.destroy();
      return;
    }
    const id = this.nextChannel++;
    if (port === 'client') {
      this.clients?.accept(id, socket);
      return;
    }
    const strangers = [...this.links.values()].filter((link) => link.stranger && link.port === port);
    if (strangers.length >= MOST_STRANGERS) strangers[0]?.reset();
    const link = Link.accept(id, port, socket, this.endOf(port, false), this.turns, this);
    this.links.set(id, link);
    const { initLimit, tickTime } = this.options.config;
    const patience = setTimeout(() => {
      if (link.stranger) link.reset();
    }, initLimit * tickTime);
    patience.unref();
    this.actor.onAccept(id, port);
  }

  private endOf(port: 'election' | 'quorum', dialled: boolean): WireEnd {
    const { id, config, configText, members } = this.options;
    if (port === 'quorum') {
      return new QuorumEnd(dialled ? 'learner' : 'leader', configText, 2 * config.maxBuffer);
    }
    const self = members.find((member) => member.id === id);
    const { host = '', electionPort = 0 } = self ?? {};
    const name = host.includes(':') ? `[${host}]` : host;
    return new ElectionEnd(dialled, `${name}:${electionPort}`, configText);
  }

  // --- from links

  onConnected(link: Link): void {
    this.actor?.onConnected(link.id);
  }

  onMessage(link: Link, message: Message): void {
    if (link.stranger) {
      const { id, members } = this.options;
      const reason = refusal(message, id, members);
      if (reason !== null) {
        this.options.onNotice(`${link.remoteAddress} was turned away from the ${link.port} port: ${reason}`);
        link.reset();
        return;
      }
      link.stranger = false;
    }
    if (SYNCS.includes(message.kind)) {
      const zxid = formatZxid((message as ZxidPacket).zxid);
      this.options.onNotice(`its leader synchronizes it by ${message.kind} (${zxid})`);
    }
    this.actor?.onMessage(link.id, message);
  }

  onClosed(link: Link, reason: CloseReason): void {
    if (this.links.delete(link.id)) this.actor?.onClosed(link.id, reason);
  }

  onDrained(link: Link): void {
    this.actor?.onDrained(link.id);
  }
}
