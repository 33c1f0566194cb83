import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from '../../../protocol/snapshot.ts';
import { DataTree, restoreTree, SnapshotWalk, TreeBuilder } from '../../../protocol/tree/index.ts';
import type { TxnRecord } from '../../../protocol/txn.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../protocol/wire/index.ts';
import { create, remove, setData, write, writeOp } from './operations.ts';

const header = (tree: DataTree): SnapHeader => ({
  kind: 'snapHeader',
  zxid: tree.lastProcessedZxid,
  sessions: [],
});
const end = (tree: DataTree): SnapEnd => ({
  kind: 'snapEnd',
  zxid: tree.lastProcessedZxid,
  digest: tree.digest,
});
const whole = (tree: DataTree): SnapChunk[] => [
  header(tree),
  ...new SnapshotWalk().next(tree, Number.POSITIVE_INFINITY),
  end(tree),
];
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

test('TREE-13 a restored tree is the tree, through a file too', () => {
  fc.assert(
    fc.property(fc.array(writeOp, { maxLength: 30 }), (ops) => {
      const tree = new DataTree();
      write(tree, ...ops);
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
  expect(() => restoreTree([first, end(tree)])).toThrow(/without a root/);
  expect(() => restoreTree([first, ...rest, first])).toThrow(/after the snapshot's end/);
  expect(() => new TreeBuilder().finish()).toThrow(/no end/);
});

/** Takes a snapshot while writes go on, then restores it and applies everything after its header again. */
function fuzzily(
  before: number,
  steps: readonly (number | Parameters<typeof write>[1])[],
): [DataTree, DataTree] {
  const tree = new DataTree();
  const log: TxnRecord[] = [];
  const ops = steps.filter((step) => typeof step !== 'number');
  log.push(...write(tree, ...ops.slice(0, before)));
  const first = header(tree);
  const walk = new SnapshotWalk();
  const nodes: SnapNode[] = [];
  let skip = before;
  for (const step of steps) {
    if (typeof step === 'number') nodes.push(...walk.next(tree, step));
    else if (skip > 0) skip--;
    else log.push(...write(tree, step));
  }
  nodes.push(...walk.next(tree, Number.POSITIVE_INFINITY));
  const restored = restoreTree([first, ...nodes, end(tree)]);
  for (const record of log) if (record.zxid > first.zxid) restored.apply(record);
  return [restored, tree];
}

test('TREE-14 a fuzzy snapshot and the log after its header make the same tree, stats and digest included', () => {
  // Few paths and a slow walk, so that nodes are often deleted and made again just before they are visited.
  const path = fc.constantFrom('/a', '/a/a', '/a/b', '/a/a/a', '/b', '/b/a');
  const step = fc.oneof(
    { weight: 8, arbitrary: path.map((at) => create(at)) },
    { weight: 8, arbitrary: path.map((at) => remove(at)) },
    { weight: 2, arbitrary: path.map((at) => setData(at)) },
    { weight: 2, arbitrary: fc.constant(1) },
  );
  const steps = fc.array(step, { minLength: 30, maxLength: 80, size: 'max' });
  fc.assert(
    fc.property(fc.nat(20), steps, (before, mixed) => {
      const [restored, tree] = fuzzily(before, mixed);
      expect(restored).toEqual(tree);
    }),
    { numRuns: 4000 },
  );
});

test('TREE-10 a node deleted and made again with children while the walk was elsewhere is restored whole', () => {
  const again = [remove('/a'), create('/a'), create('/a/c'), create('/a/c/d')];
  const [restored, tree] = fuzzily(1, [create('/a'), 1, ...again]);
  expect(restored.getChildren('/a').children).toEqual(['c']);
  expect(restored).toEqual(tree);
});
