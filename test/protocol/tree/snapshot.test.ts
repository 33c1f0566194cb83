import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapChunk, SnapNode } from '../../../protocol/snapshot.ts';
import {
  DataTree,
  restoreTree,
  SnapshotWalk,
  snapHeaderOf,
  TreeBuilder,
} from '../../../protocol/tree/index.ts';
import type { TxnRecord } from '../../../protocol/txn.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../protocol/wire/index.ts';
import {
  bytes,
  close,
  create,
  multi,
  OTHER,
  open,
  remove,
  type Step,
  setData,
  steps,
  whole,
  write,
} from './transactions.ts';

const paths = (nodes: readonly SnapNode[]) => nodes.map((node) => node.path);

test('TREE-12 a walk gives parents before children, children sorted, in steps of any size', () => {
  const tree = new DataTree();
  write(tree, create('/b'), create('/a'), create('/a/y'), create('/a/x'));
  const order = ['', '/a', '/a/x', '/a/y', '/b', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'];
  const walk = new SnapshotWalk();
  const nodes = walk.next(tree, 3);
  expect([nodes.length, walk.done]).toEqual([3, false]);
  nodes.push(...walk.next(tree, 99));
  expect([paths(nodes), walk.done, walk.next(tree, 1)]).toEqual([order, true, []]);
});

test('TREE-12 a walk is fuzzy: vanished nodes are passed over, later ones missed, stats are copies', () => {
  const tree = new DataTree();
  write(tree, create('/a'), create('/a/x'), create('/a/y'), create('/b'));
  const walk = new SnapshotWalk();
  const nodes = walk.next(tree, 2);
  write(tree, setData('/a'), remove('/a/x'), create('/a/z'), create('/b/c'));
  nodes.push(...walk.next(tree, 99));
  expect(paths(nodes).slice(0, 5)).toEqual(['', '/a', '/a/y', '/b', '/b/c']);
  expect(nodes[1]?.stat.version).toBe(0);
});

const PATHS = ['/a', '/a/a', '/a/b', '/a/a/a', '/b', '/b/a'];
const QUOTA_PATHS = ['', '/zookeeper_limits', '/zookeeper_stats', '/b', '/b/zookeeper_stats'].map(
  (name) => `/zookeeper/quota/a${name}`,
);

test('TREE-13 a restored tree is the tree, through a file too', () => {
  fc.assert(
    fc.property(fc.array(steps(...PATHS, ...QUOTA_PATHS), { maxLength: 60, size: 'max' }), (mixed) => {
      const tree = new DataTree();
      write(tree, ...mixed);
      const chunks = whole(tree);
      expect(restoreTree(chunks)).toEqual(tree);
      expect(restoreTree(decodeSnapshot(encodeSnapshot(chunks), tree.lastProcessedZxid))).toEqual(tree);
    }),
  );
});

test('TREE-13 a restored tree shares no stat with the chunks', () => {
  const chunks = whole(new DataTree());
  write(restoreTree(chunks), setData('/'), create('/a'));
  expect(chunks).toEqual(whole(new DataTree()));
});

test('TREE-13 chunks that are no snapshot are refused', () => {
  const tree = new DataTree();
  write(tree, create('/a'));
  const [first, ...rest] = whole(tree) as [SnapChunk, ...SnapChunk[]];
  const without = (path: string) => rest.filter((chunk) => chunk.kind !== 'snapNode' || chunk.path !== path);
  expect(() => restoreTree([first, ...without('')])).toThrow(/no parent/);
  expect(() => restoreTree([first, ...without('/zookeeper')])).toThrow(/no parent/);
  expect(() => restoreTree([first, rest[0] as SnapChunk, ...rest])).toThrow(/twice/);
  expect(() => restoreTree(rest)).toThrow(/before the snapshot's header/);
  expect(() => restoreTree([first, first])).toThrow(/second/);
  expect(() => restoreTree([first, rest.at(-1) as SnapChunk])).toThrow(/without a root/);
  expect(() => restoreTree([first, ...rest, first])).toThrow(/after the snapshot's end/);
  expect(() => new TreeBuilder().finish()).toThrow(/no end/);
});

/** Takes a snapshot while writes go on, then restores it and applies everything after its header again. */
function fuzzily(before: number, mixed: readonly (number | Step)[]): [DataTree, DataTree] {
  const tree = new DataTree();
  const log: TxnRecord[] = [];
  const ops = mixed.filter((step) => typeof step !== 'number');
  log.push(...write(tree, ...ops.slice(0, before)));
  const first = snapHeaderOf(tree);
  const walk = new SnapshotWalk();
  const nodes: SnapNode[] = [];
  let skip = before;
  for (const step of mixed) {
    if (typeof step === 'number') nodes.push(...walk.next(tree, step));
    else if (skip > 0) skip--;
    else log.push(...write(tree, step));
  }
  nodes.push(...walk.next(tree, Number.POSITIVE_INFINITY));
  const end = { kind: 'snapEnd', zxid: tree.lastProcessedZxid, digest: tree.digest } as const;
  const restored = restoreTree([first, ...nodes, end]);
  for (const record of log) if (record.zxid > first.zxid) restored.apply(record);
  return [restored, tree];
}

function checkFuzzily(step: fc.Arbitrary<Step>, numRuns: number, ...first: Step[]): void {
  // A slow walk, so that nodes are often deleted and made again just before they are visited.
  const mixed = fc.array(
    fc.oneof({ weight: 10, arbitrary: step }, { weight: 1, arbitrary: fc.constant(1) }),
    { minLength: 30, maxLength: 80, size: 'max' },
  );
  fc.assert(
    fc.property(fc.nat(20), mixed, (before, rest) => {
      const [restored, tree] = fuzzily(first.length + before, [...first, ...rest]);
      expect(restored).toEqual(tree);
    }),
    { numRuns },
  );
}

test('TREE-14 a fuzzy snapshot and the log after its header make the same tree, whatever the transactions', () => {
  checkFuzzily(steps(...PATHS), 4000, open(), open(OTHER));
});

test('TREE-14 a fuzzy snapshot and the log after its header make the same quota counts', () => {
  const paths = [...QUOTA_PATHS, '/a', '/a/b', '/a/b/c', '/zz'];
  checkFuzzily(steps(...paths), 2000, ...QUOTA_PATHS.map((path) => create(path)), create('/a'));
});

test('TREE-14 an ephemeral made again by another session while the walk was elsewhere is the other session’s', () => {
  const again = [close(), create('/a/e', bytes('2'), 'ephemeral', OTHER)];
  const [restored, tree] = fuzzily(4, [
    open(),
    open(OTHER),
    create('/a'),
    create('/a/e', bytes('1'), 'ephemeral'),
    1,
    ...again,
  ]);
  expect(restored).toEqual(tree);
  expect([...restored.sessions.keys()]).toEqual([OTHER]);
  expect(restored.ephemeralsOf(OTHER)).toEqual(['/a/e']);
});

test('TREE-10 a node deleted and made again with children while the walk was elsewhere is restored whole', () => {
  const again = [remove('/a'), multi(create('/a'), create('/a/c'), create('/a/c/d'))];
  const [restored, tree] = fuzzily(1, [create('/a'), 1, ...again]);
  expect(restored.getChildren('/a').children).toEqual(['c']);
  expect(restored).toEqual(tree);
});

test('TREE-26 a snapshot begins with the sessions, sorted by id, and a restored tree has them', () => {
  const tree = new DataTree();
  write(tree, open(OTHER), open(), create('/e', null, 'ephemeral', OTHER));
  const header = snapHeaderOf(tree);
  expect(header).toEqual({
    kind: 'snapHeader',
    zxid: 3,
    sessions: [
      { id: '0100000000000001', timeout: 4000 },
      { id: '0200000000000002', timeout: 4000 },
    ],
  });
  const restored = restoreTree(whole(tree));
  expect([...restored.sessions].sort()).toEqual([...tree.sessions].sort());
  expect(restored.ephemeralsOf(OTHER)).toEqual(['/e']);
});
