import { describe, expect, it } from 'vitest';
import { readLog } from '../../../live/files/log-records.ts';
import { OpCode, type TxnRecord } from '../../../protocol/txn.ts';
import { adler32, encodeRecord, JuteWriter } from '../../../protocol/wire/index.ts';

function txn(counter: number): TxnRecord {
  return {
    kind: 'txn',
    session: '0100000000000001',
    cxid: counter,
    zxid: 0x1_0000_0000 + counter,
    time: 1_700_000_000_000,
    txn: { type: OpCode.delete, path: `/node-${counter}` },
    digest: 7,
  } as TxnRecord;
}

const HEADER = encodeRecord({ kind: 'logHeader' });
const RECORDS = [1, 2, 3].map((counter) => encodeRecord(txn(counter)));
const WHOLE = joined(HEADER, ...RECORDS);
const PADDING = new Uint8Array(5000);

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function read(bytes: Uint8Array): [number, string] {
  const { records, tail } = readLog(bytes, 'log.1');
  return [records.length, tail];
}

describe('WIRE-9 a log file', () => {
  it('ends with its last record, or with zeros behind it', () => {
    for (const bytes of [WHOLE, joined(WHOLE, PADDING), joined(WHOLE, new Uint8Array(3))]) {
      const { records, ends, tail } = readLog(bytes, 'log.1');
      expect(records).toEqual([{ kind: 'logHeader' }, txn(1), txn(2), txn(3)]);
      expect(ends.at(-1)).toBe(WHOLE.length);
      expect(tail).toBe('clean');
    }
  });

  it('is empty where its process died before the header was on disk', () => {
    expect(read(new Uint8Array(0))).toEqual([0, 'clean']);
    expect(read(PADDING)).toEqual([0, 'clean']);
    expect(read(HEADER.subarray(0, 7))).toEqual([0, 'torn']);
  });

  it('HOST-8 is torn where the last record is cut anywhere, with or without room reserved behind it', () => {
    const before = WHOLE.length - (RECORDS[2] as Uint8Array).length;
    for (let length = before + 1; length < WHOLE.length; length++) {
      const cut = WHOLE.subarray(0, length);
      // Zeros of a checksum's beginning cannot be told from zeros that were never written.
      const nothing = cut.subarray(before).every((byte) => byte === 0);
      expect(read(cut), `${length}`).toEqual([3, nothing ? 'clean' : 'torn']);
      expect(read(joined(cut, PADDING)), `${length}, reserved`).toEqual([3, nothing ? 'clean' : 'torn']);
    }
  });

  it('HOST-8 is corrupt where a record is damaged and another is whole behind it', () => {
    const at = HEADER.length + (RECORDS[0] as Uint8Array).length;
    for (let i = 0; i < (RECORDS[1] as Uint8Array).length; i++) {
      const damaged = WHOLE.slice();
      damaged[at + i] = (damaged[at + i] as number) ^ 0x41;
      expect(read(damaged), `byte ${i}`).toEqual([2, 'corrupt']);
      expect(read(joined(damaged, PADDING)), `byte ${i}`).toEqual([2, 'corrupt']);
    }
    const hole = WHOLE.slice().fill(0, at, at + (RECORDS[1] as Uint8Array).length);
    expect(read(hole)).toEqual([2, 'corrupt']);
  });

  it('HOST-8 that is no log file, or holds what this server does not know, is named', () => {
    expect(() => readLog(new Uint8Array(100).fill(1), 'log.9')).toThrow(/^log\.9: no log file header/);
    const body = new JuteWriter(64);
    // A reconfig: session, cxid, zxid, time, type.
    body.hex16('0100000000000001').int(1).long(0x1_0000_0004).long(1).int(16).buffer(null);
    const bytes = body.finish();
    const record = new JuteWriter(64).long(adler32(bytes)).buffer(bytes).byte(0x42).finish();
    expect(() => readLog(joined(WHOLE, record), 'log.9')).toThrow(
      new RegExp(`^log\\.9: the record at byte ${WHOLE.length} is not understood: `),
    );
  });
});
