import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOf, type TxnRecord, makeZxid as z } from '../../../protocol/index.ts';
import { CommittedLog, follows } from '../../../protocol/zab/committed-log.ts';
import { planSync, type SyncSource } from '../../../protocol/zab/sync-plan.ts';

const record = (zxid: number): TxnRecord => ({
  kind: 'txn',
  session: '0'.repeat(16),
  cxid: 0,
  zxid,
  time: 0,
  txn: { type: -1, err: -101 },
  digest: 0,
});

function source(committed: number[], options: { disk?: number[]; last?: number } = {}): SyncSource {
  const committedLog = new CommittedLog(500);
  for (const zxid of committed) committedLog.add(record(zxid));
  return {
    lastProcessedZxid: options.last ?? committed.at(-1) ?? 0,
    committedLog,
    logFrom: (zxid) => {
      const disk = options.disk ?? [];
      return disk.length > 0 && (disk[0] as number) <= zxid ? disk.map(record) : null;
    },
  };
}

const zxids = (records: readonly TxnRecord[]) => records.map((r) => r.zxid);

describe('ZAB-7 the synchronization follows from the learner’s last zxid', () => {
  const epoch1 = [z(1, 1), z(1, 2), z(1, 3), z(1, 4)];

  it('same zxid: an empty DIFF', () => {
    expect(planSync(source(epoch1), z(1, 4), true)).toMatchObject({
      sync: 'DIFF',
      zxid: z(1, 4),
      records: [],
    });
  });

  it('within the committed log: DIFF with the rest', () => {
    const plan = planSync(source(epoch1), z(1, 2), true);
    expect(plan).toMatchObject({ sync: 'DIFF', zxid: z(1, 4), upTo: z(1, 4), fromDisk: false });
    expect(zxids(plan.records)).toEqual([z(1, 3), z(1, 4)]);
  });

  it('above the committed log: TRUNC to its end', () => {
    expect(planSync(source(epoch1), z(1, 7), true)).toMatchObject({
      sync: 'TRUNC',
      zxid: z(1, 4),
      records: [],
    });
  });

  it('an opening zxid above the committed log is not cut: SNAP', () => {
    expect(planSync(source(epoch1), z(2, 0), true).sync).toBe('SNAP');
  });

  it('an opening zxid within: DIFF with what came after it', () => {
    const plan = planSync(source([...epoch1, z(3, 1)]), z(2, 0), true);
    expect(plan.sync).toBe('DIFF');
    expect(zxids(plan.records)).toEqual([z(3, 1)]);
  });

  it('a diverging suffix in the same epoch: TRUNC to the last common transaction, then the rest', () => {
    const leader = source([z(1, 1), z(1, 2), z(2, 1), z(2, 2)]);
    const diverged = planSync(leader, z(1, 3), true);
    // The next entry is of another epoch: TRUNC never crosses epochs.
    expect(diverged.sync).toBe('SNAP');
    const holed: SyncSource = { ...source([z(2, 1)]), lastProcessedZxid: z(2, 5) };
    const log = new CommittedLog(10);
    for (const zxid of [z(2, 3), z(2, 4), z(2, 5)]) log.add(record(zxid));
    expect(planSync({ ...holed, committedLog: log }, z(2, 3), true).sync).toBe('DIFF');
  });

  it('below the committed log: DIFF from disk where the log reaches back', () => {
    const disk = [z(1, 1), z(1, 2), z(1, 3), z(1, 4)];
    const plan = planSync(source([z(1, 4), z(1, 5)], { disk }), z(1, 1), true);
    expect(plan).toMatchObject({ sync: 'DIFF', fromDisk: true, upTo: z(1, 5) });
    expect(zxids(plan.records)).toEqual([z(1, 2), z(1, 3), z(1, 4), z(1, 5)]);
  });

  it('below the committed log and a log that is too short, or has a hole: SNAP', () => {
    expect(planSync(source([z(1, 4)], { disk: [z(1, 2)] }), z(1, 1), true).sync).toBe('SNAP');
    expect(planSync(source([z(1, 4)], { disk: [z(1, 1), z(1, 3), z(1, 4)] }), z(1, 1), true).sync).toBe(
      'SNAP',
    );
    expect(planSync(source([z(1, 6)], { disk: [z(1, 1), z(1, 2)] }), z(1, 1), true).sync).toBe('SNAP');
  });

  it('a DIFF or TRUNC leaves the learner with the leader’s history, for any prefix and suffix', () => {
    const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }).map((epochs) => {
      const list: number[] = [];
      for (const next of epochs) {
        const last = list.at(-1) ?? z(1, 0);
        list.push(next && list.length > 0 ? z(epochOf(last) + 1, 1) : last + 1);
      }
      return list;
    });
    let cuts = 0;
    fc.assert(
      fc.property(history, fc.nat(20), fc.nat(3), fc.nat(20), (leader, common, extra, memory) => {
        const learner = leader.slice(0, common % (leader.length + 1));
        for (let i = 0; i < extra && learner.length > 0; i++) learner.push((learner.at(-1) as number) + 1);
        const peer = learner.at(-1) ?? 0;
        const plan = planSync(
          source(leader.slice(-1 - (memory % leader.length)), { disk: leader }),
          peer,
          true,
        );
        if (plan.sync === 'SNAP') return;
        if (plan.sync !== 'DIFF') cuts++;
        const kept = plan.sync === 'DIFF' ? learner : learner.filter((zxid) => zxid <= plan.zxid);
        // Zxids alone cannot tell two different transactions apart; Zab never makes two with one zxid.
        expect([...kept, ...zxids(plan.records)]).toEqual(leader);
      }),
      { numRuns: 3000 },
    );
    expect(cuts).toBeGreaterThan(50);
  });
});

describe('ZAB-10 the committed log never hands on a hole', () => {
  it('a transaction behind a hole starts the log anew', () => {
    const log = new CommittedLog(10);
    for (const zxid of [z(1, 1), z(1, 2), z(1, 5), z(1, 6)]) log.add(record(zxid));
    expect([log.min(0), log.max(0), log.length]).toEqual([z(1, 5), z(1, 6), 2]);
  });

  it('keeps the last ones only', () => {
    const log = new CommittedLog(3);
    for (let i = 1; i <= 50; i++) log.add(record(z(1, i)));
    expect([log.min(0), log.max(0), log.length]).toEqual([z(1, 48), z(1, 50), 3]);
    expect(log.at(0)?.zxid).toBe(z(1, 48));
  });

  it('the next counter or the start of a later epoch follows, nothing else', () => {
    expect(follows(z(1, 4), z(1, 5))).toBe(true);
    expect(follows(z(1, 4), z(3, 1))).toBe(true);
    expect(follows(z(1, 4), z(1, 6))).toBe(false);
    expect(follows(z(1, 4), z(2, 2))).toBe(false);
    expect(follows(z(1, 4), z(1, 4))).toBe(false);
  });
});
