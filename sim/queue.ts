/** What is still to happen: a binary heap of events ordered by (time, insertion number). */
import type { Message } from '../protocol/host.ts';

/** Kinds of events. CANCELLED ones are skipped and never counted. */
export const EventKind = {
  CANCELLED: 0,
  TIMER: 1,
  STEP: 2,
  /** A dial reaches its target. */
  SYN: 3,
  /** The acceptance comes back to the dialler. */
  ACCEPTED: 4,
  REFUSED: 5,
  MESSAGE: 6,
  /** An orderly end, after the data. */
  FIN: 7,
  /** A reset in order, after the data of a killed process. */
  RESET: 8,
  /** A reset out of order: retransmission gave up, or data met a closed end. */
  ABORT: 9,
  DRAINED: 10,
  DURABLE: 11,
  /** A process starts. */
  START: 12,
  RESUME: 13,
  FAULT: 14,
  /** A message has been served for its cost and reaches the process. */
  SERVED: 15,
  /** A client outside the simulation connects, says something or leaves. */
  OUTSIDE: 16,
  /** A server looks for connections from outside that have been silent too long. */
  SILENCE: 17,
} as const;

/** Names of the kinds for traces, by number. */
export const EVENT_NAMES: readonly string[] = [
  'cancelled',
  'timer',
  'step',
  'dial',
  'accepted',
  'refused',
  'message',
  'close',
  'reset',
  'abort',
  'drained',
  'durable',
  'start',
  'resume',
  'fault',
  'served',
  'outside',
  'silence',
];

/** The end of a channel that an event reaches, as far as a trace tells of it. */
export interface EventEnd {
  /** Number of the channel within the run. */
  readonly channel: number;
  /** The other end, from which the event comes. */
  readonly peer: { readonly machine: { readonly id: number } };
}

/**
 * One thing to happen. Plain data; never reused, so that a trace may keep it. `End` is the network's own
 * type of channel end, of which the queue knows nothing more.
 */
export interface QueuedEvent<End extends EventEnd = EventEnd> {
  /** Virtual µs. */
  time: number;
  /** Insertion number; breaks ties of time. */
  seq: number;
  kind: number;
  /** Id of the machine that handles it; 0: the world. */
  owner: number;
  /** Events of one lane (not 0) happen in order of (time, seq) whatever the policy. */
  lane: number;
  /** Index of the event during which it was made; 0: before the first. */
  cause: number;
  /** The end of a channel that it reaches. */
  end: End | null;
  message: Message | null;
  /** The message as it travels; null: as a value. What arrives is in them, `message` only tells of it. */
  bytes: Uint8Array | null;
  name: string;
  arg: number;
  id: number;
}

function before(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq);
}

/** The pending events of a run. */
export class EventQueue<End extends EventEnd = EventEnd> {
  heap: QueuedEvent<End>[] = [];
  nextSeq = 1;
  cancelled = 0;

  /** Pending events, cancelled ones excluded. */
  get size(): number {
    return this.heap.length - this.cancelled;
  }

  /** Gives the event its insertion number and queues it. */
  push(event: QueuedEvent<End>): void {
    event.seq = this.nextSeq++;
    const heap = this.heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = heap[parent]!;
      if (!before(event, other)) break;
      heap[i] = other;
      i = parent;
    }
    heap[i] = event;
  }

  /** Takes the earliest event off the queue; null when none is left. */
  pop(): QueuedEvent<End> | null {
    for (;;) {
      const heap = this.heap;
      const top = heap[0];
      if (top === undefined) return null;
      const last = heap.pop()!;
      if (heap.length > 0) this.sift(0, last);
      if (top.kind !== EventKind.CANCELLED) return top;
      this.cancelled--;
    }
  }

  /** The earliest event, left in place; null when none is left. */
  peek(): QueuedEvent<End> | null {
    for (;;) {
      const top = this.heap[0];
      if (top === undefined) return null;
      if (top.kind !== EventKind.CANCELLED) return top;
      const last = this.heap.pop()!;
      if (this.heap.length > 0) this.sift(0, last);
      this.cancelled--;
    }
  }

  /** Strikes out a queued event. The heap is rebuilt once most of it is struck out. */
  cancel(event: QueuedEvent<End>): void {
    event.kind = EventKind.CANCELLED;
    event.message = null;
    event.bytes = null;
    event.end = null;
    this.cancelled++;
    if (this.cancelled > 64 && this.cancelled * 2 > this.heap.length) this.rebuild();
  }

  /**
   * Events that may happen next under a policy that chooses freely: all pending ones, but of each lane (a
   * direction of
   * a channel, a machine's timers, a store's completions) only the first. Ordered by (time, seq).
   */
  pending(): QueuedEvent<End>[] {
    const sorted = this.heap.filter((event) => event.kind !== EventKind.CANCELLED);
    sorted.sort((a, b) => a.time - b.time || a.seq - b.seq);
    const lanes = new Set<number>();
    return sorted.filter((event) => {
      if (event.lane === 0) return true;
      if (lanes.has(event.lane)) return false;
      lanes.add(event.lane);
      return true;
    });
  }

  /** Takes the pending event with that insertion number; null where there is none. */
  take(seq: number): QueuedEvent<End> | null {
    const index = this.heap.findIndex((event) => event.seq === seq && event.kind !== EventKind.CANCELLED);
    if (index < 0) return null;
    const event = this.heap[index]!;
    const last = this.heap.pop()!;
    if (last !== event) {
      this.heap[index] = last;
      this.heapify();
    }
    return event;
  }

  /** Takes out all pending events that fit, in order of (time, seq). Linear in the number pending. */
  extract(fits: (event: QueuedEvent<End>) => boolean): QueuedEvent<End>[] {
    const taken: QueuedEvent<End>[] = [];
    this.heap = this.heap.filter((event) => {
      if (event.kind === EventKind.CANCELLED) return false;
      if (!fits(event)) return true;
      taken.push(event);
      return false;
    });
    this.cancelled = 0;
    this.heapify();
    return taken.sort((a, b) => a.time - b.time || a.seq - b.seq);
  }

  private rebuild(): void {
    this.heap = this.heap.filter((event) => event.kind !== EventKind.CANCELLED);
    this.cancelled = 0;
    this.heapify();
  }

  private heapify(): void {
    for (let i = (this.heap.length >> 1) - 1; i >= 0; i--) this.sift(i, this.heap[i]!);
  }

  /** Puts an event at a place of the heap or below, whatever stood there being dropped. */
  private sift(i: number, event: QueuedEvent<End>): void {
    const heap = this.heap;
    const length = heap.length;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && before(heap[child + 1]!, heap[child]!)) child++;
      const other = heap[child]!;
      if (!before(other, event)) break;
      heap[i] = other;
      i = child;
    }
    heap[i] = event;
  }
}

/** The policy of which event comes next. */
export interface Policy {
  /** Takes one event off the queue; null when none is left. */
  next<End extends EventEnd>(queue: EventQueue<End>): QueuedEvent<End> | null;
}

/** Earliest first: the policy of ordinary runs. */
export const BY_TIME: Policy = { next: (queue) => queue.pop() };

/**
 * A chosen order: `choose` gets the events that may come next and returns one's `seq`. Virtual time never
 * goes back; an event
 * taken early moves it forward, one taken late happens at the time reached.
 */
export function byChoice(choose: (pending: readonly QueuedEvent[]) => number): Policy {
  return {
    next(queue) {
      const pending = queue.pending();
      if (pending.length === 0) return null;
      return queue.take(choose(pending));
    },
  };
}
