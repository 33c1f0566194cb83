import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WatchEventType } from '../../../protocol/client-messages.ts';
import { AddWatchMode, type SetWatchesRequest, WatcherType } from '../../../protocol/request.ts';
import { type ServiceRules, serviceRules } from '../../../protocol/server/service-rules.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE, Perms } from '../../../protocol/tree/acl.ts';
import { parentOf, ROOT } from '../../../protocol/tree/path.ts';
import { DataTree } from '../../../protocol/tree/tree.ts';
import { Watches, type WatchSink } from '../../../protocol/tree/watches.ts';
import { type MultiPart, OpCode, type Txn } from '../../../protocol/txn.ts';
import { cloneGraph } from '../../../sim/clone.ts';
import { SESSION } from './operations.ts';

const { NodeCreated, NodeDeleted, NodeDataChanged, NodeChildrenChanged } = WatchEventType;
const OWNED: readonly Acl[] = [{ perms: Perms.READ, scheme: 'digest', id: 'a:x' }];

type Event = [watcher: number, type: WatchEventType, path: string, zxid: number];

/** Collects events. Connection 1 owns the id that {@link OWNED} asks for. */
class Events implements WatchSink {
  all: Event[] = [];
  notify(watcher: number, type: WatchEventType, path: string, zxid: number): void {
    this.all.push([watcher, type, path, zxid]);
  }
  auth(watcher: number): readonly Id[] {
    return watcher === 1 ? [{ scheme: 'digest', id: 'a:x' }] : [{ scheme: 'ip', id: '127.0.0.1' }];
  }
  take(): Event[] {
    const all = this.all;
    this.all = [];
    return all;
  }
}

function setUp(rules: Partial<ServiceRules> = {}) {
  const events = new Events();
  return { events, watches: new Watches(events, { ...serviceRules, ...rules }) };
}

/** The changes as a tree makes them. */
const A = OPEN_ACL_UNSAFE;
const create = (w: Watches, path: string, zxid = 1, acl = A, parentAcl = A) =>
  w.created(path, zxid, acl, parentAcl);
const remove = (w: Watches, path: string, zxid = 1, acl = A, parentAcl = A) =>
  w.deleted(path, zxid, acl, parentAcl);
const change = (w: Watches, path: string, zxid = 1, acl = A) => w.dataChanged(path, zxid, acl);

test('WATCH-1 which change fires which watch', () => {
  const { events, watches } = setUp();
  const arm = () => {
    watches.addData('/a/b', 1);
    watches.addChild('/a/b', 2);
    watches.addChild('/a', 3);
    watches.addData('/a', 4);
  };
  arm();
  create(watches, '/a/b', 5);
  expect(events.take()).toEqual([
    [1, NodeCreated, '/a/b', 5],
    [3, NodeChildrenChanged, '/a', 5],
  ]);
  arm();
  change(watches, '/a/b', 6);
  expect(events.take()).toEqual([[1, NodeDataChanged, '/a/b', 6]]);
  arm();
  remove(watches, '/a/b', 7);
  expect(events.take()).toEqual([
    [1, NodeDeleted, '/a/b', 7],
    [2, NodeDeleted, '/a/b', 7],
    [3, NodeChildrenChanged, '/a', 7],
  ]);
});

test('WATCH-1 the root is the parent of what is directly below it, and has none', () => {
  const { events, watches } = setUp();
  watches.addChild('/', 1);
  watches.addData('/', 1);
  change(watches, '/');
  expect(events.take()).toEqual([[1, NodeDataChanged, '/', 1]]);
  create(watches, '/a');
  expect(events.take()).toEqual([[1, NodeChildrenChanged, '/', 1]]);
});

test('WATCH-1 transactions of a served tree fire them in the order of their parts; setACL tells nobody', () => {
  const { events, watches } = setUp();
  const tree = new DataTree();
  let zxid = 0;
  const apply = (txn: Txn) =>
    tree.apply({ kind: 'txn', session: SESSION, cxid: 0, zxid: ++zxid, time: 0, txn, digest: 0 }, watches);
  const put = (path: string, parentCVersion: number): MultiPart => ({
    type: OpCode.create,
    path,
    data: null,
    acl: A,
    ephemeral: true,
    parentCVersion,
  });
  apply({ type: OpCode.createSession, timeout: 1000 });
  watches.addPersistent('/', 1, AddWatchMode.PERSISTENT_RECURSIVE);
  watches.addChild('/', 2);
  apply({
    type: OpCode.multi,
    txns: [put('/b', 1), put('/a', 2), { type: OpCode.delete, path: '/b' }, put('/c', 3)],
  });
  apply({ type: OpCode.setACL, path: '/a', acl: A, version: 1 });
  apply({ type: OpCode.setData, path: '/a', data: null, version: 1 });
  watches.addChild('/', 2);
  apply({ type: OpCode.closeSession, paths: ['/a', '/c'] });
  expect(events.take()).toEqual([
    [1, NodeCreated, '/b', 2],
    [2, NodeChildrenChanged, '/', 2],
    [1, NodeCreated, '/a', 2],
    [1, NodeDeleted, '/b', 2],
    [1, NodeCreated, '/c', 2],
    [1, NodeDataChanged, '/a', 4],
    [1, NodeDeleted, '/a', 5],
    [2, NodeChildrenChanged, '/', 5],
    [1, NodeDeleted, '/c', 5],
  ]);
});

test('WATCH-2 a one-shot watch is gone once it has fired, and is one however often it was asked for', () => {
  const { events, watches } = setUp();
  watches.addData('/a', 1);
  watches.addData('/a', 1);
  expect(watches.count).toBe(1);
  change(watches, '/a');
  change(watches, '/a');
  expect(events.take()).toEqual([[1, NodeDataChanged, '/a', 1]]);
  expect(watches.count).toBe(0);
});

test('WATCH-2 a variant may keep it', () => {
  const { events, watches } = setUp({ oneShot: false });
  watches.addData('/a', 1);
  change(watches, '/a', 1);
  change(watches, '/a', 2);
  expect(events.take().map(([, , , zxid]) => zxid)).toEqual([1, 2]);
});

test('WATCH-3 the event leaves while the transaction is applied, before anything newer is readable', () => {
  const tree = new DataTree();
  const events = new Events();
  const processed: number[] = [];
  events.notify = () => processed.push(tree.lastProcessedZxid);
  const watches = new Watches(events, serviceRules);
  watches.addChild('/', 1);
  const txn: Txn = {
    type: OpCode.create,
    path: '/a',
    data: null,
    acl: A,
    ephemeral: false,
    parentCVersion: 1,
  };
  tree.apply({ kind: 'txn', session: SESSION, cxid: 1, zxid: 9, time: 0, txn, digest: 0 }, watches);
  expect(processed).toEqual([0]);
  expect(tree.lastProcessedZxid).toBe(9);
});

test('WATCH-4 a deletion is told once to a connection that watches data and children', () => {
  const { events, watches } = setUp();
  for (const watcher of [2, 1, 3]) watches.addData('/a', watcher);
  for (const watcher of [4, 3, 2, 0]) watches.addChild('/a', watcher);
  remove(watches, '/a');
  expect(events.take().map(([watcher]) => watcher)).toEqual([1, 2, 3, 0, 4]);
  expect(watches.count).toBe(0);
});

test('WATCH-4 one change, one event, whatever the modes and ancestors; connections in ascending order', () => {
  const { events, watches } = setUp();
  for (const watcher of [12, 3, 100]) {
    watches.addData('/a/b', watcher);
    watches.addPersistent('/a/b', watcher, AddWatchMode.PERSISTENT);
    for (const path of ['/', '/a', '/a/b'])
      watches.addPersistent(path, watcher, AddWatchMode.PERSISTENT_RECURSIVE);
  }
  change(watches, '/a/b');
  expect(events.take().map(([watcher]) => watcher)).toEqual([3, 12, 100]);
});

test('WATCH-5 a persistent watch stays, hears of data and of children, and not of what is below', () => {
  const { events, watches } = setUp();
  watches.addPersistent('/a', 1, AddWatchMode.PERSISTENT);
  create(watches, '/a', 1);
  create(watches, '/a/b', 2);
  change(watches, '/a/b', 3);
  change(watches, '/a', 4);
  remove(watches, '/a/b', 5);
  remove(watches, '/a', 6);
  create(watches, '/a', 7);
  expect(events.take()).toEqual([
    [1, NodeCreated, '/a', 1],
    [1, NodeChildrenChanged, '/a', 2],
    [1, NodeDataChanged, '/a', 4],
    [1, NodeChildrenChanged, '/a', 5],
    [1, NodeDeleted, '/a', 6],
    [1, NodeCreated, '/a', 7],
  ]);
});

test('WATCH-5 a recursive watch hears of the node and all below by their paths, and of no children', () => {
  const { events, watches } = setUp();
  watches.addPersistent('/a', 1, AddWatchMode.PERSISTENT_RECURSIVE);
  create(watches, '/a', 1);
  create(watches, '/a/b', 2);
  create(watches, '/a/b/c', 3);
  create(watches, '/ab', 4);
  change(watches, '/a/b/c', 5);
  remove(watches, '/a/b/c', 6);
  change(watches, '/', 7);
  expect(events.take()).toEqual([
    [1, NodeCreated, '/a', 1],
    [1, NodeCreated, '/a/b', 2],
    [1, NodeCreated, '/a/b/c', 3],
    [1, NodeDataChanged, '/a/b/c', 5],
    [1, NodeDeleted, '/a/b/c', 6],
  ]);
});

test('WATCH-5 modes on one path live side by side: what fires takes only the one-shot one', () => {
  const { events, watches } = setUp();
  watches.addData('/a', 1);
  watches.addPersistent('/a', 1, AddWatchMode.PERSISTENT_RECURSIVE);
  change(watches, '/a');
  expect(events.take()).toHaveLength(1);
  expect(watches.has('/a', 1, WatcherType.DATA)).toBe(false);
  expect(watches.has('/a', 1, WatcherType.PERSISTENT_RECURSIVE)).toBe(true);
});

const request = (lists: Partial<SetWatchesRequest>): SetWatchesRequest => ({
  type: OpCode.setWatches2,
  relativeZxid: 10,
  data: [],
  exist: [],
  child: [],
  persistent: [],
  recursive: [],
  ...lists,
});

/** Nodes /old (zxid 5) and /new (zxid 11), each with a child that came at the same time. */
function sample(): DataTree {
  const tree = new DataTree();
  const put = (path: string, zxid: number, parentCVersion: number) => {
    const txn: Txn = { type: OpCode.create, path, data: null, acl: OWNED, ephemeral: false, parentCVersion };
    tree.apply({ kind: 'txn', session: SESSION, cxid: 0, zxid, time: 0, txn, digest: 0 });
  };
  put('/old', 5, 1);
  put('/old/x', 6, 1);
  put('/new', 11, 2);
  put('/new/x', 12, 1);
  return tree;
}

test('WATCH-6 setWatches tells at once what happened after the zxid, and arms the rest', () => {
  const { events, watches } = setUp();
  const everywhere = ['/old', '/new', '/none'];
  watches.setWatches(sample(), 7, request({ data: everywhere, exist: everywhere, child: everywhere }));
  expect(events.take()).toEqual([
    [7, NodeDataChanged, '/new', -1],
    [7, NodeDeleted, '/none', -1],
    [7, NodeCreated, '/old', -1],
    [7, NodeCreated, '/new', -1],
    [7, NodeChildrenChanged, '/new', -1],
    [7, NodeDeleted, '/none', -1],
  ]);
  expect(watches.listByWatcher()).toEqual([[7, ['/none', '/old']]]);
  expect(watches.has('/old', 7, WatcherType.CHILDREN)).toBe(true);
  expect(watches.count).toBe(3);
});

test('WATCH-6 data watches go by the node’s mzxid, child watches by its pzxid', () => {
  const { events, watches } = setUp();
  const tree = sample();
  const apply = (zxid: number, txn: Txn) =>
    tree.apply({ kind: 'txn', session: SESSION, cxid: 0, zxid, time: 0, txn, digest: 0 });
  apply(13, { type: OpCode.setData, path: '/old/x', data: null, version: 1 });
  apply(14, { type: OpCode.delete, path: '/old/x' });
  apply(15, { type: OpCode.setData, path: '/new/x', data: null, version: 1 });
  const both = ['/old', '/new/x'];
  watches.setWatches(tree, 7, request({ relativeZxid: 13, data: both, child: both }));
  expect(events.take()).toEqual([
    [7, NodeDataChanged, '/new/x', -1],
    [7, NodeChildrenChanged, '/old', -1],
  ]);
  watches.setWatches(tree, 7, request({ relativeZxid: 15, data: both, child: both }));
  watches.setWatches(tree, 7, request({ relativeZxid: 14, child: both }));
  expect(events.take()).toEqual([]);
});

test('WATCH-6 persistent watches are armed and told nothing; setWatches without them ignores them', () => {
  const { events, watches } = setUp();
  const lists = { persistent: ['/new', '/none'], recursive: ['/new'] };
  watches.setWatches(sample(), 7, request({ type: OpCode.setWatches, ...lists }));
  expect(watches.count).toBe(0);
  watches.setWatches(sample(), 7, request(lists));
  expect(events.take()).toEqual([]);
  expect(watches.has('/new', 7, WatcherType.PERSISTENT)).toBe(true);
  expect(watches.has('/none', 7, WatcherType.PERSISTENT)).toBe(true);
  expect(watches.has('/new', 7, WatcherType.PERSISTENT_RECURSIVE)).toBe(true);
  expect(watches.count).toBe(4);
});

test('WATCH-6 a variant arms without telling', () => {
  const { events, watches } = setUp({ catchesUp: false });
  watches.setWatches(sample(), 7, request({ data: ['/new'], exist: ['/old'], child: ['/none'] }));
  expect(events.take()).toEqual([]);
  change(watches, '/new');
  remove(watches, '/old');
  remove(watches, '/none');
  expect(events.take()).toHaveLength(3);
});

test('WATCH-7 who may not read the node hears nothing, and the watch is spent', () => {
  const { events, watches } = setUp();
  const arm = () => {
    for (const watcher of [1, 2]) {
      watches.addData('/a/b', watcher);
      watches.addChild('/a', watcher);
    }
  };
  arm();
  create(watches, '/a/b', 1, OWNED, A);
  arm();
  remove(watches, '/a/b', 2, A, OWNED);
  arm();
  change(watches, '/a/b', 3, OWNED);
  expect(events.take()).toEqual([
    [1, NodeCreated, '/a/b', 1],
    [1, NodeChildrenChanged, '/a', 1],
    [2, NodeChildrenChanged, '/a', 1],
    [1, NodeDeleted, '/a/b', 2],
    [2, NodeDeleted, '/a/b', 2],
    [1, NodeChildrenChanged, '/a', 2],
    [1, NodeDataChanged, '/a/b', 3],
  ]);
  expect(watches.summary().watches).toBe(0);
});

test('WATCH-8 a watch of one type is checked and removed without the others', () => {
  const { watches } = setUp();
  const { CHILDREN, DATA, ANY, PERSISTENT, PERSISTENT_RECURSIVE } = WatcherType;
  const arm = () => {
    watches.addData('/a', 1);
    watches.addChild('/a', 1);
    watches.addPersistent('/a', 1, AddWatchMode.PERSISTENT);
    watches.addPersistent('/a', 1, AddWatchMode.PERSISTENT_RECURSIVE);
  };
  const left = () =>
    [CHILDREN, DATA, PERSISTENT, PERSISTENT_RECURSIVE].filter((t) => watches.has('/a', 1, t));
  for (const type of [CHILDREN, DATA, PERSISTENT, PERSISTENT_RECURSIVE]) {
    arm();
    expect(watches.remove('/a', 1, type)).toBe(true);
    expect(left()).not.toContain(type);
    expect(left()).toHaveLength(3);
    expect(watches.remove('/a', 1, type)).toBe(false);
  }
  arm();
  expect(watches.has('/a', 1, ANY)).toBe(true);
  expect(watches.has('/a', 2, ANY)).toBe(false);
  expect(watches.has('/b', 1, ANY)).toBe(false);
  expect(watches.remove('/a', 1, ANY)).toBe(true);
  expect(left()).toEqual([]);
  expect(watches.count).toBe(0);
});

test('WATCH-9 with a connection its watches go', () => {
  const { events, watches } = setUp();
  for (const watcher of [1, 2]) {
    watches.addData('/a', watcher);
    watches.addPersistent('/', watcher, AddWatchMode.PERSISTENT_RECURSIVE);
  }
  watches.drop(1);
  watches.drop(9);
  change(watches, '/a');
  expect(events.take()).toEqual([[2, NodeDataChanged, '/a', 1]]);
  expect(watches.listByPath()).toEqual([['/', [2]]]);
  expect(watches.listByWatcher()).toEqual([[2, ['/']]]);
  expect(watches.summary()).toEqual({ watchers: 1, paths: 1, watches: 1 });
});

test('WATCH-9 watches and their sink are cloned as plain data', () => {
  const { events, watches } = setUp();
  watches.addData('/a', 1);
  const copy = cloneGraph({ events, watches }, new Set());
  change(copy.watches, '/a');
  expect(copy.events.take()).toHaveLength(1);
  expect(copy.watches.count).toBe(0);
  expect(events.take()).toEqual([]);
  expect(watches.count).toBe(1);
});

type Mode = 'data' | 'child' | 'persistent' | 'recursive';
interface Registration {
  path: string;
  watcher: number;
  mode: Mode;
}

/** A list of registrations, all of which are looked through at every change. */
class Naive {
  list: Registration[] = [];
  readonly sink: WatchSink;

  constructor(sink: WatchSink) {
    this.sink = sink;
  }

  add(path: string, watcher: number, mode: Mode): void {
    if (!this.has(path, watcher, [mode])) this.list.push({ path, watcher, mode });
  }
  has(path: string, watcher: number, modes: readonly Mode[]): boolean {
    return this.list.some((r) => r.path === path && r.watcher === watcher && modes.includes(r.mode));
  }
  remove(path: string, watcher: number, modes: readonly Mode[]): boolean {
    const before = this.list.length;
    this.list = this.list.filter((r) => r.path !== path || r.watcher !== watcher || !modes.includes(r.mode));
    return this.list.length < before;
  }
  fire(path: string, hears: (r: Registration) => boolean, oneShot: Mode): number[] {
    const watchers = new Set(this.list.filter(hears).map((r) => r.watcher));
    this.list = this.list.filter((r) => r.path !== path || r.mode !== oneShot);
    return [...watchers].sort((a, b) => a - b);
  }
  ofData(path: string): number[] {
    const covers = (above: string) => above === ROOT || path === above || path.startsWith(`${above}/`);
    const hears = (r: Registration) =>
      r.mode === 'recursive' ? covers(r.path) : r.mode !== 'child' && r.path === path;
    return this.fire(path, hears, 'data');
  }
  ofChild(path: string): number[] {
    const hears = (r: Registration) => (r.mode === 'child' || r.mode === 'persistent') && r.path === path;
    return this.fire(path, hears, 'child');
  }
  change(type: WatchEventType, path: string, acl: readonly Acl[], parentAcl: readonly Acl[]): void {
    const tell = (watchers: number[], what: WatchEventType, of: string, by: readonly Acl[]) => {
      for (const w of watchers) if (by === OPEN_ACL_UNSAFE || w === 1) this.sink.notify(w, what, of, 1);
    };
    const told = this.ofData(path);
    tell(told, type, path, acl);
    if (type === NodeDataChanged) return;
    if (type === NodeDeleted) {
      tell(
        this.ofChild(path).filter((w) => !told.includes(w)),
        type,
        path,
        acl,
      );
    }
    tell(this.ofChild(parentOf(path)), NodeChildrenChanged, parentOf(path), parentAcl);
  }
}

const MODES_OF: Record<number, readonly Mode[]> = {
  [WatcherType.CHILDREN]: ['child'],
  [WatcherType.DATA]: ['data'],
  [WatcherType.ANY]: ['data', 'child', 'persistent', 'recursive'],
  [WatcherType.PERSISTENT]: ['persistent'],
  [WatcherType.PERSISTENT_RECURSIVE]: ['recursive'],
};

const path = fc.constantFrom('/', '/a', '/b', '/a/a', '/a/b', '/a/a/a', '/ab');
const watcher = fc.constantFrom(0, 1, 2, 10);
const acl = fc.constantFrom(OPEN_ACL_UNSAFE, OPEN_ACL_UNSAFE, OWNED);
const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    path,
    watcher,
    mode: fc.constantFrom<Mode>('data', 'child', 'persistent', 'recursive'),
  }),
  fc.record({
    do: fc.constant('change' as const),
    type: fc.constantFrom(NodeCreated, NodeDeleted, NodeDataChanged),
    path,
    acl,
    parentAcl: acl,
  }),
  fc.record({
    do: fc.constantFrom('has' as const, 'remove' as const),
    path,
    watcher,
    type: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ do: fc.constant('drop' as const), watcher }),
);

test('WATCH-1 WATCH-2 WATCH-4 WATCH-5 WATCH-7 WATCH-8 any history equals that of a list looked through', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { events, watches } = setUp();
      const expected = new Events();
      const naive = new Naive(expected);
      for (const s of steps) {
        if (s.do === 'add') {
          naive.add(s.path, s.watcher, s.mode);
          if (s.mode === 'data') watches.addData(s.path, s.watcher);
          else if (s.mode === 'child') watches.addChild(s.path, s.watcher);
          else watches.addPersistent(s.path, s.watcher, s.mode === 'persistent' ? 0 : 1);
        } else if (s.do === 'change') {
          const type = s.path === ROOT ? NodeDataChanged : s.type;
          naive.change(type, s.path, s.acl, s.parentAcl);
          if (type === NodeDataChanged) change(watches, s.path, 1, s.acl);
          else (type === NodeCreated ? create : remove)(watches, s.path, 1, s.acl, s.parentAcl);
        } else if (s.do === 'drop') {
          naive.list = naive.list.filter((r) => r.watcher !== s.watcher);
          watches.drop(s.watcher);
        } else {
          const modes = MODES_OF[s.type] as readonly Mode[];
          expect(watches[s.do](s.path, s.watcher, s.type)).toBe(naive[s.do](s.path, s.watcher, modes));
        }
        expect(events.take()).toEqual(expected.take());
      }
      const ofData = naive.list.filter((r) => r.mode !== 'child').map((r) => `${r.path} ${r.watcher}`);
      expect(watches.summary().watches).toBe(new Set(ofData).size);
    }),
    { numRuns: 500 },
  );
});
