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

/**
 * Copies everything reachable from `root`, keeping identity, cycles and prototypes. Objects in `leaves`,
 * constants
 * and what constants reach are not copied; a generator becomes null.
 * @throws Error where a class instance, array, map or set holds a function: a closure cannot be copied.
 */
export function cloneGraph<T>(root: T, leaves: ReadonlySet<object>): T {
  findConstants(root, leaves);
  const copies = new Map<object, object>();
  const work: { from: object; to: object }[] = [];
  const copy = (value: unknown, owner: object, key: string): unknown => {
    if (typeof value === 'function') {
      throw new Error(
        `${owner.constructor?.name ?? 'object'}.${key} is a function: the state of a run must be plain data`,
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
      for (const [key, value] of from)
        (to as Map<unknown, unknown>).set(copy(key, from, 'key'), copy(value, from, String(key)));
    } else if (from instanceof Set) {
      for (const value of from) (to as Set<unknown>).add(copy(value, from, 'member'));
    } else {
      const source = from as Record<string, unknown>;
      for (const key of Object.keys(from))
        (to as Record<string, unknown>)[key] = copy(source[key], from, key);
    }
  }
  return result;
}
