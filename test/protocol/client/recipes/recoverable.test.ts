import { describe, expect, it } from 'vitest';
import { KeeperError, type Zk } from '../../../../protocol/client/api.ts';
import {
  createProtected,
  ensurePath,
  isError,
  once,
  repeat,
  settle,
} from '../../../../protocol/client/recipes/index.ts';
import { CreateFlag } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../../../protocol/txn.ts';
import { FakeEnsemble, TROUBLE } from './fake-ensemble.ts';

const SEEDS = 200;
const HEAVY = { ...TROUBLE, lossBefore: 0.15, lossAfter: 0.2, lossLate: 0.2 };

describe('lost replies', () => {
  it('RECIPE-1 a read is repeated until it is answered, any other error is thrown', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, HEAVY);
      const errors: number[] = [];
      ensemble.run(function* (zk: Zk) {
        for (let i = 0; i < 10; i++) expect((yield* repeat(zk, () => zk.exists('/')))?.version).toBe(0);
        try {
          yield* repeat(zk, () => zk.getData('/none'));
        } catch (error) {
          if (error instanceof KeeperError) errors.push(error.code);
        }
      });
      expect(ensemble.go()).toBe(true);
      expect(errors).toEqual([ErrorCode.NONODE]);
    }
  });

  it('RECIPE-1 SESSIONEXPIRED ends what is asked', () => {
    const ensemble = new FakeEnsemble(1, HEAVY);
    const client = ensemble.run(function* (zk: Zk) {
      for (;;) yield* repeat(zk, () => zk.exists('/'));
    });
    ensemble.go(50);
    ensemble.expire(client);
    expect(ensemble.go()).toBe(true);
    expect(isError(client.error, ErrorCode.SESSIONEXPIRED)).toBe(true);
  });

  it('RECIPE-2 once it has settled, a session sees what its lost writes did, and no more comes of them', () => {
    let late = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, HEAVY);
      const seen: boolean[] = [];
      ensemble.run(function* (zk: Zk) {
        try {
          yield* zk.create('/a');
        } catch {
          yield* settle(zk);
        }
        for (let i = 0; i < 20; i++) seen.push((yield* repeat(zk, () => zk.exists('/a'))) !== null);
      });
      expect(ensemble.go()).toBe(true);
      expect(new Set(seen).size).toBe(1);
      if (seen[0] === false) late++;
    }
    expect(late).toBeGreaterThan(0);
  });

  it('RECIPE-3 a protected create makes exactly one node and knows its path and zxid', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, HEAVY);
      const paths: string[] = [];
      for (let i = 0; i < 3; i++) {
        ensemble.run(function* (zk: Zk) {
          yield* ensurePath(zk, '/a/b');
          const own = yield* createProtected(zk, '/a/b', 'x-', '', CreateFlag.PERSISTENT_SEQUENTIAL);
          expect((yield* repeat(zk, () => zk.exists(own.path)))?.czxid).toBe(own.czxid);
          paths.push(own.path);
        });
      }
      expect(ensemble.go()).toBe(true);
      expect(ensemble.children('/a/b').map((name) => `/a/b/${name}`)).toEqual(paths.sort());
      for (const path of paths) expect(path).toMatch(/^\/a\/b\/_c_[0-9a-f]{32}-x-\d{10}$/);
    }
  });

  it('RECIPE-4 operations with a receipt take effect exactly once, and leave no receipt', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const ensemble = new FakeEnsemble(seed, HEAVY);
      const flags = CreateFlag.PERSISTENT_SEQUENTIAL;
      const create = {
        type: OpCode.create,
        path: '/done/x-',
        data: null,
        acl: OPEN_ACL_UNSAFE,
        flags,
      } as const;
      const remove = { type: OpCode.delete, path: '/none', version: -1 } as const;
      let failed = 0;
      ensemble.run(function* (zk: Zk) {
        yield* ensurePath(zk, '/done');
        yield* ensurePath(zk, '/receipts');
        for (let i = 0; i < 5; i++) yield* once(zk, '/receipts', [create]);
        try {
          yield* once(zk, '/receipts', [create, remove]);
        } catch (error) {
          if (isError(error, ErrorCode.NONODE)) failed++;
        }
      });
      expect(ensemble.go()).toBe(true);
      expect([ensemble.children('/done').length, ensemble.children('/receipts'), failed]).toEqual([5, [], 1]);
    }
  });
});
