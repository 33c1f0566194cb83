import { describe, expect, it } from 'vitest';
import type { EnsembleConfig } from '../../../protocol/config.ts';
import type { ChannelId } from '../../../protocol/host.ts';
import { passwordOf } from '../../../protocol/server/session-id.ts';
import type { QuorumMessage } from '../../../protocol/zab/packets.ts';
import { makeZxid as z } from '../../../protocol/zxid.ts';
import { CONNECT, history, type ScriptedStore, started, txn } from '../scripted-host.ts';

/** Server 1, which has elected server 3; the test plays the leader. */
function elected(store?: ScriptedStore, changes: Partial<EnsembleConfig> = {}) {
  const { host, peer } = started(1, changes, store);
  host.sent.length = 0;
  host.probes.length = 0;
  peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
  const link = () => host.dialled.findLast(({ address }) => address.port === 'quorum')?.channel as ChannelId;
  const connect = () => peer.onConnected(link());
  const hear = (...messages: QuorumMessage[]) => {
    for (const message of messages) host.receive(link(), message);
  };
  const said = () => host.messages(link()) as QuorumMessage[];
  return { host, peer, link, connect, hear, said };
}

type Bench = ReturnType<typeof elected>;

const proposal = (zxid: number): QuorumMessage => ({ kind: 'PROPOSAL', record: txn(zxid) });
const commit = (zxid: number): QuorumMessage => ({ kind: 'COMMIT', zxid });
const NEWLEADER: QuorumMessage = { kind: 'NEWLEADER', zxid: z(2, 0) };
const UPTODATE: QuorumMessage = { kind: 'UPTODATE', zxid: -1 };

/** Up to ACKEPOCH for epoch 2. */
function discovered(store?: ScriptedStore, changes?: Partial<EnsembleConfig>): Bench {
  const bench = elected(store, changes);
  bench.connect();
  bench.hear({ kind: 'LEADERINFO', epoch: 2 });
  bench.host.settle();
  return bench;
}

/** A follower in epoch 2 with an empty history. */
function serving(changes?: Partial<EnsembleConfig>): Bench {
  const bench = discovered(undefined, changes);
  bench.hear({ kind: 'DIFF', zxid: 0 }, NEWLEADER);
  bench.host.settle();
  bench.hear(UPTODATE);
  bench.host.settle();
  bench.host.sent.length = 0;
  return bench;
}

describe('ZAB-1 a learner dials its leader', () => {
  it('up to five times, 100 ms apart', () => {
    const { host, peer, link } = elected();
    const times: number[] = [];
    const count = () => host.dialled.filter(({ address }) => address.port === 'quorum').length;
    let dials = 0;
    for (let t = 0; t <= 900; t += 10) {
      if (count() > dials) {
        dials = count();
        times.push(host.time);
        peer.onClosed(link(), 'refused');
      }
      host.advance(10);
    }
    expect(times).toEqual([0, 100, 200, 300, 400]);
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
  });

  it.each([
    ['FOLLOWERINFO', {}],
    ['OBSERVERINFO', { participants: [2, 3, 4], observers: [1] }],
  ])('and says who it is, whether it votes, and its accepted epoch: %s', (kind, changes) => {
    const bench = elected(history([z(4, 1)], 4), changes);
    bench.connect();
    expect(bench.said()).toEqual([{ kind, sid: 1, acceptedEpoch: 4 }]);
  });
});

describe('ZAB-4 LEADERINFO', () => {
  it('with a higher epoch: acceptedEpoch is durable, then ACKEPOCH with currentEpoch and last zxid', () => {
    const { host, peer, connect, hear, said } = elected(history([z(1, 1), z(1, 2)], 1));
    connect();
    hear({ kind: 'LEADERINFO', epoch: 2 });
    host.runSteps();
    expect(said()).toHaveLength(1);
    expect(host.store.pending).toMatchObject([{ op: 'value', name: 'acceptedEpoch' }]);
    host.syncOne();
    expect(peer.acceptedEpoch).toBe(2);
    expect(peer.currentEpoch).toBe(1);
    expect(said().at(-1)).toEqual({ kind: 'ACKEPOCH', zxid: z(1, 2), currentEpoch: 1 });
  });

  it('with a lower epoch it goes back to LOOKING', () => {
    const { host, connect, hear, said } = elected(history([z(4, 1)], 4));
    connect();
    hear({ kind: 'LEADERINFO', epoch: 3 });
    host.settle();
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
    expect(said()).toHaveLength(1);
    expect(host.store.values.get('acceptedEpoch')).toBe(4);
  });
});

describe('ZAB-5 an epoch accepted before', () => {
  it('is answered with −1, which does not count, and the learner is synchronized', () => {
    const store = history([z(1, 1)], 1);
    store.values.set('acceptedEpoch', 2);
    const { host, hear, said } = discovered(store);
    expect(said().at(-1)).toEqual({ kind: 'ACKEPOCH', zxid: z(1, 1), currentEpoch: -1 });
    hear({ kind: 'DIFF', zxid: z(1, 1) }, NEWLEADER);
    host.settle();
    expect(said().at(-1)).toEqual({ kind: 'ACK', zxid: z(2, 0) });
  });
});

describe('ZAB-8 a suffix that the leader does not have', () => {
  it('is cut from log and memory', () => {
    const { host, peer, hear } = discovered(history([z(1, 1), z(1, 2), z(1, 3)], 1));
    hear({ kind: 'TRUNC', zxid: z(1, 1) });
    expect(host.store.logged()).toEqual([z(1, 1)]);
    host.settle();
    expect(peer.database.lastProcessedZxid).toBe(z(1, 1));
    expect(peer.database.committedLog.max(0)).toBe(z(1, 1));
    expect(peer.database.log.lastZxid).toBe(z(1, 1));
  });
});

describe('ZAB-9 a cut behind the oldest usable snapshot', () => {
  it('makes the learner come again in the same epoch with an empty history', () => {
    const store = history([z(1, 5), z(1, 6)], 1);
    // Its only snapshot is at [1,4].
    for (const name of store.list()) if (name.startsWith('snapshot.')) store.files.delete(name);
    store.append(`snapshot.${z(1, 4).toString(16)}`, { kind: 'snapHeader', zxid: z(1, 4) } as never);
    const { host: empty, peer: writer } = started(1);
    writer.database.tree.lastProcessedZxid = z(1, 4);
    const { file } = writer.database.writeSnapshot();
    store.files.set(file, empty.store.files.get(file) as never);

    const bench = discovered(store);
    bench.hear({ kind: 'TRUNC', zxid: z(1, 3) });
    bench.host.settle();
    expect(bench.host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
    expect(store.logged()).toEqual([z(1, 5), z(1, 6)]);
    bench.peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    bench.connect();
    bench.hear({ kind: 'LEADERINFO', epoch: 2 });
    bench.host.settle();
    expect(bench.said().at(-1)).toEqual({ kind: 'ACKEPOCH', zxid: 0, currentEpoch: -1 });
  });
});

describe('ZAB-12 NEWLEADER', () => {
  it('after DIFF: what was committed is logged and durable, then currentEpoch, then the acknowledgement', () => {
    const { host, peer, hear, said } = discovered();
    hear({ kind: 'DIFF', zxid: z(1, 1) }, proposal(z(1, 1)), commit(z(1, 1)), proposal(z(1, 2)));
    expect(host.store.logged()).toEqual([]);
    hear(NEWLEADER);
    expect(host.store.logged()).toEqual([z(1, 1)]);
    expect(peer.database.lastProcessedZxid).toBe(z(1, 1));
    expect(host.store.pending).toMatchObject([{ op: 'flush' }]);
    host.syncOne();
    expect(host.store.pending).toMatchObject([{ op: 'value', name: 'currentEpoch' }]);
    expect(said().at(-1)?.kind).toBe('ACKEPOCH');
    host.syncOne();
    expect(said().at(-1)).toEqual({ kind: 'ACK', zxid: z(2, 0) });
    expect(peer.currentEpoch).toBe(2);
  });

  it('after TRUNC: a snapshot is durable, then currentEpoch, then the acknowledgement', () => {
    const { host, hear, said } = discovered(history([z(1, 1), z(1, 2)], 1));
    hear({ kind: 'TRUNC', zxid: z(1, 1) });
    host.settle();
    hear(NEWLEADER);
    expect(host.store.pending).toMatchObject([{ op: 'flush', name: `snapshot.${z(1, 1).toString(16)}` }]);
    host.syncOne();
    expect(host.store.pending).toMatchObject([{ op: 'value', name: 'currentEpoch' }]);
    expect(said().at(-1)?.kind).toBe('ACKEPOCH');
    host.syncOne();
    expect(said().at(-1)).toEqual({ kind: 'ACK', zxid: z(2, 0) });
  });

  it('what was proposed and not committed is logged after UPTODATE and acknowledged then', () => {
    const { host, hear, said } = discovered();
    hear({ kind: 'DIFF', zxid: z(1, 1) }, proposal(z(1, 1)), commit(z(1, 1)), proposal(z(1, 2)), NEWLEADER);
    host.settle();
    hear(proposal(z(1, 3)));
    host.settle();
    expect(host.store.logged()).toEqual([z(1, 1)]);
    hear(UPTODATE);
    host.settle();
    expect(host.store.logged()).toEqual([z(1, 1), z(1, 2), z(1, 3)]);
    expect(said().slice(-3)).toEqual([
      { kind: 'ACK', zxid: z(2, 0) },
      { kind: 'ACK', zxid: z(1, 2) },
      { kind: 'ACK', zxid: z(1, 3) },
    ]);
  });
});

describe('ZAB-17 COMMIT names the oldest pending proposal', () => {
  it('and applies it', () => {
    const { host, peer, hear } = serving();
    hear(proposal(z(2, 1)), proposal(z(2, 2)), commit(z(2, 1)));
    host.settle();
    expect(peer.database.lastProcessedZxid).toBe(z(2, 1));
    expect(host.exited).toBeNull();
  });

  it('anything else ends the process', () => {
    const { host, peer, hear } = serving();
    hear(proposal(z(2, 1)), proposal(z(2, 2)), commit(z(2, 2)));
    expect(host.exited).toMatch(/0x200000002 where 0x200000001/);
    expect(peer.database.lastProcessedZxid).toBe(0);
  });
});

describe('ZAB-18 a proposal is acknowledged when it is flushed', () => {
  const acked = ({ said }: Bench) => said().flatMap((m) => (m.kind === 'ACK' ? [m.zxid] : []));

  it('a flush begins when nothing waits, and what comes meanwhile forms a group', () => {
    const bench = serving();
    const { host, hear } = bench;
    hear(proposal(z(2, 1)));
    host.runSteps();
    expect(host.store.pending).toHaveLength(1);
    expect(acked(bench)).toEqual([]);
    hear(proposal(z(2, 2)), proposal(z(2, 3)));
    host.runSteps();
    expect(host.store.pending).toHaveLength(1);
    host.syncOne();
    expect(acked(bench)).toEqual([z(2, 1)]);
    host.runSteps();
    expect(host.store.pending).toHaveLength(1);
    host.syncOne();
    expect(acked(bench)).toEqual([z(2, 1), z(2, 2), z(2, 3)]);
  });

  it('or when a batch is full', () => {
    const bench = serving({ maxBatchSize: 2 });
    const { host, hear } = bench;
    for (let i = 1; i <= 5; i++) hear(proposal(z(2, i)));
    host.runSteps();
    expect(host.store.logged()).toHaveLength(2);
    host.syncOne();
    expect(acked(bench)).toEqual([z(2, 1), z(2, 2)]);
  });
});

describe('ZAB-22 silence on the link to the leader ends it', () => {
  it('after initLimit ticks until NEWLEADER is acknowledged', () => {
    const { host } = discovered();
    host.advance(999);
    expect(host.roles()).toEqual(['FOLLOWING']);
    host.advance(1);
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
  });

  it('then at once after syncLimit ticks, though it began to wait for initLimit', () => {
    const { host } = serving();
    host.advance(399);
    expect(host.roles()).toEqual(['FOLLOWING']);
    host.advance(1);
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
  });

  it('then after syncLimit ticks', () => {
    const { host, hear } = serving();
    for (let t = 0; t < 1500; t += 300) {
      hear({ kind: 'PING', zxid: 0, touched: [] });
      host.advance(300);
    }
    hear({ kind: 'PING', zxid: 0, touched: [] });
    host.advance(399);
    expect(host.roles()).toEqual(['FOLLOWING']);
    host.advance(1);
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
  });
});

describe('ZAB-20 and ZAB-23 requests of a learner’s clients', () => {
  /** A client of this learner; the leader opens its session with the transaction `zxid`. */
  function client(bench: Bench, zxid: number) {
    const { host } = bench;
    const channel = host.accept('client');
    host.receive(channel, CONNECT);
    host.settle();
    const asked = bench.said().at(-1) as { session: string };
    expect(asked).toMatchObject({ kind: 'REQUEST', cxid: 0, op: { type: -10 } });
    const { session } = asked;
    const record = { ...txn(zxid), session, cxid: 0, txn: { type: -10, timeout: 2000 } } as const;
    bench.hear({ kind: 'PROPOSAL', record }, commit(zxid));
    host.settle();
    expect(host.messages(channel)).toMatchObject([{ kind: 'connected', session }]);
    host.sent.length = 0;
    let cxid = 0;
    const ask = (op: object) => bench.host.receive(channel, { kind: 'request', cxid: ++cxid, op } as never);
    const replies = () =>
      bench.host
        .messages(channel)
        .flatMap((m) => (m.kind === 'reply' ? [(m as { cxid?: number }).cxid] : []));
    return { ask, replies, session };
  }
  const WRITE = { type: 5, path: '/a', data: null, version: -1 };
  const READ = { type: 3, path: '/', watch: false };
  const SYNC = { type: 9, path: '/' };

  it('ZAB-20 a session’s requests behind its own unfinished write wait; reads of others pass', () => {
    const bench = serving();
    const a = client(bench, z(2, 1));
    const b = client(bench, z(2, 2));
    a.ask(WRITE);
    a.ask(READ);
    b.ask(READ);
    bench.host.settle();
    expect(bench.said()).toMatchObject([{ kind: 'REQUEST', session: a.session, cxid: 1 }]);
    expect(a.replies()).toEqual([]);
    expect(b.replies()).toEqual([1]);
    const record = { ...txn(z(2, 3)), session: a.session, cxid: 1 };
    bench.hear({ kind: 'PROPOSAL', record }, commit(z(2, 3)));
    bench.host.settle();
    expect(a.replies()).toEqual([1, 2]);
  });

  it('SESSION-5 serves a session that the leader knows before it has itself applied how it began', () => {
    const bench = serving();
    const { host } = bench;
    const session = '0300000000000001';
    const channel = host.accept('client');
    host.receive(channel, { ...CONNECT, session, passwd: passwordOf(session) });
    expect(bench.said()).toMatchObject([{ kind: 'REVALIDATE', session }]);
    bench.hear({ kind: 'REVALIDATE', session, timeout: 2000, valid: true });
    host.receive(channel, { kind: 'request', cxid: 1, op: READ } as never);
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected', 'reply']);
    bench.hear({ kind: 'PING', zxid: 0, touched: [] });
    expect(bench.said().at(-1)).toMatchObject({ kind: 'PING', touched: [{ session }] });
  });

  it('ZAB-23 a sync is answered behind the commit of everything before it', () => {
    const bench = serving();
    const a = client(bench, z(2, 1));
    a.ask(SYNC);
    a.ask(READ);
    expect(bench.said()).toMatchObject([{ kind: 'REQUEST', op: SYNC }]);
    bench.hear(proposal(z(2, 2)), commit(z(2, 2)), { kind: 'SYNC' });
    bench.host.runStep('commit');
    expect(bench.peer.database.lastProcessedZxid).toBe(z(2, 2));
    expect(a.replies()).toEqual([]);
    bench.host.settle();
    expect(a.replies()).toEqual([1, 2]);
  });
});

describe('ZAB-10 what a leader proposes', () => {
  it('ends the connection where it leaves a hole', () => {
    const { host, hear } = serving();
    hear(proposal(z(2, 1)), proposal(z(2, 3)));
    host.settle();
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
    expect(host.store.logged()).toEqual([z(2, 1)]);
  });
});

describe('LOG-8 and LOG-9 a synchronization that cuts', () => {
  it('LOG-9 the cut is durable before anything that follows is read', () => {
    const { host, hear, said } = discovered(history([z(1, 1), z(1, 2)], 1));
    hear({ kind: 'TRUNC', zxid: z(1, 1) }, NEWLEADER);
    host.runSteps();
    expect(host.store.pending).toMatchObject([{ op: 'truncate' }]);
    expect(host.store.values.get('currentEpoch')).toBe(1);
    host.settle();
    expect(said().at(-1)).toEqual({ kind: 'ACK', zxid: z(2, 0) });
  });

  it('LOG-8 broken off, it reloads the database from disk', () => {
    const { host, peer, link, hear } = discovered(history([z(1, 1), z(1, 2)], 1));
    hear({ kind: 'TRUNC', zxid: z(1, 1) });
    host.settle();
    hear(proposal(z(2, 1)), commit(z(2, 1)));
    expect(peer.database.lastProcessedZxid).toBe(z(2, 1));
    peer.onClosed(link(), 'reset');
    host.settle();
    expect(host.roles()).toEqual(['FOLLOWING', 'LOOKING']);
    expect(peer.database.lastProcessedZxid).toBe(z(1, 1));
  });

  it('LOG-5 a leader’s snapshot replaces all history: mark, snapshot, removal, no mark', () => {
    const source = started(3);
    source.peer.database.tree.lastProcessedZxid = z(1, 9);
    const { file } = source.peer.database.writeSnapshot();
    const chunks = source.host.store.files.get(file) as unknown as QuorumMessage[];
    const store = history([z(1, 1), z(1, 2)], 1);
    const { host, peer, hear } = discovered(store);
    hear({ kind: 'SNAP', zxid: z(1, 9) }, ...chunks, NEWLEADER);
    const order: string[] = [];
    while (host.store.pending.length > 0) {
      const { op, name } = host.store.pending[0] as { op: string; name: string };
      order.push(`${op} ${name.replace(/\..*/, '')}`);
      host.syncOne();
    }
    expect(order).toEqual([
      'value replacement',
      'flush snapshot',
      'remove log',
      'remove snapshot',
      'value replacement',
      'value currentEpoch',
    ]);
    expect(peer.database.lastProcessedZxid).toBe(z(1, 9));
    expect(store.logged()).toEqual([]);
    expect(store.values.get('replacement')).toBe(0);
    expect(store.list()).toHaveLength(1);
  });
});
