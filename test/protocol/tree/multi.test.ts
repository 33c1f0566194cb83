import { expect, test } from 'vitest';
import { DataTree, OPEN_ACL_UNSAFE, type TreeListener } from '../../../protocol/tree/index.ts';
import { ErrorCode, type MultiPart, OpCode } from '../../../protocol/txn.ts';
import { cloneGraph } from '../../../sim/clone.ts';
import {
  bytes,
  close,
  create,
  multi,
  open,
  prepared,
  record,
  remove,
  setAcl,
  setData,
  write,
} from './transactions.ts';

const ALL: readonly unknown[] = OPEN_ACL_UNSAFE;

/** Writes down what it is told, and where the tree stood then. */
function listening(tree: DataTree) {
  const heard: [string, string, number, number, readonly unknown[], (readonly unknown[])?][] = [];
  const at = () => tree.lastProcessedZxid;
  const listener: TreeListener = {
    created: (path, zxid, acl, parentAcl) => heard.push(['created', path, zxid, at(), acl, parentAcl]),
    deleted: (path, zxid, acl, parentAcl) => heard.push(['deleted', path, zxid, at(), acl, parentAcl]),
    dataChanged: (path, zxid, acl) => heard.push(['data', path, zxid, at(), acl]),
  };
  return { heard, listener };
}

test('TREE-18 the parts of a multi take effect in order under one zxid; each has its result', () => {
  const tree = new DataTree();
  write(tree, create('/a'));
  const made = prepared(
    tree,
    multi(create('/a/b', bytes('1')), { do: 'check', path: '/a' }, setData('/a/b'), remove('/a/b')),
  );
  const result = tree.apply(made);
  expect(result).toMatchObject({
    err: ErrorCode.OK,
    results: [
      { err: 0, path: '/a/b', stat: { czxid: 2, dataLength: 1 } },
      { err: 0 },
      { err: 0, stat: { version: 1, mzxid: 2, dataLength: 0 } },
      { err: 0 },
    ],
  });
  expect(result.results?.[1]).toEqual({ err: 0 });
  expect(tree.exists('/a').stat).toMatchObject({ cversion: 2, pzxid: 2, numChildren: 0 });
  expect(tree.lastProcessedZxid).toBe(2);
  expect(tree.apply(prepared(tree, multi()))).toEqual({ err: 0, results: [] });
});

test('TREE-18 the last processed zxid moves only when the whole multi is applied', () => {
  const tree = new DataTree();
  const { heard, listener } = listening(tree);
  tree.apply(prepared(tree, multi(create('/a'), create('/b'))), listener);
  expect(heard.map(([, path, zxid, stood]) => [path, zxid, stood])).toEqual([
    ['/a', 1, 0],
    ['/b', 1, 0],
  ]);
});

test('TREE-18 a multi with an error changes nothing but the zxid, and says which part failed', () => {
  const tree = new DataTree();
  const before = cloneGraph(tree, new Set());
  const { heard, listener } = listening(tree);
  const failed = prepared(tree, multi(create('/a'), remove('/x'), create('/b')));
  const results = [{ err: 0 }, { err: ErrorCode.NONODE }, { err: ErrorCode.RUNTIMEINCONSISTENCY }];
  expect(tree.apply(failed, listener)).toEqual({ err: ErrorCode.OK, results });
  before.lastProcessedZxid = 1;
  expect([tree, heard]).toEqual([before, []]);

  // In Apache's logs the parts before the failing one stand as they were asked for.
  const part: MultiPart = { type: OpCode.check, path: '/', version: 0 };
  const error: MultiPart = { type: OpCode.error, err: ErrorCode.NONODE };
  const mixed = tree.apply(record(2, { type: OpCode.multi, txns: [part, error, part] }));
  expect(mixed).toEqual({ err: ErrorCode.OK, results });
});

test('TREE-18 a part that replay finds done already keeps no other part from being applied', () => {
  const tree = new DataTree();
  const made = prepared(tree, multi(create('/a'), create('/b')));
  write(tree, create('/a'));
  expect(tree.apply({ ...made, zxid: 2 }).results?.map(({ err }) => err)).toEqual([ErrorCode.NODEEXISTS, 0]);
  expect(tree.exists('/b').err).toBe(ErrorCode.OK);
});

test('TREE-19 a listener hears of every node that changes, in order, with the ACLs it had', () => {
  const tree = new DataTree();
  const { heard, listener } = listening(tree);
  const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
  const step = (one: Parameters<typeof prepared>[1]) => tree.apply(prepared(tree, one), listener);
  step(open());
  step(create('/a'));
  step(setAcl('/a', acl));
  step(create('/a/y', null, 'ephemeral'));
  step(create('/a/x', null, 'ephemeral'));
  step(multi(setData('/a'), create('/b'), remove('/b')));
  step(close());
  step(remove('/nowhere'));
  expect(heard.map(([kind, path, zxid]) => [kind, path, zxid])).toEqual([
    ['created', '/a', 2],
    ['created', '/a/y', 4],
    ['created', '/a/x', 5],
    ['data', '/a', 6],
    ['created', '/b', 6],
    ['deleted', '/b', 6],
    ['deleted', '/a/x', 7],
    ['deleted', '/a/y', 7],
  ]);
  const acls = heard.map(([, , , , own, parent]) => [own, parent]);
  expect(acls[0]).toEqual([ALL, ALL]);
  expect([acls[1]?.[1], acls[3]?.[0], acls[7]?.[1]].every((list) => list === acl)).toBe(true);
});

test('TREE-19 what changes nothing is told to nobody', () => {
  const tree = new DataTree();
  const { heard, listener } = listening(tree);
  const [made] = write(tree, create('/a'));
  tree.apply(made as NonNullable<typeof made>, listener);
  tree.apply(record(2, { type: OpCode.delete, path: '/x' }), listener);
  tree.apply(record(3, { type: OpCode.setData, path: '/x', data: null, version: 1 }), listener);
  expect(heard).toEqual([]);
});
