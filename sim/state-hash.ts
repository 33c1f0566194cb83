/** A hash of a run's whole state, for telling states apart. */
import { isGenerator } from './clone.ts';
import { Hash64 } from './trace-hash.ts';

/**
 * Hashes everything reachable from `root` by content: two graphs of the same shape and values hash alike
 * whichever objects they
 * consist of. Objects in `ignored` count as one constant, generators as null; functions by their name. 16 hex digits.
 */
export function hashGraph(root: unknown, ignored: ReadonlySet<object>): string {
  const hash = new Hash64();
  const numbers = new Map<object, number>();
  const work: unknown[] = [root];
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value === 'function') {
      hash.value(value.name);
      continue;
    }
    if (typeof value !== 'object' || value === null) {
      hash.word(typeof value === 'number' ? 1 : 2);
      hash.value(value);
      continue;
    }
    if (isGenerator(value)) {
      hash.word(2);
      hash.value(null);
      continue;
    }
    const known = numbers.get(value);
    if (known !== undefined) {
      hash.word(3);
      hash.word(known);
      continue;
    }
    numbers.set(value, numbers.size);
    if (ignored.has(value)) {
      hash.word(4);
    } else if (ArrayBuffer.isView(value)) {
      hash.word(5);
      for (const member of value as Uint8Array) hash.number(member);
    } else if (value instanceof Map) {
      hash.word(6);
      hash.word(value.size);
      for (const [key, member] of value) work.push(member, key);
    } else if (value instanceof Set) {
      hash.word(7);
      hash.word(value.size);
      for (const member of value) work.push(member);
    } else {
      const keys = Object.keys(value);
      hash.word(8);
      hash.word(keys.length);
      for (const key of keys) {
        hash.value(key);
        work.push((value as Record<string, unknown>)[key]);
      }
    }
  }
  return hash.hex();
}
