import { expect, test } from 'vitest';
import { WatchEventType } from '../../../protocol/client-messages.ts';
import { AddWatchMode, type ReadOp, type ReadRequest, WatcherType } from '../../../protocol/request.ts';
import { answerRead } from '../../../protocol/server/reads.ts';
import { serviceRules } from '../../../protocol/server/service-rules.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE, Perms } from '../../../protocol/tree/acl.ts';
import { DataTree } from '../../../protocol/tree/tree.ts';
import { Watches, type WatchSink } from '../../../protocol/tree/watches.ts';
import { ErrorCode, OpCode, type SessionId, type Txn } from '../../../protocol/txn.ts';
import { SESSION } from '../tree/operations.ts';

const ME = 4;
const ALICE: Id = { scheme: 'digest', id: 'alice:hash' };
const BOB: Id = { scheme: 'digest', id: 'bob:hash' };
const LOCAL: Id = { scheme: 'ip', id: '127.0.0.1' };
const OTHER: SessionId = '0200000000000001';
const DATA = new Uint8Array([1, 2]);
const SECRET: readonly Acl[] = [
  { perms: Perms.READ, ...ALICE },
  { perms: Perms.ADMIN, ...BOB },
];

class Silent implements WatchSink {
  told: [number, WatchEventType, string][] = [];
  notify(watcher: number, type: WatchEventType, path: string): void {
    this.told.push([watcher, type, path]);
  }
  auth(): readonly Id[] {
    return [];
  }
}

/** /a with data and children /a/b, /a/c; /secret; /e1, /x/e2 ephemerals of SESSION, /e3 of another. */
function setUp() {
  const tree = new DataTree();
  let zxid = 0;
  const create = (path: string, session = '', acl: readonly Acl[] = OPEN_ACL_UNSAFE) => {
    zxid++;
    const txn: Txn = {
      type: OpCode.create,
      path,
      data: DATA,
      acl,
      ephemeral: session !== '',
      parentCVersion: zxid,
    };
    tree.apply({ kind: 'txn', session: session || SESSION, cxid: 0, zxid, time: 0, txn, digest: 0 });
  };
  for (const session of [SESSION, OTHER]) {
    zxid++;
    const txn: Txn = { type: OpCode.createSession, timeout: 1000 };
    tree.apply({ kind: 'txn', session, cxid: 0, zxid, time: 0, txn, digest: 0 });
  }
  for (const path of ['/a', '/a/c', '/a/b', '/x']) create(path);
  create('/secret', '', SECRET);
  create('/x/e2', SESSION);
  create('/e1', SESSION);
  create('/e3', OTHER);
  const sink = new Silent();
  const watches = new Watches(sink, serviceRules);
  const ask = (op: ReadOp, ids: readonly Id[] = [LOCAL]) => answerRead(op, tree, watches, ME, SESSION, ids);
  return { tree, watches, sink, ask };
}

const read = (type: ReadRequest['type'], path: string, watch = false): ReadRequest => ({ type, path, watch });
const KINDS = [OpCode.exists, OpCode.getData, OpCode.getChildren, OpCode.getChildren2] as const;

test('READ-1 each read returns its fields and no others', () => {
  const { ask, tree } = setUp();
  const stat = tree.exists('/a').stat;
  const children = ['b', 'c'];
  expect(ask(read(OpCode.exists, '/a'))).toEqual({ err: 0, stat });
  expect(ask(read(OpCode.getData, '/a'))).toEqual({ err: 0, data: DATA, stat });
  expect(Object.keys(ask(read(OpCode.getChildren, '/a'))).sort()).toEqual(['children', 'err']);
  expect(ask(read(OpCode.getChildren, '/a'))).toEqual({ err: 0, children });
  expect(ask(read(OpCode.getChildren2, '/a'))).toEqual({ err: 0, children, stat });
  expect(ask({ type: OpCode.getAllChildrenNumber, path: '/a' })).toEqual({ err: 0, count: 2 });
});

test('READ-2 a node that is not there is NONODE, one that may not be read NOAUTH', () => {
  const { ask } = setUp();
  const pathOnly = [OpCode.getACL, OpCode.getAllChildrenNumber] as const;
  const all = (path: string): ReadOp[] => [
    ...KINDS.map((type) => read(type, path)),
    ...pathOnly.map((type) => ({ type, path })),
  ];
  for (const op of all('/none')) expect(ask(op).err, `${op.type}`).toBe(ErrorCode.NONODE);
  for (const op of all('/secret')) {
    expect(ask(op).err, `${op.type}`).toBe(ErrorCode.NOAUTH);
    expect(ask(op, [LOCAL, ALICE]).err, `${op.type}`).toBe(ErrorCode.OK);
    expect(ask(op, [{ scheme: 'super', id: '' }]).err, `${op.type}`).toBe(ErrorCode.OK);
  }
});

test('READ-2 of paths only exists checks something: U+0000 is BADARGUMENTS', () => {
  const { ask, watches } = setUp();
  expect(ask(read(OpCode.exists, '/a\0', true)).err).toBe(ErrorCode.BADARGUMENTS);
  for (const type of KINDS) {
    if (type !== OpCode.exists) expect(ask(read(type, '/a\0', true)).err).toBe(ErrorCode.NONODE);
    expect(ask(read(type, 'a//', false)).err).toBe(ErrorCode.NONODE);
  }
  expect(watches.count).toBe(0);
});

test('READ-3 a read arms its watch where it succeeds; exists also where there is no node', () => {
  const { ask, watches } = setUp();
  for (const type of KINDS) ask(read(type, '/a', false));
  expect(watches.count).toBe(0);
  for (const type of KINDS) {
    const ofData = type === OpCode.exists || type === OpCode.getData;
    expect(ask(read(type, '/a', true)).err).toBe(ErrorCode.OK);
    expect(watches.has('/a', ME, ofData ? WatcherType.DATA : WatcherType.CHILDREN), `${type}`).toBe(true);
    expect(watches.remove('/a', ME, WatcherType.ANY)).toBe(true);
    ask(read(type, '/none', true));
    expect(watches.remove('/none', ME, WatcherType.ANY), `${type}`).toBe(type === OpCode.exists);
  }
});

test('READ-3 a read that is refused arms nothing', () => {
  const { ask, watches } = setUp();
  for (const type of KINDS) expect(ask(read(type, '/secret', true)).err).toBe(ErrorCode.NOAUTH);
  expect(watches.count).toBe(0);
});

test('READ-4 getACL needs READ or ADMIN, and shows hashes to ADMIN alone', () => {
  const { ask, tree } = setUp();
  const op: ReadOp = { type: OpCode.getACL, path: '/secret' };
  const stat = tree.exists('/secret').stat;
  expect(ask(op, [BOB])).toEqual({ err: 0, acl: SECRET, stat });
  expect(ask(op, [ALICE])).toEqual({
    err: 0,
    acl: [
      { perms: Perms.READ, scheme: 'digest', id: 'alice:x' },
      { perms: Perms.ADMIN, scheme: 'digest', id: 'bob:x' },
    ],
    stat,
  });
});

test('READ-5 getEphemerals lists the session’s own by prefix of the path, sorted', () => {
  const { ask } = setUp();
  const list = (path: string) => ask({ type: OpCode.getEphemerals, path }).ephemerals;
  for (const all of ['', ' ', '/', ' / ']) expect(list(all)).toEqual(['/e1', '/x/e2']);
  expect(list('/x')).toEqual(['/x/e2']);
  expect(list('/e')).toEqual(['/e1']);
  expect(list('/none')).toEqual([]);
});

test('READ-6 whoAmI names users without their hashes', () => {
  const { ask } = setUp();
  expect(ask({ type: OpCode.whoAmI }, [LOCAL, { scheme: 'super', id: '' }, ALICE])).toEqual({
    err: 0,
    ids: [LOCAL, { scheme: 'super', id: '' }, { scheme: 'digest', id: 'alice' }],
  });
});

test('READ-7 every part of a multiRead has its own result, the whole none, and none arms a watch', () => {
  const { ask, watches } = setUp();
  const { tree } = setUp();
  const ops = [
    read(OpCode.getData, '/a', true),
    read(OpCode.getChildren, '/none', true),
    read(OpCode.getData, '/secret', true),
    read(OpCode.getChildren, '/a'),
  ];
  expect(ask({ type: OpCode.multiRead, ops })).toEqual({
    err: 0,
    results: [
      { err: 0, data: DATA, stat: tree.exists('/a').stat },
      { err: ErrorCode.NONODE },
      { err: ErrorCode.NOAUTH },
      { err: 0, children: ['b', 'c'] },
    ],
  });
  expect(watches.count).toBe(0);
});

test('READ-7 a multiRead of anything but getData and getChildren is undecodable', () => {
  const { ask, watches } = setUp();
  for (const type of [OpCode.exists, OpCode.getChildren2] as const) {
    const ops = [read(OpCode.getData, '/a', true), read(type, '/a', true)];
    expect(ask({ type: OpCode.multiRead, ops })).toEqual({ err: ErrorCode.MARSHALLINGERROR });
  }
  expect(watches.count).toBe(0);
});

test('READ-8 sync and ping', () => {
  const { ask } = setUp();
  expect(ask({ type: OpCode.sync, path: '/none' })).toEqual({ err: 0, path: '/none' });
  expect(ask({ type: OpCode.sync, path: null })).toEqual({ err: 0 });
  expect(ask({ type: OpCode.ping })).toEqual({ err: 0 });
});

test('WATCH-5 addWatch arms on any path, whether it is there and may be read or not', () => {
  const { ask, watches } = setUp();
  for (const path of ['/none', '/secret']) {
    expect(ask({ type: OpCode.addWatch, path, mode: AddWatchMode.PERSISTENT })).toEqual({ err: 0 });
    expect(watches.has(path, ME, WatcherType.PERSISTENT)).toBe(true);
    expect(ask({ type: OpCode.addWatch, path, mode: AddWatchMode.PERSISTENT_RECURSIVE }).err).toBe(0);
    expect(watches.has(path, ME, WatcherType.PERSISTENT_RECURSIVE)).toBe(true);
  }
  for (const mode of [-1, 2]) {
    expect(ask({ type: OpCode.addWatch, path: '/x', mode }).err).toBe(ErrorCode.MARSHALLINGERROR);
  }
  expect(watches.has('/x', ME, WatcherType.ANY)).toBe(false);
});

test('WATCH-8 checkWatches leaves what it finds, removeWatches takes it, NOWATCHER for nothing', () => {
  const { ask, watches } = setUp();
  const check = { type: OpCode.checkWatches, path: '/a', watcher: WatcherType.DATA } as const;
  const remove = { ...check, type: OpCode.removeWatches } as const;
  for (const op of [check, remove]) expect(ask(op).err).toBe(ErrorCode.NOWATCHER);
  watches.addData('/a', ME);
  watches.addData('/a', ME + 1);
  expect([check, check, remove, remove].map((op) => ask(op).err)).toEqual([0, 0, 0, ErrorCode.NOWATCHER]);
  expect(watches.count).toBe(1);
  for (const watcher of [0, 6]) expect(ask({ ...check, watcher }).err).toBe(ErrorCode.MARSHALLINGERROR);
});

test('WATCH-6 a setWatches request is answered behind the events it causes', () => {
  const { ask, sink, watches } = setUp();
  const lists = { data: ['/none'], exist: ['/later'], child: [], persistent: [], recursive: ['/'] };
  const result = ask({ type: OpCode.setWatches2, relativeZxid: 100, ...lists });
  expect(result).toEqual({ err: 0 });
  expect(sink.told).toEqual([[ME, WatchEventType.NodeDeleted, '/none']]);
  expect(watches.count).toBe(2);
});
