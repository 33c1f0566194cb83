import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CreateRequest, WriteOp } from '../../../protocol/request.ts';
import { OutstandingChanges } from '../../../protocol/server/prepare.ts';
import { type Acl, DataTree, nodeDigest, OPEN_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { ErrorCode, OpCode, type TxnRecord } from '../../../protocol/txn.ts';
import { create, prepared, remove, SESSION, setData, write, writeOp } from './operations.ts';

function errOf(tree: DataTree, op: WriteOp): number {
  const { txn } = prepared(tree, op);
  return txn.type === OpCode.error ? txn.err : ErrorCode.OK;
}

function fromScratch(tree: DataTree): number {
  let sum = 0;
  for (const [path, node] of tree.nodes) sum += nodeDigest(path, node.data, node.stat);
  return sum;
}

function sample(): DataTree {
  const tree = new DataTree();
  write(tree, create('/a'), create('/a/b'), setData('/a/b'));
  tree.apply({
    kind: 'txn',
    session: SESSION,
    cxid: 0,
    zxid: 4,
    time: 0,
    txn: {
      type: OpCode.create,
      path: '/e',
      data: null,
      acl: OPEN_ACL_UNSAFE,
      ephemeral: true,
      parentCVersion: 2,
    },
    digest: -1,
  });
  return tree;
}

test('PREP-1 a write becomes an idempotent transaction with absolute versions', () => {
  const tree = sample();
  const data = new Uint8Array([1]);
  expect(prepared(tree, create('/a/c', data), 9)).toEqual({
    kind: 'txn',
    session: SESSION,
    cxid: 9,
    zxid: 9,
    time: 9000,
    txn: {
      type: OpCode.create,
      path: '/a/c',
      data,
      acl: OPEN_ACL_UNSAFE,
      ephemeral: false,
      parentCVersion: 2,
    },
    digest: expect.any(Number),
  });
  expect(prepared(tree, remove('/a/b', 1)).txn).toEqual({ type: OpCode.delete, path: '/a/b' });
  expect(prepared(tree, setData('/a/b', data, 1)).txn).toEqual({
    type: OpCode.setData,
    path: '/a/b',
    data,
    version: 2,
  });
  const create2: WriteOp = { ...(create('/x') as CreateRequest), type: OpCode.create2 };
  expect(prepared(tree, create2).txn.type).toBe(OpCode.create);
});

test('PREP-1 the version after 2^31−1 is −2^31', () => {
  const tree = new DataTree();
  write(tree, create('/a'));
  const at = (zxid: number, version: number): TxnRecord => ({
    ...prepared(tree, setData('/a'), zxid),
    txn: { type: OpCode.setData, path: '/a', data: null, version },
  });
  tree.apply(at(2, 0x7fff_ffff));
  expect(prepared(tree, setData('/a')).txn).toMatchObject({ version: -0x8000_0000 });
});

test('PREP-2 checks of create, in Apache’s order', () => {
  const tree = sample();
  const op = (path: string, flags = 0, acl: readonly Acl[] | null = OPEN_ACL_UNSAFE) =>
    errOf(tree, { type: OpCode.create, path, data: null, acl: acl as readonly Acl[], flags });
  expect([op('', 7, []), op('', -1, [])]).toEqual([ErrorCode.BADARGUMENTS, ErrorCode.BADARGUMENTS]);
  for (const flags of [1, 2, 3, 4, 5, 6]) expect(op('', flags, [])).toBe(ErrorCode.UNIMPLEMENTED);
  expect([op('x', 0, []), op('/x\0', 0, [])]).toEqual([ErrorCode.BADARGUMENTS, ErrorCode.BADARGUMENTS]);
  expect([op('/x/y', 0, []), op('/x/y', 0, null)]).toEqual([ErrorCode.INVALIDACL, ErrorCode.INVALIDACL]);
  expect([op('/x/y/'), op('x/y')]).toEqual([ErrorCode.NONODE, ErrorCode.NONODE]);
  expect([op('/a/'), op('//'), op('/..')]).toEqual(Array(3).fill(ErrorCode.BADARGUMENTS));
  expect([op('/'), op('/a'), op('/zookeeper/config')]).toEqual(Array(3).fill(ErrorCode.NODEEXISTS));
  expect([op('/e/x'), op('/x')]).toEqual([ErrorCode.NOCHILDRENFOREPHEMERALS, ErrorCode.OK]);
});

test('PREP-3 an ACL loses its duplicates; an unknown scheme, auth and a strange world are invalid', () => {
  const tree = new DataTree();
  const entry = (scheme: string, id: string): Acl => ({ perms: 31, scheme, id });
  const made = (...acl: Acl[]) =>
    prepared(tree, { type: OpCode.create, path: '/x', data: null, acl, flags: 0 }).txn;
  const world = entry('world', 'anyone');
  expect(made(world, { ...world }, entry('digest', 'u:h'))).toMatchObject({
    acl: [world, entry('digest', 'u:h')],
  });
  for (const bad of [entry('auth', ''), entry('poem', 'x'), entry('world', 'me')]) {
    expect(made(world, bad)).toEqual({ type: OpCode.error, err: ErrorCode.INVALIDACL });
  }
});

test('PREP-4 checks of delete, in Apache’s order; system nodes stay', () => {
  const tree = sample();
  for (const path of ['', 'a', '/a\0', '/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
    expect(errOf(tree, remove(path)), path).toBe(ErrorCode.BADARGUMENTS);
  }
  for (const path of ['/x/y', '/a/x', '/a/', '//']) expect(errOf(tree, remove(path))).toBe(ErrorCode.NONODE);
  expect(errOf(tree, remove('/a', 5))).toBe(ErrorCode.BADVERSION);
  expect(errOf(tree, remove('/a', 0))).toBe(ErrorCode.NOTEMPTY);
  expect(errOf(tree, remove('/a/b', 0))).toBe(ErrorCode.BADVERSION);
  expect(errOf(tree, remove('/a/b', 1))).toBe(ErrorCode.OK);
});

test('PREP-5 checks of setData, in Apache’s order; the root has data too', () => {
  const tree = sample();
  for (const path of ['', 'a', '/a/', '/a//b']) {
    expect(errOf(tree, setData(path)), path).toBe(ErrorCode.BADARGUMENTS);
  }
  expect(errOf(tree, setData('/x', null, 5))).toBe(ErrorCode.NONODE);
  expect(errOf(tree, setData('/a/b', null, 0))).toBe(ErrorCode.BADVERSION);
  expect([errOf(tree, setData('/a/b', null, 1)), errOf(tree, setData('/'))]).toEqual([0, 0]);
});

test('PREP-6 pending writes see each other', () => {
  const tree = new DataTree();
  const outstanding = new OutstandingChanges();
  let zxid = 0;
  const next = (op: WriteOp) => {
    zxid++;
    return outstanding.prepare(tree, op, SESSION, zxid, zxid, zxid).txn;
  };
  const err = (code: number) => ({ type: OpCode.error, err: code });
  expect(next(create('/a'))).toMatchObject({ parentCVersion: 1 });
  expect(next(create('/a'))).toEqual(err(ErrorCode.NODEEXISTS));
  expect(next(create('/a/b'))).toMatchObject({ parentCVersion: 1 });
  expect(next(remove('/a'))).toEqual(err(ErrorCode.NOTEMPTY));
  expect(next(setData('/a', null, 0))).toMatchObject({ version: 1 });
  expect(next(setData('/a', null, 0))).toEqual(err(ErrorCode.BADVERSION));
  expect(next(remove('/a/b'))).toMatchObject({ path: '/a/b' });
  expect(next(remove('/a', 1))).toMatchObject({ path: '/a' });
  expect(next(setData('/a'))).toEqual(err(ErrorCode.NONODE));
  expect(next(create('/a/b'))).toEqual(err(ErrorCode.NONODE));
  expect(next(create('/b'))).toMatchObject({ parentCVersion: 2 });
  expect(tree).toEqual(new DataTree());
});

test('PREP-7 the predicted digest is the tree’s after applying, and that is the sum over its nodes', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: writeOp },
    { weight: 2, arbitrary: fc.constant('apply' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const tree = new DataTree();
      const outstanding = new OutstandingChanges();
      const pending: TxnRecord[] = [];
      let zxid = 0;
      const apply = (record: TxnRecord) => {
        const { err } = tree.apply(record);
        outstanding.applied(record.zxid);
        expect(err).toBe(record.txn.type === OpCode.error ? record.txn.err : ErrorCode.OK);
        expect(tree.digest).toBe(record.digest);
        expect(fromScratch(tree)).toBe(record.digest);
      };
      for (const op of steps) {
        if (op === 'apply') {
          const record = pending.shift();
          if (record !== undefined) apply(record);
        } else {
          zxid++;
          pending.push(outstanding.prepare(tree, op, SESSION, zxid, zxid, 17 * zxid));
        }
      }
      pending.forEach(apply);
      expect(outstanding.size).toBe(0);
      expect(outstanding).toEqual(
        Object.assign(new OutstandingChanges(), outstanding, { changes: new Map() }),
      );
    }),
    { numRuns: 300 },
  );
});

test('PREP-7 a write that fails keeps the digest', () => {
  const tree = sample();
  const record = prepared(tree, remove('/nowhere'));
  expect([record.txn.type, record.digest]).toEqual([OpCode.error, tree.digest]);
});

test('PREP-8 applied changes are dropped and do not pile up', () => {
  const tree = new DataTree();
  const outstanding = new OutstandingChanges();
  const pending: TxnRecord[] = [];
  for (let zxid = 1; zxid <= 5000; zxid++) {
    pending.push(
      outstanding.prepare(tree, zxid === 1 ? create('/a') : setData('/a'), SESSION, zxid, zxid, 0),
    );
    if (pending.length < 10) continue;
    const record = pending.shift() as TxnRecord;
    tree.apply(record);
    outstanding.applied(record.zxid);
    expect(outstanding.size).toBe(9);
  }
  expect(JSON.stringify(outstanding).length).toBeLessThan(5000);
});

test('PREP-8 clear forgets everything pending', () => {
  const tree = new DataTree();
  const outstanding = new OutstandingChanges();
  outstanding.prepare(tree, create('/a'), SESSION, 1, 1, 0);
  outstanding.clear();
  expect(outstanding.size).toBe(0);
  const { txn, digest } = outstanding.prepare(tree, remove('/a'), SESSION, 2, 2, 0);
  expect([txn, digest]).toEqual([{ type: OpCode.error, err: ErrorCode.NONODE }, tree.digest]);
});
