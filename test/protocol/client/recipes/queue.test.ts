import { describe, expect, it } from 'vitest';
import type { Zk } from '../../../../protocol/client/api.ts';
import { put, putWithPriority, take, takeByPriority } from '../../../../protocol/client/recipes/index.ts';
import { verdicts } from '../../../sim/check/recipes/verdicts.ts';
import { FakeEnsemble, TROUBLE } from './fake-ensemble.ts';

const SEEDS = 100;

describe('queue', () => {
  it('RECIPE-10 every item put is taken exactly once, although replies are lost', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const putIn: string[] = [];
      const taken: string[] = [];
      const tokens = { put: new Set<number>(), taken: new Set<number>() };
      for (const name of ['a', 'b']) {
        ensemble.run(function* (zk: Zk) {
          for (let i = 0; i < 6; i++) {
            putIn.push(`${name}${i}`);
            tokens.put.add(yield* put(zk, '/queue', `${name}${i}`));
          }
        });
        ensemble.run(function* (zk: Zk) {
          for (;;) {
            const item = yield* take(zk, '/queue', 20_000);
            if (item === null) return;
            taken.push(item.text);
            tokens.taken.add(item.token);
          }
        });
      }
      expect(ensemble.go(100_000)).toBe(true);
      expect(taken.toSorted()).toEqual(putIn.toSorted());
      expect(tokens.taken).toEqual(new Set([...tokens.taken, ...tokens.put]));
      expect([ensemble.children('/queue/items'), ensemble.children('/queue/receipts')]).toEqual([[], []]);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-QUEUE'] });
    }
  });

  it('RECIPE-10 with one consumer items leave in the order of their zxids', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const taken: string[] = [];
      ensemble.run(function* (zk: Zk) {
        for (let i = 0; i < 8; i++) yield* put(zk, '/queue', String(i));
      });
      ensemble.run(function* (zk: Zk) {
        for (let i = 0; i < 8; i++) taken.push((yield* take(zk, '/queue'))!.text);
      });
      expect(ensemble.go(100_000)).toBe(true);
      expect(taken.join('')).toBe('01234567');
    }
  });

  it('RECIPE-10 nothing is doubled or invented when sessions expire', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, { ...TROUBLE, expiry: 0.001 });
      const taken: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        ensemble.run(function* (zk: Zk) {
          for (let i = 0; ; i++) yield* put(zk, '/queue', `${name}${i}`);
        });
        ensemble.run(function* (zk: Zk) {
          for (;;) {
            const item = yield* take(zk, '/queue', 20_000);
            if (item === null) return;
            taken.push(item.text);
          }
        });
      }
      expect(ensemble.go(100_000)).toBe(true);
      expect(new Set(taken).size).toBe(taken.length);
      expect(verdicts(ensemble.events).violations).toEqual([]);
    }
  });
});

describe('priority queue', () => {
  it('RECIPE-11 the smallest priority goes first, equal ones in their order', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const taken: string[] = [];
      ensemble.run(function* (zk: Zk) {
        for (const priority of [5, 300, 5, 0, 99_999])
          yield* putWithPriority(zk, '/pq', `p${priority}`, priority);
        yield* putWithPriority(zk, '/pq', 'last p5', 5);
        for (let i = 0; i < 6; i++) taken.push((yield* takeByPriority(zk, '/pq'))!.text);
      });
      expect(ensemble.go()).toBe(true);
      expect(taken).toEqual(['p0', 'p5', 'p5', 'last p5', 'p300', 'p99999']);
    }
  });

  it('RECIPE-11 a priority is a whole number in 0..99,999', () => {
    for (const priority of [-1, 0.5, 100_000, Number.NaN]) {
      const ensemble = new FakeEnsemble(1);
      ensemble.run(function* (zk: Zk) {
        yield* putWithPriority(zk, '/pq', '', priority);
      });
      expect(() => ensemble.go()).toThrow(RangeError);
    }
  });
});
