import { describe, expect, it } from 'vitest';
import type { ClientOp, Result } from '../../../../protocol/request.ts';
import { NO_SESSION, OpCode, type Txn } from '../../../../protocol/txn.ts';
import { failure, get, made, make, S, S2, ServiceBench, TESTED, z } from './service-bench.ts';

/** What getData of a node is answered that [1,counter] created and nobody changed. */
const plain = (counter: number): Result => ({
  err: 0,
  data: null,
  stat: {
    czxid: z(1, counter),
    mzxid: z(1, counter),
    pzxid: z(1, counter),
    ctime: 1000 * counter,
    mtime: 1000 * counter,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: NO_SESSION,
    dataLength: 0,
    numChildren: 0,
  },
});

/** /a was created at [1,3] by client 1. */
const withA = (config = {}) =>
  new ServiceBench(config)
    .ask(1, make('/a'))
    .commit(3, made('/a', 1), S, 1)
    .answer(1, 1, z(1, 3), { err: 0, path: '/a' });

const multi = (...ops: ClientOp[]) => ({ type: OpCode.multi, ops }) as ClientOp;
const parts = (...txns: Txn[]) => ({ type: OpCode.multi, txns }) as Txn;

describe('a correct run violates nothing', () => {
  it('with writes, reads, failures, a multi, sequential znodes, a stale read and a reconnect', () => {
    const bench = withA();
    bench.ask(1, get('/a')).answer(1, 2, z(1, 3), plain(3));
    // Stale: server 2 has not heard of it.
    bench.ask(2, get('/a')).answer(2, 1, z(1, 2), { err: -101 });
    bench.ask(1, make('/a')).commit(4, failure(-110), S, 3).answer(1, 3, z(1, 4), { err: -110 });
    bench.ask(1, multi(make('/b'), make('/a'), make('/c')));
    bench.commit(5, parts(failure(0), failure(-110), failure(-2)), S, 4);
    bench.answer(1, 4, z(1, 5), { err: 0, results: [{ err: 0 }, { err: -110 }, { err: -2 }] });
    bench.ask(1, make('/a/n-', 2)).ask(1, make('/a/n-', 2));
    bench.commit(6, made('/a/n-0000000000', 1), S, 5).commit(7, made('/a/n-0000000001', 2), S, 6);
    bench.answer(1, 5, z(1, 6), { err: 0, path: '/a/n-0000000000' });
    bench.disconnect(1, 6).connect(1, 2, S);
    bench.ask(1, get('/a/n-0000000001')).answer(1, 7, z(1, 7), plain(7));
    expect(bench.violations).toEqual([]);
    expect(TESTED.filter((id) => !bench.checked(id))).toEqual([]);
  });

  it('when an unanswered write vanishes, and when one that was answered CONNECTIONLOSS is committed later', () => {
    const bench = withA();
    const lost = bench.record(4, made('/lost', 2), S, 2);
    bench.ask(1, make('/lost')).propose(lost).ask(1, make('/late')).disconnect(1, 2, 3);
    // Another leader never saw [1,4]; [2,1] is the later write.
    bench.feed({ kind: 'role', server: 2, role: 'LEADING', leader: 2, reason: '' });
    bench.feed({ kind: 'established', server: 2, epoch: 2, zxid: z(2, 0) });
    const late = bench.record(1, made('/late', 2), S, 3, 2);
    bench.propose(late, 2).deliver(late, 2, 1);
    bench.connect(1, 1, S).ask(1, get('/lost')).answer(1, 4, z(2, 1), { err: -101 });
    expect(bench.violations).toEqual([]);
  });

  it('where a leader answers from E·2³²: the last transaction before', () => {
    const bench = withA();
    bench.feed({ kind: 'role', server: 2, role: 'LEADING', leader: 2, reason: '' });
    bench.feed({ kind: 'established', server: 2, epoch: 2, zxid: z(2, 0) });
    bench.ask(2, get('/a')).answer(2, 1, z(2, 0), plain(3));
    expect(bench.violations).toEqual([]);
    bench.ask(2, get('/a')).answer(2, 2, z(2, 0), { err: -101 });
    expect(bench.violated).toEqual(['SVC-READ']);
  });

  it('of clients outside the run, whose transactions are believed', () => {
    const bench = withA().commit(4, made('/outside', 2), '0300000000000001', 7);
    bench.ask(1, get('/outside')).answer(1, 2, z(1, 4), plain(4));
    expect(bench.violations).toEqual([]);
  });
});

describe('SVC-LINEARIZABLE-WRITES', () => {
  const violated = ['SVC-LINEARIZABLE-WRITES'];

  it('SVC-LINEARIZABLE-WRITES an answer that the model does not give', () => {
    const bench = new ServiceBench().ask(1, make('/a')).commit(3, made('/a', 1), S, 1);
    bench.answer(1, 1, z(1, 3), { err: 0, path: '/b' });
    expect(bench.violated).toEqual(violated);
    expect(bench.violations[0]?.text).toContain('path "/b" instead of "/a"');
  });

  it('SVC-LINEARIZABLE-WRITES one field of a Stat is wrong', () => {
    const bench = withA().ask(1, { type: OpCode.setData, path: '/a', data: null, version: 0 });
    bench.commit(4, { type: OpCode.setData, path: '/a', data: null, version: 1 }, S, 2);
    const { stat } = plain(3);
    const right = { ...stat!, version: 1, mzxid: z(1, 4), mtime: 4000 };
    const wrong = { ...right, pzxid: z(1, 4) };
    bench.answer(1, 2, z(1, 4), { err: 0, stat: wrong });
    expect(bench.violated).toEqual(violated);
    expect(bench.violations[0]?.text).toContain('stat.pzxid');
  });

  it('SVC-LINEARIZABLE-WRITES a transaction that is not what the operation becomes, though nobody is answered', () => {
    const bench = withA().ask(1, make('/a')).commit(4, made('/a', 2), S, 2);
    expect(bench.violated).toEqual(violated);
  });

  it('SVC-LINEARIZABLE-WRITES a write takes effect twice', () => {
    const bench = withA().commit(4, made('/a', 2), S, 1);
    expect(bench.violated).toEqual(violated);
    expect(bench.violations.some(({ text }) => text.includes('a second time'))).toBe(true);
  });

  it('SVC-LINEARIZABLE-WRITES an answer without a transaction, unless it says that nothing took effect', () => {
    const refused = new ServiceBench().ask(1, make('/a')).answer(1, 1, z(1, 2), { err: -119 });
    expect(refused.violations).toEqual([]);
    const invented = new ServiceBench().ask(1, make('/a')).answer(1, 1, z(1, 2), { err: 0, path: '/a' });
    expect(invented.violated).toEqual(violated);
  });

  it('SVC-LINEARIZABLE-WRITES a write of a session that is gone', () => {
    const bench = new ServiceBench().commit(3, { type: OpCode.closeSession, paths: [] }, S, 0);
    bench.ask(1, make('/a', 1)).commit(4, made('/a', 1, true), S, 1);
    expect(bench.violated).toEqual(violated);
  });

  it('SVC-LINEARIZABLE-WRITES a refused write of a session that was moving is as good as any', () => {
    const bench = new ServiceBench().ask(1, make('/a')).commit(3, failure(-118), S, 1);
    expect(bench.violations).toEqual([]);
  });

  it('SVC-LINEARIZABLE-WRITES a session that expired leaves an ephemeral behind', () => {
    const bench = new ServiceBench().ask(1, make('/e', 1)).commit(3, made('/e', 1, true), S, 1);
    bench.feed({ kind: 'expired', server: 3, session: S, now: 1, local: false });
    bench.commit(4, { type: OpCode.closeSession, paths: [] }, S, 0);
    expect(bench.violated).toEqual(violated);
  });
});

describe('SVC-FIFO-CLIENT', () => {
  it('SVC-FIFO-CLIENT a session’s requests take effect in another order', () => {
    const bench = new ServiceBench().ask(1, make('/a')).ask(1, make('/b'));
    bench.commit(3, made('/b', 1), S, 2).commit(4, made('/a', 2), S, 1);
    expect(bench.violated).toEqual(['SVC-FIFO-CLIENT']);
  });

  it('SVC-FIFO-CLIENT a late request that is refused is none', () => {
    const bench = new ServiceBench().ask(1, make('/a')).disconnect(1, 1).connect(1, 2, S).ask(1, make('/b'));
    bench.commit(3, made('/b', 1), S, 2).commit(4, failure(-118), S, 1);
    expect(bench.violations).toEqual([]);
  });

  it('SVC-FIFO-CLIENT a read is answered before the write sent before it', () => {
    const bench = new ServiceBench().ask(1, make('/a')).ask(1, get('/a'));
    bench.answer(1, 2, z(1, 2), { err: -101 });
    expect(bench.violated).toEqual(['SVC-FIFO-CLIENT']);
  });

  it('SVC-FIFO-CLIENT a server replies out of order, though the client hangs up', () => {
    const reply = (cxid: number) =>
      ({ kind: 'replied', server: 1, session: S, cxid, op: OpCode.getData, zxid: z(1, 2), err: 0 }) as const;
    const bench = new ServiceBench().feed(reply(2), reply(1));
    expect(bench.violated).toEqual(['SVC-FIFO-CLIENT']);
    const opened = {
      kind: 'sessionOpened',
      server: 1,
      session: S,
      timeout: 4000,
      resumed: true,
      readOnly: false,
    } as const;
    const anew = new ServiceBench().feed(reply(2), opened, reply(1));
    expect(anew.violated).toEqual([]);
  });

  it('SVC-FIFO-CLIENT a read does not see the session’s own write', () => {
    const bench = withA().ask(1, get('/a')).answer(1, 2, z(1, 2), { err: -101 });
    expect(bench.violated).toEqual(['SVC-FIFO-CLIENT', 'SVC-SINGLE-SYSTEM-IMAGE']);
  });
});

describe('SVC-READ', () => {
  it('SVC-READ a result that never was, and one from another zxid', () => {
    expect(withA().ask(2, get('/a')).answer(2, 1, z(1, 3), { err: -101 }).violated).toEqual(['SVC-READ']);
    expect(withA().ask(2, get('/a')).answer(2, 1, z(1, 2), plain(3)).violated).toEqual(['SVC-READ']);
    expect(withA().ask(2, get('/a')).answer(2, 1, z(1, 3), plain(3)).violated).toEqual([]);
  });

  it('SVC-READ children, ephemerals and ACLs are compared too', () => {
    const children: ClientOp = { type: OpCode.getChildren, path: '/', watch: false };
    const bench = withA()
      .ask(2, children)
      .answer(2, 1, z(1, 3), { err: 0, children: ['a', 'zookeeper'] });
    expect(bench.violations).toEqual([]);
    bench.ask(2, children).answer(2, 2, z(1, 3), { err: 0, children: ['zookeeper'] });
    expect(bench.violated).toEqual(['SVC-READ']);
  });

  it('SVC-READ a zxid that nobody has delivered', () => {
    expect(withA().ask(2, get('/a')).answer(2, 1, z(1, 9), plain(3)).violated).toEqual(['SVC-READ']);
  });

  it('SVC-READ a read-only server may show what it has logged, and only that', () => {
    const bench = withA();
    const pending = bench.record(4, made('/p', 2), S, 2);
    bench.ask(1, make('/p')).propose(pending);
    bench.feed({ kind: 'logged', server: 2, zxid: pending.zxid, digest: pending.digest });
    bench.feed({ kind: 'role', server: 2, role: 'LOOKING', leader: 0, reason: '' });
    bench.feed({ kind: 'fastForwarded', server: 2, zxid: pending.zxid });
    bench.feed({ kind: 'readOnly', server: 2, serving: true });
    bench.disconnect(2).connect(2, 2, S2, true);
    bench.ask(2, get('/p')).answer(2, 1, z(1, 4), plain(4));
    expect(bench.violations).toEqual([]);
    bench.ask(2, get('/p')).answer(2, 2, z(1, 4), { err: -101 });
    expect(bench.violated).toEqual(['SVC-READ']);
  });

  it('SVC-READ until the zxid at which a fuzzy snapshot ended, a tree is in between', () => {
    const bench = withA().commit(4, made('/b', 2), S, 9);
    bench.feed(
      { kind: 'snapStreamed', server: 3, learner: 2, zxid: z(1, 3), endZxid: z(1, 4) },
      { kind: 'snapInstalled', server: 2, leader: 3, zxid: z(1, 3) },
    );
    bench.ask(2, get('/b')).answer(2, 1, z(1, 3), plain(4));
    expect(bench.violations).toEqual([]);
  });
});

describe('SVC-SINGLE-SYSTEM-IMAGE', () => {
  const old = (bench: ServiceBench) => bench.ask(2, get('/a')).answer(2, 2, z(1, 2), { err: -101 });

  it('SVC-SINGLE-SYSTEM-IMAGE an older answer, on the same connection or the next', () => {
    const seen = () => withA().ask(2, get('/a')).answer(2, 1, z(1, 3), plain(3));
    expect(old(seen()).violated).toEqual(['SVC-SINGLE-SYSTEM-IMAGE']);
    expect(old(seen().disconnect(2).connect(2, 1, S2)).violated).toEqual(['SVC-SINGLE-SYSTEM-IMAGE']);
  });

  it('SVC-SINGLE-SYSTEM-IMAGE pings and events bind the connection, as the client does not keep their zxids', () => {
    const told = () =>
      withA()
        .ask(2, get('/a'))
        .answer(2, 1, z(1, 2), { err: -101 })
        .feed({ kind: 'notified', server: 2, client: 2, session: S2, type: 1, path: '/a', zxid: z(1, 3) });
    expect(old(told()).violated).toEqual(['SVC-SINGLE-SYSTEM-IMAGE']);
    expect(old(told().disconnect(2).connect(2, 1, S2)).violated).toEqual([]);
  });
});

describe('SVC-SEQUENCE', () => {
  it('SVC-SEQUENCE a number comes again', () => {
    const bench = withA().ask(1, make('/a/x-', 2)).ask(1, make('/a/y-', 2));
    bench.commit(4, made('/a/x-0000000000', 1), S, 2).commit(5, made('/a/y-0000000000', 2), S, 3);
    expect(bench.violated).toEqual(['SVC-LINEARIZABLE-WRITES', 'SVC-SEQUENCE']);
  });

  it('SVC-SEQUENCE under a new parent of the same path numbers begin anew', () => {
    const bench = withA().ask(1, make('/a/x-', 2)).commit(4, made('/a/x-0000000000', 1), S, 2);
    bench.commit(5, { type: OpCode.delete, path: '/a/x-0000000000' }, '0300000000000001', 1);
    bench.commit(6, { type: OpCode.delete, path: '/a' }, '0300000000000001', 2);
    bench.commit(7, made('/a', 2), '0300000000000001', 3);
    bench.ask(1, make('/a/x-', 2)).commit(8, made('/a/x-0000000000', 1), S, 3);
    expect(bench.violations).toEqual([]);
  });
});

describe('SVC-ATOMIC', () => {
  it('SVC-ATOMIC a failed write changes a server’s tree', () => {
    const bench = withA().ask(1, make('/a'));
    const record = { ...bench.record(4, failure(-110), S, 2), digest: 99 };
    bench.propose(record).deliver(record, 3);
    expect(bench.violated).toEqual(['SVC-ATOMIC']);
  });

  it('SVC-ATOMIC a failed multi leaves its first part behind', () => {
    const bench = withA().ask(1, multi(make('/b'), make('/a')));
    const record = bench.record(4, parts(made('/b', 2), failure(-110)), S, 2);
    bench.propose(record);
    expect(bench.violated).toEqual(['SVC-ATOMIC']);
  });

  it('SVC-ATOMIC a leader expects that something of a failed multi stays', () => {
    const bench = withA().ask(1, multi(make('/b'), make('/a')));
    bench.propose({ ...bench.record(4, parts(failure(0), failure(-110)), S, 2), digest: 99 });
    expect(bench.violated).toEqual(['SVC-ATOMIC']);
  });

  it('SVC-ATOMIC a multi is committed in part', () => {
    const bench = withA()
      .ask(1, multi(make('/b'), make('/c')))
      .commit(4, parts(made('/b', 2)), S, 2);
    expect(bench.violated).toEqual(['SVC-ATOMIC', 'SVC-LINEARIZABLE-WRITES']);
  });
});
