/** Arbitrary values of everything that is stored or sent. */
import fc from 'fast-check';
import type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from '../../../protocol/snapshot.ts';
import type { Acl } from '../../../protocol/tree/index.ts';
import { MAX_TTL, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { type MultiPart, OpCode, type Txn, type TxnRecord } from '../../../protocol/txn.ts';
import type { Stored } from '../../../protocol/wire/index.ts';
import { LONG_MIN } from '../../../protocol/zxid.ts';

export const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 1, LONG_MIN, 0xffff_ffff, 0x1_0000_0000, -0x1_0000_0000),
);
export const hex16 = fc
  .tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff))
  .map(([high, low]) => high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'));
/** Any UTF-16, lone surrogates included. */
export const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);
export const bytes = fc.uint8Array({ maxLength: 40 });
export const data = fc.option(bytes);
export const acl: fc.Arbitrary<readonly Acl[]> = fc.oneof(
  fc.constantFrom(OPEN_ACL_UNSAFE, READ_ACL_UNSAFE),
  fc.array(fc.record({ perms: int, scheme: text, id: text }), { maxLength: 3 }),
);

const creation = { path: text, data, acl, parentCVersion: int };
const multiPart: fc.Arbitrary<MultiPart> = fc.oneof(
  fc.record({ type: fc.constant(OpCode.create), ...creation, ephemeral: fc.boolean() }),
  fc.record({ type: fc.constant(OpCode.createContainer), ...creation }),
  fc.record({
    type: fc.constant(OpCode.createTTL),
    ...creation,
    ttl: fc.integer({ min: 1, max: MAX_TTL }),
  }),
  fc.record({ type: fc.constant(OpCode.delete), path: text }),
  fc.record({ type: fc.constant(OpCode.setData), path: text, data, version: int }),
  fc.record({ type: fc.constant(OpCode.check), path: text, version: int }),
  fc.record({ type: fc.constant(OpCode.error), err: int }),
);

const txn: fc.Arbitrary<Txn> = fc.oneof(
  { weight: 7, arbitrary: multiPart },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.setACL), path: text, acl, version: int }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.createSession), timeout: int }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant(OpCode.closeSession),
      paths: fc.array(text, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant(OpCode.multi),
      txns: fc.array(multiPart, { maxLength: 4 }),
    }),
  },
);

export const txnRecord: fc.Arbitrary<TxnRecord> = fc.record({
  kind: fc.constant('txn' as const),
  session: hex16,
  cxid: int,
  zxid: long,
  time: long,
  txn,
  digest: fc.oneof(fc.constant(-1), fc.maxSafeInteger()),
});

export const snapHeader: fc.Arbitrary<SnapHeader> = fc.record({
  kind: fc.constant('snapHeader' as const),
  zxid: long,
  sessions: fc.array(fc.record({ id: hex16, timeout: int }), { maxLength: 4 }),
});

export const snapNode: fc.Arbitrary<SnapNode> = fc.record({
  kind: fc.constant('snapNode' as const),
  path: text.filter((path) => path !== '/'),
  data,
  acl,
  stat: fc.record({
    czxid: long,
    mzxid: long,
    ctime: long,
    mtime: long,
    version: int,
    cversion: int,
    aversion: int,
    ephemeralOwner: hex16,
    pzxid: long,
  }),
});

export const snapEnd: fc.Arbitrary<SnapEnd> = fc.record({
  kind: fc.constant('snapEnd' as const),
  zxid: long,
  digest: fc.maxSafeInteger(),
});

export const snapshot: fc.Arbitrary<SnapChunk[]> = fc
  .tuple(snapHeader, fc.array(snapNode, { maxLength: 8 }), snapEnd)
  .map(([header, nodes, end]) => [header, ...nodes, end]);

export const stored: fc.Arbitrary<Stored> = fc.oneof(
  txnRecord,
  snapHeader,
  snapNode,
  snapEnd,
  fc.constant({ kind: 'logHeader' as const }),
);

/** One byte of the bytes changed to another value. */
export function flipped(whole: Uint8Array, at: number, by: number): Uint8Array {
  const copy = whole.slice();
  const i = at % copy.length;
  copy[i] = (copy[i] as number) ^ by;
  return copy;
}

/** Spaces between groups are for the reader. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}
