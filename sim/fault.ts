/** Faults: when they strike, whom, and what they do to the world. */
import type { ClientActor } from './catalog.ts';
import type { Machine } from './machine.ts';
import { FIRST_CLIENT } from './network.ts';
import { requestOf } from './operation.ts';
import { EventKind } from './queue.ts';
import type { ClientReach, ClientTarget, Fault, Mishap, Target } from './spec.ts';
import type { World } from './world.ts';

/** Names of the events of a fault of which parts come later. */
const ISOLATE = 'isolate';
const REJOIN = 'rejoin';

/**
 * Queues what strikes at a time and listens for what strikes on a predicate. `afterEvent` is looked up per
 * event.
 */
export function armFaults(world: World): void {
  world.spec.faults.forEach((fault, index) => {
    if (fault.at !== undefined) {
      world.schedule(EventKind.FAULT, 0, Math.round(fault.at * 1000), 0, null, null, '', index, 0);
    } else if (fault.when !== undefined) {
      world.predicates.add(fault.when, index);
    }
  });
}

/** Indices of the faults that strike after a numbered event, by that number. */
export function faultsByEvent(faults: readonly Fault[]): ReadonlyMap<number, readonly number[]> {
  const byEvent = new Map<number, number[]>();
  faults.forEach((fault, index) => {
    if (fault.afterEvent === undefined) return;
    const list = byEvent.get(fault.afterEvent);
    if (list === undefined) byEvent.set(fault.afterEvent, [index]);
    else list.push(index);
  });
  return byEvent;
}

/** A fault by its index: those of the run's list, then those that came from outside. */
function faultOf(world: World, index: number): Mishap {
  const { faults } = world.spec;
  return faults[index] ?? world.outside.faults[index - faults.length]!;
}

/** How long a fault goes on by itself, ms. */
function duration(fault: Mishap): number {
  if (fault.kind === 'pause' || fault.kind === 'clientPause' || fault.kind === 'diskStall') return fault.for;
  return fault.kind === 'swizzle' ? 2 * fault.servers.length * fault.step : 0;
}

/** A fault's trigger fired, at server or client `it` (0: none): it strikes now or after its delay. */
export function triggerFault(world: World, index: number, it: number): void {
  const fault = world.spec.faults[index]!;
  const delay = Math.round((fault.delay ?? 0) * 1000);
  // A predicate may come true at any time; once all faults are to have healed, it breaks nothing any more.
  const healedAt = world.spec.end.healedAt;
  const over = world.now + delay + duration(fault) * 1000;
  if (fault.when !== undefined && healedAt !== undefined && over >= healedAt * 1000) return;
  if (delay === 0) strikeFault(world, index, '', it);
  else world.schedule(EventKind.FAULT, 0, world.now + delay, 0, null, null, '', index, it);
}

/**
 * A fault strikes; `part` names one of its later parts, `it` the server of the probe or of that part, or the client of
 * the probe for a fault of clients.
 */
export function strikeFault(world: World, index: number, part: string, it: number): void {
  const fault = faultOf(world, index);
  if (part === ISOLATE || part === REJOIN) {
    separate(world, it, part === ISOLATE);
    return;
  }
  if ('client' in fault) {
    strikeClient(world, fault, index, it);
    return;
  }
  const of = (target: Target): number => resolve(world, target, it);
  const server = 'server' in fault && fault.server !== 'all' ? of(fault.server) : 0;
  const machine = world.machines.get(server);
  world.emit({ kind: 'faulted', server, index, fault: fault.kind });
  switch (fault.kind) {
    case 'crash':
      if (machine !== undefined) world.killProcess(machine);
      return;
    case 'powerLoss':
      for (const one of fault.server === 'all' ? everyone(world) : machine === undefined ? [] : [machine])
        world.losePower(one);
      return;
    case 'restart':
      for (const one of fault.server === 'all' ? everyone(world) : machine === undefined ? [] : [machine])
        world.start(one);
      return;
    case 'pause':
      if (machine !== undefined) world.pause(machine, Math.round(fault.for * 1000));
      return;
    case 'partition':
      partition(
        world,
        fault.groups.map((group) => group.map(of)),
      );
      return;
    case 'cut':
      for (const [from, to] of linksBetween(
        world,
        of(fault.from),
        fault.to === 'all' ? 0 : of(fault.to),
        fault.to === 'all',
      )) {
        cut(world, from, to);
        if (fault.both) cut(world, to, from);
      }
      return;
    case 'isolate':
      if (machine !== undefined) separate(world, server, true);
      return;
    case 'bridge': {
      if (machine === undefined) return;
      const rest = world.servers.filter((id) => id !== server);
      const half = rest.length >> 1;
      partition(world, [
        [...rest.slice(0, half), server],
        [...rest.slice(half), server],
      ]);
      return;
    }
    case 'swizzle':
      swizzle(world, index, fault.servers.map(of), Math.round(fault.step * 1000));
      return;
    case 'heal':
      for (const link of world.network.links.values()) {
        link.cut = false;
        link.dropNext = false;
        if (fault.speed) link.slow = 0;
      }
      world.network.release();
      world.emit({ kind: 'healed', server: 0 });
      return;
    case 'drop': {
      const from = of(fault.from);
      const to = of(fault.to);
      if (from === 0 || to === 0 || from === to) return;
      world.network.link(from, to).dropNext = true;
      world.network.link(to, from).dropNext = true;
      return;
    }
    case 'slow': {
      const sources = fault.from === 'all' ? world.servers : [of(fault.from)];
      const sinks = fault.to === 'all' ? world.servers : [of(fault.to)];
      for (const from of sources) {
        for (const to of sinks) {
          if (from === to || from === 0 || to === 0) continue;
          world.network.link(from, to).slow += Math.round(fault.by * 1000);
          world.emit({ kind: 'slowed', server: from, to, by: fault.by });
        }
      }
      return;
    }
    case 'loss': {
      const network = world.network;
      network.dropRate = fault.dropRate ?? network.dropRate;
      network.electionLossRate = fault.electionLossRate ?? network.electionLossRate;
      const { dropRate, electionLossRate } = network;
      world.emit({ kind: 'lossChanged', server: 0, dropRate, electionLossRate });
      return;
    }
    case 'diskStall': {
      if (machine === undefined) return;
      const until = world.now + Math.round(fault.for * 1000);
      machine.disk.stalledUntil = Math.max(machine.disk.stalledUntil, until);
      world.emit({ kind: 'diskStalled', server, until: until / 1000 });
      return;
    }
    case 'diskFull':
    case 'diskFree':
      if (machine === undefined) return;
      machine.disk.full = fault.kind === 'diskFull';
      world.emit({ kind: fault.kind === 'diskFull' ? 'diskFull' : 'diskFreed', server });
      return;
    case 'corrupt': {
      const place = machine?.disk.corrupt(fault.record) ?? null;
      if (place !== null) world.emit({ kind: 'corrupted', server, file: place.file, record: place.record });
      return;
    }
    case 'messageDrop':
      world.network.dropOne(fault.message);
      return;
    case 'messageDelay':
      world.network.delayOne(fault.message, Math.round(fault.by * 1000));
      return;
    case 'messageDeliver':
      world.network.deliverOne(fault.message);
      return;
    case 'clockJump':
      if (machine === undefined) return;
      machine.wallStart += fault.by;
      world.emit({ kind: 'clockJumped', server, by: fault.by });
      return;
  }
}

/** The faults of clients. */
type ClientFault = Extract<Mishap, { client: unknown }>;

function strikeClient(world: World, fault: ClientFault, index: number, it: number): void {
  const machines = fault.client === 'all' ? allClients(world) : resolveClient(world, fault.client, it);
  world.emit({ kind: 'faulted', server: 0, index, fault: fault.kind });
  for (const machine of machines) {
    const client = machine.id;
    switch (fault.kind) {
      case 'clientCrash':
        world.killProcess(machine);
        break;
      case 'clientRestart':
        world.start(machine);
        break;
      case 'clientPause':
        world.pause(machine, Math.round(fault.for * 1000));
        break;
      case 'clientDisconnect':
        if (machine.channels.size === 0) break;
        for (const end of machine.channels.values()) world.network.reset(end);
        world.emit({ kind: 'clientDisconnected', server: 0, client });
        break;
      case 'clientCut':
        cutClient(world, machine, fault.to);
        break;
      case 'clientRequest':
        if (machine.running && !machine.paused)
          (machine.actor as ClientActor).submit?.(requestOf(fault.request));
        break;
    }
  }
}

function cutClient(world: World, machine: Machine, to: ClientReach): void {
  const client = machine.id;
  let servers: readonly number[];
  if (to === 'all') servers = world.servers;
  else if (to === 'connected') servers = [...machine.channels.values()].map((end) => end.peer.machine.id);
  else servers = [resolve(world, to, 0)];
  for (const server of new Set(servers)) {
    if (server === 0) continue;
    world.network.link(client, server).cut = true;
    world.network.link(server, client).cut = true;
    if (to !== 'all') world.emit({ kind: 'clientCut', server, client });
  }
  if (to === 'all') world.emit({ kind: 'clientCut', server: 0, client });
}

function allClients(world: World): Machine[] {
  return world.clients.map((id) => world.machines.get(id)!);
}

/** The client a target means, as a list: empty where there is none. */
function resolveClient(world: World, target: ClientTarget, it: number): Machine[] {
  const { clients } = world;
  let id = it;
  if (typeof target === 'number') id = FIRST_CLIENT + target;
  else if (target === 'random') id = clients[world.streams.stream('faults').below(clients.length)] ?? 0;
  const machine = clients.includes(id) ? world.machines.get(id) : undefined;
  return machine === undefined ? [] : [machine];
}

/** The server a target means now; 0 where there is none. */
function resolve(world: World, target: Target, it: number): number {
  if (typeof target === 'number') return target;
  if (target === 'it') return world.servers.includes(it) ? it : 0;
  if (target === 'leader') return world.leader()?.id ?? 0;
  const candidates = world.servers.filter((id) => {
    const machine = world.machines.get(id)!;
    if (target === 'random') return true;
    return machine.running && machine.role === (target === 'follower' ? 'FOLLOWING' : 'OBSERVING');
  });
  return candidates[world.streams.stream('faults').below(candidates.length)] ?? 0;
}

function everyone(world: World): Machine[] {
  return world.servers.map((id) => world.machines.get(id)!);
}

function linksBetween(world: World, from: number, to: number, all: boolean): [number, number][] {
  if (from === 0 || (to === 0 && !all)) return [];
  return (all ? world.servers : [to]).filter((id) => id !== from).map((id) => [from, id]);
}

function cut(world: World, from: number, to: number): void {
  world.network.link(from, to).cut = true;
  world.emit({ kind: 'linkCut', server: from, to });
}

/** Cuts a server off from all others, or lets it reach all others again. */
function separate(world: World, server: number, apart: boolean): void {
  for (const id of world.servers) {
    if (id === server) continue;
    world.network.link(server, id).cut = apart;
    world.network.link(id, server).cut = apart;
  }
  if (apart) {
    const rest = world.servers.filter((id) => id !== server);
    world.emit({ kind: 'partitioned', server, groups: `${server}|${rest.join(',')}` });
    return;
  }
  world.network.release();
  world.emit({ kind: 'healed', server });
}

/** Two servers reach each other where a group holds both; a server in no group reaches nobody. */
function partition(world: World, groups: readonly (readonly number[])[]): void {
  for (const from of world.servers) {
    for (const to of world.servers) {
      if (from === to) continue;
      world.network.link(from, to).cut = !groups.some((group) => group.includes(from) && group.includes(to));
    }
  }
  world.network.release();
  world.emit({ kind: 'partitioned', server: 0, groups: groups.map((group) => group.join(',')).join('|') });
}

function swizzle(world: World, index: number, servers: readonly number[], step: number): void {
  const chosen = [...new Set(servers)].filter((id) => id !== 0);
  const out = shuffled(world, chosen);
  const back = shuffled(world, chosen);
  out.forEach((id, i) => {
    if (i === 0) separate(world, id, true);
    else world.schedule(EventKind.FAULT, 0, world.now + i * step, 0, null, null, ISOLATE, index, id);
  });
  back.forEach((id, i) => {
    world.schedule(EventKind.FAULT, 0, world.now + (out.length + i) * step, 0, null, null, REJOIN, index, id);
  });
}

function shuffled(world: World, ids: readonly number[]): number[] {
  const stream = world.streams.stream('faults');
  const result = [...ids];
  for (let i = result.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const other = result[j]!;
    result[j] = result[i]!;
    result[i] = other;
  }
  return result;
}
