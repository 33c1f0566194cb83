import { describe, expect, it } from 'vitest';
import type { EnsembleConfig } from '../../../protocol/config.ts';
import type { ChannelId } from '../../../protocol/host.ts';
import type { QuorumMessage, QuorumPacket } from '../../../protocol/zab/packets.ts';
import { MAX_EPOCH, makeZxid as z } from '../../../protocol/zxid.ts';
import { CONNECT, history, type ScriptedStore, started } from '../scripted-host.ts';

const FIVE = { participants: [1, 2, 3, 4, 5] };

/** Server 3, which has been elected; the test plays its learners and clients. */
class Bench {
  readonly host;
  readonly peer;

  constructor(store?: ScriptedStore, changes: Partial<EnsembleConfig> = {}) {
    const { host, peer } = started(3, { ...FIVE, ...changes }, store);
    this.host = host;
    this.peer = peer;
    host.sent.length = 0;
    host.probes.length = 0;
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
  }

  /** A learner comes and says who it is. */
  join(sid: number, acceptedEpoch: number, observer = false): ChannelId {
    const channel = this.host.accept('quorum');
    this.hear(channel, { kind: observer ? 'OBSERVERINFO' : 'FOLLOWERINFO', sid, acceptedEpoch });
    return channel;
  }

  hear(channel: ChannelId, packet: QuorumPacket): void {
    this.host.receive(channel, packet);
  }

  said(channel: ChannelId): QuorumMessage[] {
    return this.host.messages(channel) as QuorumMessage[];
  }

  /** Brings a learner that has joined to the end of its synchronization. */
  follow(channel: ChannelId, zxid = 0, currentEpoch = 0): void {
    this.host.settle();
    this.hear(channel, { kind: 'ACKEPOCH', zxid, currentEpoch });
  }

  ackNewLeader(...channels: ChannelId[]): void {
    this.host.settle();
    const { epoch } = this.host.reported('acceptedEpoch').at(-1) as { epoch: number };
    for (const channel of channels) this.hear(channel, { kind: 'ACK', zxid: z(epoch, 0) });
    this.host.settle();
  }

  get established(): boolean {
    return this.host.reported('established').length > 0;
  }

  /** A client of this server with an open session: its transaction has been committed with these learners. */
  client(...quorum: readonly ChannelId[]) {
    const { host } = this;
    const channel = host.accept('client');
    host.receive(channel, CONNECT);
    host.settle();
    const zxid = this.peer.database.log.lastZxid;
    for (const link of quorum) this.hear(link, { kind: 'ACK', zxid });
    host.settle();
    expect(host.kinds(channel)).toEqual(['connected']);
    host.sent.length = 0;
    let cxid = 0;
    return (op: object) => this.host.receive(channel, { kind: 'request', cxid: ++cxid, op } as never);
  }
}

/** An established leader of five in epoch 1 with followers 1 and 2. */
function leading(changes: Partial<EnsembleConfig> = {}) {
  const bench = new Bench(undefined, changes);
  const links = [bench.join(1, 0), bench.join(2, 0)] as const;
  for (const link of links) bench.follow(link);
  bench.ackNewLeader(...links);
  bench.host.sent.length = 0;
  return { bench, host: bench.host, links };
}

/** What a client costs: the first transaction of the epoch opens its session. */
const SESSION = z(1, 1);
const CREATE = {
  type: 1,
  path: '/a',
  data: null,
  acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
  flags: 0,
};
const DELETE = { type: 2, path: '/none', version: -1 };

describe('ZAB-2 the new epoch', () => {
  it('is one above the highest accepted epoch reported by a quorum that includes the leader', () => {
    const bench = new Bench(history([z(2, 1)], 4));
    const first = bench.join(1, 7);
    bench.host.settle();
    expect(bench.host.reported('acceptedEpoch')).toEqual([]);
    const second = bench.join(2, 5);
    bench.host.settle();
    for (const channel of [first, second])
      expect(bench.said(channel)).toEqual([{ kind: 'LEADERINFO', epoch: 8 }]);
  });

  it('latecomers get that epoch', () => {
    const { bench } = leading();
    const late = bench.join(4, 30);
    bench.host.settle();
    expect(bench.said(late)).toEqual([{ kind: 'LEADERINFO', epoch: 1 }]);
  });

  it('an observer does not count', () => {
    const bench = new Bench(undefined, { participants: [1, 2, 3], observers: [6] });
    bench.join(6, 0, true);
    bench.host.settle();
    expect(bench.host.reported('acceptedEpoch')).toEqual([]);
  });

  it('above 2²¹−1 it ends the leader', () => {
    expect(MAX_EPOCH).toBe(2 ** 21 - 1);
    const last = new Bench();
    last.join(1, MAX_EPOCH - 1);
    last.join(2, 0);
    expect(last.host.exited).toBeNull();
    const over = new Bench();
    over.join(1, MAX_EPOCH);
    over.join(2, 0);
    expect(over.host.exited).toMatch(/epoch 2097152/);
    expect(over.host.store.values.get('acceptedEpoch')).toBe(0);
  });
});

describe('ZAB-3 LEADERINFO', () => {
  it('is sent once the leader’s acceptedEpoch is durable', () => {
    const bench = new Bench();
    const link = bench.join(1, 0);
    bench.join(2, 0);
    bench.host.runSteps();
    expect(bench.host.store.pending).toMatchObject([{ op: 'value', name: 'acceptedEpoch' }]);
    expect(bench.said(link)).toEqual([]);
    bench.host.syncOne();
    expect(bench.said(link)).toEqual([{ kind: 'LEADERINFO', epoch: 1 }]);
  });
});

describe('ZAB-5 an ACKEPOCH with −1', () => {
  it('does not count for the epoch; its sender is synchronized with the others', () => {
    const bench = new Bench();
    const links = [bench.join(1, 0), bench.join(2, 0), bench.join(4, 0)] as const;
    bench.follow(links[0], 0, -1);
    bench.follow(links[1], 0, 0);
    expect(bench.said(links[0])).toHaveLength(1);
    bench.follow(links[2], 0, 0);
    expect(bench.said(links[0]).map(({ kind }) => kind)).toEqual(['LEADERINFO', 'DIFF', 'NEWLEADER']);
  });
});

describe('ZAB-6 a learner above the leader', () => {
  it.each([
    ['by currentEpoch', z(1, 1), 2],
    ['by zxid', z(1, 4), 1],
  ])('%s is turned away while the epoch gathers its quorum', (_, zxid, currentEpoch) => {
    const bench = new Bench(history([z(1, 1), z(1, 3)], 1));
    const link = bench.join(1, 1);
    bench.join(2, 1);
    bench.follow(link, zxid, currentEpoch);
    expect(bench.host.closed.has(link)).toBe(true);
  });

  it('is synchronized afterwards', () => {
    const { bench } = leading();
    const late = bench.join(4, 0);
    bench.follow(late, z(0, 4), 0);
    bench.host.settle();
    expect(bench.host.closed.has(late)).toBe(false);
    expect(bench.said(late).map(({ kind }) => kind)).toContain('NEWLEADER');
  });

  it('with the quorum the leader makes its currentEpoch durable', () => {
    const bench = new Bench();
    const links = [bench.join(1, 0), bench.join(2, 0)] as const;
    bench.follow(links[0]);
    bench.host.settle();
    expect(bench.host.store.values.get('currentEpoch')).toBe(0);
    bench.hear(links[1], { kind: 'ACKEPOCH', zxid: 0, currentEpoch: 0 });
    expect(bench.host.store.pending).toMatchObject([{ op: 'value', name: 'currentEpoch' }]);
    expect(bench.peer.currentEpoch).toBe(0);
    bench.host.syncOne();
    expect(bench.peer.currentEpoch).toBe(1);
  });
});

describe('ZAB-9 a registered learner', () => {
  it('gets what is committed and not applied, then what is proposed, then everything new', () => {
    const { bench, host, links } = leading();
    const ask = bench.client(...links);
    ask(CREATE);
    ask(DELETE);
    host.runSteps();
    host.syncOne();
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 2) });
    // Committed and not applied: no step has run since.
    const info: QuorumPacket = { kind: 'ACKEPOCH', zxid: z(1, 1), currentEpoch: 1 };
    const late = bench.join(4, 1);
    bench.hear(late, info);
    const watcher = bench.join(6, 1, true);
    bench.hear(watcher, info);
    expect(bench.peer.database.lastProcessedZxid).toBe(z(1, 1));
    ask(DELETE);
    host.runSteps();
    const short = (channel: ChannelId) =>
      bench
        .said(channel)
        .map((m) => `${m.kind} ${'record' in m ? m.record.zxid - z(1, 0) : 'zxid' in m ? m.zxid : ''}`);
    expect(short(late).slice(1)).toEqual([
      `DIFF ${z(1, 1)}`,
      'PROPOSAL 2',
      `COMMIT ${z(1, 2)}`,
      'PROPOSAL 3',
      `NEWLEADER ${z(1, 0)}`,
      'PROPOSAL 4',
    ]);
    expect(short(watcher).slice(1)).toEqual([
      `DIFF ${z(1, 1)}`,
      'PROPOSAL 2',
      `COMMIT ${z(1, 2)}`,
      `NEWLEADER ${z(1, 0)}`,
    ]);
  });
});

describe('ZAB-11 SNAP', () => {
  it('streams node by node while transactions go on, which follow behind it', () => {
    const { bench, host, links } = leading({
      snapshotStepNodes: 1,
      commitLogCount: 1,
      snapshotSizeFactor: -1,
    });
    const ask = bench.client(...links);
    ask(CREATE);
    ask({ ...CREATE, path: '/b' });
    host.runSteps();
    for (const zxid of [z(1, 2), z(1, 3)]) for (const link of links) bench.hear(link, { kind: 'ACK', zxid });
    host.settle();
    const late = bench.join(4, 0);
    bench.hear(late, { kind: 'ACKEPOCH', zxid: 0, currentEpoch: 0 });
    host.runStep('leader.snap');
    // Below a node that the walk has not reached: the stream contains it, and its proposal follows all the same.
    ask({ ...CREATE, path: '/a/c' });
    host.runStep('prep');
    host.runStep('log');
    host.syncOne();
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 4) });
    host.runStep('commit');
    host.settle();
    const kinds = bench.said(late).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'snapNode')).toHaveLength(7);
    expect(kinds.filter((kind) => kind !== 'snapNode')).toEqual([
      'LEADERINFO',
      'SNAP',
      'snapHeader',
      'snapEnd',
      'NEWLEADER',
      'PROPOSAL',
      'COMMIT',
    ]);
    expect(bench.said(late).find(({ kind }) => kind === 'SNAP')).toEqual({ kind: 'SNAP', zxid: z(1, 3) });
  });
});

describe('ZAB-13 the leader is established', () => {
  it('with a quorum of NEWLEADER acknowledgements, its own after its currentEpoch is durable', () => {
    const bench = new Bench(history([z(1, 1)], 1));
    const links = [bench.join(1, 1), bench.join(2, 1), bench.join(4, 1)] as const;
    bench.follow(links[0], z(1, 1), 1);
    for (const link of links.slice(1)) bench.hear(link, { kind: 'ACKEPOCH', zxid: z(1, 1), currentEpoch: 1 });
    // currentEpoch waits for the disk.
    expect(bench.host.store.pending).toHaveLength(1);
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(2, 0) });
    expect(bench.established).toBe(false);
    bench.host.settle();
    expect(bench.host.reported('established')).toMatchObject([{ epoch: 2, zxid: z(1, 1) }]);
    expect(bench.peer.database.lastProcessedZxid).toBe(z(2, 0));
    for (const link of links) expect(bench.said(link).at(-1)).toEqual({ kind: 'UPTODATE', zxid: -1 });
  });

  it('not with fewer', () => {
    const bench = new Bench();
    const links = [bench.join(1, 0), bench.join(2, 0)] as const;
    for (const link of links) bench.follow(link);
    bench.ackNewLeader(links[0]);
    expect(bench.established).toBe(false);
    bench.ackNewLeader(links[1]);
    expect(bench.established).toBe(true);
  });
});

describe('ZAB-14 writes', () => {
  it('become transactions one by one, validated against what is pending; a failed one takes a zxid', () => {
    const { bench, host, links } = leading();
    const ask = bench.client(...links);
    ask(CREATE);
    ask(CREATE);
    ask({ ...CREATE, path: '/a/b' });
    host.runSteps();
    const proposals = bench.said(links[0]).flatMap((m) => (m.kind === 'PROPOSAL' ? [m.record] : []));
    expect(proposals).toMatchObject([
      { zxid: z(1, 2), txn: { type: 1 } },
      { zxid: z(1, 3), txn: { type: -1, err: -110 } },
      { zxid: z(1, 4), txn: { type: 1, path: '/a/b' } },
    ]);
  });
});

describe('ZAB-15 a leader whose next counter would reach the limit', () => {
  it('gives up', () => {
    const { bench, host, links } = leading({ counterLimit: 4 });
    const ask = bench.client(...links);
    for (let i = 0; i < 3; i++) ask(DELETE);
    host.runSteps();
    const zxids = bench.said(links[0]).flatMap((m) => (m.kind === 'PROPOSAL' ? [m.record.zxid] : []));
    expect(zxids).toEqual([z(1, 2), z(1, 3)]);
    expect(host.reported('counterExhausted')).toMatchObject([{ epoch: 1 }]);
    host.settle();
    expect(host.roles()).toEqual(['LEADING', 'LOOKING']);
  });
});

describe('ZAB-16 a proposal commits with a quorum of acknowledgements', () => {
  const committed = ({ host }: Bench) => host.reported('committed').map(({ zxid }) => zxid);

  it('the leader’s own flush is one of them', () => {
    const { bench, host, links } = leading();
    bench.client(...links)(DELETE);
    host.runSteps();
    bench.hear(links[0], { kind: 'ACK', zxid: z(1, 2) });
    bench.hear(links[0], { kind: 'ACK', zxid: z(1, 2) });
    expect(committed(bench)).toEqual([SESSION]);
    host.settle();
    expect(committed(bench)).toEqual([SESSION]);
    bench.hear(links[1], { kind: 'ACK', zxid: z(1, 2) });
    expect(committed(bench)).toEqual([SESSION, z(1, 2)]);
  });

  it('and need not be among them; an observer’s is none', () => {
    const { bench, host, links } = leading({ observers: [6] });
    const more = [bench.join(4, 0), bench.join(6, 0, true)] as const;
    for (const link of more) bench.follow(link);
    bench.ackNewLeader(...more);
    bench.client(...links)(DELETE);
    host.runSteps();
    expect(host.store.pending).toMatchObject([{ op: 'flush' }]);
    for (const link of [links[0], links[1], more[1]]) bench.hear(link, { kind: 'ACK', zxid: z(1, 2) });
    expect(committed(bench)).toEqual([SESSION]);
    bench.hear(more[0], { kind: 'ACK', zxid: z(1, 2) });
    expect(committed(bench)).toEqual([SESSION, z(1, 2)]);
    expect(host.store.pending).toHaveLength(1);
  });

  it('ZAB-17 strictly in order', () => {
    const { bench, host, links } = leading();
    const ask = bench.client(...links);
    ask(DELETE);
    ask(DELETE);
    host.settle();
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 3) });
    expect(committed(bench)).toEqual([SESSION]);
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 2) });
    expect(committed(bench)[1]).toBe(z(1, 2));
  });
});

describe('ZAB-21 a leader', () => {
  it('pings every half tick', () => {
    const { bench, host, links } = leading();
    const times: number[] = [];
    for (let t = 0; t < 200; t += 10) {
      host.sent.length = 0;
      host.advance(10);
      if (bench.said(links[0]).some(({ kind }) => kind === 'PING')) times.push(host.time % 50);
    }
    expect(times).toEqual([0, 0, 0, 0]);
  });

  it('steps down once a quorum has not been heard within syncLimit ticks', () => {
    const { bench, host, links } = leading();
    for (let tick = 0; tick < 20; tick++) {
      for (const link of links) bench.hear(link, { kind: 'PING', zxid: 0, touched: [] });
      host.advance(100);
    }
    expect(host.roles()).toEqual(['LEADING']);
    // Server 1 goes on answering; with 3 it is two of five.
    const silent = host.time;
    while (host.roles().length === 1 && host.time < silent + 2000) {
      bench.hear(links[0], { kind: 'PING', zxid: 0, touched: [] });
      host.advance(10);
    }
    expect(host.roles()).toEqual(['LEADING', 'LOOKING']);
    expect(host.time - silent).toBeGreaterThan(300);
    expect(host.time - silent).toBeLessThanOrEqual(500);
  });
});

describe('ZAB-22 a proposal unacknowledged for syncLimit ticks', () => {
  it('ends the link, though the learner answers pings', () => {
    const { bench, host, links } = leading();
    bench.client(...links)(DELETE);
    host.runSteps();
    for (let t = 0; t < 600 && !host.closed.has(links[1]); t += 10) {
      bench.hear(links[0], { kind: 'PING', zxid: 0, touched: [] });
      bench.hear(links[1], { kind: 'PING', zxid: 0, touched: [] });
      if (t === 10) bench.hear(links[0], { kind: 'ACK', zxid: z(1, 2) });
      host.advance(10);
    }
    expect(host.closed.has(links[1])).toBe(true);
    expect(host.closed.has(links[0])).toBe(false);
  });
});

describe('ZAB-23 a learner’s sync', () => {
  const sync: QuorumPacket = {
    kind: 'REQUEST',
    session: '1'.repeat(16),
    cxid: 1,
    auth: [],
    op: { type: 9, path: '/' },
  };

  it('is answered behind the commit of everything proposed before it', () => {
    const { bench, host, links } = leading();
    const askers = [bench.client(...links), bench.client(...links)];
    for (const ask of askers) ask(DELETE);
    host.settle();
    bench.hear(links[0], sync);
    host.runSteps();
    const kinds = () => bench.said(links[0]).map(({ kind }) => kind);
    expect(kinds()).not.toContain('SYNC');
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 3) });
    expect(kinds()).not.toContain('SYNC');
    for (const link of links) bench.hear(link, { kind: 'ACK', zxid: z(1, 4) });
    expect(kinds().slice(-2)).toEqual(['COMMIT', 'SYNC']);
  });

  it('at once where nothing is proposed', () => {
    const { bench, host, links } = leading();
    bench.hear(links[0], sync);
    host.runSteps();
    expect(bench.said(links[0])).toEqual([{ kind: 'SYNC' }]);
  });
});

describe('ZAB-25 a learner synchronized anew', () => {
  it('has its acknowledgements beyond that point withdrawn and its earlier connection closed', () => {
    const { bench, host, links } = leading();
    bench.client(...links)(DELETE);
    host.settle();
    bench.hear(links[0], { kind: 'ACK', zxid: z(1, 2) });
    const again = bench.join(1, 1);
    bench.hear(again, { kind: 'ACKEPOCH', zxid: z(1, 2), currentEpoch: -1 });
    host.settle();
    expect(host.closed.has(links[0])).toBe(true);
    bench.hear(links[1], { kind: 'ACK', zxid: z(1, 2) });
    expect(host.reported('committed')).toMatchObject([{ zxid: SESSION }]);
    bench.ackNewLeader(again);
    bench.hear(again, { kind: 'ACK', zxid: z(1, 2) });
    expect(host.reported('committed')).toMatchObject([{ zxid: SESSION }, { zxid: z(1, 2) }]);
  });
});
