import { describe, expect, it } from 'vitest';
import { OpCode } from '../../../protocol/txn.ts';
import { Bench, z } from './bench.ts';

const ALL = [1, 2, 3];
/** Past every bound of the default configuration. */
const LATE = 1_000_000;
const healed = { healedAt: 1000 };
const write = (server: number) =>
  ({ kind: 'request', server, session: 'a', cxid: 1, op: OpCode.setData }) as const;

describe('LIVE-ELECTS', () => {
  it('LIVE-ELECTS holds when a leader that was established before the healing goes on', () => {
    const bench = new Bench().boot().lead(3, 1, [1, 2]).at(LATE).finish(healed);
    expect(bench.violated).toEqual([]);
    expect(bench.checked('LIVE-ELECTS')).toBe(true);
  });

  it('LIVE-ELECTS, and LIVE-CONVERGES with it, fails when nobody is elected', () => {
    const bench = new Bench().boot().at(LATE).finish(healed);
    expect(bench.violated).toEqual(['LIVE-CONVERGES', 'LIVE-ELECTS']);
    expect(bench.violations.filter((v) => v.property === 'LIVE-ELECTS')).toMatchInlineSnapshot(`
      [
        {
          "property": "LIVE-ELECTS",
          "text": "no leader served a quorum within 74600 ms after faults had healed at 1000 ms",
        },
      ]
    `);
  });

  it('LIVE-ELECTS fails when a leader comes too late', () => {
    const bench = new Bench()
      .boot()
      .at(2000)
      .lead(3, 1, [1, 2])
      .at(LATE)
      .finish({ healedAt: 1000, electWithin: 500 });
    expect(bench.violated).toEqual(['LIVE-ELECTS']);
  });

  it('LIVE-ELECTS fails when the leader serves no quorum', () => {
    const bench = new Bench()
      .boot()
      .lead(3, 1, [1, 2])
      .crash(1, 2)
      .boot(0, 1, [1, 2])
      .at(LATE)
      .finish(healed);
    expect(bench.violated).toEqual(['LIVE-CONVERGES', 'LIVE-ELECTS']);
  });

  it('LIVE-ELECTS is unchecked without a healing, without a quorum, and in a run that ends too soon', () => {
    for (const bench of [
      new Bench().boot().at(LATE).finish(),
      new Bench().boot().at(LATE).finish(healed, [1]),
      new Bench().boot().at(2000).finish(healed),
    ]) {
      expect(bench.violated).toEqual([]);
      expect(bench.checked('LIVE-ELECTS')).toBe(false);
    }
  });
});

describe('LIVE-COMMITS', () => {
  const serving = () => new Bench().boot().lead(3, 1, [1, 2]);

  it('LIVE-COMMITS fails when a write is never followed by a commit', () => {
    const bench = serving().at(2000).feed(write(1)).at(LATE).finish(healed);
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LIVE-COMMITS",
          "text": "a write requested at 2000 ms saw no commit: not within 84600 ms from 2000 ms, faults having healed at 1000 ms",
        },
      ]
    `);
  });

  it('LIVE-COMMITS fails when the commit comes too late, also for a write from before the healing', () => {
    const bench = serving().at(500).feed(write(1)).at(3000).write(3, z(1, 1), ALL);
    expect(bench.at(LATE).finish({ healedAt: 1000, commitWithin: 1500 }).violated).toEqual(['LIVE-COMMITS']);
  });

  it('LIVE-COMMITS holds when a write commits in time, and when its server ends its role', () => {
    const bench = serving().at(2000).feed(write(1)).at(2100).write(3, z(1, 1), ALL).at(LATE).finish(healed);
    expect(bench.violated).toEqual([]);
    expect(bench.checked('LIVE-COMMITS')).toBe(true);
    const lost = serving().at(2000).feed(write(1)).at(3000);
    lost.feed({ kind: 'role', server: 1, role: 'FOLLOWING', leader: 3, reason: '' });
    lost.feed({ kind: 'serving', server: 1, leader: 3, epoch: 1, zxid: 0 });
    expect(lost.at(LATE).finish(healed).violated).toEqual([]);
  });

  it('LIVE-COMMITS is unchecked when no write comes after the healing', () => {
    const bench = serving().at(LATE).finish(healed);
    expect(bench.checked('LIVE-COMMITS')).toBe(false);
  });
});

describe('LIVE-CONVERGES', () => {
  const wrote = () => new Bench().boot().lead(3, 1, [1, 2]).write(3, z(1, 1), ALL);

  it('LIVE-CONVERGES holds when all running servers stand at one zxid', () => {
    const bench = wrote().crash(1).at(LATE).finish(healed, [2, 3]);
    expect(bench.violated).toEqual([]);
    expect(bench.checked('LIVE-CONVERGES')).toBe(true);
  });

  it('LIVE-CONVERGES fails when a server stays behind', () => {
    const bench = wrote().write(3, z(1, 2), [2, 3]).at(LATE).finish(healed);
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LIVE-CONVERGES",
          "text": "servers 1 and 2 end with different histories, up to [1,1] and [1,2]",
        },
        {
          "property": "LIVE-CONVERGES",
          "text": "servers 1 and 3 end with different histories, up to [1,1] and [1,2]",
        },
      ]
    `);
  });

  it('LIVE-CONVERGES and TREE-DIGEST fail when trees differ', () => {
    const bench = wrote()
      .propose(3, z(1, 2))
      .deliver(3, z(1, 2))
      .deliver(2, z(1, 2))
      .apply(1, z(1, 2), true, 5);
    expect(bench.at(LATE).finish(healed).violated).toEqual(['LIVE-CONVERGES', 'TREE-DIGEST']);
  });

  it('LIVE-CONVERGES fails when a server refuses to start on a sound disk, not on a corrupted one', () => {
    const refusal = (bench: Bench) =>
      bench.crash(1).feed({ kind: 'restarted', server: 1 }, { kind: 'refused', server: 1, reason: 'epochs' });
    expect(refusal(wrote()).at(LATE).finish(healed, [2, 3]).violated).toEqual(['LIVE-CONVERGES']);
    const corrupt = wrote().feed({ kind: 'corrupted', server: 1, file: 'log', record: 0 });
    expect(refusal(corrupt).at(LATE).finish(healed, [2, 3]).violated).toEqual([]);
  });

  it('LIVE-CONVERGES is unchecked while proposals go on', () => {
    const bench = wrote().at(LATE).propose(3, z(1, 2)).finish(healed);
    expect(bench.checked('LIVE-CONVERGES')).toBe(false);
  });
});
