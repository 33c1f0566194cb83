import { describe, expect, it } from 'vitest';
import type { Zk } from '../../../../protocol/client/api.ts';
import {
  awaitConfiguration,
  awaitGroupChange,
  beginConfiguration,
  changeConfiguration,
  groupMembers,
  increment,
  isError,
  joinGroup,
  leaveGroup,
  readConfiguration,
  readCounter,
  uniqueName,
} from '../../../../protocol/client/recipes/index.ts';
import { readText } from '../../../../protocol/client/recipes/text.ts';
import { toBytes } from '../../../../protocol/client/zk.ts';
import { ErrorCode } from '../../../../protocol/txn.ts';
import { verdicts } from '../../../sim/check/recipes/verdicts.ts';
import { FakeEnsemble, TROUBLE } from './fake-ensemble.ts';

const SEEDS = 150;

describe('counter', () => {
  it('RECIPE-14 each increment counts exactly once', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const values: number[] = [];
      for (let i = 0; i < 3; i++) {
        ensemble.run(function* (zk: Zk) {
          expect(yield* readCounter(zk, '/count')).toBeLessThanOrEqual(12);
          for (let n = 0; n < 4; n++) values.push(yield* increment(zk, '/count'));
        });
      }
      expect(ensemble.go(50_000)).toBe(true);
      expect(values.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(readText(ensemble.data('/count'))).toBe('12');
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-COUNTER'] });
    }
  });

  it('RECIPE-14 the increments of ended sessions count at most once', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, { ...TROUBLE, expiry: 0.001 });
      for (let i = 0; i < 4; i++) {
        ensemble.run(function* (zk: Zk) {
          for (;;) yield* increment(zk, '/count', 1 + i);
        });
      }
      expect(ensemble.go(100_000)).toBe(true);
      expect(verdicts(ensemble.events).violations).toEqual([]);
    }
  });
});

describe('group membership', () => {
  it('RECIPE-15 members are those who joined and neither left nor lost their session', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const seen: string[] = [];
      const join = (name: string, forMs: number) =>
        ensemble.run(function* (zk: Zk) {
          const member = yield* joinGroup(zk, '/group', name);
          yield* zk.sleep(forMs);
          yield* leaveGroup(zk, member);
        });
      join('a', 10_000);
      join('b', 20_000);
      const c = join('c', 1e9);
      ensemble.run(function* (zk: Zk) {
        yield* zk.sleep(5000);
        // What this server knows may be old; a watch brings it up to date.
        let members: readonly string[] = [...(yield* groupMembers(zk, '/group')), 'nobody'];
        while (members.length > 0) {
          if (members.join() === 'c') ensemble.expire(c);
          members = (yield* awaitGroupChange(zk, '/group', members))!;
          if (members.join('') !== seen.at(-1)) seen.push(members.join(''));
        }
      });
      ensemble.go(5000);
      expect(seen.slice(-3)).toEqual(['bc', 'c', '']);
    }
  });
});

describe('configuration', () => {
  it('RECIPE-16 who watches sees newer ones only, and the last one', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      ensemble.run(function* (zk: Zk) {
        yield* beginConfiguration(zk, '/etc/config', 'v0');
        for (let i = 1; i <= 6; i++) {
          const { version } = yield* readConfiguration(zk, '/etc/config');
          yield* changeConfiguration(zk, '/etc/config', `v${i}`, version);
          yield* zk.sleep(50);
        }
      });
      const seen: string[] = [];
      ensemble.run(function* (zk: Zk) {
        let token = 0;
        while (seen.at(-1) !== 'v6') {
          const next = (yield* awaitConfiguration(zk, '/etc/config', token))!;
          expect(next.token).toBeGreaterThan(token);
          token = next.token;
          seen.push(next.text);
        }
      });
      expect(ensemble.go()).toBe(true);
      expect(seen).toEqual([...new Set(seen)].sort());
    }
  });

  it('RECIPE-16 of two who change one version, one is told BADVERSION', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed);
      const outcomes: string[] = [];
      for (const text of ['a', 'b']) {
        ensemble.run(function* (zk: Zk) {
          yield* beginConfiguration(zk, '/config', '');
          try {
            outcomes.push((yield* changeConfiguration(zk, '/config', text, 0)).text);
          } catch (error) {
            outcomes.push(isError(error, ErrorCode.BADVERSION) ? 'refused' : String(error));
          }
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(outcomes.toSorted()).toEqual([readText(ensemble.data('/config')), 'refused']);
    }
  });

  it('RECIPE-16 text survives as UTF-8', () => {
    for (const text of ['', 'a=1', 'größe', '零', '😀']) expect(readText(toBytes(text))).toBe(text);
    expect(readText(null)).toBe('');
  });
});

describe('unique names', () => {
  it('RECIPE-17 no two askers get one name, whatever is lost', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, { ...TROUBLE, expiry: 0.0005 });
      const names: string[] = [];
      for (let i = 0; i < 3; i++) {
        ensemble.run(function* (zk: Zk) {
          for (let n = 0; n < 5; n++) names.push(yield* uniqueName(zk, '/names', 'user-'));
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(new Set(names).size).toBe(names.length);
      expect(ensemble.children('/names')).toEqual([]);
      expect(verdicts(ensemble.events)).toEqual({ violations: [], checked: ['RECIPE-NAMES'] });
    }
  });
});
