/** Messages that never come: watched for while a stretch of a run is read. Times in virtual ms. */
import type { ChannelEnd } from '../../sim/network.ts';
import { EventKind, type QueuedEvent } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { familyOf, messageText } from './event-text.ts';
import type { Family } from './frame.ts';

/** What becomes of a message that is not heard. */
export type Fate =
  /** The network lost it, and its stream with it unless it is a vote. */
  | 'dropped'
  /** It came to a process that no longer listens. */
  | 'unheard'
  /** It came to a machine without power. */
  | 'vanished'
  /** A cut link kept it from coming, and its sender lost power. */
  | 'silenced'
  /** It still waits behind a cut link where the stretch ends. */
  | 'held'
  /** It is on its way where the stretch ends. */
  | 'travelling';

/** A message without an event at which it is heard. */
export interface Loss {
  /** The event during which it was sent, and that at which it was lost; the stretch's last where it is not. */
  readonly sent: number;
  readonly event: number;
  readonly from: number;
  readonly to: number;
  readonly family: Family;
  readonly text: string;
  readonly fate: Fate;
}

type Arriving = QueuedEvent<ChannelEnd>;

/** Looks at a simulation after each event of a stretch. */
export class Losses {
  readonly found: Loss[] = [];
  /** On their way to a machine without power, or over a cut link. */
  private doomed = new Set<Arriving>();
  /** Held back behind cut links. */
  private held = new Set<Arriving>();

  constructor(simulation: Simulation) {
    this.look(simulation);
  }

  /** A message is lost during the current event. */
  add(event: number, message: Arriving | Omit<Loss, 'sent' | 'event' | 'fate'>, fate: Fate): void {
    const loss = 'cause' in message ? travellerOf(message) : { ...message, sent: event };
    if (loss !== null) this.found.push({ ...loss, event, fate });
  }

  look({ world }: Simulation): void {
    const { queue, network, machines, events: event } = world;
    const held = new Set<Arriving>();
    for (const end of network.holding) for (const message of end.held) held.add(message);
    const isOff = ({ owner }: Arriving): boolean => machines.get(owner)!.off;
    const isCut = ({ end }: Arriving): boolean => end!.peer.link.cut;
    let trouble = this.doomed.size > 0;
    for (const id of world.servers) trouble ||= machines.get(id)!.off;
    for (const link of network.links.values()) trouble ||= link.cut;
    if (trouble) {
      const under = new Set(
        queue.heap.filter(
          (one) => one.kind === EventKind.MESSAGE && one.arg === 0 && (isOff(one) || isCut(one)),
        ),
      );
      for (const message of this.doomed) {
        if (under.has(message) || held.has(message) || message.time > world.now) continue;
        if (isOff(message)) this.add(event, message, 'vanished');
        // A cut link lets nothing pass: what is not held back has no sender any more.
        else if (isCut(message)) this.add(event, message, 'silenced');
      }
      this.doomed = under;
    }
    const gone = [...this.held].filter((message) => !held.has(message));
    this.held = held;
    if (gone.length === 0) return;
    const released = new Set(queue.heap);
    for (const message of gone) if (!released.has(message)) this.add(event, message, 'silenced');
  }

  /** What is under way or waits where the stretch ends. */
  finish({ world }: Simulation): void {
    const { events: event } = world;
    for (const message of this.held) this.add(event, message, 'held');
    for (const message of world.queue.heap) {
      if (message.kind === EventKind.MESSAGE && message.arg === 0) this.add(event, message, 'travelling');
    }
  }
}

function travellerOf({ message, end, cause }: Arriving): Omit<Loss, 'event' | 'fate'> | null {
  if (message === null || end === null) return null;
  return {
    sent: cause,
    from: end.peer.machine.id,
    to: end.machine.id,
    family: familyOf(message),
    text: messageText(message),
  };
}
