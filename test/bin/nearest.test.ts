import { expect, test } from 'vitest';
import { nearest } from '../../bin/input/nearest.ts';
import { editDistance as distance } from '../../sim/nearest.ts';

const NAMES = ['healthy-write', 'minority-partition', 'observer-joins'];

test('the distance counts insertions, deletions and replacements', () => {
  expect(distance('', 'abc')).toBe(3);
  expect(distance('kitten', 'sitting')).toBe(3);
  expect(distance('same', 'same')).toBe(0);
});

test.each([
  ['helthy-write', 'healthy-write'],
  ['Observer-Join', 'observer-joins'],
  ['partition', 'minority-partition'],
  ['zzz', undefined],
  ['', undefined],
])('%s suggests %s', (input, name) => {
  expect(nearest(input, NAMES)).toBe(name);
});
