import { describe, expect, test } from 'vitest';
import type { Result } from '../../../../protocol/request.ts';
import type { Stat } from '../../../../protocol/tree/stat.ts';
import { sameResult } from '../../../../sim/check/service/model-equality.ts';

const stat: Required<Stat> = {
  czxid: 1,
  mzxid: 2,
  pzxid: 3,
  ctime: 4,
  mtime: 5,
  version: 6,
  cversion: 7,
  aversion: 8,
  ephemeralOwner: '0000000000000009',
  dataLength: 10,
  numChildren: 11,
};

/** The compiler asks for every field there is. */
const result: Required<Result> = {
  err: 0,
  path: '/a',
  data: Uint8Array.of(1, 2),
  stat,
  children: ['b'],
  acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
  ephemerals: ['/c'],
  count: 3,
  ids: [{ scheme: 'digest', id: 'ann' }],
  results: [{ err: 0, stat }],
};

describe('equality of results', () => {
  test('a copy is the same', () => {
    expect(sameResult(result, structuredClone(result))).toBe(true);
    expect(sameResult({ err: 0 }, { err: 0, stat: undefined } as unknown as Result)).toBe(true);
  });

  test.each(Object.keys(result))('another or no %s is a difference', (key) => {
    expect(sameResult(result, { ...result, [key]: key === 'err' ? -101 : undefined })).toBe(false);
    expect(sameResult({ ...result, [key]: undefined } as unknown as Result, result)).toBe(false);
  });

  test.each(Object.keys(stat))('another stat.%s is a difference, also within a multi', (key) => {
    const other = { ...stat, [key]: key === 'ephemeralOwner' ? '000000000000000a' : 99 };
    expect(sameResult(result, { ...result, stat: other })).toBe(false);
    expect(sameResult(result, { ...result, results: [{ err: 0, stat: other }] })).toBe(false);
  });
});
