/** What came from outside so far: connections by their numbers there, and faults. */
import type { ChannelId } from '../protocol/host.ts';
import { unbase64 } from '../protocol/wire/base64.ts';
import { GO_ON, type GuestMachine, Guests, type GuestWorld } from './guests.ts';
import type { ChannelEnd, Endpoint } from './network.ts';
import { EventKind, type QueuedEvent } from './queue.ts';
import type { Mishap, Outside, OutsideInput, RunSpec } from './spec.ts';

/** Names of the events of connections. */
const OPEN = 'open';
const BYTES = 'bytes';
const DRAINED = 'drained';
const CLOSE = 'close';
const RESET = 'reset';

/** A connection from outside. */
interface Caller {
  readonly server: number;
  readonly address: string;
  readonly port: number;
  /** The machine's own number for it; 0: not accepted yet. */
  channel: ChannelId;
}

/** A machine that connections from outside reach. */
interface OutdoorMachine extends GuestMachine, Pick<Endpoint, 'running' | 'isListening'> {
  guests: Guests | null;
}

interface OutdoorWorld extends GuestWorld {
  readonly spec: RunSpec;
  machine(id: number): (Endpoint & OutdoorMachine) | undefined;
}

/** Part of a run's state. */
export class Outdoors {
  /** Inputs of the run's list that have been taken. */
  taken = 0;
  /** What was taken up since the last event and was none. */
  idle = 0;
  /** Faults that struck from outside; their indices come behind those of the run's own list. */
  readonly faults: Mishap[] = [];
  private readonly callers: Map<number, Caller> = new Map();
  /** Connections that nobody answers any more, by server: it lost its power. */
  private readonly orphans: Map<number, number[]> = new Map();

  /** Open connections. */
  get size(): number {
    return this.callers.size;
  }

  /** Whether it is the turn of that input: behind the events before it. */
  isDue(world: OutdoorWorld, input: OutsideInput): boolean {
    const { after, idle = 0 } = input;
    return world.events > after || (world.events === after && this.idle >= idle);
  }

  /** The event that an input is, now; null: it concerns nobody any more. `bytes`: those of the input, where at hand. */
  eventOf(world: OutdoorWorld, input: Outside, bytes: Uint8Array | null): QueuedEvent<ChannelEnd> | null {
    if (input.kind === 'fault') {
      this.faults.push(input.fault);
      return event(world, EventKind.FAULT, 0, '', world.spec.faults.length + this.faults.length - 1, 0, null);
    }
    const { connection } = input;
    if (input.kind === 'open') {
      const { server, address, port } = input;
      this.callers.set(connection, { server, address, port, channel: 0 });
      return outside(world, server, OPEN, connection, null);
    }
    const caller = this.callers.get(connection);
    if (caller === undefined) return null;
    if (input.kind === 'bytes') {
      return outside(world, caller.server, BYTES, connection, bytes ?? unbase64(input.bytes));
    }
    if (input.kind === 'drained') return outside(world, caller.server, DRAINED, connection, null);
    return outside(world, caller.server, input.reset ? RESET : CLOSE, connection, null);
  }

  /** Handles the event of a connection, at the machine that it reaches. */
  arrive(world: OutdoorWorld, machine: OutdoorMachine, event: QueuedEvent): void {
    if (event.name === GO_ON) {
      machine.guests?.gate.goOn(event.arg);
      return;
    }
    const connection = event.arg;
    const caller = this.callers.get(connection);
    if (caller === undefined) return;
    if (event.name === OPEN) {
      if (!machine.running || !machine.isListening('client')) {
        this.gone(world, connection, 'reset');
        return;
      }
      if (machine.guests === null) machine.guests = new Guests(world, machine);
      caller.channel = machine.guests.accept(connection, caller);
      return;
    }
    const gate = machine.guests?.gate;
    if (gate === undefined) return;
    if (event.name === BYTES) gate.bytes(caller.channel, event.bytes!);
    else if (event.name === DRAINED) gate.drained(caller.channel);
    else gate.closed(caller.channel, event.name === RESET ? 'reset' : 'closed');
  }

  /** A connection ended at the server's side. */
  gone(world: OutdoorWorld, connection: number, reason: 'closed' | 'reset'): void {
    if (this.callers.delete(connection)) world.outlet?.closed(connection, reason);
  }

  /** A server's process died: what it said goes out, behind it a reset. */
  kill(world: OutdoorWorld, server: number): void {
    for (const [connection, caller] of this.callers) {
      if (caller.server === server) this.gone(world, connection, 'reset');
    }
  }

  /** A server lost its power: outside nothing is heard of that. */
  silence(server: number): void {
    const orphans = this.orphans.get(server) ?? [];
    for (const [connection, caller] of this.callers) {
      if (caller.server !== server) continue;
      this.callers.delete(connection);
      orphans.push(connection);
    }
    if (orphans.length > 0) this.orphans.set(server, orphans);
  }

  /** A server has power again: it knows nothing of the connections it had. */
  powered(world: OutdoorWorld, server: number): void {
    const orphans = this.orphans.get(server) ?? [];
    this.orphans.delete(server);
    for (const connection of orphans) world.outlet?.closed(connection, 'reset');
  }
}

function outside(
  world: OutdoorWorld,
  server: number,
  name: string,
  connection: number,
  bytes: Uint8Array | null,
): QueuedEvent<ChannelEnd> {
  const { incarnation } = world.machine(server)!;
  return event(world, EventKind.OUTSIDE, server, name, connection, incarnation, bytes);
}

function event(
  world: OutdoorWorld,
  kind: number,
  owner: number,
  name: string,
  arg: number,
  id: number,
  bytes: Uint8Array | null,
): QueuedEvent<ChannelEnd> {
  const { now: time, events: cause } = world;
  return { time, seq: 0, kind, owner, lane: 0, cause, end: null, message: null, bytes, name, arg, id };
}
