import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OpCode } from '../../../protocol/txn.ts';
import { decodeRecord, encodeRecord, JuteError, recordSize } from '../../../protocol/wire/index.ts';
import { flipped, fromHex, stored } from './arbitraries.ts';

test('WIRE-9 log header and log entry are Apache’s bytes, as written by hand', () => {
  expect(encodeRecord({ kind: 'logHeader' })).toEqual(fromHex('5a4b4c47 00000002 0000000000000000'));
  const entry = {
    kind: 'txn',
    session: '0000000000000000',
    cxid: 0,
    zxid: 1,
    time: 0,
    txn: { type: OpCode.error, err: 0 },
    digest: -1,
  };
  // Adler-32 of 32 zero bytes but a 1 at [19] and 0xff at [28..31], and 4 zero bytes: worked out by hand.
  const a = 1 + 1 + 4 * 255;
  const b = 36 + (36 - 19) + 255 * (8 + 7 + 6 + 5);
  const adler = (b * 0x10000 + a).toString(16).padStart(16, '0');
  expect(encodeRecord(entry)).toEqual(
    fromHex(`${adler} 00000024
      0000000000000000 00000000 0000000000000001 0000000000000000 ffffffff 00000000 42`),
  );
});

test('WIRE-9 every record survives, in the size that was predicted', () => {
  fc.assert(
    fc.property(stored, (record) => {
      const encoded = encodeRecord(record);
      expect(encoded.length).toBe(recordSize(record));
      expect(decodeRecord(encoded)).toEqual(record);
    }),
  );
});

test('WIRE-10 a torn record is a JuteError at every length, as are bytes too many', () => {
  fc.assert(
    fc.property(stored, (record) => {
      const encoded = encodeRecord(record);
      for (let length = 0; length < encoded.length; length++) {
        expect(() => decodeRecord(encoded.subarray(0, length))).toThrow(JuteError);
      }
      expect(() => decodeRecord(new Uint8Array([...encoded, 0x42]))).toThrow(JuteError);
    }),
    { numRuns: 30 },
  );
});

test('WIRE-10 a record with a damaged byte is a JuteError', () => {
  fc.assert(
    fc.property(stored, fc.integer({ min: 1, max: 255 }), (record, by) => {
      const encoded = encodeRecord(record);
      for (let at = 0; at < encoded.length; at++) {
        expect(() => decodeRecord(flipped(encoded, at, by))).toThrow(JuteError);
      }
    }),
    { numRuns: 30 },
  );
});

test('WIRE-10 an unknown kind is refused', () => {
  expect(() => encodeRecord({ kind: 'poem' })).toThrow(JuteError);
  expect(() => recordSize({ kind: 'poem' })).toThrow(JuteError);
});
