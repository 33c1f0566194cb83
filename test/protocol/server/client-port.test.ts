import { describe, expect, it } from 'vitest';
import type { ClientRequest, ConnectResponse } from '../../../protocol/client-messages.ts';
import { type ClientOp, CreateFlag, type CreateRequest, type Reply } from '../../../protocol/request.ts';
import { NO_PASSWORD, passwordOf } from '../../../protocol/server/session-id.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import { CONNECT, history, started } from '../scripted-host.ts';

const READ: ClientOp = { type: OpCode.exists, path: '/', watch: false };
const WRITE: ClientOp = { type: OpCode.delete, path: '/none', version: -1 };
const CREATE: CreateRequest = {
  type: OpCode.create,
  path: '/a',
  data: null,
  acl: OPEN_ACL_UNSAFE,
  flags: CreateFlag.PERSISTENT,
};
const EPHEMERAL: CreateRequest = { ...CREATE, path: '/e', flags: CreateFlag.EPHEMERAL };

function connected(outstandingLimit: number, last = 3) {
  const zxids = Array.from({ length: last }, (_, i) => i + 1);
  const { host, peer } = started(1, { participants: [1], outstandingLimit }, history(zxids, 0));
  const connect = (lastZxidSeen: number) => {
    const channel = host.accept('client');
    host.receive(channel, { ...CONNECT, lastZxidSeen });
    return channel;
  };
  /** Connects and waits until the session is open. */
  const open = () => {
    const channel = connect(0);
    host.settle();
    return channel;
  };
  const granted = (channel: number) => host.messages(channel)[0] as ConnectResponse;
  const ask = (channel: number, cxid: number, op: ClientOp) =>
    host.receive<ClientRequest>(channel, { kind: 'request', cxid, op });
  const answers = (channel: number) => host.messages(channel).slice(1) as Reply[];
  return { host, peer, connect, open, granted, ask, answers };
}

describe('SVC-1 a client that has seen more than the server', () => {
  it('SVC-1 is closed in silence', () => {
    const { host, connect } = connected(10);
    const channel = connect(4);
    host.settle();
    expect(host.messages(channel)).toEqual([]);
    expect(host.closed.has(channel)).toBe(true);
  });

  it('SVC-1 and one that has seen as much is served', () => {
    const { host, connect } = connected(10);
    const channel = connect(3);
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected']);
  });
});

describe('SVC-2 requests', () => {
  it('SVC-2 a server that is not serving closes client connections', () => {
    const { host, peer } = started(1);
    const channel = host.accept('client');
    host.receive(channel, CONNECT);
    expect(host.closed.has(channel)).toBe(true);
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    const next = host.accept('client');
    host.receive(next, CONNECT);
    expect(host.closed.has(next)).toBe(true);
    expect(host.messages(next)).toEqual([]);
  });

  it('SVC-2 beyond outstandingLimit a connection is held up, until its own are answered; others are not', () => {
    const { host, open, ask, answers } = connected(2);
    const first = open();
    const second = open();
    const before = host.reported('proposed').length;
    for (let cxid = 1; cxid <= 7; cxid++) ask(first, cxid, WRITE);
    ask(first, -2, { type: OpCode.ping });
    ask(second, 1, READ);
    host.runSteps();
    // The fourth finds three in process, and is the last.
    expect(host.reported('proposed').length - before).toBe(4);
    expect(host.kinds(second)).toEqual(['connected', 'reply']);
    // Its answers let it go on only when the limit is kept again.
    ask(second, 2, WRITE);
    host.settle();
    expect(host.reported('proposed').length - before).toBe(8);
    expect(answers(first).map(({ cxid }) => cxid)).toEqual([1, 2, 3, 4, 5, 6, 7, -2]);
  });

  it('SVC-2 a connection is taken up again without a limit to how much waits', () => {
    const { host, open, ask, answers } = connected(0);
    const channel = open();
    ask(channel, 1, WRITE);
    ask(channel, 2, WRITE);
    for (let cxid = 3; cxid <= 20_000; cxid++) ask(channel, cxid, READ);
    host.settle();
    expect(answers(channel)).toHaveLength(20_000);
  });
});

describe('SVC-3, SVC-5 one request after the other', () => {
  it('SVC-3 answers come in the session’s order, at the zxid the server stands at', () => {
    const { host, open, ask, answers } = connected(10);
    const channel = open();
    ask(channel, 1, CREATE);
    ask(channel, 2, { type: OpCode.getData, path: '/a', watch: true });
    ask(channel, 3, { type: OpCode.setData, path: '/a', data: null, version: -1 });
    ask(channel, 4, READ);
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected', 'reply', 'reply', 'watchEvent', 'reply', 'reply']);
    const replies = answers(channel).filter(({ kind }) => kind === 'reply');
    expect(replies.map(({ cxid, zxid, result }) => [cxid, zxid, result.err])).toEqual([
      [1, 5, 0],
      [2, 5, 0],
      [3, 6, 0],
      [4, 6, 0],
    ]);
  });

  it('SVC-5 a frame longer than maxBuffer ends the connection without an answer', () => {
    const { host, open, ask } = connected(10);
    const channel = open();
    const data = (length: number) => ({
      type: OpCode.setData,
      path: '/a',
      data: new Uint8Array(length),
      version: -1,
    });
    // Header 8, path 6, length of the data 4, version 4.
    ask(channel, 1, data(0xfffff - 22));
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected', 'reply']);
    ask(channel, 2, data(0xfffff - 21));
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected', 'reply']);
    expect(host.closed.has(channel)).toBe(true);
  });

  it('SVC-5 a check by itself is UNIMPLEMENTED, and the connection ends', () => {
    const { host, open, ask, answers } = connected(10);
    const channel = open();
    ask(channel, 1, { type: OpCode.check, path: '/', version: -1 });
    host.settle();
    expect(answers(channel).map(({ zxid, result }) => [zxid, result.err])).toEqual([
      [-1, ErrorCode.UNIMPLEMENTED],
    ]);
    expect(host.closed.has(channel)).toBe(true);
  });
});

describe('SESSION-1, SESSION-2, SESSION-3 a session begins', () => {
  it('SESSION-1 its id is the server’s id, its clock’s low 40 bits, and a count', () => {
    const { host, open, granted } = connected(10);
    const clock = (host.wallClock() % 2 ** 40).toString(16).padStart(10, '0');
    expect(granted(open()).session).toBe(`01${clock}0000`);
    host.time += 5000;
    expect(granted(open()).session).toBe(`01${clock}0001`);
  });

  it('SESSION-2 the timeout is the wished one between 2 and 20 ticks', () => {
    const { host, granted } = connected(10);
    const timeouts = [1, 300, 1_000_000].map((timeout) => {
      const channel = host.accept('client');
      host.receive(channel, { ...CONNECT, timeout });
      host.settle();
      return granted(channel).timeout;
    });
    expect(timeouts).toEqual([200, 300, 2000]);
  });

  it('SESSION-3 by a transaction; requests that came meanwhile are taken up then', () => {
    const { host, connect, ask } = connected(10);
    const channel = connect(0);
    ask(channel, 1, READ);
    host.runSteps();
    expect(host.messages(channel)).toEqual([]);
    expect(host.reported('proposed').map(({ op }) => op)).toEqual([OpCode.createSession]);
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected', 'reply']);
  });
});

describe('SESSION-4 to SESSION-8 a session goes on and ends', () => {
  it('SESSION-5 every request is a sign of life; without one it expires and the connection ends (SESSION-4, SESSION-8)', () => {
    const { host, peer, open, ask, granted } = connected(10);
    const channel = open();
    const { session } = granted(channel);
    ask(channel, 1, EPHEMERAL);
    for (let i = 0; i < 10; i++) {
      host.advance(1500);
      ask(channel, 2 + i, { type: OpCode.ping });
    }
    expect(peer.database.tree.nodes.has('/e')).toBe(true);
    expect(host.reported('expired')).toEqual([]);
    host.advance(2200);
    expect(host.reported('expired')).toMatchObject([{ session, local: false }]);
    expect(peer.database.tree.nodes.has('/e')).toBe(false);
    expect(peer.database.tree.sessions.has(session)).toBe(false);
    expect(host.closed.has(channel)).toBe(true);
  });

  it('SESSION-8 an explicit close is answered, takes the ephemerals along, pending ones too, and ends the connection', () => {
    const { host, peer, open, ask, answers } = connected(10);
    const channel = open();
    ask(channel, 1, EPHEMERAL);
    ask(channel, 2, { type: OpCode.closeSession });
    ask(channel, 3, CREATE);
    host.settle();
    expect(answers(channel).map(({ cxid, result }) => [cxid, result.err])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(host.closed.has(channel)).toBe(true);
    expect(peer.database.tree.nodes.has('/e')).toBe(false);
    // What came behind the close found the session closing.
    expect(peer.database.tree.nodes.has('/a')).toBe(false);
  });

  it('SESSION-6 a client comes along with its session, and its older connection ends', () => {
    const { host, open, granted, ask } = connected(10);
    const first = open();
    const { session, passwd } = granted(first);
    const second = host.accept('client');
    host.receive(second, { ...CONNECT, session, passwd });
    host.settle();
    expect(granted(second)).toMatchObject({ session, timeout: 2000 });
    expect(host.closed.has(first)).toBe(true);
    ask(second, 1, READ);
    host.settle();
    expect(host.kinds(second)).toEqual(['connected', 'reply']);
  });

  it('SESSION-6 a wrong password, and a session that is gone, give timeout 0 and the end of the connection', () => {
    const { host, open, granted } = connected(10);
    const { session, passwd } = granted(open());
    for (const wrong of [
      { session, passwd: NO_PASSWORD },
      { session: 'fe00000000000001', passwd: passwordOf('fe00000000000001') },
    ]) {
      const channel = host.accept('client');
      host.receive(channel, { ...CONNECT, ...wrong });
      host.settle();
      expect(granted(channel)).toMatchObject({ session: NO_SESSION, timeout: 0, passwd: NO_PASSWORD });
      expect(host.closed.has(channel)).toBe(true);
    }
    expect(passwd).toBe(passwordOf(session));
  });
});

describe('SVC-4 containers and TTL nodes', () => {
  it('SVC-4 are deleted once they are childless or too old, and not before', () => {
    const { host, peer, open, ask } = connected(10);
    const { tree } = peer.database;
    const channel = open();
    const keepAlive = (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        host.advance(1500);
        ask(channel, 100 + i, { type: OpCode.ping });
      }
    };
    ask(channel, 1, { ...CREATE, type: OpCode.createContainer, path: '/c', flags: CreateFlag.CONTAINER });
    ask(channel, 2, { ...CREATE, path: '/c/child' });
    host.settle();
    keepAlive(41);
    expect(tree.nodes.has('/c')).toBe(true);
    ask(channel, 3, { type: OpCode.delete, path: '/c/child', version: -1 });
    host.settle();
    expect(tree.nodes.has('/c')).toBe(true);
    keepAlive(41);
    expect(tree.nodes.has('/c')).toBe(false);
  });
});
