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
  [
    `${head('00000013')} 00000002 2f61 00000002 6869
     00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00000001 ${tail}`,
    {
      ...base,
      txn: {
        type: OpCode.createContainer,
        path: '/a',
        data: fromHex('6869'),
        acl: OPEN_ACL_UNSAFE,
        parentCVersion: 1,
      },
    },
  ],
  [
    `${head('00000015')} 00000002 2f61 ffffffff 00000000 00000001 000000ffffffffff ${tail}`,
    {
      ...base,
      txn: {
        type: OpCode.createTTL,
        path: '/a',
        data: null,
        acl: [],
        parentCVersion: 1,
        ttl: 0xff_ffff_ffff,
      },
    },
  ],
  [
    `${head('00000007')} 00000002 2f61
     00000001 00000001 00000006 646967657374 00000003 753a68 00000002 ${tail}`,
    {
      ...base,
      txn: {
        type: OpCode.setACL,
        path: '/a',
        acl: [{ perms: 1, scheme: 'digest', id: 'u:h' }],
        version: 2,
      },
    },
  ],
  [
    `${head('0000000d')} 00000002 2f61 ffffffff ${tail}`,
    { ...base, txn: { type: OpCode.check, path: '/a', version: -1 } },
  ],
  [`${head('fffffff6')} 00000fa0 ${tail}`, { ...base, txn: { type: OpCode.createSession, timeout: 4000 } }],
  [
    `${head('fffffff5')} 00000002 00000002 2f61 00000004 2f622f63 ${tail}`,
    { ...base, txn: { type: OpCode.closeSession, paths: ['/a', '/b/c'] } },
  ],
  [
    `${head('0000000e')} 00000003
     00000002 00000006 00000002 2f61
     0000000d 0000000a 00000002 2f62 00000007
     ffffffff 00000004 fffffffe ${tail}`,
    {
      ...base,
      txn: {
        type: OpCode.multi,
        txns: [
          { type: OpCode.delete, path: '/a' },
          { type: OpCode.check, path: '/b', version: 7 },
          { type: OpCode.error, err: -2 },
        ],
      },
    },
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

test('WIRE-7 a deleteContainer of Apache’s log is read as a delete, in a multi too', () => {
  const deletion = GOLDEN[0] as [string, TxnRecord];
  const container = fromHex(deletion[0].replace(head('00000002'), head('00000014')));
  expect(decodeTxnRecord(container)).toEqual(deletion[1]);
  const parts = `${head('0000000e')} 00000002 00000014 00000006 00000002 2f61
    0000000f 00000013 00000002 2f61 ffffffff ffffffff 01 00000003`;
  expect(decodeTxnRecord(fromHex(parts)).txn).toEqual({
    type: OpCode.multi,
    txns: [
      { type: OpCode.delete, path: '/a' },
      { type: OpCode.create, path: '/a', data: null, acl: [], ephemeral: true, parentCVersion: 3 },
    ],
  });
});

test('WIRE-14 a part of a multi is a type and a buffer that holds its body and no more', () => {
  const multi = (parts: string) => () => decodeTxnRecord(fromHex(`${head('0000000e')} ${parts}`));
  expect(multi('00000001 00000002 00000006 00000002 2f61')().txn).toMatchObject({ type: OpCode.multi });
  expect(multi('ffffffff')().txn).toEqual({ type: OpCode.multi, txns: [] });
  const bad: [string, RegExp][] = [
    ['00000001 00000002 00000007 00000002 2f61 00', /too many/],
    ['00000001 00000002 00000005 00000002 2f61', /truncated/],
    ['00000001 00000002 00000009 00000002 2f61', /truncated/],
    ['00000001 00000002 ffffffff', /null/],
    ['7fffffff 00000002 00000006 00000002 2f61', /does not fit/],
    ['00000001 0000000e 00000004 00000000', /type 14/],
    ['00000001 00000007 0000000e 00000002 2f61 00000000 00000001', /type 7/],
    ['00000001 fffffff6 00000004 00000001', /type -10/],
    ['00000001 fffffff5 00000004 00000000', /type -11/],
  ];
  for (const [parts, reason] of bad) {
    expect(multi(parts), parts).toThrow(reason);
    expect(multi(parts), parts).toThrow(JuteError);
  }
});

test('WIRE-15 a closeSession without a body, as before 3.6, names no paths', () => {
  expect(decodeTxnRecord(fromHex(head('fffffff5')))).toEqual({
    ...base,
    digest: -1,
    txn: { type: OpCode.closeSession, paths: [] },
  });
});

test('WIRE-16 a time to live that no node can have is a JuteError', () => {
  for (const ttl of ['0000000000000000', 'ffffffffffffffff', '0000010000000000']) {
    const bytes = fromHex(`${head('00000015')} 00000002 2f61 ffffffff 00000000 00000001 ${ttl}`);
    expect(() => decodeTxnRecord(bytes)).toThrow(JuteError);
  }
});

test('WIRE-6 any bytes after a header of any type give a transaction or a JuteError', () => {
  const types = [1, 2, 5, 7, 13, 14, 15, 19, 20, 21, -1, -10, -11];
  const hostile = fc.tuple(fc.constantFrom(...types), fc.uint8Array({ maxLength: 60 }), txnRecord, fc.nat());
  fc.assert(
    fc.property(hostile, ([type, tail, record, at]) => {
      const start = fromHex(head((type >>> 0).toString(16).padStart(8, '0')));
      const damaged = encodeTxnRecord(record).slice();
      damaged[at % damaged.length] = at & 0xff;
      for (const bytes of [new Uint8Array([...start, ...tail]), damaged]) {
        try {
          expect(decodeTxnRecord(bytes).kind).toBe('txn');
        } catch (error) {
          expect(error).toBeInstanceOf(JuteError);
        }
      }
    }),
    { numRuns: 2000 },
  );
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
      if (record.txn.type === OpCode.closeSession && length === 32) continue;
      expect(() => decodeTxnRecord(whole.subarray(0, length))).toThrow(JuteError);
    }
    expect(() => decodeTxnRecord(fromHex(`${hex} 00`))).toThrow(JuteError);
  }
  expect(() => decodeTxnRecord(fromHex(`${head('00000063')} 00000000`))).toThrow(/type 99/);
  expect(() => decodeTxnRecord(fromHex(`${head('ffffffff')} ffffff9b 00000003 0000000000000007`))).toThrow(
    /digest version 3/,
  );
});
