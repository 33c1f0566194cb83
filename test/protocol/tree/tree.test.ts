import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  DataTree,
  nodeDigest,
  OPEN_ACL_UNSAFE,
  READ_ACL_UNSAFE,
  statOf,
  type ZNode,
} from '../../../protocol/tree/index.ts';
import { ErrorCode, OpCode, type Txn } from '../../../protocol/txn.ts';
import { bytes, create, prepared, record, remove, SESSION, setAcl, setData, write } from './transactions.ts';

const NO_OWNER = '0000000000000000';
const creation = (path: string, parentCVersion: number, ephemeral = false): Txn => ({
  type: OpCode.create,
  path,
  data: null,
  acl: READ_ACL_UNSAFE,
  ephemeral,
  parentCVersion,
});

test('TREE-2 a new tree has the system nodes, and its root shows cversion −1', () => {
  const tree = new DataTree();
  expect([...tree.nodes.keys()]).toEqual(['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']);
  expect(tree.getChildren('/')).toMatchObject({
    children: ['zookeeper'],
    stat: { cversion: -1, numChildren: 1 },
  });
  expect(tree.getChildren('/zookeeper').children).toEqual(['config', 'quota']);
  expect(tree.nodes.get('/zookeeper/config')).toMatchObject({ acl: READ_ACL_UNSAFE, stat: { aversion: -1 } });
  expect(tree.lastProcessedZxid).toBe(0);
});

test('TREE-3 create sets every field of the stat and touches only cversion and pzxid of the parent', () => {
  const tree = new DataTree();
  const before = statOf(tree.nodes.get('/') as ZNode);
  const result = tree.apply(prepared(tree, create('/a', bytes('hello')), 7));
  const stat = {
    czxid: 7,
    mzxid: 7,
    ctime: 7000,
    mtime: 7000,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: NO_OWNER,
    dataLength: 5,
    numChildren: 0,
    pzxid: 7,
  };
  expect(result).toEqual({ err: ErrorCode.OK, path: '/a', stat });
  expect(tree.exists('/a')).toEqual({ err: ErrorCode.OK, stat });
  expect(tree.getData('/a')).toEqual({ err: ErrorCode.OK, data: bytes('hello'), stat });
  expect(tree.exists('/').stat).toEqual({ ...before, cversion: 0, numChildren: 2, pzxid: 7 });
  expect(tree.lastProcessedZxid).toBe(7);
});

test('TREE-3 an ephemeral creation is owned by the session', () => {
  const tree = new DataTree();
  expect(tree.apply(record(1, creation('/e', 1, true))).stat?.ephemeralOwner).toBe(SESSION);
});

test('TREE-4 delete raises the visible cversion and pzxid of the parent', () => {
  const tree = new DataTree();
  write(tree, create('/a'), create('/a/b'), create('/a/c'));
  expect(tree.exists('/a').stat).toMatchObject({
    cversion: 2,
    numChildren: 2,
    pzxid: 3,
    mzxid: 1,
    version: 0,
  });
  expect(tree.apply(prepared(tree, remove('/a/b')))).toEqual({ err: ErrorCode.OK });
  expect(tree.exists('/a').stat).toMatchObject({
    cversion: 3,
    numChildren: 1,
    pzxid: 4,
    mzxid: 1,
    version: 0,
  });
  expect(tree.nodes.get('/a')?.stat.cversion).toBe(2);
  for (const read of [tree.exists('/a/b'), tree.getData('/a/b'), tree.getChildren('/a/b')]) {
    expect(read).toEqual({ err: ErrorCode.NONODE });
  }
});

test('TREE-5 setData sets data, version, mzxid and mtime, and nothing of the parent', () => {
  const tree = new DataTree();
  write(tree, create('/a', bytes('x')));
  const root = tree.exists('/').stat;
  const { stat } = tree.apply(prepared(tree, setData('/a'), 9));
  expect(stat).toMatchObject({
    version: 1,
    czxid: 1,
    mzxid: 9,
    pzxid: 1,
    ctime: 1000,
    mtime: 9000,
    dataLength: 0,
  });
  expect(tree.getData('/a')).toEqual({ err: ErrorCode.OK, data: null, stat });
  expect(tree.exists('/').stat).toEqual(root);
});

test('TREE-6 children come sorted by UTF-16 unit', () => {
  const tree = new DataTree();
  write(tree, ...['é', 'b', 'a10', 'a9', 'B', 'z'].map((name) => create(`/${name}`)));
  expect(tree.getChildren('/').children).toEqual(['B', 'a10', 'a9', 'b', 'z', 'zookeeper', 'é']);
});

test('TREE-7 replaying a creation that is there keeps the node, but raises the parent and takes the ACL', () => {
  const tree = new DataTree();
  write(tree, create('/a', bytes('x')));
  expect(tree.apply(record(5, creation('/a', 4)))).toEqual({ err: ErrorCode.NODEEXISTS });
  expect(tree.nodes.get('/')?.stat).toMatchObject({ cversion: 4, pzxid: 5 });
  expect(tree.nodes.get('/a')).toMatchObject({ data: bytes('x'), acl: READ_ACL_UNSAFE, stat: { czxid: 1 } });
  expect(tree.lastProcessedZxid).toBe(5);
});

test('TREE-7 replaying an older creation leaves the parent’s cversion and pzxid', () => {
  const tree = new DataTree();
  write(tree, create('/a'), create('/b'), create('/c'));
  expect(tree.apply(record(2, creation('/d', 2))).err).toBe(ErrorCode.OK);
  expect(tree.nodes.get('/')?.stat).toMatchObject({ cversion: 3, pzxid: 3 });
  expect(tree.lastProcessedZxid).toBe(3);
});

test('TREE-8 replaying a deletion of what is gone still raises the parent’s pzxid, and never lowers it', () => {
  const tree = new DataTree();
  write(tree, create('/a'));
  expect(tree.apply(record(5, { type: OpCode.delete, path: '/x' })).err).toBe(ErrorCode.NONODE);
  expect(tree.nodes.get('/')?.stat.pzxid).toBe(5);
  tree.apply(record(3, { type: OpCode.delete, path: '/y' }));
  expect(tree.nodes.get('/')?.stat.pzxid).toBe(5);
});

test('TREE-9 what has no parent or no node is an error without effect', () => {
  const tree = new DataTree();
  const { digest } = tree;
  const txns: Txn[] = [
    creation('/x/y', 1),
    { type: OpCode.delete, path: '/x/y' },
    { type: OpCode.setData, path: '/x', data: null, version: 3 },
  ];
  txns.forEach((txn, i) => {
    expect(tree.apply(record(i + 1, txn))).toEqual({ err: ErrorCode.NONODE });
  });
  expect(tree.apply(record(9, { type: OpCode.error, err: ErrorCode.BADVERSION })).err).toBe(
    ErrorCode.BADVERSION,
  );
  expect([tree.digest, tree.lastProcessedZxid]).toEqual([digest, 9]);
});

test('TREE-10 deleting in replay a node that has children takes them along', () => {
  const tree = new DataTree();
  write(tree, create('/a'), create('/a/b'), create('/a/b/c'));
  const { digest } = new DataTree();
  expect(tree.apply(record(4, { type: OpCode.delete, path: '/a' })).err).toBe(ErrorCode.OK);
  expect(tree.nodes.size).toBe(4);
  const root = tree.nodes.get('/') as ZNode;
  expect(tree.digest - root.digest).toBe(digest - (new DataTree().nodes.get('/') as ZNode).digest);
});

test('TREE-11 a node’s digest is the CRC-32 of path, data and stat', () => {
  const stat = {
    czxid: 0x1_0000_0002,
    mzxid: 3,
    ctime: 1_700_000_000_000,
    mtime: 5,
    version: 6,
    cversion: 7,
    aversion: -1,
    ephemeralOwner: 'ff00000000000001',
    pzxid: 4,
  };
  const tail = Buffer.from(
    '0000000100000002 0000000000000003 0000000000000004 0000018bcfe56800 0000000000000005'.replaceAll(
      ' ',
      '',
    ) + '00000006 00000007 ffffffff ff00000000000001'.replaceAll(' ', ''),
    'hex',
  );
  expect(nodeDigest('/é', bytes('data'), stat)).toBe(crc32(Buffer.concat([bytes('/édata'), tail])));
  expect(nodeDigest('/é', null, stat)).toBe(crc32(Buffer.concat([bytes('/é'), tail])));
  expect(nodeDigest('/', null, stat)).toBe(crc32(tail));
  expect(nodeDigest('/zookeeper', null, stat)).toBe(crc32(Buffer.concat([bytes('/zookeeper'), tail])));
  expect(nodeDigest('/zookeeper/quota', null, stat)).toBe(0);
  expect(nodeDigest('/zookeeper2', null, stat)).not.toBe(0);
});

test('TREE-11 what is below /zookeeper/ is in no tree digest', () => {
  const tree = new DataTree();
  write(tree, create('/zookeeper/x', bytes('1')));
  const { digest } = tree;
  write(tree, setData('/zookeeper/x', bytes('2')));
  expect(tree.digest).toBe(digest);
  expect(tree.nodes.get('/')?.acl).toBe(OPEN_ACL_UNSAFE);
});

test('TREE-17 setACL sets ACL and aversion, and nothing else', () => {
  const tree = new DataTree();
  write(tree, create('/a', bytes('x')));
  const before = tree.exists('/a').stat;
  const root = tree.exists('/').stat;
  const result = tree.apply(prepared(tree, setAcl('/a', READ_ACL_UNSAFE)));
  expect(result).toEqual({ err: ErrorCode.OK, stat: { ...before, aversion: 1 } });
  expect(tree.getAcl('/a')).toEqual({ err: ErrorCode.OK, acl: READ_ACL_UNSAFE, stat: result.stat });
  expect(tree.exists('/').stat).toEqual(root);
  const node = tree.nodes.get('/a') as ZNode;
  expect(node.digest).toBe(nodeDigest('/a', node.data, node.stat));
  expect(
    tree.apply(record(9, { type: OpCode.setACL, path: '/x', acl: READ_ACL_UNSAFE, version: 4 })),
  ).toEqual({
    err: ErrorCode.NONODE,
  });
});

test('TREE-4 the visible cversion has 32 bits', () => {
  const tree = new DataTree();
  tree.apply(record(1, creation('/a', 0x7fff_ffff)));
  expect(tree.exists('/').stat?.cversion).toBe(-4);
});

test('TREE-21 getACL gives the stored ACL, getAllChildrenNumber counts all below', () => {
  const tree = new DataTree();
  write(tree, create('/a'), create('/a/b'), create('/a/b/c'), create('/ab'), setAcl('/a'));
  expect(tree.getAcl('/a').acl).toBe(READ_ACL_UNSAFE);
  const counts = ['/', '/a', '/a/b', '/a/b/c', '/zookeeper'].map((path) => tree.getAllChildrenNumber(path));
  expect(counts).toEqual([7, 2, 1, 0, 2].map((count) => ({ err: ErrorCode.OK, count })));
  for (const read of [tree.getAcl('/x'), tree.getAllChildrenNumber('/x')]) {
    expect(read).toEqual({ err: ErrorCode.NONODE });
  }
});
