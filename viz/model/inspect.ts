/** Any part of a run's state as a tree of text: what the inspector shows, whatever the protocol keeps. */
import { formatZxid } from '../../protocol/zxid.ts';

/** A field with its value as text; `fields` of one that has parts. */
export interface Field {
  readonly name: string;
  readonly text: string;
  readonly fields?: readonly Field[];
}

/** A field that is another after the event. Path as `a.b.c`; empty text: not there. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const MOST_PARTS = 60;
const MOST_CHANGES = 60;
const DEEPEST = 7;
/** Smallest number that is taken for a zxid where the name says so: of epoch 1. */
const FIRST_ZXID = 0x1_0000_0000;

/** Parts that lead back out of what is inspected, or that are the same for all. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'host',
  'server',
  'config',
  'rules',
  'quorum',
  'world',
  'store',
  'sink',
  'listener',
  'peer',
  'settings',
  'maker',
  'options',
]);

function scalar(name: string, value: unknown): string | null {
  if (value === null) return 'none';
  if (typeof value === 'number') {
    if (value >= FIRST_ZXID && Number.isInteger(value) && /zxid|last|commit|applied|proposed/i.test(name))
      return formatZxid(value);
    return String(value);
  }
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Uint8Array) return bytesText(value);
  if (typeof value === 'object' || value === undefined) return null;
  return typeof value;
}

/** Bytes as text where they are ASCII, else how many. */
export function bytesText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, 32)];
  if (shown.every((byte) => byte >= 32 && byte < 127))
    return `"${String.fromCharCode(...shown)}${bytes.length > 32 ? '…' : ''}"`;
  return `${bytes.length} bytes`;
}

function partsOf(value: object): { readonly parts: [string, unknown][]; readonly total: number } {
  if (Array.isArray(value)) {
    const from = Math.max(0, value.length - MOST_PARTS);
    return { parts: value.slice(from).map((one, i) => [String(from + i), one]), total: value.length };
  }
  if (value instanceof Set)
    return {
      parts: [...value].slice(0, MOST_PARTS).map((one, i) => [String(i), one]),
      total: value.size,
    };
  if (value instanceof Map)
    return {
      parts: [...value].slice(0, MOST_PARTS).map(([key, one]) => [scalar('', key) ?? 'key', one]),
      total: value.size,
    };
  const parts = Object.entries(value).filter(
    ([name, one]) => !(OUTSIDE.has(name) && typeof one === 'object') && typeof one !== 'function',
  );
  return { parts: parts.slice(0, MOST_PARTS), total: parts.length };
}

function summary(value: object, total: number): string {
  if (Array.isArray(value) || value instanceof Set || value instanceof Map)
    return total === 0 ? 'none' : `${total}`;
  const kind = (value as { kind?: unknown }).kind;
  if (typeof kind === 'string') return kind;
  const name = value.constructor?.name ?? '';
  // Names that a bundler made say nothing.
  return name === 'Object' || name.length < 3 ? '' : name;
}

function field(name: string, value: unknown, depth: number, above: readonly object[]): Field {
  const text = scalar(name, value);
  if (text !== null || value === undefined) return { name, text: text ?? 'none' };
  const object = value as object;
  if (above.includes(object)) return { name, text: '(above)' };
  const { parts, total } = partsOf(object);
  if (total === 0 || depth >= DEEPEST) return { name, text: summary(object, total) };
  const fields = parts.map(([part, one]) => field(part, one, depth + 1, [...above, object]));
  if (total > parts.length) fields.push({ name: '…', text: `${total - parts.length} more` });
  return { name, text: summary(object, total), fields };
}

/** The parts of an object as a tree. */
export function fieldsOf(root: object): readonly Field[] {
  return field('', root, 0, []).fields ?? [];
}

function flatten(fields: readonly Field[], path: string, into: Map<string, string>): void {
  for (const { name, text, fields: parts } of fields) {
    const at = path === '' ? name : `${path}.${name}`;
    into.set(at, text);
    if (parts !== undefined) flatten(parts, at, into);
  }
}

/** What differs between two trees: the leaves and the sizes. */
export function changesBetween(before: readonly Field[], after: readonly Field[]): Change[] {
  const [old, now] = [new Map<string, string>(), new Map<string, string>()];
  flatten(before, '', old);
  flatten(after, '', now);
  const changes: Change[] = [];
  for (const [path, text] of now) {
    const was = old.get(path);
    if (was !== text) changes.push({ path, before: was ?? '', after: text });
  }
  for (const [path, text] of old) if (!now.has(path)) changes.push({ path, before: text, after: '' });
  return changes.slice(0, MOST_CHANGES);
}
