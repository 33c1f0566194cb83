/** Maps from texts that share what they have in common: a trie of the keys' hashes (Bagwell), five bits a level. */
import { hashText, scramble } from './hash.ts';

/** Immutable; null is the empty map. Maps with the same keys have the same shape. */
export type PersistentMap<V> = Branch<V> | Leaf<V> | null;

interface Leaf<V> {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly key: string;
  readonly value: V;
  /** Another key with the same hash. */
  readonly next: Leaf<V> | null;
}
interface Branch<V> {
  readonly kind: 'branch';
  /** Which of the 32 places are taken; `children` holds those only. */
  readonly taken: number;
  readonly children: readonly (Branch<V> | Leaf<V>)[];
}

const BITS = 5;

function hashOf(key: string): number {
  return scramble(hashText(key));
}

function count(bits: number): number {
  let n = 0;
  for (; bits !== 0; bits &= bits - 1) n++;
  return n;
}

export function get<V>(map: PersistentMap<V>, key: string): V | undefined {
  const hash = hashOf(key);
  let at = map;
  for (let shift = 0; at !== null && at.kind === 'branch'; shift += BITS) {
    const bit = 1 << ((hash >>> shift) & 31);
    if ((at.taken & bit) === 0) return undefined;
    at = at.children[count(at.taken & (bit - 1))]!;
  }
  for (; at !== null; at = at.next) if (at.key === key) return at.value;
  return undefined;
}

export function put<V>(map: PersistentMap<V>, key: string, value: V): PersistentMap<V> {
  return insert(map, { kind: 'leaf', hash: hashOf(key), key, value, next: null }, 0);
}

export function remove<V>(map: PersistentMap<V>, key: string): PersistentMap<V> {
  return without(map, hashOf(key), key, 0);
}

export function* entries<V>(map: PersistentMap<V>): Generator<readonly [string, V]> {
  if (map === null) return;
  if (map.kind === 'branch') for (const child of map.children) yield* entries(child);
  else for (let leaf: Leaf<V> | null = map; leaf !== null; leaf = leaf.next) yield [leaf.key, leaf.value];
}

export function same<V>(a: PersistentMap<V>, b: PersistentMap<V>, equal: (a: V, b: V) => boolean): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.kind === 'branch') {
    if (b.kind !== 'branch' || a.taken !== b.taken) return false;
    return a.children.every((child, i) => same(child, b.children[i]!, equal));
  }
  if (b.kind !== 'leaf' || a.hash !== b.hash) return false;
  let left = 0;
  for (let leaf: Leaf<V> | null = a; leaf !== null; leaf = leaf.next, left++) {
    const other = find(b, leaf.key);
    if (other === null || !equal(leaf.value, other.value)) return false;
  }
  for (let leaf: Leaf<V> | null = b; leaf !== null; leaf = leaf.next) left--;
  return left === 0;
}

function find<V>(leaf: Leaf<V> | null, key: string): Leaf<V> | null {
  while (leaf !== null && leaf.key !== key) leaf = leaf.next;
  return leaf;
}

function insert<V>(at: PersistentMap<V>, leaf: Leaf<V>, shift: number): Branch<V> | Leaf<V> {
  if (at === null) return leaf;
  const bit = 1 << ((leaf.hash >>> shift) & 31);
  if (at.kind === 'leaf') {
    if (at.hash === leaf.hash) return { ...leaf, next: unlinked(at, leaf.key) };
    const only: Branch<V> = { kind: 'branch', taken: 1 << ((at.hash >>> shift) & 31), children: [at] };
    return insert(only, leaf, shift);
  }
  const place = count(at.taken & (bit - 1));
  if ((at.taken & bit) === 0) {
    return { kind: 'branch', taken: at.taken | bit, children: at.children.toSpliced(place, 0, leaf) };
  }
  return { ...at, children: at.children.with(place, insert(at.children[place]!, leaf, shift + BITS)) };
}

function without<V>(
  at: PersistentMap<V>,
  hash: number,
  key: string,
  shift: number,
): Branch<V> | Leaf<V> | null {
  if (at === null) return null;
  if (at.kind === 'leaf') return at.hash === hash ? unlinked(at, key) : at;
  const bit = 1 << ((hash >>> shift) & 31);
  if ((at.taken & bit) === 0) return at;
  const place = count(at.taken & (bit - 1));
  const child = at.children[place]!;
  const rest = without(child, hash, key, shift + BITS);
  if (rest === child) return at;
  const children = rest === null ? at.children.toSpliced(place, 1) : at.children.with(place, rest);
  // A branch with a single leaf is that leaf, so that equal maps have equal shapes.
  if (children.length === 0) return null;
  if (children.length === 1 && children[0]!.kind === 'leaf') return children[0]!;
  return { kind: 'branch', taken: rest === null ? at.taken & ~bit : at.taken, children };
}

/** The chain without a key. */
function unlinked<V>(leaf: Leaf<V> | null, key: string): Leaf<V> | null {
  if (leaf === null) return null;
  if (leaf.key === key) return leaf.next;
  const next = unlinked(leaf.next, key);
  return next === leaf.next ? leaf : { ...leaf, next };
}
