import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { OpCode, type TxnRecord } from '../../../protocol/txn.ts';
import { decodeTxnRecord, encodeTxnRecord, JuteError, txnRecordSize } from '../../../protocol/wire/index.ts';
import { fromHex, txnRecord } from './arbitraries.ts';

const head = (type: string) => `0100000000000001 00000005 0000000200000003 00000000000003e8 ${type}`;
const tail = '00000002 0000000000000007';
const base = {
  kind: 'txn',
  session: '0100000000000001',
  cxid: 5,
  zxid: 0x2_0000_0003,
  time: 1000,
  digest: 7,
} as const;

const GOLDEN: [string, TxnRecord][] = [
  [`${head('00000002')} 00000002 2f61 ${tail}`, { ...base, txn: { type: OpCode.delete, path: '/a' } }],
  [
    `${head('00000001')} 00000002 2f61 00000002 6869
     00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00 00000001 ${tail}`,
    {
      ...base,
      txn: {
        type: OpCode.create,
        path: '/a',
        data: fromHex('6869'),
        acl: OPEN_ACL_UNSAFE,
        ephemeral: false,
        parentCVersion: 1,
      },
    },
  ],
  [
    `${head('00000005')} 00000002 2f61 ffffffff 00000004 ${tail}`,
    { ...base, txn: { type: OpCode.setData, path: '/a', data: null, version: 4 } },
  ],
  [`${head('ffffffff')} ffffff9b`, { ...base, digest: -1, txn: { type: OpCode.error, err: -101 } }],
];

test('WIRE-7 transactions are Apache’s bytes, as written by hand', () => {
  for (const [hex, record] of GOLDEN) {
    expect(encodeTxnRecord(record)).toEqual(fromHex(hex));
    expect(decodeTxnRecord(fromHex(hex))).toEqual(record);
  }
});

test('WIRE-7 every transaction survives, in the size that was predicted', () => {
  fc.assert(
    fc.property(txnRecord, (record) => {
      const encoded = encodeTxnRecord(record);
      expect(encoded.length).toBe(txnRecordSize(record));
      expect(decodeTxnRecord(encoded)).toEqual(record);
    }),
  );
});

test('WIRE-7 a create2 of Apache’s log is read as a create', () => {
  const create = GOLDEN[1] as [string, TxnRecord];
  const create2 = fromHex(create[0].replace(head('00000001'), head('0000000f')));
  expect(decodeTxnRecord(create2)).toEqual(create[1]);
});

test('WIRE-8 a record without a TxnDigest has the digest −1', () => {
  const bytes = fromHex(`${head('00000002')} 00000002 2f61`);
  expect(decodeTxnRecord(bytes).digest).toBe(-1);
  expect(encodeTxnRecord(decodeTxnRecord(bytes))).toEqual(bytes);
});

test('WIRE-6 a transaction that is cut, too long or of an unknown type is a JuteError', () => {
  for (const [hex, record] of GOLDEN) {
    const whole = fromHex(hex);
    const withoutDigest = record.digest === -1 ? whole.length : whole.length - 12;
    for (let length = 0; length < whole.length; length++) {
      if (length === withoutDigest) continue;
      expect(() => decodeTxnRecord(whole.subarray(0, length))).toThrow(JuteError);
    }
    expect(() => decodeTxnRecord(fromHex(`${hex} 00`))).toThrow(JuteError);
  }
  expect(() => decodeTxnRecord(fromHex(`${head('00000063')} 00000000`))).toThrow(/type 99/);
  expect(() => decodeTxnRecord(fromHex(`${head('ffffffff')} ffffff9b 00000003 0000000000000007`))).toThrow(
    /digest version 3/,
  );
});
