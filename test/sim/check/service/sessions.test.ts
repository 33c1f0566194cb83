import { describe, expect, it } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import type { Stat } from '../../../../protocol/tree/stat.ts';
import { type CreateTxn, OpCode } from '../../../../protocol/txn.ts';
import { ClientBench, OTHER, SESSION, z } from './client-bench.ts';

const ephemeral = (path: string): CreateTxn => ({
  type: OpCode.create,
  path,
  data: null,
  acl: OPEN_ACL_UNSAFE,
  ephemeral: true,
  parentCVersion: 1,
});
const open = { type: OpCode.createSession, timeout: 10_000 } as const;
const close = (...paths: string[]) => ({ type: OpCode.closeSession, paths }) as const;

/** Server 1 leads; ticks are 2,000 ms. */
const led = () => new ClientBench().role(1, 'LEADING').commit(z(1), open).touch(1, 1_000);

describe('SVC-SESSION', () => {
  it('SVC-SESSION holds when a session ends a timeout after its last touch, and its ephemerals with it', () => {
    const bench = led().commit(z(2), ephemeral('/e')).touch(1, 4_000).expire(1, 16_000);
    bench.proposeClose(1, z(3)).commit(z(3), close('/e')).touch(1, 60_000, OTHER);
    expect(bench.finish().violated).toEqual([]);
    expect(bench.checked('SVC-SESSION')).toBe(true);
  });

  it('SVC-SESSION fails when a session is expired early', () => {
    expect(led().touch(1, 4_000).expire(1, 13_999).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "server 1 expired session 0100000000000001 at 13999 ms of its clock, 9999 ms after it had heard of it; the timeout is 10000 ms",
        },
      ]
    `);
    expect(led().touch(1, 4_000, SESSION, 4_000, true).expire(1, 7_000, SESSION, true).violated).toEqual([
      'SVC-SESSION',
    ]);
  });

  it('SVC-SESSION fails when somebody else than the leader expires it', () => {
    expect(led().expire(2, 50_000).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "server 2 expired session 0100000000000001, which it does not look after",
        },
      ]
    `);
  });

  it('SVC-SESSION: a new leader begins with full timeouts', () => {
    const bench = led().role(1, 'LOOKING').role(1, 'LEADING').touch(1, 20_000);
    expect(bench.expire(1, 22_000).violated).toEqual(['SVC-SESSION']);
  });

  it('SVC-SESSION fails when a session is not expired in time', () => {
    const bench = led().touch(1, 16_000, OTHER);
    expect(bench.violated).toEqual([]);
    expect(bench.touch(1, 17_001, OTHER).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "server 1 has not expired session 0100000000000001 at 17001 ms of its clock; it last heard of it at 1000 ms, and the timeout is 10000 ms",
        },
      ]
    `);
  });

  it('SVC-SESSION lets a server that slept be late', () => {
    const bench = led().feed({ kind: 'paused', server: 1 }, { kind: 'resumed', server: 1 });
    bench.touch(1, 40_000, OTHER).expire(1, 40_010);
    expect(bench.violated).toEqual([]);
  });

  it('SVC-SESSION fails when an expired session is never closed', () => {
    const bench = led().expire(1, 12_000).touch(1, 18_001, OTHER);
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "leader 1 expired session 0100000000000001 at 12000 ms of its clock and has proposed no closeSession until 18001 ms",
        },
      ]
    `);
  });

  it('SVC-SESSION: a session that its client closes need not be expired', () => {
    expect(led().proposeClose(1, z(2)).touch(1, 90_000, OTHER).violated).toEqual([]);
  });

  it('SVC-SESSION fails when the end of a session leaves an ephemeral', () => {
    const bench = led().commit(z(2), ephemeral('/e')).commit(z(3), ephemeral('/f')).commit(z(4), close('/f'));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "session 0100000000000001 was closed at [1,4] without its ephemeral /e",
        },
      ]
    `);
  });

  it('SVC-SESSION: an ephemeral that was deleted, in a multi too, is not left', () => {
    const bench = led().commit(z(2), { type: OpCode.multi, txns: [ephemeral('/e'), ephemeral('/f')] });
    bench.commit(z(3), { type: OpCode.delete, path: '/e' }, OTHER);
    bench.commit(z(4), {
      type: OpCode.multi,
      txns: [
        { type: OpCode.error, err: 0 },
        { type: OpCode.error, err: -101 },
      ],
    });
    expect(bench.commit(z(5), close('/f')).violated).toEqual([]);
  });

  it('SVC-SESSION fails when the end of a session deletes what is not its own', () => {
    const bench = led().commit(z(2), open, OTHER).commit(z(3), ephemeral('/e'), OTHER);
    expect(bench.commit(z(4), close('/e')).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "the end of session 0100000000000001 at [1,4] deletes /e, which belongs to session 0100000000000002",
        },
      ]
    `);
  });

  it('SVC-SESSION fails when a closed session writes', () => {
    const bench = led().commit(z(2), close());
    bench.commit(z(3), { type: OpCode.error, err: -112 }).commit(z(4), close());
    expect(bench.violated).toEqual([]);
    expect(bench.commit(z(5), { type: OpCode.delete, path: '/x' }).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "[1,5] is a write of session 0100000000000001, which was closed at [1,2]",
        },
      ]
    `);
  });

  it('SVC-SESSION: with local sessions a leader cannot know whose plain writes are whose, but ephemerals', () => {
    const bench = new ClientBench({ localSessions: true }).commit(z(1), open).commit(z(2), close());
    expect(bench.commit(z(3), { type: OpCode.delete, path: '/x' }).violated).toEqual([]);
    expect(bench.commit(z(4), ephemeral('/e')).violated).toEqual(['SVC-SESSION']);
  });

  it('SVC-SESSION fails when a server goes on with a session that it has seen closed', () => {
    const resumed = {
      kind: 'sessionOpened',
      session: SESSION,
      timeout: 10_000,
      resumed: true,
      readOnly: false,
    } as const;
    const bench = led().commit(z(2), close());
    // Server 2 has not applied it yet.
    expect(bench.feed({ ...resumed, server: 2 }).violated).toEqual([]);
    expect(bench.feed({ ...resumed, server: 1, readOnly: true }).violated).toEqual([]);
    expect(bench.feed({ ...resumed, server: 1 }).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "server 1 let a client go on with session 0100000000000001, which it had seen closed at [1,2]",
        },
      ]
    `);
  });

  it('SVC-SESSION fails when a client is shown an ephemeral of a closed session', () => {
    const stat = { ephemeralOwner: SESSION } as Stat;
    const read = { type: OpCode.exists, path: '/e', watch: false } as const;
    const bench = led().connect(OTHER).commit(z(2), ephemeral('/e')).commit(z(3), close('/e'));
    // A server that lags behind.
    expect(bench.ask(read, z(2), { stat }).violated).toEqual([]);
    expect(bench.copy().ask(read, z(3), { stat }).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "SVC-SESSION",
          "text": "client 7 was shown an ephemeral of session 0100000000000001 by server 1 at [1,3]; the session was closed at [1,3]",
        },
      ]
    `);
  });
});
