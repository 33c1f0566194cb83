/** The state of a run: all of it plain data reachable from here. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { Message } from '../protocol/host.ts';
import { EVENT_KINDS, KIND_NUMBERS } from './event-fields.ts';
import type { Machine, MachineWorld } from './machine.ts';
import { MAX_REPORTS, type Monitor, type MonitorContext } from './monitor.ts';
import { type ChannelEnd, Network } from './network.ts';
import { Outdoors } from './outdoors.ts';
import type { Outlet } from './outlet.ts';
import { type Match, PredicateIndex } from './predicate.ts';
import { EventKind, EventQueue, type QueuedEvent } from './queue.ts';
import { RandomStreams } from './random.ts';
import type { Fault, RunSpec } from './spec.ts';
import { TraceHash } from './trace-hash.ts';
import { Wire } from './wire.ts';
import type { SimEvent } from './world-event.ts';

/** Listens to a run without being part of it. */
export interface Listener {
  /** An event is about to be handled; `index` from 1. */
  onEvent(event: QueuedEvent, index: number): void;
  /** Something was reported; valid during the call only. */
  onProbe(event: SimEvent, index: number): void;
  /** The run was taken back (or forward) to the state after event `index`. */
  onRestore?(index: number): void;
}

/** A property that did not hold. */
export interface Violation {
  readonly property: string;
  /** Index of the event; the last one where it was found at the end. */
  readonly event: number;
  readonly text: string;
}

/** A fault whose predicate held, with the machine it means by `it`: the probe's server, or its client. */
export interface Struck {
  readonly fault: number;
  readonly it: number;
}

/** Whom a fault means by `it` after an event: a fault of clients the event's client, any other its server; 0: none. */
function concerned(fault: Fault, event: SimEvent): number {
  if (!('client' in fault)) return event.server;
  return 'client' in event ? event.client : 0;
}

/** What monitors may ask of a world. */
class WorldContext implements MonitorContext {
  readonly config: EnsembleConfig;
  readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.config = world.config;
  }

  now(): number {
    return this.world.now / 1000;
  }

  event(): number {
    return this.world.events;
  }

  violate(property: string, text: string): void {
    this.world.violate(property, text);
  }
}

/** Root of a run's state. */
export class World implements MachineWorld {
  /** Of the simulation that goes on with this state. */
  spec: RunSpec;
  readonly config: EnsembleConfig;
  readonly context: MonitorContext;
  readonly streams: RandomStreams;
  readonly queue = new EventQueue<ChannelEnd>();
  readonly network: Network;
  readonly machines = new Map<number, Machine>();
  /** Ids of the servers, ascending. */
  readonly servers: number[] = [];
  /** Ids of the clients' machines, ascending. */
  readonly clients: number[] = [];
  readonly predicates = new PredicateIndex();
  /** Matches of the expectations' predicates, by the expectation's index. */
  readonly expected: (Match | null)[] = [];
  monitors: readonly Monitor[] = [];
  readonly monitorsByKind: Monitor[][] = EVENT_KINDS.map(() => []);
  readonly hash: TraceHash | null;
  /** Of the simulation that goes on with this state. */
  listener: Listener | null;
  /** Gets what goes out to connections from outside; of the simulation that goes on with this state. */
  outlet: Outlet | null = null;
  /** Service time, µs, by message kind; null: no cost. */
  readonly service: ReadonlyMap<string, number> | null;
  readonly probing = true;
  /** Virtual µs. */
  now = 0;
  /** Events handled, the current one included. */
  events = 0;
  lanes = 0;
  readonly violations: Violation[] = [];
  struck: Struck[] = [];
  ended = false;
  /** What comes from outside. */
  readonly outside = new Outdoors();
  /** A monitor is at work: what it throws is not a server's failure. */
  monitoring = false;

  constructor(spec: RunSpec, config: EnsembleConfig, hash: boolean, listener: Listener | null) {
    this.spec = spec;
    this.config = config;
    this.streams = new RandomStreams(spec.seed);
    this.network = new Network(this, spec.world, spec.world.wire === 'bytes' ? new Wire(config) : null);
    this.hash = hash ? new TraceHash() : null;
    this.listener = listener;
    this.context = new WorldContext(this);
    const service = spec.world.cost?.service;
    this.service =
      service === undefined
        ? null
        : new Map(Object.entries(service).map(([kind, ms]) => [kind, Math.round(ms * 1000)]));
  }

  /** A connection from outside ended at the server's side. */
  guestGone(connection: number, reason: 'closed' | 'reset'): void {
    this.outside.gone(this, connection, reason);
  }

  /** The machine of a server or client. */
  machine(id: number): Machine | undefined {
    return this.machines.get(id);
  }

  /** A number for things that happen in order; from 1. */
  newLane(): number {
    return ++this.lanes;
  }

  /** Makes an event without queueing it. */
  makeEvent(
    kind: number,
    owner: number,
    time: number,
    lane: number,
    end: ChannelEnd | null,
    message: Message | null,
  ): QueuedEvent<ChannelEnd> {
    const cause = this.events;
    return { time, seq: 0, kind, owner, lane, cause, end, message, bytes: null, name: '', arg: 0, id: 0 };
  }

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
  ): QueuedEvent<ChannelEnd> {
    const cause = this.events;
    const event = { time, seq: 0, kind, owner, lane, cause, end, message, bytes: null, name, arg, id };
    this.queue.push(event);
    return event;
  }

  /** Records a violation. */
  violate(property: string, text: string): void {
    this.violations.push({ property, event: this.events, text });
    if (this.violations.filter((violation) => violation.property === property).length === MAX_REPORTS)
      this.rest(property);
  }

  /** A monitor that has nothing left to tell is not asked any more. */
  private rest(property: string): void {
    this.monitorsByKind.forEach((monitors, kind) => {
      this.monitorsByKind[kind] = monitors.filter(({ ids }) => ids.length > 1 || ids[0] !== property);
    });
  }

  /** Reports an event to whoever listens: role keeping, predicates, trace hash, monitors, listener. */
  emit(event: SimEvent): void {
    const kind = KIND_NUMBERS.get(event.kind);
    if (kind === undefined) return;
    this.keep(event);
    const matches = this.predicates.byKind[kind]!;
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i]!;
      if (match.see(event) && match.fault >= 0)
        this.struck.push({ fault: match.fault, it: concerned(this.spec.faults[match.fault]!, event) });
    }
    if (this.hash !== null) this.hash.probe(event, kind);
    const monitors = this.monitorsByKind[kind]!;
    if (monitors.length > 0) {
      this.monitoring = true;
      for (let i = 0; i < monitors.length; i++) monitors[i]!.onProbe(event);
      this.monitoring = false;
    }
    if (this.listener !== null) this.listener.onProbe(event, this.events);
  }

  /** Keeps what the world knows of each server's part; faults aim by it and the result reports it. */
  private keep(event: SimEvent): void {
    switch (event.kind) {
      case 'applied': {
        const machine = this.machines.get(event.server)!;
        machine.lastZxid = event.zxid;
        machine.digest = event.digest;
        machine.digestZxid = event.zxid;
        return;
      }
      case 'loaded':
      case 'fastForwarded':
      case 'snapInstalled':
        this.machines.get(event.server)!.lastZxid = event.zxid;
        return;
      case 'role': {
        const machine = this.machines.get(event.server)!;
        machine.role = event.role;
        machine.established = false;
        return;
      }
      case 'established': {
        const machine = this.machines.get(event.server)!;
        machine.established = true;
        machine.epoch = event.epoch;
        return;
      }
      case 'serving': {
        const machine = this.machines.get(event.server)!;
        machine.epoch = event.epoch;
        return;
      }
      default:
    }
  }

  /**
   * The running server that leads: an established one first, then of the highest epoch; null where none
   * leads.
   */
  leader(): Machine | null {
    let best: Machine | null = null;
    for (const id of this.servers) {
      const machine = this.machines.get(id)!;
      if (!machine.running || machine.role !== 'LEADING') continue;
      if (best === null || (machine.established && (!best.established || machine.epoch > best.epoch)))
        best = machine;
    }
    return best;
  }

  /** Starts the process of a machine, power included; nothing happens where it runs. */
  start(machine: Machine): void {
    if (machine.running) return;
    if (machine.off) {
      machine.off = false;
      const orphans = machine.orphans;
      machine.orphans = [];
      for (const end of orphans) this.network.answerOrphan(end);
      this.outside.powered(this, machine.id);
    }
    machine.incarnation++;
    this.schedule(EventKind.START, machine.id, this.now, 0, null, null, '', 0, machine.incarnation);
  }

  /**
   * Ends a process: what it sent still arrives, then a reset; an unflushed suffix of its files may be gone.
   */
  killProcess(machine: Machine): void {
    machine.incarnation++;
    if (!machine.running) return;
    for (const end of machine.channels.values()) this.network.kill(end);
    this.outside.kill(this, machine.id);
    machine.disk.kill();
    machine.forgetProcess();
    if (machine.isClient) this.emit({ kind: 'clientCrashed', server: 0, client: machine.id });
    else this.emit({ kind: 'crashed', server: machine.id, power: false });
  }

  /** Takes a machine's power; the process, if any, dies in silence. */
  losePower(machine: Machine): void {
    machine.incarnation++;
    if (machine.off) return;
    const ran = machine.running;
    machine.off = true;
    for (const end of machine.channels.values()) this.network.silence(end);
    this.outside.silence(machine.id);
    if (ran) machine.disk.losePower();
    machine.forgetProcess();
    if (ran) this.emit({ kind: 'crashed', server: machine.id, power: true });
  }

  /** Stops a process for a while; what reaches it meanwhile waits. */
  pause(machine: Machine, us: number): void {
    if (!machine.running || machine.paused) return;
    machine.paused = true;
    this.schedule(EventKind.RESUME, machine.id, this.now + us, 0, null, null, '', 0, machine.incarnation);
    if (machine.isClient) this.emit({ kind: 'clientPaused', server: 0, client: machine.id });
    else this.emit({ kind: 'paused', server: machine.id });
  }

  /** Lets a paused process catch up, in the order in which things reached it. */
  resume(machine: Machine): void {
    machine.paused = false;
    const deferred = machine.deferred;
    machine.deferred = [];
    // What is due right now must not overtake what came during the pause.
    const due = this.queue.extract((event) => event.owner === machine.id && event.time <= this.now);
    for (const event of deferred) {
      if (event.kind === EventKind.CANCELLED) continue;
      event.time = this.now;
      // It has crossed the network already; a link cut meanwhile does not concern it.
      if (event.end !== null) event.arg = 1;
      this.queue.push(event);
    }
    for (const event of due) this.queue.push(event);
    if (machine.isClient) this.emit({ kind: 'clientResumed', server: 0, client: machine.id });
    else this.emit({ kind: 'resumed', server: machine.id });
  }
}
