import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DataTree,
  formatStatsTrack,
  parseStatsTrack,
  quotaExceeded,
  restoreTree,
} from '../../../protocol/tree/index.ts';
import { bytes, create, multi, prepared, remove, setData, steps, whole, write } from './transactions.ts';

const Q = '/zookeeper/quota';
const textOf = (data: Uint8Array | null | undefined) => Buffer.from(data ?? []).toString();
const statsOf = (tree: DataTree, path: string) => textOf(tree.getData(`${Q}${path}/zookeeper_stats`).data);
const limits = (path: string, text = 'count=-1,bytes=-1') =>
  create(`${Q}${path}/zookeeper_limits`, bytes(text));
const stats = (path: string) => create(`${Q}${path}/zookeeper_stats`, bytes('count=0,bytes=0'));

test('TREE-23 a new stats node shows the nodes and bytes below its path, and every change from then on', () => {
  const tree = new DataTree();
  write(tree, create('/a', bytes('12')), create('/a/b', bytes('345')), create('/ab', bytes('6789')));
  write(tree, create(`${Q}/a`), limits('/a'));
  const made = tree.apply(prepared(tree, stats('/a')));
  expect(made.stat?.dataLength).toBe('count=0,bytes=0'.length);
  expect(statsOf(tree, '/a')).toBe('count=2,bytes=5');
  write(tree, multi(create('/a/c', bytes('x')), create('/a/c/d')), setData('/a', bytes('1234')));
  expect(statsOf(tree, '/a')).toBe('count=4,bytes=8');
  write(tree, setData('/a/b'), remove('/a/c/d'), setData('/ab'));
  expect(statsOf(tree, '/a')).toBe('count=3,bytes=5');
});

test('TREE-23 counting leaves version, mzxid and the tree’s digest alone', () => {
  const tree = new DataTree();
  write(tree, create(`${Q}/a`), limits('/a'), stats('/a'));
  const { stat } = tree.exists(`${Q}/a/zookeeper_stats`);
  write(tree, create('/a', new Uint8Array(10)));
  expect(statsOf(tree, '/a')).toBe('count=1,bytes=10');
  expect(tree.exists(`${Q}/a/zookeeper_stats`).stat).toEqual({ ...stat, dataLength: 16 });
  const plain = new DataTree();
  write(plain, multi(), multi(), multi(), create('/a', new Uint8Array(10)));
  expect(tree.digest - (tree.nodes.get('/zookeeper')?.digest ?? 0)).toBe(
    plain.digest - (plain.nodes.get('/zookeeper')?.digest ?? 0),
  );
});

test('TREE-23 stats are what is there, whoever writes to them; all quotas above a node count it', () => {
  const tree = new DataTree();
  write(tree, create(`${Q}/a`), limits('/a'), stats('/a'), create(`${Q}/a/b`), stats('/a/b'));
  write(tree, create('/a'), create('/a/b', bytes('1')), create('/a/b/c', bytes('22')));
  write(tree, setData(`${Q}/a/zookeeper_stats`, bytes('count=99,bytes=99')));
  expect([statsOf(tree, '/a'), statsOf(tree, '/a/b')]).toEqual(['count=3,bytes=3', 'count=2,bytes=3']);
  write(tree, remove(`${Q}/a/zookeeper_limits`), create('/a/x'));
  expect(statsOf(tree, '/a')).toBe('count=4,bytes=3');
  write(tree, remove(`${Q}/a/b/zookeeper_stats`), remove(`${Q}/a/zookeeper_stats`), create('/a/y'));
  expect(tree.quotas).toEqual(new DataTree().quotas);
});

test('TREE-23 a quota node of no path, or elsewhere, is a node like any other', () => {
  const tree = new DataTree();
  write(
    tree,
    stats(''),
    limits(''),
    create('/zookeeper/quotas'),
    create('/zookeeper/quotas/zookeeper_stats'),
  );
  write(tree, create('/zookeeper_stats'), create('/a'));
  expect(tree.quotas).toEqual(new DataTree().quotas);
  expect(statsOf(tree, '')).toBe('count=0,bytes=0');
});

test('TREE-23 every stats node is right after every step, and a restored tree counts as the tree does', () => {
  const tops = ['/a', '/a/b', '/zookeeper', '/zookeeper/quota'];
  const quotas = tops.flatMap((top) =>
    ['', '/zookeeper_stats', '/zookeeper_limits'].map((name) => Q + top + name),
  );
  const paths = ['/a', '/a/b', '/a/c', '/a/b/c', ...quotas];
  fc.assert(
    fc.property(fc.array(steps(...paths), { minLength: 20, maxLength: 80, size: 'max' }), (mixed) => {
      const tree = new DataTree();
      for (const step of mixed) {
        write(tree, step);
        for (const top of tops) {
          if (!tree.nodes.has(`${Q}${top}/zookeeper_stats`)) continue;
          let count = 0;
          let total = 0;
          for (const [path, { data }] of tree.nodes) {
            if (path !== top && !path.startsWith(`${top}/`)) continue;
            count++;
            if (!/^\/zookeeper\/quota\/.*\/zookeeper_stats$/.test(path)) total += data?.length ?? 0;
          }
          expect(statsOf(tree, top)).toBe(`count=${count},bytes=${total}`);
        }
      }
      expect(restoreTree(whole(tree))).toEqual(tree);
    }),
    { numRuns: 300 },
  );
});

test('TREE-24 the text of quota nodes is Apache’s', () => {
  const none = { count: -1, bytes: -1, countHardLimit: -1, byteHardLimit: -1 };
  const cases: [string, typeof none][] = [
    ['count=-1,bytes=-1', none],
    ['count=4,bytes=5', { ...none, count: 4, bytes: 5 }],
    [
      'count=4,bytes=5=;byteHardLimit=7;countHardLimit=6',
      { count: 4, bytes: 5, countHardLimit: 6, byteHardLimit: 7 },
    ],
    ['count=4,bytes=5=;countHardLimit=6', { ...none, count: 4, bytes: 5, countHardLimit: 6 }],
  ];
  for (const [text, track] of cases) {
    expect(textOf(formatStatsTrack(track))).toBe(text);
    expect(parseStatsTrack(bytes(text))).toEqual(track);
  }
  for (const text of ['', 'poem', 'count', 'count=', 'count=x,bytes=1.5', 'bytes=0x10;;count==']) {
    expect(parseStatsTrack(bytes(text)), text).toEqual(none);
  }
  expect(parseStatsTrack(null)).toEqual(none);
  expect(parseStatsTrack(bytes('bytes=7;count=3'))).toEqual({ ...none, count: 3, bytes: 7 });
});

test('TREE-24 any bytes can be read', () => {
  fc.assert(fc.property(fc.uint8Array(), (data) => parseStatsTrack(data) !== null));
});

test('TREE-25 a hard limit is exceeded by what ends above it, even by less data; soft limits refuse nothing', () => {
  const tree = new DataTree();
  expect(quotaExceeded(tree, '/a', 1e9, 1e9)).toBe(false);
  write(tree, create('/a', bytes('12345')), create('/a/b'), create(`${Q}/a`));
  write(tree, limits('/a', 'count=1,bytes=1=;byteHardLimit=9;countHardLimit=3'));
  expect(quotaExceeded(tree, '/a/c', 99, 99)).toBe(false);
  write(tree, stats('/a'));
  expect(quotaExceeded(tree, '/a/c', 4, 1)).toBe(false);
  expect(quotaExceeded(tree, '/a/c', 5, 1)).toBe(true);
  expect(quotaExceeded(tree, '/a/c', 0, 2)).toBe(true);
  expect(quotaExceeded(tree, '/a', 5, 0)).toBe(true);
  expect(quotaExceeded(tree, '/ab', 5, 2)).toBe(false);
  write(tree, setData(`${Q}/a/zookeeper_limits`, bytes('count=1,bytes=1=;byteHardLimit=2')));
  expect(quotaExceeded(tree, '/a/b', 0, 9)).toBe(false);
  expect(quotaExceeded(tree, '/a/b', -2, 0)).toBe(true);
  expect(quotaExceeded(tree, '/a/b', -3, 0)).toBe(false);
  expect(quotaExceeded(tree, '/a/b', 1, 0)).toBe(true);
});

test('TREE-25 only the longest prefix that has limits is asked', () => {
  const tree = new DataTree();
  write(tree, create(`${Q}/a`), limits('/a', 'count=-1,bytes=-1=;countHardLimit=1'), stats('/a'));
  write(tree, create(`${Q}/a/b`), stats('/a/b'), create('/a'), create('/a/b'));
  expect(quotaExceeded(tree, '/a/b/c', 0, 1)).toBe(true);
  write(tree, limits('/a/b', 'count=-1,bytes=-1=;countHardLimit=5'));
  expect([quotaExceeded(tree, '/a/b/c', 0, 1), quotaExceeded(tree, '/a/c', 0, 1)]).toEqual([false, true]);
});
