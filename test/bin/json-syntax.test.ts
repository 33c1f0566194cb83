import '../seed.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonSyntaxError } from '../../bin/input/json-syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the place where a text stops being JSON', () => {
  test.each([
    ['', 1, 1, 'a value'],
    ['{"a": tru}', 1, 7, 'a value'],
    ['{"a": 1,\n}', 2, 1, 'a name in double quotes'],
    ['{"a" 1}', 1, 6, ':'],
    ['[1 2]', 1, 4, 'a comma or ]'],
    ['{"a": "x\ny"}', 1, 7, 'a string closed on its line, with valid escapes'],
    ['{}\n\n{}', 3, 1, 'the end of the file'],
    ["{'a': 1}", 1, 2, 'a name in double quotes'],
  ])('%j', (text, line, column, expected) => {
    expect(jsonSyntaxError(text)).toEqual({ line, column, expected });
  });

  test('there is one exactly where JSON.parse throws', () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      'true',
      'nul',
      ' ',
      '\n',
    );
    const noise = fc.array(tokens, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.json(), noise), (text) => {
        expect(jsonSyntaxError(text) === null).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });
});
