/** Writes as arbitrary values, and what a leader alone makes of them. */
import fc from 'fast-check';
import { DEFAULT_CONFIG } from '../../../protocol/config.ts';
import type { WriteOp } from '../../../protocol/request.ts';
import { OutstandingChanges } from '../../../protocol/server/prepare.ts';
import { serviceRules } from '../../../protocol/server/service-rules.ts';
import { type DataTree, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { ErrorCode, OpCode, type TxnRecord } from '../../../protocol/txn.ts';

export const SESSION = '0100000000000001';

const PATHS = ['/a', '/b', '/a/a', '/a/b', '/a/a/a', '/a/a/b', '/b/a', '/b/a/a', '/é'];
const SYSTEM = [
  '/',
  '/zookeeper',
  '/zookeeper/quota',
  '/zookeeper/config',
  '/zookeeper/quota/a',
  '/zookeeper/x',
];
const BAD = ['', 'a', '/a/', '/a//b', '//', '/a/../b', '/a/\0', '/\ud800', '/zookeeper/'];

const path = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 3, arbitrary: fc.constantFrom(...SYSTEM) },
  { weight: 1, arbitrary: fc.constantFrom(...BAD) },
);
const data = fc.option(fc.uint8Array({ maxLength: 9 }));
const version = fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(2) });
const acl = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(OPEN_ACL_UNSAFE, READ_ACL_UNSAFE) },
  { weight: 1, arbitrary: fc.constant([]) },
);
const flags = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 7 }) },
);

export const writeOp: fc.Arbitrary<WriteOp> = fc.oneof(
  fc.record({ type: fc.constantFrom(OpCode.create, OpCode.create2), path, data, acl, flags }),
  fc.record({ type: fc.constant(OpCode.delete), path, version }),
  fc.record({ type: fc.constant(OpCode.setData), path, data, version }),
);

export const create = (at: string, value: Uint8Array | null = null): WriteOp => ({
  type: OpCode.create,
  path: at,
  data: value,
  acl: OPEN_ACL_UNSAFE,
  flags: 0,
});
export const remove = (at: string, expected = -1): WriteOp => ({
  type: OpCode.delete,
  path: at,
  version: expected,
});
export const setData = (at: string, value: Uint8Array | null = null, expected = -1): WriteOp => ({
  type: OpCode.setData,
  path: at,
  data: value,
  version: expected,
});

/** The transaction of a write with nothing else pending; its time is 1000 × zxid, cxid its zxid. */
export function prepared(tree: DataTree, op: WriteOp, zxid = tree.lastProcessedZxid + 1): TxnRecord {
  const fine = { auth: [], sessionErr: ErrorCode.OK, ephemeralErr: ErrorCode.OK };
  const request = { session: SESSION, cxid: zxid, op, ...fine };
  return new OutstandingChanges(DEFAULT_CONFIG, serviceRules).prepare(tree, request, zxid, 1000 * zxid);
}

/** Prepares and applies writes one after the other; the transactions. */
export function write(tree: DataTree, ...ops: WriteOp[]): TxnRecord[] {
  return ops.map((op) => {
    const record = prepared(tree, op);
    tree.apply(record);
    return record;
  });
}
