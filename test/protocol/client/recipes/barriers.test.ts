import { describe, expect, it } from 'vitest';
import type { Zk } from '../../../../protocol/client/api.ts';
import {
  enterDoubleBarrier,
  leaveDoubleBarrier,
  liftBarrier,
  passBarrier,
  raiseBarrier,
} from '../../../../protocol/client/recipes/index.ts';
import { verdicts } from '../../../sim/check/recipes/verdicts.ts';
import { FakeEnsemble, TROUBLE } from './fake-ensemble.ts';

const SEEDS = 150;

describe('barrier', () => {
  it('RECIPE-12 who comes to a barrier passes once it is lifted', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      let lifted = false;
      let passed = 0;
      ensemble.run(function* (zk: Zk) {
        yield* raiseBarrier(zk, '/gates/one');
        yield* zk.sleep(5000);
        lifted = true;
        yield* liftBarrier(zk, '/gates/one');
      });
      for (let i = 0; i < 3; i++) {
        ensemble.run(function* (zk: Zk) {
          yield* zk.sleep(3000);
          expect(yield* passBarrier(zk, '/gates/one', 100)).toBe(false);
          expect(yield* passBarrier(zk, '/gates/one')).toBe(true);
          expect(lifted).toBe(true);
          passed++;
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(passed).toBe(3);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-BARRIER'] });
    }
  });
});

describe('double barrier', () => {
  it('RECIPE-13 all enter together and leave together', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const count = 2 + (seed % 4);
      let arrived = 0;
      let leaving = 0;
      for (let i = 0; i < count; i++) {
        ensemble.run(function* (zk: Zk) {
          yield* zk.sleep((yield* zk.random()) * 300);
          arrived++;
          const member = (yield* enterDoubleBarrier(zk, '/meet', count))!;
          expect(arrived).toBe(count);
          yield* zk.sleep((yield* zk.random()) * 300);
          leaving++;
          expect(yield* leaveDoubleBarrier(zk, member)).toBe(true);
          expect(leaving).toBe(count);
        });
      }
      expect(ensemble.go(50_000)).toBe(true);
      expect(ensemble.told('doubleBarrier').filter((told) => told.action === 'left')).toHaveLength(count);
      expect(ensemble.children('/meet/members')).toEqual([]);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-BARRIER'] });
    }
  });

  it('RECIPE-13 whoever withdraws or comes too late is not among those who enter, under every loss and expiry', () => {
    const outcomes = new Map<string, number>();
    for (let seed = 1; seed <= 2 * SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, { ...TROUBLE, expiry: 0.0005 });
      for (let i = 0; i < 5; i++) {
        ensemble.run(function* (zk: Zk) {
          for (let round = 0; round < 3; round++) {
            yield* zk.sleep((yield* zk.random()) * 400);
            const member = yield* enterDoubleBarrier(zk, `/meet/${round}`, 3, (yield* zk.random()) * 400);
            if (member !== null) yield* leaveDoubleBarrier(zk, member);
          }
        });
      }
      expect(ensemble.go(100_000)).toBe(true);
      expect(verdicts(ensemble.events).violations).toEqual([]);
      for (const { action } of ensemble.told('doubleBarrier'))
        outcomes.set(action, (outcomes.get(action) ?? 0) + 1);
    }
    for (const action of ['entered', 'withdrew', 'missed', 'left'])
      expect(outcomes.get(action)).toBeGreaterThan(20);
  });
});
