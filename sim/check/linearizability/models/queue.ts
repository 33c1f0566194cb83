/** A first-in-first-out queue, initially empty. */
import type { Lookahead, Model } from '../model.ts';
import { NEVER } from '../operation.ts';
import type { Timeline } from '../timeline.ts';
import { hashOf, show, type Value } from './register.ts';

export type QueueInput = { readonly f: 'enqueue'; readonly value: Value } | { readonly f: 'dequeue' };
/** Of a dequeue its value, null where the queue was empty; of an enqueue null. */
export type QueueOutput = Value;

/** Two lists, the second upside down, so that both ends are cheap. Both are shared between states. */
export interface Queue {
  readonly front: Item | null;
  readonly back: Item | null;
  readonly length: number;
  /** Polynomial of the items' hashes, the first with the highest power. */
  readonly hash: number;
  /** 31 to the power of the length. */
  readonly power: number;
  /** Items made for this state and shared with none before it. */
  readonly made: number;
}
interface Item {
  readonly value: Value;
  readonly next: Item | null;
}

const EMPTY: Queue = { front: null, back: null, length: 0, hash: 0, power: 1, made: 0 };

function enqueued(queue: Queue, value: Value): Queue {
  return {
    front: queue.front,
    back: { value, next: queue.back },
    length: queue.length + 1,
    hash: (Math.imul(queue.hash, 31) + hashOf(value)) | 0,
    power: Math.imul(queue.power, 31),
    made: 1,
  };
}

/** 1 / 31 modulo 2³². */
const INVERSE = 0xbdef7bdf | 0;

function dequeued(queue: Queue): { readonly value: Value; readonly rest: Queue } | null {
  if (queue.length === 0) return null;
  let { front, back } = queue;
  let made = 0;
  if (front === null) {
    for (; back !== null; back = back.next, made++) front = { value: back.value, next: front };
  }
  const { value, next } = front!;
  const power = Math.imul(queue.power, INVERSE);
  const hash = (queue.hash - Math.imul(hashOf(value), power)) | 0;
  return { value, rest: { front: next, back, length: queue.length - 1, hash, power, made } };
}

function items({ front, back }: Queue): Value[] {
  const values: Value[] = [];
  for (let at = front; at !== null; at = at.next) values.push(at.value);
  const from = values.length;
  for (let at = back; at !== null; at = at.next) values.push(at.value);
  return from === values.length ? values : [...values.slice(0, from), ...values.slice(from).reverse()];
}

function same(a: Queue, b: Queue): boolean {
  if (a.length !== b.length || a.hash !== b.hash) return false;
  const left = items(a);
  const right = items(b);
  return left.every((value, i) => value === right[i]);
}

export const queue: Model<Queue, QueueInput, QueueOutput> = {
  name: 'queue',
  init: () => EMPTY,
  step: (state, input, output) => {
    if (input.f === 'enqueue') return enqueued(state, input.value);
    const taken = dequeued(state);
    if (output === undefined) return taken === null ? state : taken.rest;
    if (taken === null) return output === null ? state : undefined;
    return taken.value === output ? taken.rest : undefined;
  },
  equal: same,
  hash: ({ hash }) => hash,
  isRead: ({ f }, output) => f === 'dequeue' && output === null,
  tells: ({ f }) => f === 'dequeue',
  lookahead,
  size: ({ made }) => 120 + 40 * made,
  describe: (input, output) => {
    const answer = output === undefined ? ' → ?' : '';
    if (input.f === 'enqueue') return `enqueue ${show(input.value)}${answer}`;
    return `dequeue → ${output === undefined ? '?' : output === null ? 'empty' : show(output)}`;
  },
  describeState: (state) => `[${items(state).map(show).join(' ')}]`,
};

/** When a value is taken out. */
interface Taken {
  readonly from: number;
  readonly to: number;
}

/**
 * Where every value is enqueued once: what certainly leaves before a value that was just enqueued has been enqueued before
 * it, and what certainly leaves after it has not.
 */
function lookahead(timeline: Timeline<QueueInput, QueueOutput>): Lookahead<Queue> {
  const { operations, callEvent, returnEvent, events } = timeline;
  const taken = new Map<Value, Taken>();
  const once = new Set<Value>();
  let pending = false;
  const nothing: Lookahead<Queue> = { viable: () => true };
  for (const [i, { input, output, return: end }] of operations.entries()) {
    if (input.f === 'enqueue') {
      if (once.has(input.value)) return nothing;
      once.add(input.value);
    } else if (end === NEVER) pending = true;
    else if (output !== null && output !== undefined) {
      if (taken.has(output)) return nothing;
      taken.set(output, { from: callEvent[i]!, to: returnEvent[i]! });
    }
  }
  // By event: how many values have begun to be taken, and how many have been, before it.
  const begun = new Int32Array(events.length + 1);
  const over = new Int32Array(events.length + 1);
  const byBegin = [...taken.values()].sort((a, b) => a.from - b.from);
  for (const { from, to } of byBegin) {
    begun[from + 1]!++;
    over[to + 1]!++;
  }
  for (let event = 1; event <= events.length; event++) {
    begun[event]! += begun[event - 1]!;
    over[event]! += over[event - 1]!;
  }
  /** Longest time that a value is being taken, in events. */
  const longest = byBegin.reduce((most, { from, to }) => Math.max(most, to - from), 0);

  /** How many values are taken between two events. */
  const within = (event: number, end: number): number => {
    let n = over[end]! - begun[event]!;
    // Those that are being taken at the event and not over at the end were counted as if they were.
    for (let i = begun[event]! - 1; i >= 0; i--) {
      const { from, to } = byBegin[i]!;
      if (from < event - longest) break;
      if (to >= end) n++;
    }
    return n;
  };

  const viable = (before: Queue, { front, back }: Queue, event: number): boolean => {
    if (back === null || before.back === back) return true;
    const own = taken.get(back.value);
    // Its value may be taken by a dequeue that was never answered, or by none.
    if (own === undefined && pending) return true;
    const end = own?.to ?? events.length;
    let ahead = 0;
    const mayStand = (item: Item): boolean => {
      const other = taken.get(item.value);
      if (other === undefined) return pending || own === undefined;
      if (own !== undefined && other.from >= event && other.to < own.from) ahead++;
      return own === undefined || other.from < end;
    };
    for (let at = back.next; at !== null; at = at.next) if (!mayStand(at)) return false;
    for (let at = front; at !== null; at = at.next) if (!mayStand(at)) return false;
    return own === undefined || own.from <= event || ahead === within(event, own.from);
  };
  return { viable };
}
