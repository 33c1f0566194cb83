/**
 * The network: anonymous channels between machines. Each end gets a prefix of what the other sent, in order.
 * What travels
 * is an event of the queue; what a partition holds back waits at the sending end and goes on, in order, on
 * heal.
 */
import type { Actor, ChannelId, CloseReason, Message, Port } from '../protocol/host.ts';
import type { WireEnd } from '../protocol/wire/wire-end.ts';
import { Duration } from './distribution.ts';
import { messageSize } from './message-size.ts';
import { EventKind, type EventQueue, type QueuedEvent } from './queue.ts';
import type { RandomStream, RandomStreams } from './random.ts';
import type { Distribution, MessageName, WorldSpec } from './spec.ts';
import { arrived, type Wire } from './wire.ts';
import type { SimEvent } from './world-event.ts';

const DIALING = 0;
const OPEN = 1;
const CLOSED = 2;

/** Marks an end that retransmitted in vain, as against an answer from the other side. */
const GAVE_UP = 'gave up';

/** Ids of client machines start above this; partitions of servers do not concern them. */
export const FIRST_CLIENT = 1000;

/** One end of a channel, with the direction that leads away from it. */
export class ChannelEnd {
  readonly machine: Endpoint;
  readonly port: Port;
  /** Number of the channel within the run; with the ordinal of a message it names that message. */
  readonly channel: number;
  /** Whether this end dialled. */
  readonly dialler: boolean;
  readonly link: Link;
  readonly lane: number;
  peer!: ChannelEnd;
  /** The machine's own number for it; 0 until accepted. */
  localId: ChannelId = 0;
  status = DIALING;
  /**
   * The owner closed it before it was connected: the handshake goes on unseen, so that what was sent still
   * arrives.
   */
  closing = false;
  /** Sent before the channel was open. */
  backlog: Message[] = [];
  /** Messages sent and not yet taken by the other end. */
  inFlight = 0;
  /** `send` said false; `drained` is owed. */
  full = false;
  /** From here on nothing this end sends arrives. */
  broken = false;
  /** A reset of this end is on its way. */
  resetting = false;
  lastArrival = 0;
  /** Number of the last thing put on the way, which keeps order across cuts and heals. */
  order = 0;
  held: QueuedEvent<ChannelEnd>[] = [];
  /** Messages sent so far. */
  sent = 0;
  /** Makes bytes of what it sends and messages of what it gets; null: values travel as they are. */
  wire: WireEnd | null = null;

  constructor(machine: Endpoint, port: Port, channel: number, dialler: boolean, link: Link, lane: number) {
    this.machine = machine;
    this.port = port;
    this.channel = channel;
    this.dialler = dialler;
    this.link = link;
    this.lane = lane;
  }
}

/** A directed link between two machines. */
export class Link {
  readonly from: number;
  readonly to: number;
  readonly latency: Duration;
  readonly random: RandomStream;
  /** Added latency, µs. */
  slow = 0;
  cut = false;
  /** The next message cuts its stream. */
  dropNext = false;
  /** With limited bandwidth: when the last byte handed over so far has left, µs. */
  busyUntil = 0;

  constructor(from: number, to: number, latency: Duration, random: RandomStream) {
    this.from = from;
    this.to = to;
    this.latency = latency;
    this.random = random;
  }
}

/** A machine of the network: what the ends of its channels need of it. */
export interface Endpoint {
  readonly id: number;
  /** Its process, which hears of its channels; null: none runs. */
  readonly actor: Pick<Actor, 'onAccept' | 'onConnected' | 'onMessage' | 'onDrained' | 'onClosed'> | null;
  readonly running: boolean;
  /** Without power. */
  readonly off: boolean;
  /** Ends of its channels that its process knows. */
  readonly channels: Map<ChannelId, ChannelEnd>;
  /** Ends that a power loss silenced and whose peers wait for an answer. */
  readonly orphans: ChannelEnd[];
  isListening(port: Port): boolean;
  /** Gives an end a number of this machine. */
  adopt(end: ChannelEnd): ChannelId;
}

/** What the network needs of the world: the time, the queue, chance, and the machines. */
export interface NetworkWorld {
  /** Virtual µs. */
  readonly now: number;
  /** Events handled, the current one included. */
  readonly events: number;
  readonly queue: EventQueue<ChannelEnd>;
  readonly streams: RandomStreams;
  /** The machine of a server or client. */
  machine(id: number): Endpoint | undefined;
  /** A number for things that happen in order. */
  newLane(): number;
  /** Makes an event without queueing it. */
  makeEvent(
    kind: number,
    owner: number,
    time: number,
    lane: number,
    end: ChannelEnd | null,
    message: Message | null,
  ): QueuedEvent<ChannelEnd>;
  /** Makes an event and queues it. */
  schedule(
    kind: number,
    owner: number,
    time: number,
    lane: number,
    end: ChannelEnd | null,
    message: Message | null,
    name: string,
    arg: number,
    id: number,
  ): QueuedEvent<ChannelEnd>;
  /** Reports an event to whoever listens. */
  emit(event: SimEvent): void;
}

/** All channels and links of a run. */
export class Network {
  readonly world: NetworkWorld;
  readonly spec: NonNullable<WorldSpec['network']>;
  readonly links = new Map<number, Link>();
  /** Ends with something held back, in the order in which that began. */
  readonly holding = new Set<ChannelEnd>();
  readonly window: number;
  /** µs. */
  readonly retransmissionLimit: number;
  /** Bytes per µs; 0: unlimited. */
  readonly bandwidth: number;
  dropRate: number;
  electionLossRate: number;
  nextChannel = 1;
  /** Null: messages travel as values. */
  readonly wire: Wire | null;

  constructor(world: NetworkWorld, spec: WorldSpec, wire: Wire | null = null) {
    this.world = world;
    this.wire = wire;
    this.spec = spec.network ?? {};
    this.window = this.spec.window ?? 64;
    this.retransmissionLimit = Math.round((this.spec.retransmissionLimit ?? 3000) * 1000);
    this.bandwidth = (spec.cost?.bandwidth ?? 0) / 1000;
    this.dropRate = this.spec.dropRate ?? 0;
    this.electionLossRate = this.spec.electionLossRate ?? 0;
  }

  /** The directed link between two machines. */
  link(from: number, to: number): Link {
    const key = from * 0x10000 + to;
    let link = this.links.get(key);
    if (link === undefined) {
      const random = this.world.streams.stream(`network:${from}→${to}`);
      link = new Link(from, to, new Duration(this.latencyOf(from, to)), random);
      this.links.set(key, link);
    }
    return link;
  }

  /** Exact entries first, then those that name the sender, then those that name the receiver. */
  private latencyOf(from: number, to: number): Distribution {
    const links = this.spec.links ?? {};
    return links[`${from}>${to}`] ?? links[`${from}>*`] ?? links[`*>${to}`] ?? this.spec.latency ?? 1;
  }

  dial(machine: Endpoint, server: number, port: Port): ChannelId {
    const target = this.world.machine(server);
    if (target === undefined)
      throw new Error(`server ${machine.id} dials ${server}, which is not in the ensemble`);
    const channel = this.nextChannel++;
    const out = this.link(machine.id, server);
    const back = this.link(server, machine.id);
    const near = new ChannelEnd(machine, port, channel, true, out, this.world.newLane());
    const far = new ChannelEnd(target, port, channel, false, back, this.world.newLane());
    near.peer = far;
    far.peer = near;
    // What other programs say among themselves has no format of ZooKeeper's.
    if (this.wire !== null && server < FIRST_CLIENT) {
      near.wire = this.wire.end(port, true, machine.id);
      far.wire = this.wire.end(port, false, server);
    }
    near.localId = machine.adopt(near);
    this.transmit(near, EventKind.SYN, null);
    return near.localId;
  }

  send(end: ChannelEnd, message: Message): boolean {
    if (end.status === CLOSED || end.closing) return true;
    if (end.status === DIALING) end.backlog.push(message);
    else this.put(end, message);
    const full = end.inFlight + end.backlog.length >= this.window;
    if (full) end.full = true;
    return !full;
  }

  private put(end: ChannelEnd, message: Message): void {
    end.sent++;
    if (end.broken) {
      this.giveUp(end);
      return;
    }
    const link = end.link;
    if (link.dropNext || (this.dropRate > 0 && link.random.next() < this.dropRate)) {
      link.dropNext = false;
      end.broken = true;
      this.lost(end, message, false);
      return;
    }
    // The connection manager loses votes by design, never the handshake that opens a stream.
    const single = this.electionLossRate > 0 && end.port === 'election' && end.sent > 1;
    if (single && link.random.next() < this.electionLossRate) {
      this.lost(end, message, true);
      return;
    }
    end.inFlight++;
    this.transmit(end, EventKind.MESSAGE, message);
  }

  private lost(end: ChannelEnd, message: Message, single: boolean): void {
    const { from, to } = end.link;
    this.world.emit({ kind: 'dropped', server: from, to, port: end.port, message: message.kind, single });
  }

  /** The sender retransmits in vain; some time within the limit it learns. */
  private giveUp(end: ChannelEnd): void {
    if (end.resetting) return;
    end.resetting = true;
    const wait = 1 + end.link.random.below(this.retransmissionLimit);
    this.world.schedule(EventKind.ABORT, end.machine.id, this.world.now + wait, 0, end, null, GAVE_UP, 0, 0);
  }

  /** Puts something on the way from `end` to its peer: in order behind what is under way or held back. */
  private transmit(end: ChannelEnd, kind: number, message: Message | null): void {
    const world = this.world;
    const link = end.link;
    let departure = world.now;
    if (this.bandwidth > 0 && message !== null) {
      departure = Math.max(departure, link.busyUntil) + Math.ceil(messageSize(message) / this.bandwidth);
      link.busyUntil = departure;
    }
    let arrival = departure + link.latency.draw(link.random) + link.slow;
    if (arrival < end.lastArrival) arrival = end.lastArrival;
    const event = world.makeEvent(kind, end.peer.machine.id, arrival, end.lane, end.peer, message);
    if (message !== null && end.wire !== null) event.bytes = end.wire.encode(message);
    event.id = ++end.order;
    if (link.cut || end.held.length > 0) {
      this.hold(end, event);
      return;
    }
    end.lastArrival = arrival;
    world.queue.push(event);
  }

  private hold(end: ChannelEnd, event: QueuedEvent<ChannelEnd>): void {
    if (end.held.length === 0) this.holding.add(end);
    // What was under way when the link was cut gets here after what was sent since.
    let place = end.held.length;
    while (place > 0 && end.held[place - 1]!.id > event.id) place--;
    end.held.splice(place, 0, event);
  }

  /** Orderly close by the owner of an end. */
  close(end: ChannelEnd): void {
    if (end.status === CLOSED || end.closing) return;
    end.machine.channels.delete(end.localId);
    if (end.status === DIALING) {
      end.closing = true;
      return;
    }
    end.status = CLOSED;
    if (end.broken) return;
    this.transmit(end, EventKind.FIN, null);
  }

  /** A process died: what it had sent goes on, behind it a reset. */
  kill(end: ChannelEnd): void {
    const open = end.status === OPEN;
    end.status = CLOSED;
    if (open && !end.broken) this.transmit(end, EventKind.RESET, null);
  }

  /**
   * Something on the way resets a channel, at an end's own side first: what it has not yet taken is lost, the
   * other end learns it where the link passes.
   */
  reset(end: ChannelEnd): void {
    if (end.resetting) return;
    end.broken = true;
    end.resetting = true;
    this.world.schedule(EventKind.ABORT, end.machine.id, this.world.now, 0, end, null, GAVE_UP, 0, 0);
  }

  /** A machine lost power: nothing goes out any more, what its kernel held back is gone. */
  silence(end: ChannelEnd): void {
    end.status = CLOSED;
    end.broken = true;
    end.held = [];
    this.holding.delete(end);
  }

  /** A machine is back: those who wait for answers to what they sent it meanwhile get a reset. */
  answerOrphan(end: ChannelEnd): void {
    const peer = end.peer;
    if (peer.status === CLOSED || !peer.resetting) return;
    this.abort(end);
  }

  /** Whether what arrives must wait for a heal; then it is held back. */
  intercept(event: QueuedEvent<ChannelEnd>): boolean {
    const sender = event.end!.peer;
    // What a machine learns from its own kernel crosses no link.
    if (event.name === GAVE_UP) return false;
    if (event.kind === EventKind.ABORT) {
      if (!sender.link.cut) return false;
      event.end!.resetting = false;
      return true;
    }
    if (!sender.link.cut && sender.held.length === 0) return false;
    // What waits, waits at the sending end; a machine that lost power since has nothing left to send.
    if (sender.broken && sender.status === CLOSED) return true;
    // What was on its way comes before what was held back when it was sent (and so never queued: number 0).
    const behind = sender.held.findIndex((held) => held.seq === 0);
    if (behind < 0) this.hold(sender, event);
    else sender.held.splice(behind, 0, event);
    return true;
  }

  /** Sends what is held back where the link passes again. */
  release(): void {
    for (const end of [...this.holding]) {
      if (end.link.cut) continue;
      this.holding.delete(end);
      const held = end.held;
      end.held = [];
      // What left before the cut and is still under way keeps its place among what was held back.
      const queue = this.world.queue;
      const underWay = queue.extract((event) => event.lane === end.lane);
      for (const event of held) {
        event.time = this.world.now + end.link.latency.draw(end.link.random) + end.link.slow;
        event.cause = this.world.events;
      }
      let arrival = this.world.now;
      for (const event of [...held, ...underWay].sort((a, b) => a.id - b.id)) {
        arrival = Math.max(arrival, event.time);
        event.time = arrival;
        queue.push(event);
      }
      end.lastArrival = arrival;
    }
  }

  /** Takes all that a stream has on the way off the queue, in order; nothing where that message is not among it. */
  private takeStream({ channel, dialler, ordinal }: MessageName): QueuedEvent<ChannelEnd>[] {
    const { queue } = this.world;
    const named = queue.heap.find(
      ({ end, id, kind, arg }) =>
        id === ordinal &&
        kind === EventKind.MESSAGE &&
        arg === 0 &&
        end !== null &&
        end.channel === channel &&
        end.dialler !== dialler,
    );
    if (named === undefined) return [];
    return queue.extract((event) => event.lane === named.lane && event.arg === 0).sort((a, b) => a.id - b.id);
  }

  /** Loses a message that is on its way, and with it its stream. */
  dropOne(name: MessageName): void {
    const stream = this.takeStream(name);
    const lost = stream.filter(({ id }) => id >= name.ordinal);
    for (const event of stream) if (event.id < name.ordinal) this.world.queue.push(event);
    const sender = lost[0]?.end?.peer;
    if (sender === undefined) return;
    sender.broken = true;
    for (const { kind } of lost) if (kind === EventKind.MESSAGE) sender.inFlight--;
    this.lost(sender, lost[0]!.message!, false);
    // What was behind it is being retransmitted in vain.
    if (lost.length > 1 && sender.status !== CLOSED) this.giveUp(sender);
  }

  /** Lets a message that is on its way, and what is behind it, arrive later. µs. */
  delayOne(name: MessageName, by: number): void {
    let arrival = 0;
    for (const event of this.takeStream(name)) {
      arrival = Math.max(arrival, event.id === name.ordinal ? event.time + by : event.time);
      event.time = arrival;
      this.world.queue.push(event);
      const sender = event.end!.peer;
      sender.lastArrival = Math.max(sender.lastArrival, arrival);
    }
  }

  /** Lets a message that is on its way arrive now, behind what is before it in its stream. */
  deliverOne(name: MessageName): void {
    for (const event of this.takeStream(name)) {
      if (event.id <= name.ordinal) event.time = this.world.now;
      this.world.queue.push(event);
    }
  }

  /** Hands over what arrives at a machine that is up. Cut links were looked at before. */
  arrive(event: QueuedEvent<ChannelEnd>): void {
    const end = event.end!;
    const machine = end.machine;
    switch (event.kind) {
      case EventKind.SYN:
        if (end.peer.status === CLOSED) return;
        if (!machine.running || !machine.isListening(end.port)) {
          end.status = CLOSED;
          this.transmit(end, EventKind.REFUSED, null);
          return;
        }
        end.status = OPEN;
        end.localId = machine.adopt(end);
        this.transmit(end, EventKind.ACCEPTED, null);
        machine.actor!.onAccept(end.localId, end.port);
        return;
      case EventKind.ACCEPTED:
        if (end.status === CLOSED) {
          this.abort(end);
          return;
        }
        this.connected(end);
        return;
      case EventKind.REFUSED:
        this.end(end, 'refused');
        return;
      case EventKind.MESSAGE:
        this.deliver(end, event.message!, event.bytes);
        return;
      case EventKind.FIN:
        this.end(end, 'closed');
        return;
      case EventKind.RESET:
        this.end(end, 'reset');
        return;
      case EventKind.ABORT:
        if (event.name === GAVE_UP && end.status !== CLOSED) this.abort(end);
        this.end(end, 'reset');
        return;
      default:
        if (end.status === OPEN && machine.running) machine.actor!.onDrained(end.localId);
    }
  }

  private connected(end: ChannelEnd): void {
    end.status = OPEN;
    const backlog = end.backlog;
    end.backlog = [];
    for (const message of backlog) this.put(end, message);
    if (end.closing) {
      end.closing = false;
      end.status = CLOSED;
      if (!end.broken) this.transmit(end, EventKind.FIN, null);
      return;
    }
    end.machine.actor!.onConnected(end.localId);
    if (end.full && end.inFlight * 2 <= this.window) this.drain(end);
  }

  private deliver(end: ChannelEnd, message: Message, bytes: Uint8Array | null): void {
    const sender = end.peer;
    sender.inFlight--;
    if (end.status === CLOSED) {
      this.abort(end);
      return;
    }
    if (sender.full && sender.inFlight * 2 <= this.window) this.drain(sender);
    const received = end.wire === null ? message : arrived(end.wire, message.kind, bytes!);
    end.machine.actor!.onMessage(end.localId, received);
  }

  /** Tells a sender that its window has room again; the news travels like data of the other direction. */
  private drain(sender: ChannelEnd): void {
    sender.full = false;
    this.transmit(sender.peer, EventKind.DRAINED, null);
  }

  /**
   * Answers what reached a closed end, or tells the peer that this end gave up. Lost where the link is cut.
   */
  private abort(end: ChannelEnd): void {
    const peer = end.peer;
    const link = end.link;
    if (peer.status === CLOSED || link.cut || end.machine.off) return;
    peer.resetting = true;
    const time = this.world.now + link.latency.draw(link.random) + link.slow;
    this.world.schedule(EventKind.ABORT, peer.machine.id, time, 0, peer, null, 'answer', 0, 0);
  }

  private end(end: ChannelEnd, reason: CloseReason): void {
    if (end.status === CLOSED) return;
    end.status = CLOSED;
    end.backlog = [];
    const machine = end.machine;
    machine.channels.delete(end.localId);
    if (!end.closing && machine.running) machine.actor!.onClosed(end.localId, reason);
  }

  /** Something arrived at a machine without power: its sender hears nothing and in the end gives up. */
  vanish(event: QueuedEvent<ChannelEnd>): void {
    if (event.kind === EventKind.REFUSED || event.kind === EventKind.ABORT) return;
    const sender = event.end!.peer;
    if (event.kind === EventKind.MESSAGE) sender.inFlight--;
    if (sender.status === CLOSED || sender.resetting) return;
    if (event.kind !== EventKind.MESSAGE && event.kind !== EventKind.SYN) return;
    sender.broken = true;
    sender.resetting = true;
    const time = this.world.now + this.retransmissionLimit;
    const kind = event.kind === EventKind.SYN ? EventKind.REFUSED : EventKind.ABORT;
    this.world.schedule(kind, sender.machine.id, time, 0, sender, null, GAVE_UP, 0, 0);
    event.end!.machine.orphans.push(event.end!);
  }
}
