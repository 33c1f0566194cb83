import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapChunk } from '../../../protocol/snapshot.ts';
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import {
  adler32,
  decodeSnapshot,
  encodeSnapshot,
  isSealed,
  JuteError,
  SnapshotEncoder,
} from '../../../protocol/wire/index.ts';
import { flipped, fromHex, snapshot } from './arbitraries.ts';

const ZERO = {
  czxid: 0,
  mzxid: 0,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: '0000000000000000',
  pzxid: 0,
};
const CHUNKS: SnapChunk[] = [
  { kind: 'snapHeader', zxid: 5, sessions: [{ id: '0100000000000001', timeout: 4000 }] },
  { kind: 'snapNode', path: '', data: null, acl: OPEN_ACL_UNSAFE, stat: { ...ZERO, cversion: 1, pzxid: 6 } },
  { kind: 'snapNode', path: '/a', data: fromHex('78'), acl: READ_ACL_UNSAFE, stat: { ...ZERO, czxid: 6 } },
  { kind: 'snapEnd', zxid: 6, digest: 9 },
];

test('WIRE-11 a snapshot file is Apache’s bytes, as written by hand', () => {
  const seal = (before: string) => adler32(fromHex(before)).toString(16).padStart(16, '0');
  let hex = `5a4b534e 00000002 ffffffffffffffff
    00000001 0100000000000001 00000fa0
    00000001 0000000000000001 00000001 00000001 00000005 776f726c64 00000006 616e796f6e65
    00000000 ffffffff ffffffffffffffff ${'0'.repeat(72)} 00000001 ${'0'.repeat(24)} 0000000000000006
    00000002 2f61 00000001 78 0000000000000001 0000000000000006 ${'0'.repeat(104)}
    00000001 2f`;
  hex += `${seal(hex)} 00000001 2f 0000000000000006 00000002 0000000000000009`;
  hex += `${seal(hex)} 00000001 2f 0000000000000006`;
  hex += `${seal(hex)} 00000001 2f`;
  expect(Buffer.from(encodeSnapshot(CHUNKS)).toString('hex')).toBe(hex.replaceAll(/\s/g, ''));
});

test('WIRE-11 every snapshot survives; its header’s zxid is the file’s name', () => {
  fc.assert(
    fc.property(snapshot, (chunks) => {
      const header = chunks[0] as SnapChunk & { zxid: number };
      expect(decodeSnapshot(encodeSnapshot(chunks), header.zxid)).toEqual(chunks);
    }),
  );
});

test('WIRE-12 equal ACLs are listed once and the open one not at all', () => {
  const [header, root, , end] = CHUNKS as [SnapChunk, SnapChunk, SnapChunk, SnapChunk];
  const node = (path: string, acl: typeof OPEN_ACL_UNSAFE): SnapChunk => ({
    kind: 'snapNode',
    path,
    data: null,
    acl,
    stat: ZERO,
  });
  const open = encodeSnapshot([
    header,
    root,
    node(
      '/a',
      OPEN_ACL_UNSAFE.map((acl) => ({ ...acl })),
    ),
    end,
  ]);
  const one = encodeSnapshot([header, root, node('/a', READ_ACL_UNSAFE), end]);
  const two = encodeSnapshot([
    header,
    root,
    node('/a', READ_ACL_UNSAFE),
    node('/b', [...READ_ACL_UNSAFE]),
    end,
  ]);
  expect(one.length - open.length).toBe(8 + 4 + 4 + 9 + 10);
  expect(two.length - one.length).toBe(6 + 4 + 8 + 60);
});

test('WIRE-13 a truncated or damaged snapshot file is a JuteError', () => {
  const whole = encodeSnapshot(CHUNKS);
  for (let length = 0; length < whole.length; length++) {
    if (length === whole.length - OLDER[0] || length === whole.length - OLDER[1]) continue;
    expect(() => decodeSnapshot(whole.subarray(0, length), 5)).toThrow(JuteError);
  }
  for (let at = 0; at < whole.length; at++) {
    for (const by of [1, 0x11, 0x80, 0xff]) {
      expect(() => decodeSnapshot(flipped(whole, at, by), 5), `byte ${at} ^ ${by}`).toThrow(JuteError);
    }
  }
  fc.assert(
    fc.property(snapshot, fc.nat(), fc.integer({ min: 1, max: 255 }), (chunks, at, by) => {
      expect(() => decodeSnapshot(flipped(encodeSnapshot(chunks), at, by), 0)).toThrow(JuteError);
    }),
  );
});

/** Bytes that 3.8 does not write at the end, and 3.5 not either. */
const OLDER = [8 + 13, 8 + 13 + 20 + 13] as const;

test('WIRE-13 files of 3.8, without last processed zxid, and of 3.5, without digest, are read too', () => {
  const whole = encodeSnapshot(CHUNKS);
  expect(decodeSnapshot(whole.subarray(0, whole.length - OLDER[0]), 5)).toEqual(CHUNKS);
  const oldest = [...CHUNKS.slice(0, -1), { kind: 'snapEnd', zxid: 5, digest: -1 }];
  expect(decodeSnapshot(whole.subarray(0, whole.length - OLDER[1]), 5)).toEqual(oldest);
});

test('WIRE-11 a file of many nodes comes in parts that are the same bytes', () => {
  const [header, root, , end] = CHUNKS as [SnapChunk, SnapChunk, SnapChunk, SnapChunk];
  const nodes = Array.from(
    { length: 300 },
    (_, i): SnapChunk => ({
      kind: 'snapNode',
      path: `/n${i}`,
      data: new Uint8Array(1000).fill(i),
      acl: i % 2 === 0 ? READ_ACL_UNSAFE : OPEN_ACL_UNSAFE,
      stat: { ...ZERO, czxid: i },
    }),
  );
  const chunks = [header, root, ...nodes, end];
  const encoder = new SnapshotEncoder();
  for (const chunk of chunks) encoder.add(chunk);
  const parts = [...encoder.parts()];
  expect(parts.length).toBeGreaterThan(4);
  const bytes = new Uint8Array(Buffer.concat(parts));
  expect(bytes).toEqual(encodeSnapshot(chunks));
  expect(isSealed(bytes)).toBe(true);
  expect(isSealed(bytes.subarray(0, bytes.length - 1))).toBe(false);
  expect(decodeSnapshot(bytes, 5)).toEqual(chunks);
});

test('WIRE-13 chunks that are no snapshot are refused', () => {
  expect(() => encodeSnapshot([])).toThrow(/header/);
  expect(() => encodeSnapshot(CHUNKS.slice(1))).toThrow(/header/);
  expect(() => encodeSnapshot(CHUNKS.slice(0, -1))).toThrow(/seal/);
  expect(() => encodeSnapshot([...CHUNKS, ...CHUNKS])).toThrow(/behind the end/);
  const bad: SnapChunk = { kind: 'snapNode', path: '/', data: null, acl: [], stat: ZERO };
  expect(() => encodeSnapshot([CHUNKS[0] as SnapChunk, bad, CHUNKS[3] as SnapChunk])).toThrow(/root/);
});
