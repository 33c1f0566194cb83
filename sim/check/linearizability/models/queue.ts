/** A first-in-first-out queue, initially empty. */
import type { Model } from '../model.ts';
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
  lookahead,
  size: ({ made }) => 120 + 40 * made,
  describe: (input, output) => {
    const answer = output === undefined ? ' → ?' : '';
    if (input.f === 'enqueue') return `enqueue ${show(input.value)}${answer}`;
    return `dequeue → ${output === undefined ? '?' : output === null ? 'empty' : show(output)}`;
  },
  describeState: (state) => `[${items(state).map(show).join(' ')}]`,
};

/**
 * Where every value is enqueued once and no dequeue is pending: the value enqueued last stands behind no other that is
 * certainly taken out after it.
 */
function lookahead(timeline: Timeline<QueueInput, QueueOutput>): (state: Queue) => boolean {
  const { operations, callEvent, returnEvent } = timeline;
  const taken = new Map<Value, { readonly from: number; readonly to: number }>();
  const enqueuedOnce = new Set<Value>();
  for (const [i, { input, output, return: end }] of operations.entries()) {
    if (input.f === 'dequeue') {
      if (end === NEVER) return () => true;
      if (output === null || output === undefined) continue;
      if (taken.has(output)) return () => true;
      taken.set(output, { from: callEvent[i]!, to: returnEvent[i]! });
    } else {
      if (enqueuedOnce.has(input.value)) return () => true;
      enqueuedOnce.add(input.value);
    }
  }
  return ({ front, back }) => {
    if (back === null) return true;
    const end = taken.get(back.value)?.to;
    if (end === undefined) return true;
    for (let at = back.next; at !== null; at = at.next) if (isTakenAfter(at.value, end)) return false;
    for (let at = front; at !== null; at = at.next) if (isTakenAfter(at.value, end)) return false;
    return true;
  };

  function isTakenAfter(value: Value, end: number): boolean {
    const dequeue = taken.get(value);
    return dequeue === undefined || dequeue.from > end;
  }
}
