import { expect, test } from 'vitest';
import { childPath, isSystemPath, nameOf, parentOf, validatePath } from '../../../protocol/tree/index.ts';

test('TREE-1 paths that are valid', () => {
  for (const path of [
    '/',
    '/a',
    '/a/b',
    '/...',
    '/a..',
    '/..a',
    '/.a',
    '/a.',
    '/ ',
    '/é€',
    '/豈',
    '/\uffef',
  ]) {
    expect(validatePath(path), path).toBeNull();
  }
});

test('TREE-1 paths that are not, and why', () => {
  const cases: [string, RegExp][] = [
    ['', /length/],
    ['a', /start with/],
    ['/a/', /end with/],
    ['//', /end with/],
    ['//a', /empty node name.*@1/],
    ['/a//b', /empty node name.*@3/],
    ['/.', /relative.*@1/],
    ['/..', /relative.*@2/],
    ['/a/./b', /relative.*@3/],
    ['/a/../b', /relative.*@4/],
    ['/a\0', /null character.*@2/],
  ];
  for (const [path, reason] of cases) expect(validatePath(path), path).toMatch(reason);
  for (const unit of [1, 0x1f, 0x7f, 0x9f, 0xd800, 0xdfff, 0xf8ff, 0xfff0, 0xffff]) {
    expect(validatePath(`/${String.fromCharCode(unit)}`), unit.toString(16)).toMatch(/invalid character @1/);
  }
});

test('TREE-1 parent, name and child', () => {
  expect([parentOf('/a/b'), parentOf('/a'), parentOf('/')]).toEqual(['/a', '/', '/']);
  expect([nameOf('/a/b'), nameOf('/a'), nameOf('/')]).toEqual(['b', 'a', '']);
  expect([childPath('/', 'a'), childPath('/a', 'b')]).toEqual(['/a', '/a/b']);
  expect(['/', '/zookeeper', '/zookeeper/a', '/a'].map(isSystemPath)).toEqual([true, true, false, false]);
});
