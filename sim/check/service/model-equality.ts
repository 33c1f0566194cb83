/** Equality of what the model says and what a server said; an absent field equals only an absent one. */
import type { Result } from '../../../protocol/request.ts';
import type { Stat } from '../../../protocol/tree/stat.ts';
import { OpCode, type Txn } from '../../../protocol/txn.ts';
import { opName } from './op-name.ts';

/** Bytes, lists and records, compared by content. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!(Array.isArray(a) && Array.isArray(b)) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
    return true;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (left[key] !== undefined && !same(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

export function sameTxn(a: Txn, b: Txn): boolean {
  return same(a, b);
}

/** Each answer of a run is compared, hence field by field. */
export function sameResult(a: Result, b: Result): boolean {
  return (
    a.err === b.err &&
    a.path === b.path &&
    a.count === b.count &&
    (a.stat === b.stat || sameStat(a.stat, b.stat)) &&
    same(a.data, b.data) &&
    same(a.children, b.children) &&
    same(a.acl, b.acl) &&
    same(a.ephemerals, b.ephemerals) &&
    same(a.ids, b.ids) &&
    same(a.results, b.results)
  );
}

function sameStat(a: Stat | undefined, b: Stat | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    a.czxid === b.czxid &&
    a.mzxid === b.mzxid &&
    a.pzxid === b.pzxid &&
    a.ctime === b.ctime &&
    a.mtime === b.mtime &&
    a.version === b.version &&
    a.cversion === b.cversion &&
    a.aversion === b.aversion &&
    a.ephemeralOwner === b.ephemeralOwner &&
    a.dataLength === b.dataLength &&
    a.numChildren === b.numChildren
  );
}

/** The first field in which two results differ, as `stat.version 3 instead of 2`. */
export function difference(expected: Result, actual: Result): string {
  if (expected.err !== actual.err) return `err ${actual.err} instead of ${expected.err}`;
  return describe('', expected, actual) ?? 'nothing';
}

/** The same of transactions. */
export function differenceOfTxns(expected: Txn, actual: Txn): string {
  if (expected.type !== actual.type) return `${inShort(actual)} instead of ${inShort(expected)}`;
  return describe('', expected, actual) ?? 'nothing';
}

function inShort(txn: Txn): string {
  if (txn.type === OpCode.error) return `error ${txn.err}`;
  return opName(txn.type) + ('path' in txn ? ` ${txn.path}` : '');
}

function describe(name: string, a: unknown, b: unknown): string | null {
  if (same(a, b)) return null;
  const composite =
    typeof a === 'object' &&
    typeof b === 'object' &&
    a !== null &&
    b !== null &&
    !(a instanceof Uint8Array) &&
    !(b instanceof Uint8Array) &&
    Array.isArray(a) === Array.isArray(b);
  if (composite) {
    const left = a as Record<string, unknown>;
    const right = b as Record<string, unknown>;
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const deeper = describe(
        Array.isArray(a) ? `${name}[${key}]` : name === '' ? key : `${name}.${key}`,
        left[key],
        right[key],
      );
      if (deeper !== null) return deeper;
    }
  }
  return `${name} ${show(b)} instead of ${show(a)}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.length} bytes [${[...value.subarray(0, 16)].join(' ')}]`;
  return JSON.stringify(value) ?? String(value);
}
