/** Where a text stops being JSON: engines word that differently, and some leave the position out. */

/** A syntax error: line and column from 1, and what would have been right there. */
export interface JsonSyntaxError {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not contain them.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** The first syntax error of a text; null where it is JSON. */
export function jsonSyntaxError(text: string): JsonSyntaxError | null {
  let at = 0;
  let expected = '';

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  const peek = (): string => {
    match(SPACE);
    return text.charAt(at);
  };
  const fail = (what: string): false => {
    expected = what;
    return false;
  };
  const token = (char: string, what: string): boolean => {
    if (peek() !== char) return fail(what);
    at++;
    return true;
  };
  const members = (close: string, member: () => boolean): boolean => {
    at++;
    if (peek() === close) {
      at++;
      return true;
    }
    for (;;) {
      if (!member()) return false;
      const char = peek();
      if (char !== ',' && char !== close) return fail(`a comma or ${close}`);
      at++;
      if (char === close) return true;
    }
  };
  const value = (): boolean => {
    const char = peek();
    if (char === '{')
      return members('}', () => {
        peek();
        return (match(STRING) || fail('a name in double quotes')) && token(':', ':') && value();
      });
    if (char === '[') return members(']', value);
    if (char === '"') return match(STRING) || fail('a string closed on its line, with valid escapes');
    return match(LITERAL) || match(NUMBER) || fail('a value');
  };

  if (value()) {
    if (peek() === '') return null;
    expected = 'the end of the file';
  }
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1, expected };
}
