import { describe, expect, it } from 'vitest';
import type { ClientRequest, ConnectRequest, ConnectResponse } from '../../../protocol/client-messages.ts';
import type { EnsembleConfig } from '../../../protocol/config.ts';
import type { ChannelId } from '../../../protocol/host.ts';
import { type ClientOp, CreateFlag, type CreateRequest, type Reply } from '../../../protocol/request.ts';
import { passwordOf } from '../../../protocol/server/session-id.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import type { QuorumPacket } from '../../../protocol/zab/packets.ts';
import { makeZxid } from '../../../protocol/zxid.ts';
import { CONNECT, type ScriptedHost, started } from '../scripted-host.ts';

const LEADER_VOTE = { leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 };
const EPHEMERAL: CreateRequest = {
  type: OpCode.create,
  path: '/e',
  data: null,
  acl: OPEN_ACL_UNSAFE,
  flags: CreateFlag.EPHEMERAL,
};
const READ: ClientOp = { type: OpCode.exists, path: '/', watch: false };
const OTHER = '0100000000000001';

/** Server 3 leads servers 1 and 2, whose links the test speaks on; every proposal is acknowledged by both. */
function leading(changes: Partial<EnsembleConfig> = {}) {
  const { host, peer } = started(3, { participants: [1, 2, 3], ...changes });
  peer.onElected(LEADER_VOTE);
  const join = (sid: number): ChannelId => {
    const link = host.accept('quorum');
    host.receive<QuorumPacket>(link, { kind: 'FOLLOWERINFO', sid, acceptedEpoch: 0 });
    return link;
  };
  const links = [join(1), join(2)] as const;
  host.settle();
  for (const link of links) host.receive<QuorumPacket>(link, { kind: 'ACKEPOCH', zxid: 0, currentEpoch: 0 });
  host.settle();
  for (const link of links) host.receive<QuorumPacket>(link, { kind: 'ACK', zxid: makeZxid(1, 0) });
  host.settle();
  let acknowledged = 0;
  /** Lets everything proposed commit. */
  const commit = (): void => {
    host.settle();
    const proposals = host.reported('proposed');
    for (const { zxid } of proposals.slice(acknowledged)) {
      for (const link of links) host.receive<QuorumPacket>(link, { kind: 'ACK', zxid });
    }
    acknowledged = proposals.length;
    host.settle();
  };
  const hear = (link: ChannelId, packet: QuorumPacket): void => {
    host.receive(link, packet);
    commit();
  };
  return { host, peer, links, commit, hear };
}

function connect(host: ScriptedHost, changes: Partial<ConnectRequest> = {}): ChannelId {
  const channel = host.accept('client');
  host.receive(channel, { ...CONNECT, ...changes });
  return channel;
}

function ask(host: ScriptedHost, channel: ChannelId, cxid: number, op: ClientOp): void {
  host.receive<ClientRequest>(channel, { kind: 'request', cxid, op });
}

function errors(host: ScriptedHost, channel: ChannelId): number[] {
  return host
    .messages(channel)
    .filter(({ kind }) => kind === 'reply')
    .map((reply) => (reply as Reply).result.err);
}

/** The errors of what was proposed. */
function outcome(host: ScriptedHost): number[] {
  return host
    .reported('proposed')
    .map(({ record }) => (record.txn.type === OpCode.error ? record.txn.err : 0));
}

function forwarded(op: QuorumPacket & { kind: 'REQUEST' }): QuorumPacket {
  return op;
}

describe('sessions at a leader', () => {
  const open = forwarded({
    kind: 'REQUEST',
    session: OTHER,
    cxid: 0,
    auth: [],
    op: { type: OpCode.createSession, timeout: 1000 },
  });
  const write = (cxid: number): QuorumPacket =>
    forwarded({ kind: 'REQUEST', session: OTHER, cxid, auth: [], op: { ...EPHEMERAL, path: `/e${cxid}` } });
  it('SESSION-7 a write through another server than the owner fails with SESSIONMOVED, and takes a zxid', () => {
    const { host, links, hear } = leading();
    hear(links[0], open);
    hear(links[0], write(1));
    hear(links[1], write(2));
    expect(outcome(host)).toEqual([0, 0, ErrorCode.SESSIONMOVED]);
    hear(links[1], { kind: 'REVALIDATE', session: OTHER, timeout: 1000, valid: false });
    hear(links[0], write(3));
    hear(links[1], write(4));
    expect(outcome(host).slice(3)).toEqual([ErrorCode.SESSIONMOVED, 0]);
  });

  it.each<[string, ClientOp]>([
    ['write', EPHEMERAL],
    ['multi', { type: OpCode.multi, ops: [EPHEMERAL, { ...EPHEMERAL, path: '/f' }] }],
  ])('SESSION-7 the connection whose %s found the session moved ends without an answer', (_, op) => {
    const { host, links, commit, hear } = leading();
    const channel = connect(host);
    commit();
    const { session } = host.messages(channel)[0] as ConnectResponse;
    hear(links[0], { kind: 'REVALIDATE', session, timeout: 1000, valid: false });
    ask(host, channel, 1, op);
    commit();
    expect(errors(host, channel)).toEqual([]);
    expect(host.closed.has(channel)).toBe(true);
    expect(host.reported('sessionMoved')).toMatchObject([{ session }]);
  });

  it('SESSION-6 a learner’s question is answered, and is a sign of life', () => {
    const { host, links, hear } = leading();
    hear(links[0], open);
    hear(links[1], { kind: 'REVALIDATE', session: OTHER, timeout: 1000, valid: false });
    hear(links[1], { kind: 'REVALIDATE', session: 'ff'.repeat(8), timeout: 1000, valid: false });
    const answers = host.messages(links[1]).filter(({ kind }) => kind === 'REVALIDATE');
    expect(answers).toMatchObject([
      { session: OTHER, valid: true },
      { session: 'ff'.repeat(8), valid: false },
    ]);
    expect(host.reported('touched').filter(({ session }) => session === OTHER)).toHaveLength(2);
  });

  it('SESSION-5 the sessions in an answer to a PING have been heard of; the others expire (SESSION-4)', () => {
    const { host, peer, links, hear, commit } = leading({ syncLimit: 100, initLimit: 100 });
    hear(links[0], open);
    hear(links[0], { ...(open as object), session: '0200000000000001' } as QuorumPacket);
    for (let i = 0; i < 30; i++) {
      host.advance(100);
      hear(links[0], { kind: 'PING', zxid: 0, touched: [{ session: OTHER, timeout: 1000 }] });
    }
    commit();
    expect(host.reported('expired').map(({ session }) => session)).toEqual(['0200000000000001']);
    expect([...peer.database.tree.sessions.keys()]).toEqual([OTHER]);
  });
});

describe('SESSION-9 local sessions', () => {
  it('SESSION-9 cost no transaction, and expire at their server', () => {
    const { host } = leading({ localSessions: true });
    const channel = connect(host);
    host.settle();
    const { session } = host.messages(channel)[0] as ConnectResponse;
    expect(host.reported('proposed')).toEqual([]);
    expect(host.reported('sessionOpened')).toMatchObject([{ session, resumed: false }]);
    ask(host, channel, 1, READ);
    host.settle();
    expect(errors(host, channel)).toEqual([0]);
    for (const event of host.reported('touched')) expect(event).toMatchObject({ session, local: true });
  });

  it('SESSION-9 cannot have ephemerals where they may not become global', () => {
    const { host, commit } = leading({ localSessions: true });
    const channel = connect(host);
    host.settle();
    ask(host, channel, 1, EPHEMERAL);
    ask(host, channel, 2, { type: OpCode.multi, ops: [{ ...EPHEMERAL, flags: 0 }, EPHEMERAL] });
    commit();
    expect(errors(host, channel)).toEqual([ErrorCode.EPHEMERALONLOCALSESSION, 0]);
    const { results } = (host.messages(channel).at(-1) as Reply).result;
    expect(results?.map(({ err }) => err)).toEqual([0, ErrorCode.EPHEMERALONLOCALSESSION]);
    expect(outcome(host)[0]).toBe(ErrorCode.EPHEMERALONLOCALSESSION);
  });

  it('SESSION-9 become global by creating an ephemeral; what was asked before is answered all the same', () => {
    const { host, peer, commit } = leading({ localSessions: true, localSessionsUpgrading: true });
    const channel = connect(host);
    host.settle();
    const { session } = host.messages(channel)[0] as ConnectResponse;
    ask(host, channel, 1, READ);
    ask(host, channel, 2, EPHEMERAL);
    commit();
    expect(errors(host, channel)).toEqual([0, 0]);
    expect(host.reported('proposed').map(({ op }) => op)).toEqual([OpCode.createSession, OpCode.create]);
    expect(peer.database.tree.sessions.has(session)).toBe(true);
  });

  it('SESSION-9 a close is answered without a transaction', () => {
    const { host } = leading({ localSessions: true });
    const channel = connect(host);
    host.settle();
    ask(host, channel, 1, { type: OpCode.closeSession });
    host.settle();
    expect(errors(host, channel)).toEqual([0]);
    expect(host.closed.has(channel)).toBe(true);
    expect(host.reported('proposed')).toEqual([]);
  });
});

describe('SVC-6 read-only mode', () => {
  function alone(changes: Partial<EnsembleConfig> = {}) {
    const { host, peer } = started(1, { readOnlyMode: true, localSessions: true, ...changes });
    host.advance(2100);
    return { host, peer };
  }

  it('SVC-6 after 2000 ms without a leader, reads are answered and writes refused', () => {
    const { host } = alone();
    expect(host.reported('readOnly')).toMatchObject([{ serving: true }]);
    const channel = connect(host, { readOnly: true });
    host.settle();
    expect(host.messages(channel)).toMatchObject([{ kind: 'connected', readOnly: true }]);
    ask(host, channel, 1, READ);
    ask(host, channel, 2, EPHEMERAL);
    ask(host, channel, 3, { type: OpCode.sync, path: '/' });
    host.settle();
    expect(errors(host, channel)).toEqual([0, ErrorCode.NOTREADONLY, ErrorCode.NOTREADONLY]);
  });

  it('SVC-6 a client that does not accept it, and one without a local session to be had, is closed', () => {
    const strict = alone();
    const unwilling = connect(strict.host);
    expect(strict.host.closed.has(unwilling)).toBe(true);
    expect(strict.host.messages(unwilling)).toEqual([]);
    const global = alone({ localSessions: false });
    const channel = connect(global.host, { readOnly: true });
    expect(global.host.closed.has(channel)).toBe(true);
    expect(global.host.messages(channel)).toEqual([]);
  });

  it('SVC-6 a global session is neither served nor declared gone', () => {
    const { host, peer } = alone();
    peer.database.tree.sessions.set(OTHER, 1000);
    const channel = connect(host, { readOnly: true, session: OTHER, passwd: passwordOf(OTHER) });
    expect(host.messages(channel)).toEqual([]);
    expect(host.closed.has(channel)).toBe(true);
    const unknown = connect(host, {
      readOnly: true,
      session: '01'.repeat(8),
      passwd: passwordOf('01'.repeat(8)),
    });
    expect(host.messages(unknown)).toMatchObject([{ kind: 'connected', session: NO_SESSION, timeout: 0 }]);
    // Without local sessions it may have begun elsewhere.
    const { host: other } = alone({ localSessions: false });
    const recent = connect(other, { readOnly: true, session: OTHER, passwd: passwordOf(OTHER) });
    expect(other.messages(recent)).toEqual([]);
    expect(other.closed.has(recent)).toBe(true);
  });

  it('SVC-6 ends with the election, and its clients are cut off', () => {
    const { host, peer } = alone();
    const channel = connect(host, { readOnly: true });
    host.settle();
    peer.onElected(LEADER_VOTE);
    expect(host.reported('readOnly')).toMatchObject([{ serving: true }, { serving: false }]);
    expect(host.closed.has(channel)).toBe(true);
  });

  it('SVC-6 isro tells what a server does', () => {
    const { host } = alone();
    const asked = host.accept('client');
    host.receive(asked, { kind: 'isro' });
    expect(host.messages(asked)).toEqual([{ kind: 'isroAnswer', mode: 'ro' }]);
    const { host: busy } = leading({ fourLetterWords: ['isro'] });
    const channel = busy.accept('client');
    busy.receive(channel, { kind: 'isro' });
    expect(busy.messages(channel)).toEqual([{ kind: 'isroAnswer', mode: 'rw' }]);
    const { host: looking } = started(1, { readOnlyMode: true });
    const none = looking.accept('client');
    looking.receive(none, { kind: 'isro' });
    expect(looking.messages(none)).toEqual([{ kind: 'isroAnswer', mode: 'null' }]);
  });
});
