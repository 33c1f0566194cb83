/** Connections from outside to one server's process: its client port, and where the simulation ends in front of it. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { Actor, ChannelId } from '../protocol/host.ts';
import { ClientGate, type GateSockets, type RemoteEnd } from '../protocol/wire/client-gate.ts';
import type { NetworkWorld } from './network.ts';
import type { Outlet } from './outlet.ts';
import { EventKind } from './queue.ts';

/** Name of the event by which a connection is read on; its argument is the machine's number of the connection. */
export const GO_ON = 'goOn';

/** What guests need of the machine that they came to. */
export interface GuestMachine {
  readonly id: number;
  readonly incarnation: number;
  readonly rate: number;
  readonly actor: Actor | null;
  /** Its clock, ms. */
  now(): number;
  newChannel(): ChannelId;
}

/** What guests need of the world. */
export interface GuestWorld extends NetworkWorld {
  readonly config: EnsembleConfig;
  readonly outlet: Outlet | null;
  /** A connection ended at the server's side. */
  guestGone(connection: number, reason: 'closed' | 'reset'): void;
}

/**
 * They cross no simulated network, as they have crossed a real one: what is cut between servers does not concern them, and
 * what a server says is outside at once. What they say waits where the server's process stands still.
 */
export class Guests implements GateSockets {
  readonly gate: ClientGate;
  private readonly world: GuestWorld;
  private readonly machine: GuestMachine;
  /** Numbers outside, by those of the machine. */
  private readonly connections: Map<ChannelId, number> = new Map();

  constructor(world: GuestWorld, machine: GuestMachine) {
    this.world = world;
    this.machine = machine;
    this.gate = new ClientGate(world.config, machine.actor!, this);
  }

  /** The machine's number of a new connection. */
  accept(connection: number, remote: RemoteEnd): ChannelId {
    const channel = this.machine.newChannel();
    this.connections.set(channel, connection);
    this.gate.open(channel, remote);
    return channel;
  }

  now(): number {
    return this.machine.now();
  }

  wake(delayMs: number): void {
    const { world, machine } = this;
    const time = world.now + Math.ceil((delayMs * 1000) / machine.rate);
    world.schedule(EventKind.SILENCE, machine.id, time, 0, null, null, '', 0, machine.incarnation);
  }

  write(channel: ChannelId, bytes: Uint8Array): void {
    const { outlet } = this.world;
    if (outlet !== null) outlet.bytes(this.connections.get(channel)!, bytes);
  }

  read(channel: ChannelId, on: boolean): void {
    const { outlet } = this.world;
    if (outlet !== null) outlet.reading(this.connections.get(channel)!, on);
  }

  full(channel: ChannelId): void {
    const { outlet } = this.world;
    if (outlet !== null) outlet.full(this.connections.get(channel)!);
  }

  goOn(channel: ChannelId): void {
    const { world, machine } = this;
    const { id, incarnation } = machine;
    world.schedule(EventKind.OUTSIDE, id, world.now, 0, null, null, GO_ON, channel, incarnation);
  }

  end(channel: ChannelId, reason: 'closed' | 'reset'): void {
    const connection = this.connections.get(channel)!;
    this.connections.delete(channel);
    this.world.guestGone(connection, reason);
  }
}
