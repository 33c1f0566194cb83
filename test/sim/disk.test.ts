import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoreRecord } from '../../protocol/host.ts';
import { NO_SESSION, OpCode, type TxnRecord } from '../../protocol/txn.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { Fault } from '../../sim/spec.ts';
import { catalog, Recorder, spec } from './actors.ts';

function txn(zxid: number): TxnRecord {
  return {
    kind: 'txn',
    session: NO_SESSION,
    cxid: 0,
    zxid,
    time: 0,
    txn: { type: OpCode.delete, path: `/n${zxid}` },
    digest: 0,
  };
}

/** Appends a record per ms, flushes after every fifth, writes a small file after every seventh; what is durable is noted by zxid. */
class Writer extends Recorder {
  appended = 0;
  override start(): void {
    if (this.host.store.list().length === 0) this.host.setTimer(1, 'append', 0);
  }
  override onTimer(): void {
    const { store } = this.host;
    store.append('log.1', txn(++this.appended));
    if (this.appended % 5 === 0) store.flush('log.1', this.appended);
    if (this.appended % 7 === 0) store.writeValue('epoch', this.appended, -this.appended);
    this.host.setTimer(1, 'append', 0);
  }
  override onDurable(token: number): void {
    const probe = token > 0 ? ({ kind: 'flushed', server: this.id, zxid: token } as const) : null;
    this.host.probe(probe ?? { kind: 'currentEpoch', server: this.id, epoch: -token });
  }
}

const writing = catalog((host, id) => (id === 1 ? new Writer(host, id) : new Recorder(host, id)));

function crashed(seed: number, fault: Fault, flush = 3) {
  let flushed = 0;
  let epoch = 0;
  const listener = {
    onEvent() {},
    onProbe(event: { kind: string }) {
      const probe = event as { kind: string; zxid: number; epoch: number };
      if (probe.kind === 'flushed') flushed = probe.zxid;
      if (probe.kind === 'currentEpoch') epoch = probe.epoch;
    },
  };
  const parts = spec({ seed, faults: [fault], world: { disk: { flush } }, end: { at: 199.95 } });
  const simulation = new Simulation(parts, writing, { listener }).run();
  const disk = simulation.world.machines.get(1)!.disk;
  return { disk, flushed, epoch, content: disk.read('log.1') };
}

const zxids = (records: readonly StoreRecord[]): number[] =>
  records.map((record) => (record as TxnRecord).zxid);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('disk', () => {
  test('what was flushed survives, and only a prefix of what was appended is left', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.constantFrom('crash' as const, 'powerLoss' as const),
        fc.integer({ min: 20, max: 150 }),
        (seed, kind, at) => {
          const { content, flushed, epoch, disk } = crashed(seed, { at: at + 0.5, kind, server: 1 });
          expect(zxids(content.records)).toEqual(upTo(content.records.length));
          expect(content.records.length).toBeGreaterThanOrEqual(flushed);
          expect(content.records.length).toBeLessThanOrEqual(at);
          expect(disk.readValue('epoch') ?? 0).toBeGreaterThanOrEqual(epoch);
          if (kind === 'crash') expect(content.tail).toBe('clean');
          else expect(content.tail).not.toBe('corrupt');
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  test('power loss may tear the last record; a process kill never does', () => {
    const tails = (kind: 'crash' | 'powerLoss') =>
      new Set(upTo(40).map((seed) => crashed(seed, { at: 58.5, kind, server: 1 }).content.tail));
    expect([...tails('powerLoss')].sort()).toEqual(['clean', 'torn']);
    expect([...tails('crash')]).toEqual(['clean']);
  });

  test('power loss may undo an unsynced value, never a synced one', () => {
    const values = new Set(
      upTo(40).map((s) => crashed(s, { at: 51, kind: 'powerLoss', server: 1 }, 8).disk.readValue('epoch')),
    );
    expect(values).toContain(42);
    expect(values).toContain(49);
    expect(values.size).toBe(2);
  });

  test('a flipped byte in the middle is corrupt, in the last record torn', () => {
    const at = (record: number) => crashed(5, { at: 199.9, kind: 'corrupt', server: 1, record }).content;
    expect(at(3).tail).toBe('corrupt');
    expect(at(0).tail).toBe('torn');
    expect(zxids(at(3).records)).toEqual(upTo(at(0).records.length - 3));
  });

  test('truncation cuts records and damage alike; size follows', () => {
    const { disk } = crashed(5, { at: 199.9, kind: 'corrupt', server: 1, record: 3 });
    const good = disk.read('log.1').records.length;
    const before = disk.size('log.1');
    disk.truncate('log.1', good, 1);
    expect(disk.read('log.1').tail).toBe('clean');
    expect(disk.size('log.1')).toBeLessThan(before);
    expect(disk.size('nothing')).toBe(0);
    expect(() => disk.read('nothing')).toThrow('has no file nothing');
  });

  test('an unsynced truncation or removal may be undone by power loss', () => {
    const outcomes = new Set<string>();
    for (const seed of upTo(30)) {
      const { disk } = crashed(seed, { at: 500, kind: 'heal' });
      disk.random.s0 = seed / 31;
      const length = disk.files.get('log.1')!.durable;
      disk.truncate('log.1', 10, 1);
      disk.append('log.1', txn(999));
      disk.remove('log.1', 2);
      disk.losePower();
      const file = disk.files.get('log.1');
      if (file === undefined) outcomes.add('removed');
      else if (file.records.length >= length) outcomes.add('undone');
      else outcomes.add('cut');
      if (file !== undefined) expect(zxids(file.records.slice(0, 10))).toEqual(upTo(10));
    }
    expect([...outcomes].sort()).toEqual(['cut', 'removed', 'undone']);
  });

  test('a full disk fails requests, a stalled one completes them late', () => {
    class Flusher extends Recorder {
      override start(): void {
        this.host.setTimer(50, 'go', 0);
      }
      override onTimer(): void {
        this.host.store.append('a', txn(1));
        this.host.store.flush('a', 1);
        this.host.store.writeValue('v', 1, 2);
      }
    }
    const calls = (fault: Fault) => {
      const world = catalog((host, id) => new Flusher(host, id));
      return (new Simulation(spec({ faults: [fault] }), world).run().world.machines.get(1)!.actor as Recorder)
        .calls;
    };
    const full = calls({ at: 10, kind: 'diskFull', server: 1 });
    expect(full).toEqual(['51 failed 1 no space left on device', '51 failed 2 no space left on device']);
    expect(calls({ at: 50.5, kind: 'diskStall', server: 1, for: 100 })).toEqual([
      '150 durable 1',
      '150 durable 2',
    ]);
  });
});
