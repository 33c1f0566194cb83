import { describe, expect, it } from 'vitest';
import { WatchEventType } from '../../../../protocol/client-messages.ts';
import { AddWatchMode, WatcherType } from '../../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../../protocol/txn.ts';
import { ClientBench, OTHER, z } from './client-bench.ts';

const { NodeCreated, NodeDeleted, NodeDataChanged, NodeChildrenChanged } = WatchEventType;

/** A connected client that has seen `/a` and `/a/b` made. */
const connected = () => new ClientBench().change(z(1), 'created /a').change(z(2), 'created /a/b').connect();

describe('SVC-WATCH-ORDER', () => {
  it('SVC-WATCH-ORDER holds when the event comes before the answer that shows the change', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'data /a');
    bench.show(z(2)).tell(NodeDataChanged, '/a', z(3)).show(z(3)).finish();
    expect(bench.violated).toEqual([]);
    expect(bench.checked('SVC-WATCH-ORDER')).toBe(true);
  });

  it('SVC-WATCH-ORDER fails when an answer shows the change first', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'data /a');
    bench.show(z(3)).tell(NodeDataChanged, '/a', z(3)).finish();
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-ORDER",
          "text": "client 7 was told NodeDataChanged /a of [1,3] after its connection to server 1 had shown [1,3] at event 8 (watch armed at event 5)",
        },
      ]
    `);
  });

  it('SVC-WATCH-ORDER fails when a ping shows the change first', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'data /a');
    expect(bench.ping(z(3)).tell(NodeDataChanged, '/a', z(3)).violated).toEqual(['SVC-WATCH-ORDER']);
  });

  it('SVC-WATCH-ORDER fails when events overtake each other', () => {
    const bench = connected().watch('getData', '/a', z(2)).watch('getData', '/a/b', z(2));
    bench.change(z(3), 'data /a').change(z(4), 'data /a/b');
    bench.tell(NodeDataChanged, '/a/b', z(4)).tell(NodeDataChanged, '/a', z(3)).show(z(4)).finish();
    expect(bench.violated).toEqual(['SVC-WATCH-ORDER']);
  });

  it('SVC-WATCH-ORDER leaves the events of one transaction in any order', () => {
    const bench = connected().watch('getData', '/a', z(2)).watch('getChildren', '/a', z(2));
    bench.change(z(3), 'data /a', 'created /a/c');
    bench.tell(NodeChildrenChanged, '/a', z(3)).tell(NodeDataChanged, '/a', z(3)).show(z(3)).finish();
    expect(bench.violated).toEqual([]);
  });
});

describe('SVC-WATCH-ONCE', () => {
  it('SVC-WATCH-ONCE fails when a one-shot watch is told again', () => {
    const bench = connected().watch('getData', '/a', z(2));
    bench.change(z(3), 'data /a').change(z(4), 'data /a');
    bench.tell(NodeDataChanged, '/a', z(3)).tell(NodeDataChanged, '/a', z(4));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-ONCE",
          "text": "client 7 was told NodeDataChanged /a of [1,4] by server 1 without a watch armed for it; the path was last told at event 8",
        },
      ]
    `);
  });

  it('SVC-WATCH-ONCE holds when the watch was set again in between, at a zxid before the change', () => {
    const bench = connected().watch('getData', '/a', z(2));
    bench.change(z(3), 'data /a').change(z(4), 'data /a');
    bench.tell(NodeDataChanged, '/a', z(3)).watch('getData', '/a', z(3)).tell(NodeDataChanged, '/a', z(4));
    expect(bench.show(z(4)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-ONCE fails for a change that the arming answer had shown', () => {
    const bench = connected().change(z(3), 'data /a').watch('getData', '/a', z(3));
    expect(bench.tell(NodeDataChanged, '/a', z(3)).violated).toEqual(['SVC-WATCH-ONCE']);
  });

  it('SVC-WATCH-ONCE lets two equal watches be told once only', () => {
    const bench = connected()
      .watch('getData', '/a', z(2))
      .watch('exists', '/a', z(2))
      .change(z(3), 'data /a');
    bench.tell(NodeDataChanged, '/a', z(3));
    expect(bench.violated).toEqual([]);
    expect(bench.tell(NodeDataChanged, '/a', z(3)).violated).toEqual(['SVC-WATCH-ONCE']);
  });

  it('SVC-WATCH-ONCE: a deleted node is told once, whatever watches it', () => {
    const bench = connected().watch('getData', '/a/b', z(2)).watch('getChildren', '/a/b', z(2));
    bench.watch('getChildren', '/a', z(2)).change(z(3), 'deleted /a/b');
    bench.tell(NodeDeleted, '/a/b', z(3)).tell(NodeChildrenChanged, '/a', z(3));
    expect(bench.show(z(3)).violated).toEqual([]);
    expect(bench.tell(NodeDeleted, '/a/b', z(3)).violated).toEqual(['SVC-WATCH-ONCE']);
  });

  it('SVC-WATCH-ONCE: a read that failed arms nothing, exists of a missing node does', () => {
    const bench = connected().watch('getData', '/x', z(2), ErrorCode.NONODE).change(z(3), 'created /x');
    expect(bench.tell(NodeCreated, '/x', z(3)).violated).toEqual(['SVC-WATCH-ONCE']);
    const exists = connected().watch('exists', '/x', z(2), ErrorCode.NONODE).change(z(3), 'created /x');
    expect(exists.tell(NodeCreated, '/x', z(3)).show(z(3)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-ONCE: a server without any transaction arms watches too', () => {
    const bench = new ClientBench().connect().watch('getChildren', '/', 0).change(z(1), 'created /a');
    expect(bench.tell(NodeChildrenChanged, '/', z(1)).show(z(1)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-ONCE fails for an event after its watch was removed', () => {
    const bench = connected().watch('getData', '/a', z(2));
    bench.ask({ type: OpCode.removeWatches, path: '/a', watcher: WatcherType.DATA }, z(2));
    bench.change(z(3), 'data /a');
    expect(bench.tell(NodeDataChanged, '/a', z(3)).violated).toEqual(['SVC-WATCH-ONCE']);
  });

  it('SVC-WATCH-ONCE fails for a catch-up that nobody asked for', () => {
    expect(connected().tell(NodeDataChanged, '/a', -1).violated).toEqual(['SVC-WATCH-ONCE']);
  });

  it('SVC-WATCH-ONCE fails when setWatches tells what the client had seen', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().connect();
    bench
      .setWatches(z(2), { data: ['/a'] })
      .tell(NodeDataChanged, '/a', -1)
      .setWatchesAnswered(z(2));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-ONCE",
          "text": "client 7 was told NodeDataChanged /a at event 9 by server 1, although setWatches at [1,2] found nothing new there since [1,2]",
        },
      ]
    `);
  });

  it('SVC-WATCH-ONCE: client-made events of removed watches are no events of the server', () => {
    expect(connected().tell(WatchEventType.DataWatchRemoved, '/a', -1).violated).toEqual([]);
  });
});

describe('SVC-WATCH-COMPLETE', () => {
  it('SVC-WATCH-COMPLETE fails when a connection goes on past an event', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'data /a').change(z(4), 'data /a/b');
    bench.show(z(3)).show(z(4));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-COMPLETE",
          "text": "client 7 was not told NodeDataChanged /a of [1,3] by server 1, which showed it [1,3] at event 9 (watch armed at event 5)",
        },
      ]
    `);
  });

  it('SVC-WATCH-COMPLETE fails at the end of connection and run too', () => {
    const watched = () =>
      connected().watch('getChildren', '/a', z(2)).change(z(3), 'created /a/c').ping(z(3));
    expect(watched().violated).toEqual([]);
    expect(watched().disconnect().violated).toEqual(['SVC-WATCH-COMPLETE']);
    expect(watched().finish().violated).toEqual(['SVC-WATCH-COMPLETE']);
    expect(watched().copy().finish().violated).toEqual(['SVC-WATCH-COMPLETE']);
  });

  it('SVC-WATCH-COMPLETE owes nothing on a connection that ends before it shows the change', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'data /a').show(z(2)).disconnect();
    expect(bench.finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: a recursive watch hears of the node itself and all below, not of children lists', () => {
    const bench = connected().addWatch('/a', AddWatchMode.PERSISTENT_RECURSIVE, z(2));
    bench.change(z(3), 'data /a/b').change(z(4), 'created /a/b/c').change(z(5), 'data /ab');
    bench.tell(NodeDataChanged, '/a/b', z(3)).tell(NodeCreated, '/a/b/c', z(4)).show(z(5)).finish();
    expect(bench.violated).toEqual([]);
    bench.change(z(6), 'deleted /a/b/c').show(z(6)).finish();
    expect(bench.violated).toEqual(['SVC-WATCH-COMPLETE']);
  });

  it('SVC-WATCH-COMPLETE: a persistent watch hears of data and children again and again', () => {
    const bench = connected().addWatch('/a', AddWatchMode.PERSISTENT, z(2));
    bench.change(z(3), 'data /a').change(z(4), 'created /a/c').change(z(5), 'deleted /a/c');
    bench.tell(NodeDataChanged, '/a', z(3)).tell(NodeChildrenChanged, '/a', z(4));
    expect(bench.tell(NodeChildrenChanged, '/a', z(5)).show(z(5)).finish().violated).toEqual([]);
    expect(bench.change(z(6), 'data /a').show(z(6)).finish().violated).toEqual(['SVC-WATCH-COMPLETE']);
  });

  it('SVC-WATCH-COMPLETE: a multi tells each change once, a one-shot watch the first one', () => {
    const bench = connected()
      .addWatch('/', AddWatchMode.PERSISTENT_RECURSIVE, z(2))
      .watch('getData', '/a', z(2));
    bench.change(z(3), 'data /a', 'deleted /a/b', 'created /a/b');
    bench.tell(NodeDataChanged, '/a', z(3)).tell(NodeDeleted, '/a/b', z(3)).show(z(3)).finish();
    expect(bench.violations.map(({ text }) => text)).toEqual([expect.stringContaining('NodeCreated /a/b')]);
  });

  it('SVC-WATCH-COMPLETE leaves open what happens to nodes that not everybody may read', () => {
    const bench = connected().watch('getData', '/a', z(2)).change(z(3), 'secret data /a');
    expect(bench.show(z(3)).show(z(4)).finish().violated).toEqual([]);
    const told = connected().watch('getData', '/a', z(2)).change(z(3), 'secret data /a');
    expect(told.tell(NodeDataChanged, '/a', z(3)).show(z(3)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: setWatches tells what was missed and arms the rest', () => {
    const bench = connected().watch('getData', '/a', z(2)).watch('exists', '/x', z(2), ErrorCode.NONODE);
    bench.watch('getChildren', '/a', z(2)).watch('getData', '/a/b', z(2)).disconnect();
    bench.change(z(3), 'data /a').change(z(4), 'created /x').change(z(5), 'data /z').connect();
    bench.setWatches(z(2), { data: ['/a', '/a/b'], exist: ['/x'], child: ['/a'] });
    bench.tell(NodeDataChanged, '/a', -1).tell(NodeCreated, '/x', -1).setWatchesAnswered(z(5));
    expect(bench.violated).toEqual([]);
    bench.change(z(6), 'created /a/c').tell(NodeChildrenChanged, '/a', z(6));
    bench.change(z(7), 'data /a/b').tell(NodeDataChanged, '/a/b', z(7)).show(z(7)).finish();
    expect(bench.violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE fails when setWatches does not tell', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().change(z(3), 'data /a').connect();
    bench.setWatches(z(2), { data: ['/a'] }).setWatchesAnswered(z(3));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-COMPLETE",
          "text": "client 7 was not told NodeDataChanged /a when server 1 took its watches over at [1,3]; the client had seen [1,2]",
        },
      ]
    `);
  });

  it('SVC-WATCH-COMPLETE judges setWatches at the zxid of its answer: a server may be behind', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().change(z(3), 'data /a').connect();
    bench.setWatches(z(2), { data: ['/a'] }).setWatchesAnswered(z(2));
    bench.tell(NodeDataChanged, '/a', z(3)).show(z(3)).finish();
    expect(bench.violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: a node made anew while away has new children and new data', () => {
    const bench = connected().watch('getChildren', '/a/b', z(2)).watch('getData', '/a/b', z(2)).disconnect();
    bench.change(z(3), 'deleted /a/b').change(z(4), 'created /a/b').connect();
    bench.setWatches(z(2), { data: ['/a/b'], child: ['/a/b'] });
    bench.tell(NodeDataChanged, '/a/b', -1).tell(NodeChildrenChanged, '/a/b', -1).setWatchesAnswered(z(4));
    expect(bench.finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: create and delete while an exists watch is away are missed by design', () => {
    const bench = connected().watch('exists', '/x', z(2), ErrorCode.NONODE).disconnect();
    bench.change(z(3), 'created /x').change(z(4), 'deleted /x').connect();
    bench
      .setWatches(z(2), { exist: ['/x'] })
      .setWatchesAnswered(z(4))
      .show(z(4))
      .finish();
    expect(bench.violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: persistent watches are told nothing of what they missed, and all that follows', () => {
    const bench = connected().addWatch('/a', AddWatchMode.PERSISTENT, z(2)).disconnect();
    bench
      .change(z(3), 'data /a')
      .connect()
      .setWatches(z(2), { persistent: ['/a'] })
      .setWatchesAnswered(z(3));
    bench.change(z(4), 'data /a').tell(NodeDataChanged, '/a', z(4)).show(z(4)).finish();
    expect(bench.violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE fails when a client goes on without its watches', () => {
    const bench = connected()
      .watch('getData', '/a', z(2))
      .watch('getData', '/a/b', z(2))
      .disconnect()
      .connect();
    bench.setWatches(z(2), { data: ['/a/b'] }).show(z(2));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-WATCH-COMPLETE",
          "text": "client 7 goes on with server 1 without its data watch on /a",
        },
      ]
    `);
  });

  it('SVC-WATCH-COMPLETE: a client that never sets its watches again need not', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().change(z(3), 'data /a').connect();
    expect(bench.show(z(3)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: what catch-up told before the connection broke need not be held on to', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().change(z(3), 'data /a').connect();
    bench
      .setWatches(z(2), { data: ['/a'] })
      .tell(NodeDataChanged, '/a', -1)
      .disconnect();
    expect(bench.connect().show(z(3)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: a new session begins without watches', () => {
    const bench = connected().watch('getData', '/a', z(2)).state('EXPIRED').change(z(3), 'data /a');
    expect(bench.connect(OTHER).show(z(3)).finish().violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE judges nothing that a read-only server says', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect().state('CONNECTEDREADONLY');
    bench
      .setWatches(z(2), { data: ['/a'] })
      .tell(NodeDeleted, '/a', -1)
      .setWatchesAnswered(z(9))
      .show(z(9));
    expect(bench.violated).toEqual([]);
  });

  it('SVC-WATCH-COMPLETE: whether a removal under way when the connection broke took effect is unknown', () => {
    const bench = connected().watch('getData', '/a', z(2)).disconnect();
    bench.ask({ type: OpCode.removeWatches, path: '/a', watcher: WatcherType.ANY }, -1, { err: -4 });
    expect(bench.connect().show(z(2)).finish().violated).toEqual([]);
  });
});
