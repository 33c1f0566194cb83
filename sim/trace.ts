/** Recording of a run: what happened in each event and which earlier event caused it. */
import { EVENT_NAMES, EventKind, type QueuedEvent } from './queue.ts';
import type { Listener } from './world.ts';
import type { SimEvent } from './world-event.ts';

/** One event of a run. */
export interface TraceEntry {
  /** From 1. */
  readonly index: number;
  /** Virtual ms. */
  readonly time: number;
  /** One of `EVENT_NAMES`. */
  readonly kind: string;
  /** Server or client that handled it; 0: the world. */
  readonly owner: number;
  /** Index of the event during which this one came about; 0: before the first. */
  readonly cause: number;
  /** Sender; 0 where it is no transmission. */
  readonly from: number;
  /** Channel number within the run; 0: none. */
  readonly channel: number;
  /** Kind of the message, name of the timer or step, or empty. */
  readonly name: string;
  /** The message itself, immutable; null: none. */
  readonly message: QueuedEvent['message'];
  /** What was reported during it; own copies. */
  readonly probes: SimEvent[];
}

/** A listener that keeps everything, or the last `limit` events. */
export class TraceRecorder implements Listener {
  readonly limit: number;
  entries: TraceEntry[] = [];
  /** Reported before the first event. */
  readonly before: SimEvent[] = [];

  /** @param limit entries kept; at least 1 */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }

  onEvent(event: QueuedEvent, index: number): void {
    const end = event.end;
    this.entries.push({
      index,
      time: event.time / 1000,
      kind: EVENT_NAMES[event.kind] ?? EVENT_NAMES[EventKind.CANCELLED]!,
      owner: event.owner,
      cause: event.cause,
      from: end === null ? 0 : end.peer.machine.id,
      channel: end === null ? 0 : end.channel,
      name: event.message === null ? event.name : event.message.kind,
      message: event.message,
      probes: [],
    });
    // In bulk, so that a bounded recording costs constant time per event.
    if (this.entries.length >= 2 * this.limit) this.entries = this.entries.slice(-this.limit);
  }

  onProbe(event: SimEvent, _index: number): void {
    const probes = this.entries.length === 0 ? this.before : this.entries[this.entries.length - 1]!.probes;
    probes.push({ ...event });
  }

  onRestore(index: number): void {
    this.entries = this.entries.filter((entry) => entry.index <= index);
  }
}
