/**
 * The search for an order of one partition: Wing and Gong's, with Lowe's memoization and just-in-time linearization. Time goes
 * from event to event; only where an operation returns that has not taken effect is there something to choose: which of
 * the open operations take effect before it.
 */
import { Configurations } from './configurations.ts';
import type { Lookahead, Model } from './model.ts';
import type { Operation } from './operation.ts';
import { States } from './states.ts';
import { Role, Timeline } from './timeline.ts';

export type Verdict = 'linearizable' | 'not-linearizable' | 'unknown';

/** An operation at its place in an order, and the state after it. */
export interface Placed<S> {
  /** Index in the timeline's operations. */
  readonly operation: number;
  readonly state: S;
}

const NONE = -1;

/** Can be continued: {@link run} takes a number of steps, so that searches can take turns. */
export class Search<S, I, O> {
  readonly model: Model<S, I, O>;
  readonly timeline: Timeline<I, O>;
  /** Null while undecided. */
  verdict: Exclude<Verdict, 'unknown'> | null = null;
  /** Steps of the model so far. */
  steps = 0;
  /** The furthest event at which an operation returned that was not in effect, and how it was reached. */
  furthest = 0;
  private furthestAt = NONE;
  private readonly states: States<S>;
  private readonly visited: Configurations;
  private readonly ahead: Lookahead<S> | null;
  /** The set that is being worked on. */
  private readonly done: Int32Array;
  /** A copy of it, while others are tried. */
  private readonly taken: Int32Array;
  /** One per event under way, the latest last. */
  private readonly frames: Frame[] = [];
  /** Of the order found: its last configuration and what comes after that. */
  private lastAt = NONE;
  private lastOperation = NONE;

  constructor(model: Model<S, I, O>, operations: readonly Operation<I, O>[]) {
    this.model = model;
    this.timeline = new Timeline(operations, model.isRead);
    this.states = new States(model as Model<S, never, never>);
    this.visited = new Configurations(this.timeline as Timeline<unknown, unknown>);
    this.ahead = model.lookahead?.(this.timeline) ?? null;
    this.done = new Int32Array(this.timeline.words);
    this.taken = new Int32Array(this.timeline.words);
    this.arrive(0, this.states.number(model.init()), NONE, NONE);
  }

  /** Estimate of the memory taken, bytes. */
  get bytes(): number {
    return this.visited.bytes + this.states.bytes;
  }

  /** Goes on until decided, or until so many steps are made. */
  run(steps: number): void {
    const end = this.steps + steps;
    while (this.verdict === null && this.steps < end) {
      const frame = this.frames[this.frames.length - 1];
      if (frame === undefined) this.verdict = 'not-linearizable';
      else this.try(frame);
    }
  }

  /** The longest order found: all of it, or one up to {@link furthest}. */
  order(): Placed<S>[] {
    return this.verdict === 'linearizable'
      ? this.orderOf(this.lastAt, this.lastOperation)
      : this.orderOf(this.furthestAt, NONE);
  }

  /** The operation that returns at {@link furthest}: no order found has a place for it. */
  get stuck(): number {
    return ~this.timeline.events[this.furthest]!;
  }

  /**
   * Orders that end at the furthest configurations, those first that reach furthest.
   * @param most how many
   */
  *endings(most: number): Generator<Placed<S>[]> {
    const { event, count } = this.visited;
    const by = Array.from({ length: count }, (_, at) => at);
    by.sort((a, b) => event[b]! - event[a]! || a - b);
    for (const at of by.slice(0, most)) yield this.orderOf(at, NONE);
  }

  /** Tries one thing at a frame's event, what costs least first, or ends the frame. */
  private try(frame: Frame): void {
    const { tasks } = frame;
    while (frame.cost < tasks.length && tasks[frame.cost]!.length === 0) frame.cost++;
    const task = tasks[frame.cost]?.pop();
    if (task === undefined) {
      this.frames.pop();
      return;
    }
    const at = Math.floor(task / PHASES);
    const { visited, timeline } = this;
    if (visited.event[at] !== frame.event) {
      // What returns at the frame's event has taken effect on the way here.
      this.open(at);
      return;
    }
    const phase = task % PHASES;
    if (phase !== Phase.RETURNING) {
      this.spread(frame, at, phase);
      return;
    }
    push(frame, frame.cost, at, Phase.TELLING);
    const returning = ~timeline.events[frame.event]!;
    if (timeline.roles[returning] === Role.WRITE) this.take(at, frame.event, returning);
  }

  /** Lets the operation that returns take effect, and follows it at once. */
  private take(at: number, event: number, operation: number): void {
    const { visited, states } = this;
    const before = states.get(visited.state[at]!);
    const next = this.next(before, operation, event);
    if (next === undefined) return;
    visited.read(at, this.done);
    this.set(operation);
    const state = states.number(next);
    this.settle(event, state);
    this.arrive(event, state, at, operation);
  }

  /** Lets every other open operation of one kind take effect, each by itself. */
  private spread(frame: Frame, at: number, phase: number): void {
    const { visited, timeline, done, taken: set } = this;
    const { event, cost } = frame;
    const { slot, twins } = timeline;
    const returning = ~timeline.events[event]!;
    visited.read(at, done);
    set.set(done);
    const isDone = (operation: number): boolean =>
      (set[slot[operation]! >> 5]! & (1 << (slot[operation]! & 31))) !== 0;
    if (phase === Phase.PENDING) {
      const { pending, pendingTwin } = timeline;
      for (let p = 0, called = timeline.pendingAt(event); p < called; p++) {
        const operation = pending[p]!;
        if (isDone(operation)) continue;
        // Of operations that only time tells apart, the one called first goes first.
        const twin = pendingTwin[p]!;
        if (twin < 0 || isDone(pending[twin]!)) this.add(frame, at, operation, returning, cost);
      }
      return;
    }
    if (phase === Phase.TELLING) push(frame, cost + BLIND_COST, at, Phase.BLIND);
    else if (timeline.pendingAt(event) > 0) push(frame, cost + PENDING_COST, at, Phase.PENDING);
    const open = timeline.writesAt(event);
    candidates: for (let i = 0; i < open.length; i++) {
      const operation = open[i]!;
      if (operation === returning || isDone(operation) || this.tells(operation) !== (phase === Phase.TELLING))
        continue;
      // Of operations that only time tells apart, the one that returns first goes first.
      for (let j = 0; j < i; j++) {
        if (twins[open[j]!] === twins[operation] && !isDone(open[j]!)) continue candidates;
      }
      this.add(frame, at, operation, returning, cost);
    }
  }

  /** Adds the configuration that is one operation further, where it is new. */
  private add(frame: Frame, at: number, operation: number, returning: number, cost: number): void {
    const { visited, states, timeline, done } = this;
    const before = visited.state[at]!;
    const next = this.next(states.get(before), operation, frame.event);
    if (next === undefined) return;
    const state = states.number(next);
    // Nothing needs a pending operation that changes nothing.
    if (state === before && timeline.roles[operation] === Role.PENDING) return;
    done.set(this.taken);
    this.set(operation);
    this.settle(frame.event, state);
    let { event } = frame;
    if (this.has(returning)) {
      event = this.advance(event, state);
      if (event === timeline.events.length) {
        this.finish(at, operation);
        return;
      }
      if (!(this.ahead?.viable(next, next, event) ?? true)) return;
    }
    const found = visited.visit(event, state, done, at, operation);
    if (found === NONE) return;
    this.reached(found);
    push(frame, cost, found, Phase.RETURNING);
  }

  /** The state after an operation; undefined where that leads nowhere. */
  private next(before: S, operation: number, event: number): S | undefined {
    const { ahead } = this;
    const { input, output } = this.timeline.operations[operation]!;
    this.steps++;
    const next = this.model.step(before, input, output);
    if (next === undefined || ahead === null) return next;
    const state = ahead.canonical?.(next) ?? next;
    return ahead.viable(before, state, event) ? state : undefined;
  }

  /** Whether it can take effect in few states only: such operations lead more surely to the one that returns. */
  private tells(operation: number): boolean {
    const { input, output } = this.timeline.operations[operation]!;
    return this.model.tells?.(input, output) ?? false;
  }

  /** Goes on from `event` with what is done to the next choice, or to the end. */
  private arrive(event: number, state: number, parent: number, operation: number): void {
    const { visited, timeline } = this;
    event = this.advance(event, state);
    if (event === timeline.events.length) {
      this.finish(parent, operation);
      return;
    }
    const reached = this.states.get(state);
    if (!(this.ahead?.viable(reached, reached, event) ?? true)) return;
    const at = visited.visit(event, state, this.done, parent, operation);
    if (at === NONE) return;
    this.reached(at);
    this.open(at);
  }

  private open(at: number): void {
    const frame: Frame = { event: this.visited.event[at]!, cost: 0, tasks: [] };
    push(frame, 0, at, Phase.RETURNING);
    this.frames.push(frame);
  }

  private reached(at: number): void {
    const event = this.visited.event[at]!;
    if (this.furthestAt !== NONE && event <= this.furthest) return;
    this.furthest = event;
    this.furthestAt = at;
  }

  private finish(at: number, operation: number): void {
    this.verdict = 'linearizable';
    this.lastAt = at;
    this.lastOperation = operation;
  }

  /** Passes returns of what is done and calls; reads take effect as soon as they can. */
  private advance(event: number, state: number, placed: ((operation: number) => void) | null = null): number {
    const { timeline } = this;
    const { events, roles } = timeline;
    for (; event < events.length; event++) {
      const operation = events[event]!;
      if (operation < 0) {
        if (!this.has(~operation)) return event;
        this.clear(~operation);
      } else if (roles[operation] === Role.READ && this.holds(operation, state)) {
        this.set(operation);
        placed?.(operation);
      }
    }
    return event;
  }

  /** Lets the open reads take effect that can. */
  private settle(event: number, state: number, placed: ((operation: number) => void) | null = null): void {
    const reads = this.timeline.readsAt(event);
    for (let i = 0; i < reads.length; i++) {
      const read = reads[i]!;
      if (this.has(read) || !this.holds(read, state)) continue;
      this.set(read);
      placed?.(read);
    }
  }

  private holds(read: number, state: number): boolean {
    const { input, output } = this.timeline.operations[read]!;
    this.steps++;
    return this.model.step(this.states.get(state), input, output) !== undefined;
  }

  private has(operation: number): boolean {
    const slot = this.timeline.slot[operation]!;
    return (this.done[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }

  private set(operation: number): void {
    const slot = this.timeline.slot[operation]!;
    this.done[slot >> 5]! |= 1 << (slot & 31);
  }

  private clear(operation: number): void {
    const slot = this.timeline.slot[operation]!;
    this.done[slot >> 5]! &= ~(1 << (slot & 31));
  }

  /** Goes the way to a configuration once more, reads included. */
  private orderOf(at: number, last: number): Placed<S>[] {
    const { visited, states, timeline, model, done } = this;
    const chosen: number[] = last === NONE ? [] : [last];
    const events: number[] = last === NONE ? [] : [at === NONE ? 0 : visited.event[at]!];
    for (; at !== NONE; at = visited.parent[at]!) {
      if (visited.operation[at] === NONE) break;
      chosen.push(visited.operation[at]!);
      events.push(visited.event[visited.parent[at]!]!);
    }
    const placed: Placed<S>[] = [];
    let state = states.number(model.init());
    const place = (operation: number): void => {
      placed.push({ operation, state: states.get(state) });
    };
    done.fill(0);
    let event = this.advance(0, state, place);
    for (let i = chosen.length - 1; i >= 0; i--) {
      const operation = chosen[i]!;
      const { input, output } = timeline.operations[operation]!;
      event = events[i]!;
      // As they are, not as those that the search takes for the same.
      state = states.number(model.step(states.get(state), input, output)!);
      this.set(operation);
      place(operation);
      this.settle(event, state, place);
      this.advance(event, state, place);
    }
    return placed;
  }
}

/** What is tried with a configuration, one after the other. */
const Phase = {
  /** The operation that returns. */
  RETURNING: 0,
  /** Others that can take effect in few states. */
  TELLING: 1,
  /** Others that can in most. */
  BLIND: 2,
  /** Those that may never have taken effect. */
  PENDING: 3,
} as const;
const PHASES = 4;
const BLIND_COST = 1;
const PENDING_COST = 4;

/** An event at which there is something to choose. */
interface Frame {
  readonly event: number;
  /** No task costs less. */
  cost: number;
  /** By cost: configurations and what is to be tried with them next, as one number. */
  readonly tasks: number[][];
}

function push({ tasks }: Frame, cost: number, at: number, phase: number): void {
  while (tasks.length <= cost) tasks.push([]);
  tasks[cost]!.push(at * PHASES + phase);
}
