/** A store of texts by key, with append; every key begins empty. One partition per key. */
import { hashText } from '../hash.ts';
import type { Model } from '../model.ts';
import { NEVER, type Operation, type Partition } from '../operation.ts';
import type { Timeline } from '../timeline.ts';

export type KeyValueInput =
  | { readonly f: 'get'; readonly key: string }
  | { readonly f: 'put' | 'append'; readonly key: string; readonly value: string };
/** Of a get the text; of others null. */
export type KeyValueOutput = string | null;

/** The text of one key as the pieces it was put together from: appending copies nothing. */
export interface Text {
  readonly before: Text | null;
  readonly piece: string;
  readonly length: number;
  readonly hash: number;
}

const EMPTY: Text = { before: null, piece: '', length: 0, hash: 0 };

function appended(before: Text, piece: string): Text {
  if (piece === '') return before;
  return { before, piece, length: before.length + piece.length, hash: hashText(piece, before.hash) };
}

/** From the end, where texts of one history differ. */
function isPrefix(text: Text, of: string): boolean {
  if (text.length > of.length) return false;
  for (let at: Text | null = text; at !== null && at.length > 0; at = at.before) {
    if (!of.startsWith(at.piece, at.length - at.piece.length)) return false;
  }
  return true;
}

function whole(text: Text): string {
  const pieces: string[] = [];
  for (let at: Text | null = text; at !== null; at = at.before) pieces.push(at.piece);
  return pieces.reverse().join('');
}

function sameText(a: Text, b: Text): boolean {
  if (a.hash !== b.hash || a.length !== b.length) return false;
  let left = a;
  let right = b;
  while (left !== right) {
    if (left.piece !== right.piece) return isPrefix(left, whole(right));
    if (left.before === null || right.before === null) return left.before === right.before;
    left = left.before;
    right = right.before;
  }
  return true;
}

/** One key: the model does not look at keys, partitions do. */
export const keyValue: Model<Text, KeyValueInput, KeyValueOutput> = {
  name: 'kv',
  init: () => EMPTY,
  step: (state, input, output) => {
    switch (input.f) {
      case 'get':
        if (output === undefined) return state;
        return output !== null && output.length === state.length && isPrefix(state, output)
          ? state
          : undefined;
      case 'put':
        return appended(EMPTY, input.value);
      case 'append':
        return appended(state, input.value);
    }
  },
  equal: sameText,
  hash: ({ hash }) => hash,
  isRead: ({ f }) => f === 'get',
  partition: byKey,
  lookahead,
  size: () => 72,
  describe: (input, output) => {
    if (input.f !== 'get')
      return `${input.f} ${JSON.stringify(input.value)}${output === undefined ? ' → ?' : ''}`;
    return `get → ${output === undefined ? '?' : JSON.stringify(output)}`;
  },
  describeState: (state) => JSON.stringify(whole(state)),
};

function byKey(
  operations: readonly Operation<KeyValueInput, KeyValueOutput>[],
): Partition<KeyValueInput, KeyValueOutput>[] {
  const keys = new Map<string, Operation<KeyValueInput, KeyValueOutput>[]>();
  for (const operation of operations) {
    const { key } = operation.input;
    const found = keys.get(key);
    if (found === undefined) keys.set(key, [operation]);
    else found.push(operation);
  }
  return [...keys].map(([name, found]) => ({ name, operations: found }));
}

/** While nothing is put, a text only grows: it is a prefix of what the next get to be called is answered. */
function lookahead(
  timeline: Timeline<KeyValueInput, KeyValueOutput>,
): (state: Text, event: number) => boolean {
  const { operations, events, returnEvent } = timeline;
  const count = events.length;
  const bound: (string | null)[] = new Array<string | null>(count + 1).fill(null);
  let get = -1;
  let putCalled = count + 1;
  // Puts that are open at an event may take effect behind it.
  const openPuts = new Int32Array(count + 1);
  for (const [i, { input, return: end }] of operations.entries()) {
    if (input.f !== 'put') continue;
    openPuts[timeline.callEvent[i]!]!++;
    if (end !== NEVER) openPuts[returnEvent[i]!]!--;
  }
  for (let event = 1; event <= count; event++) openPuts[event]! += openPuts[event - 1]!;
  for (let event = count - 1; event >= 0; event--) {
    const called = events[event]!;
    if (called >= 0) {
      const { f } = operations[called]!.input;
      if (f === 'put') putCalled = event;
      else if (f === 'get' && (get < 0 || returnEvent[called]! <= returnEvent[get]!)) get = called;
    }
    const putOpen = event > 0 && openPuts[event - 1] !== 0;
    if (get >= 0 && !putOpen && returnEvent[get]! < putCalled) bound[event] = operations[get]!.output ?? null;
  }
  return (state, event) => {
    const text = bound[event]!;
    return text === null || isPrefix(state, text);
  };
}
