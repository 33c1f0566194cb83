import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiPart } from '../../../protocol/server/multi-part.ts';
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { DataTree, nodeDigest } from '../../../protocol/tree/index.ts';
import { ErrorCode, type MultiTxn, OpCode } from '../../../protocol/txn.ts';
import {
  anyWrite,
  check,
  container,
  create,
  err,
  known,
  LeaderAlone,
  multi,
  OTHER,
  only,
  remove,
  SESSION,
  setAcl,
  setData,
} from './leader-alone.ts';

function fromScratch(tree: DataTree): number {
  let sum = 0;
  for (const [path, node] of tree.nodes) sum += nodeDigest(path, node.data, node.stat);
  return sum;
}

const write = fc.record({
  op: anyWrite,
  who: fc.record({ session: fc.constantFrom(SESSION, OTHER), auth: fc.constantFrom([], known('u:x')) }),
});
const apply = fc.constant('apply' as const);
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: write }, { weight: 2, arbitrary: apply }), {
  maxLength: 120,
  size: 'max',
});

describe('pending changes', () => {
  test('PREP-6 pending writes see each other', () => {
    const leader = new LeaderAlone();
    expect(leader.txn(create('/a'))).toMatchObject({ parentCVersion: 1 });
    expect(leader.txn(create('/a'))).toEqual(err(ErrorCode.NODEEXISTS));
    expect(leader.txn(create('/a/b'))).toMatchObject({ parentCVersion: 1 });
    expect(leader.txn(remove('/a'))).toEqual(err(ErrorCode.NOTEMPTY));
    expect(leader.txn(setData('/a', 0))).toMatchObject({ version: 1 });
    expect(leader.txn(setData('/a', 0))).toEqual(err(ErrorCode.BADVERSION));
    expect(leader.txn(remove('/a/b'))).toMatchObject({ path: '/a/b' });
    expect(leader.txn(remove('/a', 1))).toMatchObject({ path: '/a' });
    expect(leader.txn(setData('/a'))).toEqual(err(ErrorCode.NONODE));
    expect(leader.txn(create('/a/b'))).toEqual(err(ErrorCode.NONODE));
    expect(leader.txn(create('/b', 1))).toMatchObject({ parentCVersion: 2 });
    expect(leader.txn(create('/b/x'))).toEqual(err(ErrorCode.NOCHILDRENFOREPHEMERALS));
    expect(leader.tree).toEqual(new DataTree());
  });

  test('PREP-6 a pending ACL counts: of a create, of a setACL, and once more after other changes', () => {
    const leader = new LeaderAlone();
    leader.txn(create('/a', 0, { acl: only('u:x') }));
    expect(leader.txn(create('/a/b'))).toEqual(err(ErrorCode.NOAUTH));
    const auth = known('u:x');
    expect(leader.txn(create('/a/b'), { auth })).toMatchObject({ parentCVersion: 1 });
    expect(leader.txn(setData('/a'), { auth })).toMatchObject({ version: 1 });
    expect(leader.txn(setData('/a'))).toEqual(err(ErrorCode.NOAUTH));
    expect(leader.txn(setAcl('/a', OPEN_ACL_UNSAFE), { auth })).toMatchObject({ version: 1 });
    expect(leader.txn(remove('/a/b'))).toMatchObject({ path: '/a/b' });
    expect(leader.txn(setAcl('/a', READ_ACL_UNSAFE, 1))).toMatchObject({ version: 2 });
    expect(leader.txn(setAcl('/a', READ_ACL_UNSAFE))).toEqual(err(ErrorCode.NOAUTH));
  });

  test('PREP-6 without seesPending only the tree counts', () => {
    const leader = new LeaderAlone({ seesPending: false });
    expect(leader.txn(create('/n', 2))).toMatchObject({ path: '/n0000000000' });
    expect(leader.txn(create('/n', 2))).toMatchObject({ path: '/n0000000000' });
    expect(leader.txn(multi(create('/a'), create('/a/b')))).toMatchObject({
      txns: [err(ErrorCode.OK), err(ErrorCode.NONODE)],
    });
    leader.apply();
    expect(leader.txn(setData('/n0000000000', 0))).toMatchObject({ version: 1 });
    expect(leader.txn(setData('/n0000000000', 0))).toMatchObject({ version: 1 });
  });

  test('PREP-7 the predicted digest is the tree’s after applying, and that is the sum over its nodes', () => {
    const reached = new Set<number>();
    fc.assert(
      fc.property(steps, fc.boolean(), (todo, enforceQuota) => {
        const leader = new LeaderAlone({}, { enforceQuota });
        const applyNext = () => {
          const record = leader.pending.shift();
          if (record === undefined) return false;
          const { txn } = record;
          const result = leader.tree.apply(record);
          leader.changes.applied(record.zxid);
          expect(result.err).toBe(txn.type === OpCode.error ? txn.err : ErrorCode.OK);
          if (txn.type === OpCode.multi) {
            expect(result.results?.map((r) => r.err)).toEqual(
              txn.txns.map((part) => (part.type === OpCode.error ? part.err : ErrorCode.OK)),
            );
            if (txn.txns.some((part) => part.type !== OpCode.error)) reached.add(OpCode.multi);
          } else if (txn.type !== OpCode.closeSession || txn.paths.length > 0) reached.add(txn.type);
          expect(leader.tree.digest).toBe(record.digest);
          expect(fromScratch(leader.tree)).toBe(record.digest);
          return true;
        };
        for (const step of todo) {
          if (step === 'apply') applyNext();
          else leader.prepare(step.op, step.who);
        }
        while (applyNext());
        expect(leader.changes.size).toBe(0);
      }),
      { numRuns: 300 },
    );
    const { create: c, createContainer, createTTL, delete: d, setData: s, setACL, multi: m } = OpCode;
    const kinds = [c, createContainer, createTTL, d, s, setACL, m, OpCode.createSession, OpCode.closeSession];
    expect([...reached]).toEqual(expect.arrayContaining([...kinds, OpCode.error]));
  });

  test('PREP-6 writes prepared ahead become what they become one at a time', () => {
    fc.assert(
      fc.property(steps, (todo) => {
        const ahead = new LeaderAlone();
        const oneByOne = new LeaderAlone();
        for (const step of todo) {
          if (step === 'apply') ahead.apply();
          else {
            const expected = oneByOne.prepare(step.op, step.who);
            oneByOne.apply();
            expect(ahead.prepare(step.op, step.who)).toEqual(expected);
          }
        }
        ahead.applyAll();
        expect(ahead.tree).toEqual(oneByOne.tree);
      }),
      { numRuns: 200 },
    );
  });

  test('PREP-17 whatever a request holds becomes a transaction that a tree can apply, with mistakes built in too', () => {
    const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, -0, 2 ** 53));
    const anyPath = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[/.a]{0,8}$/),
      fc.constant('/a/a'),
    );
    const anyAcl = fc.array(fc.record({ perms: anyNumber, scheme: fc.string(), id: fc.string() }));
    const fields = {
      path: anyPath,
      data: fc.option(fc.uint8Array()),
      acl: fc.oneof(fc.constant(OPEN_ACL_UNSAFE), anyAcl),
      flags: fc.oneof(anyNumber, fc.integer({ min: 0, max: 6 })),
      version: anyNumber,
      ttl: anyNumber,
    };
    const kinds = [
      OpCode.create,
      OpCode.create2,
      OpCode.createContainer,
      OpCode.createTTL,
      OpCode.delete,
    ] as const;
    const part = fc.record({ type: fc.constantFrom(...kinds, OpCode.setData, OpCode.check), ...fields });
    const odd = fc.oneof(
      fc.record({ type: fc.constantFrom(...kinds, OpCode.setACL, OpCode.deleteContainer), ...fields }),
      fc.array(part).map((ops) => multi(...ops)),
      anyWrite,
    );
    const rules = fc.record({
      seesPending: fc.boolean(),
      rollsBack: fc.boolean(),
      deletesEphemerals: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 30 }), rules, (ops, mistakes) => {
        const leader = new LeaderAlone(mistakes);
        ops.forEach((op, i) => {
          leader.prepare(op);
          if (i % 3 === 2) leader.apply();
        });
        leader.applyAll();
        expect(leader.changes.size).toBe(0);
        expect(fromScratch(leader.tree)).toBe(leader.tree.digest);
      }),
    );
  });

  test('PREP-7 a write that fails keeps the digest', () => {
    const leader = new LeaderAlone();
    leader.write(create('/a'));
    const record = leader.prepare(remove('/nowhere'));
    expect([record.txn.type, record.digest]).toEqual([OpCode.error, leader.tree.digest]);
  });

  test('PREP-8 applied changes are dropped and do not pile up', () => {
    const leader = new LeaderAlone();
    for (let zxid = 1; zxid <= 5000; zxid++) {
      leader.prepare(zxid === 1 ? create('/a') : setData('/a'));
      if (leader.pending.length < 10) continue;
      leader.apply();
      expect(leader.changes.size).toBe(9);
    }
    expect(JSON.stringify(leader.changes).length).toBeLessThan(5000);
  });

  test('PREP-8 clear forgets everything pending', () => {
    const leader = new LeaderAlone();
    leader.prepare(create('/a'));
    leader.changes.clear();
    expect(leader.changes.size).toBe(0);
    const { txn, digest } = leader.prepare(remove('/a'));
    expect([txn, digest]).toEqual([err(ErrorCode.NONODE), leader.tree.digest]);
  });
});

describe('multi', () => {
  test('PREP-11 the parts of a multi see each other and take one zxid', () => {
    const leader = new LeaderAlone();
    const record = leader.prepare(
      multi(
        create('/a'),
        create('/a/n', 2),
        container('/a/c'),
        setData('/a', 0),
        check('/a', 1),
        remove('/a/c'),
      ),
    );
    expect(record.txn).toMatchObject({
      type: OpCode.multi,
      txns: [
        { type: OpCode.create, path: '/a', parentCVersion: 1 },
        { type: OpCode.create, path: '/a/n0000000000', parentCVersion: 1 },
        { type: OpCode.createContainer, path: '/a/c', parentCVersion: 2 },
        { type: OpCode.setData, path: '/a', version: 1 },
        { type: OpCode.check, path: '/a', version: 2 },
        { type: OpCode.delete, path: '/a/c' },
      ],
    });
    leader.apply();
    expect(leader.tree.nodes.get('/a')?.stat).toMatchObject({ czxid: 1, mzxid: 1, pzxid: 1, cversion: 2 });
    expect(leader.txn(multi())).toEqual({ type: OpCode.multi, txns: [] });
  });

  test('PREP-11 of a create in a multi the flag says what it makes; one for a time to live needs createTTL', () => {
    const leader = new LeaderAlone();
    const op = multi(
      create('/a', 4),
      { ...create('/b'), type: OpCode.createContainer },
      {
        ...create('/c'),
        type: OpCode.createTTL,
        ttl: 5,
      },
    );
    const { txns } = leader.txn(op) as MultiTxn;
    expect(txns.map(({ type }) => type)).toEqual([OpCode.createContainer, OpCode.create, OpCode.create]);
    expect(leader.txn(multi(create('/d'), create('/e', 5)))).toEqual(err(ErrorCode.MARSHALLINGERROR));
    expect(leader.txn(remove('/d'))).toEqual(err(ErrorCode.NONODE));
    expect(leader.txn(multi(create('/'), create('/e', 5)))).toEqual({
      type: OpCode.multi,
      txns: [err(ErrorCode.NODEEXISTS), err(-2)],
    });
  });

  test('PREP-11 a multi that fails says where: 0 before, the error, −2 behind', () => {
    const leader = new LeaderAlone();
    const op = multi(create('/a'), check('/a'), create('/a'), create('/', 7), setData('/x'));
    expect(leader.txn(op)).toEqual({
      type: OpCode.multi,
      txns: [0, 0, ErrorCode.NODEEXISTS, -2, -2].map((code) => err(code)),
    });
  });

  test('PREP-11 a multi that fails leaves no trace: records, parents and digest are as before', () => {
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 20 }), anyWrite, (before, last) => {
        const failing = new LeaderAlone();
        const twin = new LeaderAlone();
        for (const op of [create('/zero'), ...before]) {
          failing.prepare(op);
          twin.prepare(op);
        }
        const parts = last.type === OpCode.multi ? last.ops : [create('/a/n', 2), create('/n', 2)];
        const unreadable = parts.findIndex((part) => multiPart(part) === null);
        // What nothing can be made of shows once its turn has come.
        const until = twin.prepare(multi(...parts.slice(0, unreadable))).txn as MultiTxn;
        const read = unreadable >= 0 && until.txns.every((part) => part.type !== OpCode.error);
        const records = () => structuredClone(Reflect.get(failing.changes, 'records'));
        const image = records();
        const digest = failing.pending.at(-1)?.digest ?? failing.tree.digest;
        const { txn, digest: after } = failing.prepare(multi(...parts, check('/nowhere')));
        if (read) expect(txn).toEqual(err(ErrorCode.MARSHALLINGERROR));
        else
          expect(txn.type === OpCode.multi && txn.txns.every((part) => part.type === OpCode.error)).toBe(
            true,
          );
        expect(after).toBe(digest);
        expect(records()).toEqual(image);
      }),
      {
        examples: [
          [[], multi(create('/a', 5))],
          [[], multi(create('/a/a'), create('/a', 5))],
          [[], multi(create('/a'), create('/b', 5), create('/'))],
        ],
      },
    );
  });

  test('PREP-11 the number that a failed multi used is free again', () => {
    const sequential = (leader: LeaderAlone) => {
      leader.write(create('/a'));
      leader.txn(create('/a/x', 2));
      leader.txn(multi(create('/a/n', 2), check('/nowhere')));
      return leader.txn(create('/a/n', 2));
    };
    expect(sequential(new LeaderAlone())).toMatchObject({ path: '/a/n0000000001' });
    expect(sequential(new LeaderAlone({ rollsBack: false }))).toMatchObject({ path: '/a/n0000000002' });
  });

  test('PREP-11 without rollsBack later writes meet what never was', () => {
    const leader = new LeaderAlone({ rollsBack: false });
    leader.txn(multi(create('/a'), check('/nowhere')));
    expect(leader.txn(create('/a'))).toEqual(err(ErrorCode.NODEEXISTS));
    leader.applyAll();
    expect(leader.txn(create('/a'))).toMatchObject({ path: '/a' });
  });
});
