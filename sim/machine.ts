/** One machine: the host of a server or client process, with its clock, timers, channels and disk. */
import type { Actor, Address, ChannelId, Host, Message, Port, Store, TimerId } from '../protocol/host.ts';
import type { ProbeEvent, Role } from '../protocol/probe.ts';
import type { Zxid } from '../protocol/zxid.ts';
import { type DiskMachine, SimDisk } from './disk.ts';
import type { Duration } from './distribution.ts';
import type { Guests } from './guests.ts';
import { type ChannelEnd, type Endpoint, FIRST_CLIENT, type Network, type NetworkWorld } from './network.ts';
import { EventKind, type QueuedEvent } from './queue.ts';
import type { RandomStream } from './random.ts';

/** How a machine's clock runs. */
export interface MachineClock {
  /** Of the wall clock, ms. */
  readonly offset: number;
  /** Share by which the clock runs fast (negative: slow), above −1. */
  readonly drift: number;
}

/** What a machine needs of the world, for itself and for its disk. */
export interface MachineWorld extends NetworkWorld {
  readonly network: Network;
  readonly probing: boolean;
  /** Ends a process. */
  killProcess(machine: Machine): void;
}

/** Implements {@link Host}; survives its processes. */
export class Machine implements Host, DiskMachine, Endpoint {
  readonly world: MachineWorld;
  readonly id: number;
  readonly store: Store;
  readonly disk: SimDisk;
  readonly randomStream: RandomStream;
  readonly stepStream: RandomStream;
  readonly stepDelay: Duration;
  readonly timerLane: number;
  /** Local µs per virtual µs. */
  readonly rate: number;
  /** Wall clock at virtual time 0, ms. */
  wallStart: number;
  actor: Actor | null = null;
  running = false;
  /** Without power. */
  off = false;
  incarnation = 0;
  paused = false;
  /** What reached it while it was paused. */
  deferred: QueuedEvent<ChannelEnd>[] = [];
  timers = new Map<TimerId, QueuedEvent<ChannelEnd>>();
  nextTimer = 1;
  channels = new Map<ChannelId, ChannelEnd>();
  nextChannel = 1;
  open = { election: false, quorum: false, client: false };
  /** Ends that a power loss silenced and whose peers wait for an answer. */
  orphans: ChannelEnd[] = [];
  /** With a cost model: what waits to be served, first in service. */
  inbox: QueuedEvent<ChannelEnd>[] = [];
  /** Connections of its process that come from outside the simulation; null: there never was one. */
  guests: Guests | null = null;
  // What its probes said of it.
  role: Role = 'LOOKING';
  established = false;
  epoch = 0;
  lastZxid: Zxid = 0;
  /** Where `digest` was told; a replayed log or an installed snapshot moves `lastZxid` without one. */
  digestZxid: Zxid = 0;
  digest = 0;

  constructor(
    world: MachineWorld,
    id: number,
    kind: 'host' | 'client',
    clock: MachineClock,
    start: number,
    flush: Duration,
    step: Duration,
  ) {
    this.world = world;
    this.id = id;
    this.randomStream = world.streams.stream(`${kind}:${id}`);
    this.stepStream = world.streams.stream(`step:${id}`);
    this.stepDelay = step;
    this.rate = 1 + clock.drift;
    this.wallStart = start + clock.offset;
    this.timerLane = world.newLane();
    this.disk = new SimDisk(this, flush, world.streams.stream(`disk:${id}`), world.newLane());
    this.store = this.disk;
  }

  get probing(): boolean {
    return this.world.probing;
  }

  /** Whether a client runs here rather than a server. */
  get isClient(): boolean {
    return this.id > FIRST_CLIENT;
  }

  now(): number {
    return Math.floor((this.world.now * this.rate) / 1000);
  }

  wallClock(): number {
    return Math.floor(this.wallStart + (this.world.now * this.rate) / 1000);
  }

  random(): number {
    return this.randomStream.next();
  }

  setTimer(delayMs: number, name: string, arg: number): TimerId {
    if (!this.running) return 0;
    const id = this.nextTimer++;
    const time = this.world.now + Math.ceil((Math.max(0, delayMs) * 1000) / this.rate);
    this.timers.set(
      id,
      this.world.schedule(EventKind.TIMER, this.id, time, this.timerLane, null, null, name, arg, id),
    );
    return id;
  }

  clearTimer(id: TimerId): void {
    const event = this.timers.get(id);
    if (event === undefined) return;
    this.timers.delete(id);
    this.cancel(event);
  }

  schedule(name: string, arg: number): void {
    if (!this.running) return;
    const time = this.world.now + this.stepDelay.draw(this.stepStream);
    this.world.schedule(EventKind.STEP, this.id, time, 0, null, null, name, arg, this.incarnation);
  }

  dial(address: Address): ChannelId {
    if (!this.running) return 0;
    return this.world.network.dial(this, address.server, address.port);
  }

  send(channel: ChannelId, message: Message): boolean {
    const end = this.channels.get(channel);
    if (end !== undefined) return this.world.network.send(end, message);
    if (this.guests !== null) this.guests.gate.send(channel, message);
    return true;
  }

  close(channel: ChannelId): void {
    const end = this.channels.get(channel);
    if (end !== undefined) this.world.network.close(end);
    else if (this.guests !== null) this.guests.gate.close(channel);
  }

  remoteAddress(channel: ChannelId): string {
    const id = this.channels.get(channel)?.peer.machine.id;
    if (id === undefined) return this.guests?.gate.remote(channel)?.address ?? '';
    return `10.0.${id >> 8}.${id & 255}`;
  }

  remotePort(channel: ChannelId): number {
    const end = this.channels.get(channel);
    if (end === undefined) return this.guests?.gate.remote(channel)?.port ?? 0;
    // As a machine gives them to what dials: from 32768 on, in turn.
    return 32_768 + ((end.channel - 1) % 28_232);
  }

  holdUp(channel: ChannelId, on: boolean): void {
    // A simulated channel's window does not depend on when its messages are looked at.
    if (this.guests !== null) this.guests.gate.holdUp(channel, on);
  }

  listen(port: Port, open: boolean): void {
    if (this.running) this.open[port] = open;
  }

  exit(_reason: string): void {
    if (this.running) this.world.killProcess(this);
  }

  probe(event: ProbeEvent): void {
    this.world.emit(event);
  }

  isListening(port: Port): boolean {
    return this.open[port];
  }

  /** Gives an end a number of this machine. */
  adopt(end: ChannelEnd): ChannelId {
    const id = this.nextChannel++;
    this.channels.set(id, end);
    return id;
  }

  /** Strikes out an event that waits in the queue or, during a pause, here. */
  cancel(event: QueuedEvent<ChannelEnd>): void {
    if (this.deferred.includes(event)) event.kind = EventKind.CANCELLED;
    else this.world.queue.cancel(event);
  }

  /** A number for a connection that comes from outside. */
  newChannel(): ChannelId {
    return this.nextChannel++;
  }

  /** The process is gone, whatever it was. */
  forgetProcess(): void {
    this.guests = null;
    this.running = false;
    this.actor = null;
    this.paused = false;
    this.open = { election: false, quorum: false, client: false };
    for (const event of this.timers.values()) this.cancel(event);
    this.timers.clear();
    this.channels.clear();
    this.deferred = [];
    this.inbox = [];
    this.role = 'LOOKING';
    this.established = false;
  }
}
