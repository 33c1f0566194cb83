/** Reads a frame out of a simulation, which does not know of it. */
import { Peer } from '../../protocol/server/peer.ts';
import type { ClientActor } from '../../sim/catalog.ts';
import type { Machine } from '../../sim/machine.ts';
import type { ChannelEnd } from '../../sim/network.ts';
import { FIRST_CLIENT } from '../../sim/network.ts';
import { EventKind, type QueuedEvent } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { familyOf, messageText } from './event-text.ts';
import {
  type ClientFrame,
  type Frame,
  type Life,
  type LinkFrame,
  LOG_TAIL,
  type MessageFrame,
  type ServerFrame,
  type StepFrame,
} from './frame.ts';
import type { Ledger } from './ledger.ts';
import { observersOf } from './observers.ts';
import type { Times } from './times.ts';

/** Names of the events that are a connection's own, not a message's. */
const LINE_TEXTS: Readonly<Record<number, string>> = {
  [EventKind.SYN]: 'dial',
  [EventKind.ACCEPTED]: 'accepted',
  [EventKind.REFUSED]: 'refused',
  [EventKind.FIN]: 'close',
  [EventKind.RESET]: 'reset',
  [EventKind.ABORT]: 'reset',
};

function lifeOf(machine: Machine): Life {
  if (machine.off) return 'off';
  if (!machine.running) return 'down';
  return machine.paused ? 'paused' : 'up';
}

function serverFrame(simulation: Simulation, ledger: Ledger, id: number): ServerFrame {
  const { world, config } = simulation;
  const machine = world.machines.get(id)!;
  const entry = ledger.server(id);
  const { actor, disk } = machine;
  let connections = 0;
  for (const end of machine.channels.values()) if (end.port === 'client') connections++;
  const up = machine.running;
  return {
    id,
    observer: !config.participants.includes(id),
    life: lifeOf(machine),
    role: machine.role,
    phase: up ? entry.phase : null,
    established: machine.established,
    leader: up ? entry.leader : 0,
    acceptedEpoch: entry.acceptedEpoch,
    currentEpoch: entry.currentEpoch,
    lastZxid: machine.lastZxid,
    vote:
      up && machine.role === 'LOOKING' && entry.votesFor > 0
        ? { round: entry.round, leader: entry.votesFor }
        : null,
    sessions: actor instanceof Peer ? actor.database.tree.sessions.size : 0,
    connections,
    disk: disk.full ? 'full' : disk.stalledUntil > world.now ? 'stalled' : 'fine',
    log: {
      written: entry.written.slice(-LOG_TAIL),
      more: entry.more || entry.written.length > LOG_TAIL,
      durable: entry.durable,
      acked: entry.acked,
      committed: entry.committed,
      applied: entry.applied,
    },
  };
}

function clientFrame(simulation: Simulation, ledger: Ledger, id: number): ClientFrame {
  const machine = simulation.world.machines.get(id)!;
  const entry = ledger.client(id);
  const number = id - FIRST_CLIENT;
  let link: ChannelEnd | null = null;
  for (const end of machine.channels.values()) if (end.peer.machine.id < FIRST_CLIENT) link = end;
  return {
    id,
    number,
    program: simulation.spec.clients[number - 1]!.program.name,
    life: lifeOf(machine),
    state: entry.state,
    session: entry.session,
    server: link?.peer.machine.id ?? 0,
    connected: entry.state.startsWith('CONNECTED'),
    asks:
      entry.known &&
      (entry.state === 'CONNECTING' || entry.state.startsWith('CONNECTED')) &&
      (machine.actor as ClientActor | null)?.submit !== undefined,
    waiting: Math.max(0, entry.asked - entry.answered),
    lastZxid: entry.lastZxid,
  };
}

/** What is on the way. */
function messageFrames(simulation: Simulation, times: Times): MessageFrame[] {
  const { world } = simulation;
  const frames: MessageFrame[] = [];
  const add = (event: QueuedEvent<ChannelEnd>, held: boolean): void => {
    const { end, message, kind } = event;
    const text = message === null ? LINE_TEXTS[kind] : messageText(message);
    if (end === null || text === undefined) return;
    const from = end.peer.machine.id;
    const to = end.machine.id;
    // A machine's own kernel tells it that retransmission was in vain: nothing travels.
    if (kind === EventKind.ABORT && event.name !== 'answer') return;
    if (message === null && kind === EventKind.REFUSED && end.machine.id === from) return;
    frames.push({
      id: `${end.channel}${end.dialler ? '<' : '>'}${event.id}${kind === EventKind.ABORT ? 'x' : ''}`,
      name:
        message === null || held || kind !== EventKind.MESSAGE
          ? null
          : { channel: end.channel, dialler: end.peer.dialler, ordinal: event.id },
      from,
      to,
      family: familyOf(message),
      kind: message?.kind ?? text,
      text,
      sent: times.at(event.cause),
      arrives: event.time / 1000,
      held,
    });
  };
  for (const event of world.queue.heap) if (event.end !== null && event.arg === 0) add(event, false);
  for (const end of world.network.holding) for (const event of end.held) add(event, true);
  return frames.sort((a, b) => a.sent - b.sent || (a.id < b.id ? -1 : 1));
}

function linkFrames(simulation: Simulation): LinkFrame[] {
  const frames: LinkFrame[] = [];
  for (const { from, to, cut, slow, dropNext } of simulation.world.network.links.values()) {
    if (cut || slow > 0 || dropNext) frames.push({ from, to, cut, slow: slow / 1000, dropping: dropNext });
  }
  return frames.sort((a, b) => a.from - b.from || a.to - b.to);
}

/**
 * The state of a run that was made with `observed`, after the events handled so far, the last of which is `step`.
 * @param shown of each violation, the events that show it, as far as they are known
 */
export function readFrame(
  simulation: Simulation,
  times: Times,
  shown: readonly (readonly number[])[],
  step: StepFrame | null,
): Frame {
  const { world } = simulation;
  const { ledger, narrator } = observersOf(world.monitors);
  return {
    event: world.events,
    time: simulation.now,
    hash: world.hash?.hex() ?? '',
    over: world.ended,
    servers: world.servers.map((id) => serverFrame(simulation, ledger, id)),
    clients: world.clients.map((id) => clientFrame(simulation, ledger, id)),
    messages: messageFrames(simulation, times),
    links: linkFrames(simulation),
    verdicts: simulation.verdicts(),
    violations: world.violations.map((violation, i) => ({
      ...violation,
      events: shown[i] ?? [violation.event],
    })),
    expectations: simulation.expectations(),
    told: narrator.told.at(-1) ?? null,
    step,
  };
}
