import { describe, expect, it } from 'vitest';
import type { Zk } from '../../../../protocol/client/api.ts';
import {
  acquireLock,
  acquireReadLock,
  acquireWriteLock,
  campaign,
  currentLeader,
  holdsLock,
  releaseLock,
  releaseReadWriteLock,
  resign,
} from '../../../../protocol/client/recipes/index.ts';
import { verdicts } from '../../../sim/check/recipes/verdicts.ts';
import { FakeEnsemble, TROUBLE } from './fake-ensemble.ts';

const SEEDS = 150;

describe('lock', () => {
  it('RECIPE-6 holders exclude each other, with growing tokens, and no place is left behind', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      let inside = 0;
      const tokens: number[] = [];
      for (let i = 0; i < 4; i++) {
        ensemble.run(function* (zk: Zk) {
          for (let round = 0; round < 3; round++) {
            const lock = (yield* acquireLock(zk, '/lock'))!;
            tokens.push(lock.token);
            expect(++inside).toBe(1);
            yield* zk.sleep(20);
            expect(yield* holdsLock(zk, lock)).toBe(true);
            inside--;
            yield* releaseLock(zk, lock);
          }
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
      expect([tokens.length, ensemble.children('/lock')]).toEqual([12, []]);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-LOCK'] });
    }
  });

  it('RECIPE-6 who waits too long gives up its place', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const outcomes: (string | undefined)[] = [];
      ensemble.run(function* (zk: Zk) {
        const lock = (yield* acquireLock(zk, '/lock'))!;
        yield* zk.sleep(5000);
        yield* releaseLock(zk, lock);
      });
      ensemble.run(function* (zk: Zk) {
        yield* zk.sleep(2500);
        outcomes.push((yield* acquireLock(zk, '/lock', { withinMs: 100 }))?.path);
        outcomes.push(typeof (yield* acquireLock(zk, '/lock', { withinMs: 100_000 }))?.token);
      });
      expect(ensemble.go()).toBe(true);
      expect(outcomes).toEqual([undefined, 'number']);
      expect(ensemble.children('/lock')).toHaveLength(1);
    }
  });

  it('RECIPE-6 the lock of an ended session passes on, and its holder hears that it is lost', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, { ...TROUBLE, expiry: 0.002 });
      for (let i = 0; i < 5; i++) {
        ensemble.run(function* (zk: Zk) {
          for (;;) {
            const lock = (yield* acquireLock(zk, '/lock'))!;
            yield* zk.sleep(10);
            yield* releaseLock(zk, lock);
          }
        });
      }
      // Nobody is stuck: all sessions end one after the other.
      expect(ensemble.go(100_000)).toBe(true);
      expect(verdicts(ensemble.events).violations).toEqual([]);
    }
  });

  it('RECIPE-5 a release wakes only the next in line', () => {
    const ensemble = new FakeEnsemble(3, {});
    const CLIENTS = 20;
    for (let i = 0; i < CLIENTS; i++) {
      ensemble.run(function* (zk: Zk) {
        const lock = (yield* acquireLock(zk, '/lock'))!;
        yield* zk.sleep(1000);
        yield* releaseLock(zk, lock);
      });
    }
    expect(ensemble.go()).toBe(true);
    expect(ensemble.fired).toBe(CLIENTS - 1);
  });

  it('RECIPE-5 a place that somebody removed is taken anew', () => {
    const ensemble = new FakeEnsemble(3, {});
    ensemble.run(function* (zk: Zk) {
      const lock = (yield* acquireLock(zk, '/lock'))!;
      yield* zk.sleep(1000);
      yield* releaseLock(zk, lock);
    });
    ensemble.run(function* (zk: Zk) {
      yield* zk.sleep(100);
      expect(yield* acquireLock(zk, '/lock')).not.toBe(null);
    });
    ensemble.run(function* (zk: Zk) {
      yield* zk.sleep(500);
      const last = (yield* zk.getChildren('/lock'))
        .toSorted((a, b) => a.slice(-10).localeCompare(b.slice(-10)))
        .at(-1);
      yield* zk.delete(`/lock/${last}`);
    });
    expect(ensemble.go()).toBe(true);
    expect(ensemble.children('/lock').map((name) => name.slice(-10))).toEqual(['0000000002']);
  });
});

describe('read/write lock', () => {
  it('RECIPE-7 writers are alone, readers with readers only, and readers do share', () => {
    let together = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      let readers = 0;
      let writers = 0;
      for (let i = 0; i < 5; i++) {
        ensemble.run(function* (zk: Zk) {
          for (let round = 0; round < 3; round++) {
            const shared = (yield* zk.random()) < 0.6;
            const lock = (shared ? yield* acquireReadLock(zk, '/rw') : yield* acquireWriteLock(zk, '/rw'))!;
            if (shared) readers++;
            else writers++;
            expect(writers).toBeLessThanOrEqual(readers > 0 ? 0 : 1);
            if (readers > 1) together++;
            yield* zk.sleep(20);
            if (shared) readers--;
            else writers--;
            yield* releaseReadWriteLock(zk, lock);
          }
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(ensemble.children('/rw')).toEqual([]);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-LOCK'] });
    }
    expect(together).toBeGreaterThan(0);
  });

  it('RECIPE-7 a reader waits for the last writer ahead only', () => {
    const ensemble = new FakeEnsemble(1, {});
    const order: string[] = [];
    const enter = (name: string, at: number, shared: boolean) =>
      ensemble.run(function* (zk: Zk) {
        yield* zk.sleep(at);
        const lock = (shared ? yield* acquireReadLock(zk, '/rw') : yield* acquireWriteLock(zk, '/rw'))!;
        order.push(`${name} in`);
        yield* zk.sleep(1000);
        order.push(`${name} out`);
        yield* releaseReadWriteLock(zk, lock);
      });
    enter('w1', 0, false);
    enter('r1', 100, true);
    enter('r2', 200, true);
    enter('w2', 300, false);
    enter('r3', 400, true);
    expect(ensemble.go()).toBe(true);
    const plain = order.map((word) => word.replace(/r[12]/, 'r'));
    expect(plain).toEqual([
      'w1 in',
      'w1 out',
      'r in',
      'r in',
      'r out',
      'r out',
      'w2 in',
      'w2 out',
      'r3 in',
      'r3 out',
    ]);
  });
});

describe('leader election', () => {
  it('RECIPE-9 one leads at a time while sessions live, known by name, with growing election zxids', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      let leading = 0;
      const zxids: number[] = [];
      for (const name of ['a', 'b', 'c']) {
        ensemble.run(function* (zk: Zk) {
          for (let term = 0; term < 2; term++) {
            const leadership = (yield* campaign(zk, '/election', name))!;
            zxids.push(leadership.token);
            expect(++leading).toBe(1);
            expect(yield* currentLeader(zk, '/election')).toBe(name);
            yield* zk.sleep(10);
            leading--;
            yield* resign(zk, leadership);
          }
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(zxids).toEqual([...new Set(zxids)].sort((a, b) => a - b));
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-LEADER'] });
    }
  });

  it('RECIPE-9 nobody leads where nobody has stood', () => {
    const ensemble = new FakeEnsemble(1);
    const leaders: unknown[] = [];
    ensemble.run(function* (zk: Zk) {
      leaders.push(yield* currentLeader(zk, '/election'));
    });
    expect(ensemble.go()).toBe(true);
    expect(leaders).toEqual([null]);
  });
});
