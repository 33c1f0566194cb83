/** Deep copies of a run's state. */

/**
 * Kinds of values that are immutable wherever they stand: records of the store, shared by logs, queues and
 * messages.
 */
const IMMUTABLE_KINDS: ReadonlySet<string> = new Set([
  'txn',
  'snapHeader',
  'snapNode',
  'snapEnd',
  'logHeader',
]);

/**
 * Whether an object is a constant that copies share: frozen, a store record, or a plain object with a
 * function among its
 * members (a record of decision points such as `Rules`; functions carry no state here).
 */
export function isConstant(value: object): boolean {
  if (Object.isFrozen(value)) return true;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const kind = (value as { kind?: unknown }).kind;
  if (typeof kind === 'string' && IMMUTABLE_KINDS.has(kind)) return true;
  for (const key in value) if (typeof (value as Record<string, unknown>)[key] === 'function') return true;
  return false;
}

// A pure cache of what constants reach, so that each constant is walked once.
const belowConstants = new WeakSet<object>();

function members(value: object): Iterable<unknown> {
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return value instanceof Set ? value : Object.values(value);
}

/**
 * Notes all that constants reach below `root`: it is as constant as they are, also where mutable state
 * refers to it.
 */
function findConstants(root: unknown, leaves: ReadonlySet<object>): void {
  const seen = new Set<object>();
  const work: unknown[] = [root];
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (belowConstants.has(value) || leaves.has(value)) continue;
    if (isConstant(value)) markConstant(value);
    else for (const member of members(value)) work.push(member);
  }
}

/** Declares an object and all that it reaches constant: copies share them. */
export function markConstant(constant: object): void {
  const work: unknown[] = [constant];
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null || belowConstants.has(value)) continue;
    belowConstants.add(value);
    for (const member of members(value)) work.push(member);
  }
}

const GENERATOR = Object.getPrototypeOf(function* () {}).prototype as object;

/**
 * Whether a value is a generator. It cannot be copied: its owner keeps what makes it anew, and it counts as null in a
 * state.
 */
export function isGenerator(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) === GENERATOR
  );
}

export interface CloneOptions {
  /** The root is itself a copy that nothing has changed since. */
  readonly copied?: boolean;
  /** Is told how many values the copy holds: members of objects, arrays, maps and sets, words of typed arrays. */
  readonly tally?: { values: number };
}

/**
 * Copies everything reachable from `root`, keeping identity, cycles and prototypes. Objects in `leaves`,
 * constants
 * and what constants reach are not copied; a generator becomes null.
 * @throws Error where a class instance, array, map or set holds a function: a closure cannot be copied.
 */
export function cloneGraph<T>(
  root: T,
  leaves: ReadonlySet<object>,
  { copied = false, tally }: CloneOptions = {},
): T {
  // What was copied before has had its constants found.
  if (!copied) findConstants(root, leaves);
  let values = 0;
  const copies = new Map<object, object>();
  const work: { from: object; to: object }[] = [];
  const copy = (value: unknown, owner: object, key: unknown): unknown => {
    if (typeof value === 'function') {
      throw new Error(
        `${owner.constructor?.name ?? 'object'}.${String(key)} is a function: the state of a run must be plain data`,
      );
    }
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    if (leaves.has(value) || belowConstants.has(value)) {
      copies.set(value, value);
      return value;
    }
    let made: object;
    if (ArrayBuffer.isView(value)) {
      made = (value as Uint8Array).slice();
      values += value.byteLength >> 3;
    } else {
      if (Array.isArray(value)) made = new Array(value.length);
      else if (value instanceof Map) made = new Map();
      else if (value instanceof Set) made = new Set();
      else if (isGenerator(value)) return null;
      else made = Object.create(Object.getPrototypeOf(value)) as object;
      work.push({ from: value, to: made });
    }
    copies.set(value, made);
    return made;
  };
  const result = copy(root, { root }, 'root') as T;
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { from, to } = item;
    if (from instanceof Map) {
      values += 2 * from.size;
      for (const [key, value] of from)
        (to as Map<unknown, unknown>).set(copy(key, from, 'key'), copy(value, from, key));
    } else if (from instanceof Set) {
      values += from.size;
      for (const value of from) (to as Set<unknown>).add(copy(value, from, 'member'));
    } else if (Array.isArray(from)) {
      values += from.length;
      for (let i = 0; i < from.length; i++) {
        const value = from[i];
        // A hole stays one.
        if (value === undefined && !(i in from)) continue;
        (to as unknown[])[i] = typeof value === 'number' ? value : copy(value, from, i);
      }
    } else {
      const source = from as Record<string, unknown>;
      const keys = Object.keys(from);
      values += keys.length;
      for (const key of keys) (to as Record<string, unknown>)[key] = copy(source[key], from, key);
    }
  }
  if (tally !== undefined) tally.values = values;
  return result;
}
