import { expect, test } from 'vitest';
import {
  CONTAINER_OWNER,
  DataTree,
  MAX_TTL,
  nodeDigest,
  ownerKind,
  ttlOf,
  ttlOwner,
  type ZNode,
} from '../../../protocol/tree/index.ts';
import { ErrorCode, NO_SESSION } from '../../../protocol/txn.ts';
import { close, create, OTHER, open, prepared, remove, SESSION, setData, write } from './transactions.ts';

test('TREE-15 owners as Apache encodes them', () => {
  expect(CONTAINER_OWNER).toBe('8000000000000000');
  expect([ttlOwner(1), ttlOwner(MAX_TTL)]).toEqual(['ff00000000000001', 'ff0000ffffffffff']);
  for (const ttl of [1, 60_000, MAX_TTL]) expect(ttlOf(ttlOwner(ttl))).toBe(ttl);
  expect(
    ['0000000000000000', 'fe00000000000001', '8000000000000000', 'ff00000000000001'].map(ownerKind),
  ).toEqual(['none', 'session', 'container', 'ttl']);
  for (const ttl of [0, -1, MAX_TTL + 1, Number.NaN]) expect(() => ttlOwner(ttl)).toThrow(RangeError);
});

test('TREE-15 clients see the owner of ephemerals only; the digest has them all', () => {
  const tree = new DataTree();
  write(tree, open());
  const seen = (['persistent', 'ephemeral', 'container', 'ttl'] as const).map((mode) => {
    const { stat } = tree.apply(prepared(tree, create(`/${mode}`, null, mode)));
    expect(tree.exists(`/${mode}`).stat).toEqual(stat);
    return stat?.ephemeralOwner;
  });
  expect(seen).toEqual([NO_SESSION, SESSION, NO_SESSION, NO_SESSION]);
  const ttl = tree.nodes.get('/ttl') as ZNode;
  expect(ttl.stat.ephemeralOwner).toBe('ff00000000001388');
  expect(ttl.digest).toBe(nodeDigest('/ttl', null, ttl.stat));
  expect((tree.nodes.get('/container') as ZNode).stat.ephemeralOwner).toBe(CONTAINER_OWNER);
});

test('TREE-16 a session lives from createSession to closeSession, which deletes its ephemerals under one zxid', () => {
  const tree = new DataTree();
  write(tree, open(), open(OTHER), create('/a'));
  write(tree, create('/a/y', null, 'ephemeral'), create('/a/x', null, 'ephemeral'), create('/a/z'));
  write(tree, create('/o', null, 'ephemeral', OTHER));
  expect([...tree.sessions]).toEqual([
    [SESSION, 4000],
    [OTHER, 4000],
  ]);
  expect(tree.ephemeralsOf(SESSION)).toEqual(['/a/x', '/a/y']);
  const closing = prepared(tree, close());
  expect(tree.apply(closing)).toEqual({ err: ErrorCode.OK });
  expect([...tree.sessions.keys(), ...tree.ephemerals.keys()]).toEqual([OTHER, OTHER]);
  expect(tree.getChildren('/a')).toMatchObject({
    children: ['z'],
    stat: { pzxid: closing.zxid, cversion: 5 },
  });
  expect(tree.exists('/o').err).toBe(ErrorCode.OK);
});

test('TREE-16 closeSession deletes what its list names, if it is there, and what else the session owns', () => {
  const tree = new DataTree();
  write(tree, open(), create('/x', null, 'ephemeral'), create('/y', null, 'ephemeral'), create('/p'));
  const closing = prepared(tree, close());
  expect(
    tree.apply({ ...closing, txn: { ...closing.txn, paths: ['/gone', '/p'] } as typeof closing.txn }),
  ).toEqual({
    err: ErrorCode.OK,
  });
  expect(tree.getChildren('/').children).toEqual(['zookeeper']);
  expect([tree.sessions.size, tree.ephemerals.size]).toEqual([0, 0]);
});

test('TREE-20 the indexes follow the nodes', () => {
  const tree = new DataTree();
  write(
    tree,
    open(),
    create('/e', null, 'ephemeral'),
    create('/c', null, 'container'),
    create('/t', null, 'ttl'),
  );
  expect([[...tree.ephemerals], [...tree.containers], [...tree.ttls]]).toEqual([
    [[SESSION, new Set(['/e'])]],
    ['/c'],
    ['/t'],
  ]);
  write(tree, remove('/e'), remove('/c'), remove('/t'));
  expect([tree.ephemerals.size, tree.containers.size, tree.ttls.size]).toEqual([0, 0, 0]);
  expect([tree.ephemeralsOf(SESSION), tree.sessions.has(SESSION)]).toEqual([[], true]);
});

test('TREE-22 containers may go once they had a child and have none', () => {
  const tree = new DataTree();
  write(
    tree,
    create('/new', null, 'container'),
    create('/used', null, 'container'),
    create('/b', null, 'container'),
  );
  write(tree, create('/used/x'), create('/b/x'), create('/plain'), create('/plain/x'));
  expect(tree.containerCandidates(1e9)).toEqual([]);
  write(tree, remove('/used/x'), remove('/plain/x'), remove('/b/x'));
  expect(tree.containerCandidates(1e9)).toEqual(['/b', '/used']);
});

test('TREE-22 a childless node may go when its time to live has passed since its data changed', () => {
  const tree = new DataTree();
  // Times are 1000 × zxid, times to live 5000 ms.
  write(tree, create('/t', null, 'ttl'), create('/s', null, 'ttl'), create('/s/x'));
  expect([6000, 6001].map((now) => tree.containerCandidates(now))).toEqual([[], ['/t']]);
  write(tree, setData('/t'), remove('/s/x'));
  expect([7000, 7001, 9000, 9001].map((now) => tree.containerCandidates(now))).toEqual([
    [],
    ['/s'],
    ['/s'],
    ['/s', '/t'],
  ]);
});
