/**
 * Small checkers of JSON values, from which validation is built. Each throws a {@link SpecError} at the
 * first fault found.
 */
import { nearest } from './nearest.ts';
import { SpecError } from './spec-error.ts';

/** Checks a value found at a path. @throws SpecError */
export type Shape = (value: unknown, path: string) => void;

/** A member of an object. */
export interface Member {
  readonly shape: Shape;
  readonly required: boolean;
}

/** A member that must be there. */
export function field(shape: Shape): Member {
  return { shape, required: true };
}

/** A member that may be absent. */
export function optional(shape: Shape): Member {
  return { shape, required: false };
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** Any string. */
export const text: Shape = (value, path) => {
  if (typeof value !== 'string') throw new SpecError(path, `is ${describe(value)}`, 'a string');
};

/** True or false. */
export const flag: Shape = (value, path) => {
  if (typeof value !== 'boolean') throw new SpecError(path, `is ${describe(value)}`, 'true or false');
};

/** Any JSON value. */
export const anything: Shape = () => {};

/** A finite number in [least, most], whole where asked. */
export function numberIn(least: number, most: number, whole = false): Shape {
  return (value, path) => {
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return;
    throw new SpecError(
      path,
      `is ${describe(value)}`,
      `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
    );
  };
}

/** One of some strings; the message suggests the nearest. */
export function oneOf(words: readonly string[]): Shape {
  return (value, path) => {
    if (typeof value === 'string' && words.includes(value)) return;
    throw new SpecError(path, `is ${describe(value)}${suggestion(String(value), words)}`, words);
  };
}

/** An array of one shape. */
export function arrayOf(shape: Shape, least = 0): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw new SpecError(path, `is ${describe(value)}`, 'an array');
    if (value.length < least) throw new SpecError(path, `has ${value.length} entries`, `at least ${least}`);
    value.forEach((entry, i) => {
      shape(entry, `${path}[${i}]`);
    });
  };
}

/** An object with any keys and members of one shape. */
export function recordOf(shape: Shape, key?: (key: string, path: string) => void): Shape {
  return (value, path) => {
    for (const [name, member] of Object.entries(asObject(value, path))) {
      key?.(name, path);
      shape(member, join(path, name));
    }
  };
}

/** An object with just these members. */
export function object(members: Readonly<Record<string, Member>>): Shape {
  const names = Object.keys(members);
  return (value, path) => {
    const found = asObject(value, path);
    for (const name of Object.keys(found)) {
      if (Object.hasOwn(members, name)) continue;
      throw new SpecError(join(path, name), `is no field here${suggestion(name, names)}`, names);
    }
    for (const name of names) {
      const member = members[name]!;
      if (found[name] !== undefined) member.shape(found[name], join(path, name));
      else if (member.required) throw new SpecError(join(path, name), 'is missing', 'it must be given');
    }
  };
}

/** The value as an object. @throws SpecError */
export function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SpecError(path, `is ${describe(value)}`, 'an object');
  }
  return value as Record<string, unknown>;
}

/** The path of a member. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === null ? '' : ` (did you mean "${near}"?)`;
}
