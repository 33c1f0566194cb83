/** A store of texts by key, with append; every key begins empty. One partition per key. */
import { hashText } from '../hash.ts';
import type { Lookahead, Model } from '../model.ts';
import type { Operation, Partition } from '../operation.ts';
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
  /** What was put, before anything was appended; empty where nothing was. */
  readonly root: string;
  readonly length: number;
  readonly hash: number;
}

const EMPTY: Text = { before: null, piece: '', root: '', length: 0, hash: 0 };

function appended(before: Text, piece: string): Text {
  if (piece === '') return before;
  return {
    before,
    piece,
    root: before.root,
    length: before.length + piece.length,
    hash: hashText(piece, before.hash),
  };
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
        return input.value === '' ? EMPTY : { ...appended(EMPTY, input.value), root: input.value };
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
  describeState: (state) => (state === UNREAD ? 'what nobody reads' : JSON.stringify(whole(state))),
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

/** What no get of the history can be answered: all such texts are one, until something is put. */
const UNREAD: Text = { before: null, piece: '', root: '', length: -1, hash: -1 };

/** What the gets that one put serves ask of it. */
interface Needs {
  /** The longest answer. */
  longest: number;
  /** Event of the last call. */
  lastCall: number;
}

/**
 * Texts that no get sees are told apart no longer. And where a get's answer can only come from one put (or from none), the
 * text that begins with it is not given up before.
 */
function lookahead(timeline: Timeline<KeyValueInput, KeyValueOutput>): Lookahead<Text> {
  const { operations, callEvent } = timeline;
  const puts: string[] = [];
  const firsts: string[] = [];
  const answers: string[] = [];
  for (const { input, output } of operations) {
    if (input.f === 'put') puts.push(input.value);
    else if (input.f === 'append') firsts.push(input.value);
    else if (output !== null && output !== undefined) answers.push(output);
  }
  const needs = new Map<string, Needs>();
  const makers = makerOf(puts, firsts);
  for (const [i, { input, output }] of operations.entries()) {
    if (input.f !== 'get' || output === null || output === undefined) continue;
    const maker = makers(output);
    if (maker === null) continue;
    const { longest, lastCall } = needs.get(maker) ?? { longest: 0, lastCall: -1 };
    needs.set(maker, {
      longest: Math.max(longest, output.length),
      lastCall: Math.max(lastCall, callEvent[i]!),
    });
  }
  const longest = maximal(answers);
  /** By text: the answers that begin with it, as a range of {@link longest}. */
  const ranges = new Map<Text, readonly [number, number]>([[EMPTY, [0, longest.length]]]);
  const rangeOf = (text: Text): readonly [number, number] => {
    let range = ranges.get(text);
    if (range !== undefined) return range;
    range = narrowed(longest, rangeOf(text.before!), text.before!.length, text.piece);
    ranges.set(text, range);
    return range;
  };
  return {
    canonical: (text) => {
      if (text === UNREAD || text.before === UNREAD) return UNREAD;
      const [from, to] = rangeOf(text);
      if (from < to) return text;
      ranges.delete(text);
      return UNREAD;
    },
    viable: (before, text, event) => {
      if (text === before || before === UNREAD || text.before === before) return true;
      const need = needs.get(before.root);
      return need === undefined || (need.lastCall < event && before.length >= need.longest);
    },
  };
}

/** By answer: the one put that it can begin with, as its text; empty: it can begin with none; null: it can with several. */
function makerOf(puts: readonly string[], firsts: readonly string[]): (answer: string) => string | null {
  const counts = new Map<string, number>();
  for (const put of puts) counts.set(put, (counts.get(put) ?? 0) + 1);
  const lengths = [...new Set(puts.map(({ length }) => length))];
  const appended = new Set(firsts.filter((text) => text !== ''));
  const appendedLengths = [...new Set([...appended].map(({ length }) => length))];
  return (answer) => {
    const found = lengths.filter((length) => counts.has(answer.slice(0, length)) && length <= answer.length);
    const byNone = answer === '' || appendedLengths.some((length) => appended.has(answer.slice(0, length)));
    if (found.length === 0) return byNone ? '' : null;
    const put = answer.slice(0, found[0]!);
    return found.length === 1 && !byNone && put !== '' && counts.get(put) === 1 ? put : null;
  };
}

/** Those that none of the others begins with, in order, each once. */
function maximal(texts: readonly string[]): string[] {
  const sorted = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  return sorted.filter((text, i) => !(sorted[i + 1]?.startsWith(text) ?? false));
}

/** Of a range of texts in order that agree before `offset`, those that go on with the piece. */
function narrowed(
  texts: readonly string[],
  [from, to]: readonly [number, number],
  offset: number,
  piece: string,
): readonly [number, number] {
  const part = (i: number): string => texts[i]!.slice(offset, offset + piece.length);
  const firstThat = (holds: (part: string) => boolean): number => {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(part(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return [firstThat((found) => found >= piece), firstThat((found) => found > piece)];
}
