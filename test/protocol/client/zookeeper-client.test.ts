import { describe, expect, it } from 'vitest';
import { CreateFlag, type SetWatchesRequest, WatcherType } from '../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import { connected, listening, PASSWD, SESSION } from './fake-server.ts';

const { OK, CONNECTIONLOSS, SESSIONEXPIRED, AUTHFAILED, NONODE, NOWATCHER } = ErrorCode;
const set = (path: string) => ({ type: OpCode.setData, path, data: null, version: -1 }) as const;
const get = (path: string, watch = true) => ({ type: OpCode.getData, path, watch }) as const;
const children = (path: string) => ({ type: OpCode.getChildren, path, watch: true }) as const;
const exists = (path: string) => ({ type: OpCode.exists, path, watch: true }) as const;
const [CREATED, DELETED, CHANGED, CHILDREN] = [1, 2, 3, 4];

describe('a session', () => {
  it('CLIENT-1 opens with what it wishes and goes on with id, password and the last zxid it has seen', () => {
    const { host, client, server } = listening({ sessionTimeout: 9000, startAt: 1 });
    expect(server.dialled).toBe(2);
    expect(server.accept({ timeout: 6000 })).toEqual({
      kind: 'connect',
      lastZxidSeen: 0,
      timeout: 9000,
      session: NO_SESSION,
      passwd: '',
      readOnly: false,
    });
    expect([client.state, client.session, client.timeout]).toEqual(['CONNECTED', SESSION, 6000]);
    client.submit(set('/a'));
    server.reply(1, { err: OK }, 77);
    server.break();
    host.advance(1000);
    expect(server.dialled).toBe(3);
    expect(server.accept()).toMatchObject({
      lastZxidSeen: 77,
      timeout: 9000,
      session: SESSION,
      passwd: PASSWD,
    });
  });

  it('CLIENT-2 a refused server is followed by the next at once; a round of all and a connection lost by a pause', () => {
    const { host, server } = listening();
    server.break('refused');
    expect(server.dialled).toBe(2);
    server.break('refused');
    expect(server.dialled).toBe(3);
    server.break('refused');
    expect(server.dialled).toBe(3);
    host.advance(999);
    expect(host.dialled).toHaveLength(3);
    host.advance(1);
    expect(server.dialled).toBe(1);
    server.accept();
    server.break();
    // Half of 1000 ms is drawn.
    host.advance(499);
    expect(host.dialled).toHaveLength(4);
    host.advance(1);
    expect(server.dialled).toBe(2);
  });

  it('CLIENT-3 an attempt takes no longer than the timeout divided by the number of servers', () => {
    const { host, server } = listening({ sessionTimeout: 900 });
    host.advance(299);
    expect(server.dialled).toBe(1);
    host.advance(1);
    expect(server.dialled).toBe(2);
    server.accept({ timeout: 600 });
    server.break();
    host.advance(500);
    expect(server.dialled).toBe(3);
    host.advance(199);
    expect(host.closed.has(server.channel)).toBe(false);
    host.advance(1);
    expect(host.closed.has(server.channel)).toBe(true);
  });

  it('CLIENT-4 a connection on which nothing is heard for two thirds of the timeout is given up', () => {
    const { host, server, client } = connected();
    host.advance(2665);
    expect(client.state).toBe('CONNECTED');
    host.advance(1);
    expect(client.state).toBe('CONNECTING');
    expect(host.closed.has(server.channel)).toBe(true);
  });

  it('CLIENT-5 pings after half the read timeout without a request, and its answer keeps the connection', () => {
    const { host, server, client } = connected();
    host.advance(1000);
    client.submit(set('/a'));
    host.advance(1332);
    expect(server.requests().map(({ cxid }) => cxid)).toEqual([1]);
    host.advance(1);
    expect(server.requests().map(({ cxid }) => cxid)).toEqual([1, -2]);
    server.reply(1);
    server.reply(-2);
    expect(client.lastZxid).toBe(101);
    host.advance(2665);
    expect(client.state).toBe('CONNECTED');
    expect(host.reported('housekeeping').map(({ op, answer }) => [op, answer])).toEqual([
      [OpCode.ping, false],
      [OpCode.ping, true],
      [OpCode.ping, false],
    ]);
  });

  it('CLIENT-6 a long timeout is pinged for every 10 s', () => {
    const { host, server } = listening({ sessionTimeout: 60_000 });
    server.accept({ timeout: 60_000 });
    host.advance(10_000);
    expect(server.requests()).toEqual([]);
    host.advance(1);
    expect(server.requests().map(({ cxid }) => cxid)).toEqual([-2]);
  });

  it('CLIENT-7 a server that says timeout 0 ends the handle: everything is answered SESSIONEXPIRED', () => {
    const { host, server, client, user } = connected();
    server.break();
    client.submit(set('/a'));
    host.advance(1000);
    server.accept({ timeout: 0, session: NO_SESSION, passwd: '' });
    expect(client.state).toBe('EXPIRED');
    client.submit(set('/b'));
    host.settle();
    expect(user.errors()).toEqual([
      [1, SESSIONEXPIRED],
      [2, SESSIONEXPIRED],
    ]);
    expect(user.states()).toEqual(['CONNECTED', 'CONNECTING', 'EXPIRED']);
    const { length } = host.dialled;
    host.advance(60_000);
    expect(host.dialled).toHaveLength(length);
  });

  it('CLIENT-8 expires by itself after four thirds of the timeout without contact, not before it has a session', () => {
    const { host, server, client } = connected({ reconnectDelay: 100 });
    server.break();
    host.advance(5332);
    expect(client.state).toBe('CONNECTING');
    host.advance(1);
    expect(client.state).toBe('EXPIRED');
    const fresh = listening();
    fresh.host.advance(100_000);
    expect(fresh.client.state).toBe('CONNECTING');
  });

  it('CLIENT-9 close sends closeSession; what comes after it is refused, and the handle ends with its answer', () => {
    const { host, server, client, user } = connected();
    client.submit(set('/a'));
    const ticket = client.close();
    client.submit(set('/b'));
    host.settle();
    expect(server.requests().map(({ op }) => op.type)).toEqual([OpCode.setData, OpCode.closeSession]);
    server.reply(1);
    server.reply(2);
    expect(client.state).toBe('CLOSED');
    client.submit(set('/c'));
    host.settle();
    expect(user.errors()).toEqual([
      [3, CONNECTIONLOSS],
      [1, OK],
      [ticket, OK],
      [4, SESSIONEXPIRED],
    ]);
    expect(host.closed.has(server.channel)).toBe(true);
  });

  it('CLIENT-10 a handle whose connection breaks while it closes is closed', () => {
    const { server, client, user } = connected();
    client.close();
    server.break('closed');
    expect([client.state, user.errors()]).toEqual(['CLOSED', [[1, CONNECTIONLOSS]]]);
  });
});

describe('requests', () => {
  it('CLIENT-11 wait for a connection and are numbered from 1 through all connections', () => {
    const { host, server, client } = listening();
    client.submit(set('/a'));
    server.accept();
    client.submit(set('/b'));
    server.break();
    host.advance(500);
    server.accept();
    client.submit(set('/c'));
    expect(host.reported('sent').map(({ ticket, cxid }) => [ticket, cxid])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('CLIENT-12 sent or waiting, all are answered CONNECTIONLOSS when a connection or an attempt fails', () => {
    const { host, server, client, user } = connected();
    client.submit(set('/a'));
    client.submit(set('/b'));
    server.reply(1);
    server.break();
    client.submit(set('/c'));
    expect(user.errors()).toEqual([
      [1, OK],
      [2, CONNECTIONLOSS],
    ]);
    host.advance(500);
    server.break('refused');
    expect(user.errors().at(-1)).toEqual([3, CONNECTIONLOSS]);
    expect(host.reported('answered').map(({ cxid, zxid }) => [cxid, zxid])).toEqual([
      [1, 101],
      [2, -1],
      [0, -1],
    ]);
  });

  it('CLIENT-13 an answer that is not to the oldest request ends the connection', () => {
    const { server, client, user, host } = connected();
    client.submit(set('/a'));
    client.submit(set('/b'));
    server.reply(2);
    expect(host.closed.has(server.channel)).toBe(true);
    expect(user.errors()).toEqual([
      [1, CONNECTIONLOSS],
      [2, CONNECTIONLOSS],
    ]);
  });

  it('CLIENT-14 authentication is sent first on every connection; AUTHFAILED ends the handle', () => {
    const { host, server, client, user } = listening();
    client.addAuth('digest', Uint8Array.of(1));
    client.submit(set('/a'));
    server.accept();
    expect(server.requests().map(({ cxid }) => cxid)).toEqual([-4, 1]);
    server.reply(-4);
    server.break();
    host.advance(500);
    server.accept();
    client.submit(set('/b'));
    server.reply(-4, { err: AUTHFAILED });
    client.submit(set('/c'));
    host.settle();
    expect(client.state).toBe('AUTH_FAILED');
    expect(user.errors()).toEqual([
      [1, CONNECTIONLOSS],
      [2, AUTHFAILED],
      [3, AUTHFAILED],
    ]);
  });

  it('CLIENT-15 paths are below the chroot for the program and absolute for everyone else', () => {
    const { host, server, client, user } = connected({ chroot: '/app' });
    client.submit({
      type: OpCode.create,
      path: '/q-',
      data: null,
      acl: OPEN_ACL_UNSAFE,
      flags: CreateFlag.PERSISTENT_SEQUENTIAL,
    });
    client.submit({ type: OpCode.multi, ops: [{ type: OpCode.check, path: '/', version: -1 }] });
    client.submit({ type: OpCode.getEphemerals, path: '/' });
    client.submit(get('/a'));
    expect(server.requests().map(({ op }) => op)).toMatchObject([
      { path: '/app/q-' },
      { ops: [{ path: '/app' }] },
      { path: '/app/' },
      { path: '/app/a' },
    ]);
    server.reply(1, { err: OK, path: '/app/q-0000000001' });
    server.reply(2, { err: OK, results: [{ err: OK, path: '/app' }] });
    server.reply(3, { err: OK, ephemerals: ['/app/e'] });
    server.reply(4);
    server.event(CHANGED, '/app/a', 7);
    expect(user.answers.map(({ result }) => result)).toEqual([
      { err: OK, path: '/q-0000000001' },
      { err: OK, results: [{ err: OK, path: '/' }] },
      { err: OK, ephemerals: ['/e'] },
      { err: OK },
    ]);
    expect(user.events.at(-1)).toEqual({ type: CHANGED, path: '/a', state: 'CONNECTED', zxid: 7 });
    expect(host.reported('answered')[0]!.result.path).toBe('/app/q-0000000001');
    expect(host.reported('notified')[0]!.path).toBe('/app/a');
  });
});

describe('read-only servers', () => {
  it('CLIENT-16 asks the next servers whether they write, at doubling intervals, and moves to the first that does', () => {
    const { host, server, client } = listening({ canBeReadOnly: true });
    expect(server.accept({ readOnly: true, session: 'a'.repeat(16) }).readOnly).toBe(true);
    expect(client.state).toBe('CONNECTEDREADONLY');
    host.advance(99);
    expect(host.dialled).toHaveLength(1);
    host.advance(1);
    expect(server.dialled).toBe(2);
    expect(host.messages(server.channel)).toEqual([{ kind: 'isro' }]);
    host.receive(server.channel, { kind: 'isroAnswer', mode: 'ro' } as { kind: string });
    host.advance(199);
    expect(host.dialled).toHaveLength(2);
    host.advance(1);
    expect(server.dialled).toBe(3);
    host.receive(server.channel, { kind: 'isroAnswer', mode: 'rw' } as { kind: string });
    expect(client.state).toBe('CONNECTING');
    host.advance(500);
    expect(server.dialled).toBe(3);
    // The session of a read-only server is nobody else's.
    expect(server.accept()).toMatchObject({ session: NO_SESSION, passwd: '' });
    expect([client.state, client.session]).toEqual(['CONNECTED', SESSION]);
  });

  it('CLIENT-17 keeps a session that a writing server has confirmed through read-only ones', () => {
    const { host, server } = connected({ canBeReadOnly: true });
    server.break();
    host.advance(500);
    expect(server.accept({ readOnly: true })).toMatchObject({ session: SESSION, passwd: PASSWD });
  });
});

describe('watches', () => {
  it('CLIENT-18 are noted by a read that succeeds, of exists also by NONODE, and one-shot ones are told of once', () => {
    const { server, client, user } = connected();
    client.submit(get('/a'));
    client.submit(get('/b'));
    client.submit(exists('/c'));
    client.submit(children('/d'));
    server.reply(1);
    server.reply(2, { err: NONODE });
    server.reply(3, { err: NONODE });
    server.reply(4);
    for (const [type, path] of [
      [CHANGED, '/a'],
      [CHANGED, '/a'],
      [CREATED, '/b'],
      [CREATED, '/c'],
      [CHANGED, '/d'],
      [CHILDREN, '/d'],
    ] as const) {
      server.event(type!, path);
    }
    expect(user.events.slice(1).map(({ type, path }) => [type, path])).toEqual([
      [CHANGED, '/a'],
      [CREATED, '/c'],
      [CHILDREN, '/d'],
    ]);
    expect(server.host.reported('notified')).toHaveLength(6);
  });

  it('CLIENT-19 persistent and recursive ones stay; recursive ones hear of what is below and never of children', () => {
    const { server, client, user } = connected();
    client.submit({ type: OpCode.addWatch, path: '/p', mode: 0 });
    client.submit({ type: OpCode.addWatch, path: '/r', mode: 1 });
    server.reply(1);
    server.reply(2);
    for (const [type, path] of [
      [CHILDREN, '/p'],
      [CHANGED, '/p'],
      [CHANGED, '/p/x'],
      [CREATED, '/r/x/y'],
      [CHILDREN, '/r/x'],
      [DELETED, '/r'],
      [CREATED, '/rx'],
    ] as const) {
      server.event(type!, path);
    }
    expect(user.events.slice(1).map(({ type, path }) => [type, path])).toEqual([
      [CHILDREN, '/p'],
      [CHANGED, '/p'],
      [CREATED, '/r/x/y'],
      [DELETED, '/r'],
    ]);
  });

  it('CLIENT-20 are set again on a new connection, before requests that waited, relative to the last zxid seen', () => {
    const { host, server, client } = connected();
    client.submit(get('/b'));
    client.submit(get('/a'));
    client.submit(exists('/c'));
    server.reply(1);
    server.reply(2);
    server.reply(3, { err: NONODE }, 55);
    server.break();
    client.submit(set('/x'));
    host.advance(500);
    server.accept();
    expect(server.requests()).toMatchObject([
      {
        cxid: -8,
        op: {
          type: OpCode.setWatches,
          relativeZxid: 55,
          data: ['/a', '/b'],
          exist: ['/c'],
          child: [],
          persistent: [],
          recursive: [],
        },
      },
      { cxid: 4 },
    ]);
    server.reply(-8, { err: OK }, 60);
    expect(client.lastZxid).toBe(60);
    expect(host.reported('housekeeping').map(({ answer, request }) => [answer, request?.type])).toEqual([
      [false, OpCode.setWatches],
      [true, undefined],
    ]);
    server.reply(4);
    client.submit({ type: OpCode.addWatch, path: '/p', mode: 1 });
    server.reply(5);
    server.break();
    host.advance(500);
    server.accept();
    const { op } = server.requests()[0]!;
    expect(op).toMatchObject({ type: OpCode.setWatches2, recursive: ['/p'] });
  });

  it('CLIENT-21 come in several requests where their paths are long together', () => {
    const { host, server, client } = connected();
    const paths = [0, 1, 2].map((n) => `/${n}${'x'.repeat(70_000)}`);
    for (const [i, path] of paths.entries()) {
      client.submit(get(path));
      server.reply(i + 1);
    }
    server.break();
    host.advance(500);
    server.accept();
    expect(server.requests().map(({ op }) => (op as SetWatchesRequest).data.length)).toEqual([2, 1]);
    server.reply(-8);
    server.reply(-8);
    expect(client.state).toBe('CONNECTED');
    server.reply(-8);
    expect(client.state).toBe('CONNECTING');
  });

  it('CLIENT-22 are forgotten with their connection where that is asked for', () => {
    const { host, server, client } = connected({ watchReset: false });
    client.submit(get('/a'));
    server.reply(1);
    server.break();
    host.advance(500);
    server.accept();
    expect(server.requests()).toEqual([]);
  });

  it('CLIENT-23 removed ones are told of by events of the client itself; none there answers NOWATCHER', () => {
    const { server, client, user } = connected();
    client.submit(get('/a'));
    client.submit(children('/a'));
    client.submit({ type: OpCode.addWatch, path: '/a', mode: 1 });
    for (const cxid of [1, 2, 3]) server.reply(cxid);
    client.submit({ type: OpCode.removeWatches, path: '/a', watcher: WatcherType.CHILDREN });
    client.submit({ type: OpCode.removeWatches, path: '/a', watcher: WatcherType.ANY });
    client.submit({ type: OpCode.removeWatches, path: '/a', watcher: WatcherType.ANY });
    for (const cxid of [4, 5, 6]) server.reply(cxid);
    expect(user.events.slice(1).map(({ type, zxid }) => [type, zxid])).toEqual([
      [6, -1],
      [5, -1],
      [7, -1],
    ]);
    expect(user.errors().at(-1)).toEqual([6, NOWATCHER]);
    server.event(CHANGED, '/a');
    expect(user.events).toHaveLength(4);
  });
});
