/** Reads EDN, the notation of Clojure's data, as far as histories use it. */
import { InputError } from '../input/input.ts';

/** `:ok`, without the colon. */
export class Keyword {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Maps have their keywords as keys, without the colon; other keys as they are written. */
export type Edn = null | boolean | number | string | Keyword | readonly Edn[] | EdnMap;
export type EdnMap = ReadonlyMap<string, Edn>;

const TOKEN = /[\s,]+|;[^\n]*|#[A-Za-z][\w./-]*|[()[\]{}]|"(?:[^"\\]|\\[\s\S])*"|[^\s,;()[\]{}"]+/y;
const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** The values of a text, one after the other. */
export class EdnReader {
  /** Line of the value read last, from 1. */
  line: number;
  private readonly text: string;
  private readonly where: string;
  private at = 0;
  /** Line of the next token. */
  private current: number;

  /** @param where how the text is called in errors; `line`: that of its first character */
  constructor(text: string, where: string, line = 1) {
    this.text = text;
    this.where = where;
    this.line = line;
    this.current = line;
  }

  /** The next value; undefined at the end. @throws InputError where it is not EDN */
  next(): Edn | undefined {
    const token = this.token();
    if (token === null) return undefined;
    this.line = this.current;
    return this.value(token);
  }

  /** Looks whether a vector or list begins, and goes into it: its elements are read as if they stood alone. */
  enter(): boolean {
    const { at, current } = this;
    const token = this.token();
    if (token === '[' || token === '(') return true;
    this.at = at;
    this.current = current;
    return false;
  }

  /** Goes out of what was entered. */
  leave(): boolean {
    const { at, current } = this;
    const token = this.token();
    if (token === ']' || token === ')') return true;
    this.at = at;
    this.current = current;
    return false;
  }

  fail(message: string): never {
    throw new InputError(`${this.where}: line ${this.current}: ${message}`);
  }

  private token(): string | null {
    while (this.at < this.text.length) {
      TOKEN.lastIndex = this.at;
      const token = TOKEN.exec(this.text)?.[0];
      if (token === undefined) this.fail('a text that does not end');
      this.at += token.length;
      const first = token[0]!;
      if (!/[\s,;]/.test(first) && !/^#[A-Za-z]/.test(token)) return token;
      for (const char of token) if (char === '\n') this.current++;
    }
    return null;
  }

  private value(token: string): Edn {
    const first = token[0]!;
    if (first === '"') {
      for (const char of token) if (char === '\n') this.current++;
      return token
        .slice(1, -1)
        .replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
          code.length === 5
            ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
            : (ESCAPES[code] ?? code),
        );
    }
    if (first in CLOSERS) {
      const items = this.items(CLOSERS[first]!);
      return first === '{' ? this.map(items) : items;
    }
    if (/[)\]}]/.test(first)) this.fail(`${first} closes nothing`);
    if (first === ':' && token.length > 1) return new Keyword(token.slice(1));
    if (token === 'nil') return null;
    if (token === 'true' || token === 'false') return token === 'true';
    if (/^[+-]?\d+N?$/.test(token) || /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?M?$/.test(token)) {
      return Number(token.replace(/[NM]$/, ''));
    }
    this.fail(`${shorten(token)} is not EDN`);
  }

  private items(closer: string): Edn[] {
    const items: Edn[] = [];
    for (;;) {
      const token = this.token();
      if (token === null) this.fail(`the end of the file, where a ${closer} is missing`);
      if (token === closer) return items;
      items.push(this.value(token));
    }
  }

  private map(items: readonly Edn[]): EdnMap {
    if (items.length % 2 !== 0) this.fail('a map with a key that has no value');
    const map = new Map<string, Edn>();
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      map.set(key instanceof Keyword ? key.name : String(key), items[i + 1]!);
    }
    return map;
  }
}

export function isMap(value: Edn | undefined): value is EdnMap {
  return value instanceof Map;
}

/** As it would be written, for messages. */
export function writeEdn(value: Edn | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nil';
  if (value instanceof Keyword) return `:${value.name}`;
  if (Array.isArray(value)) return `[${value.map(writeEdn).join(' ')}]`;
  if (isMap(value)) return 'a map';
  return shorten(JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
