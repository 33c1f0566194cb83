/** A leader without followers: its tree, what is pending on it, and all kinds of writes as arbitrary values. */
import fc from 'fast-check';
import { DEFAULT_CONFIG } from '../../../protocol/config.ts';
import type { CreateRequest, MultiOp, WriteOp } from '../../../protocol/request.ts';
import { OutstandingChanges, type PrepRequest } from '../../../protocol/server/prepare.ts';
import { type ServiceRules, serviceRules } from '../../../protocol/server/service-rules.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { DataTree } from '../../../protocol/tree/index.ts';
import { ErrorCode, OpCode, type Txn, type TxnRecord } from '../../../protocol/txn.ts';

export const SESSION = '0100000000000001';
export const OTHER = '0200000000000007';

type Who = Partial<Omit<PrepRequest, 'op'>>;

/** Prepares writes and applies them when told to, in order. The time of a transaction is 1000 × zxid, its cxid the zxid. */
export class LeaderAlone {
  readonly tree: DataTree = new DataTree();
  readonly changes: OutstandingChanges;
  readonly pending: TxnRecord[] = [];
  zxid = 0;

  constructor(
    rules: Partial<ServiceRules> = {},
    config: { extendedTypes?: boolean; enforceQuota?: boolean } = {},
  ) {
    this.changes = new OutstandingChanges(
      { ...DEFAULT_CONFIG, extendedTypes: true, ...config },
      { ...serviceRules, ...rules },
    );
  }

  prepare(op: WriteOp, who: Who = {}): TxnRecord {
    const zxid = ++this.zxid;
    const fine = { auth: [], sessionErr: ErrorCode.OK, ephemeralErr: ErrorCode.OK };
    const request = { session: SESSION, cxid: zxid, ...fine, ...who, op };
    const record = this.changes.prepare(this.tree, request, zxid, 1000 * zxid);
    this.pending.push(record);
    return record;
  }

  /** The transaction of a write. */
  txn(op: WriteOp, who?: Who): Txn {
    return this.prepare(op, who).txn;
  }

  /** The error of a write that is not pending afterwards and leaves the tree as it is. */
  err(op: WriteOp, who: Who = {}): number {
    const { txn } = this.prepare(op, who);
    this.pending.pop();
    this.changes.clear();
    return txn.type === OpCode.error ? txn.err : ErrorCode.OK;
  }

  /** Applies the oldest pending transaction. */
  apply(): TxnRecord | undefined {
    const record = this.pending.shift();
    if (record === undefined) return undefined;
    this.tree.apply(record);
    this.changes.applied(record.zxid);
    return record;
  }

  applyAll(): void {
    while (this.apply() !== undefined);
  }

  /** Prepares and applies writes one after the other, and what was pending before. */
  write(...ops: WriteOp[]): void {
    for (const op of ops) {
      this.prepare(op);
      this.applyAll();
    }
  }
}

export const err = (code: number): Txn => ({ type: OpCode.error, err: code as ErrorCode });

type CreateFields = Partial<Omit<CreateRequest, 'path'>>;
export const create = (path: string, flags = 0, more: CreateFields = {}): CreateRequest => ({
  type: OpCode.create,
  path,
  data: null,
  acl: OPEN_ACL_UNSAFE,
  flags,
  ...more,
});
export const container = (path: string, flags = 4): CreateRequest =>
  create(path, flags, { type: OpCode.createContainer });
export const ttlNode = (path: string, ttl: number, flags = 5): CreateRequest =>
  create(path, flags, { type: OpCode.createTTL, ttl });
export const remove = (path: string, version = -1) => ({ type: OpCode.delete, path, version }) as const;
export const setData = (path: string, version = -1, data: Uint8Array | null = null) =>
  ({ type: OpCode.setData, path, data, version }) as const;
export const setAcl = (path: string, acl: readonly Acl[], version = -1) =>
  ({ type: OpCode.setACL, path, acl, version }) as const;
export const check = (path: string, version = -1) => ({ type: OpCode.check, path, version }) as const;
export const multi = (...ops: MultiOp[]) => ({ type: OpCode.multi, ops }) as const;
export const deleteContainer = (path: string) => ({ type: OpCode.deleteContainer, path }) as const;
export const closeSession = { type: OpCode.closeSession } as const;
export const createSession = { type: OpCode.createSession, timeout: 4000 } as const;
export const reconfig = { type: OpCode.reconfig } as const;

/** An ACL that gives someone, known as user and digest, some permissions and the world none. */
export const only = (id: string, perms: number = Perms.ALL): readonly Acl[] => [
  { perms, scheme: 'digest', id },
];
export const known = (id: string): readonly Id[] => [{ scheme: 'digest', id }];

const PATHS = ['/a', '/b', '/a/a', '/a/b', '/a/a/a', '/b/a', '/b/a/a', '/é'];
const SYSTEM = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config', '/zookeeper/quota/a'];
const LIMITS = ['/zookeeper/quota/a/zookeeper_limits', '/zookeeper/quota/a/zookeeper_stats', '/zookeeper/x'];
const BAD = ['', 'a', '/a/', '/a//b', '//', '/a/../b', '/a/\0', '/\ud800', '/zookeeper/'];
/** What sequential creations make. */
const NUMBERED = ['/a/n0000000000', '/a/n0000000001', '/0000000002'];

const path = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 3, arbitrary: fc.constantFrom(...SYSTEM, ...LIMITS) },
  { weight: 1, arbitrary: fc.constantFrom(...BAD) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERED) },
);
const newPath = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 1, arbitrary: fc.constantFrom('/a/n', '/', '/b/') },
);
const data = fc.option(fc.uint8Array({ maxLength: 9 }));
const version = fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(2) });
const acl = fc.oneof(
  { weight: 12, arbitrary: fc.constant(OPEN_ACL_UNSAFE) },
  { weight: 1, arbitrary: fc.constantFrom(READ_ACL_UNSAFE, only('u:x'), []) },
);
const flags = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 7 }) },
);
const plain = fc.record({
  type: fc.constantFrom(OpCode.create, OpCode.create2),
  path: newPath,
  data,
  acl,
  flags,
});
const toContainer = fc.record({
  type: fc.constant(OpCode.createContainer),
  path,
  data,
  acl,
  flags: fc.nat(4),
});
const toTtl = fc.record({
  type: fc.constant(OpCode.createTTL),
  path,
  data,
  acl,
  flags: fc.constantFrom(5, 6, 0),
  ttl: fc.constantFrom(1, 5000, 2 ** 40 - 1, 0, 2 ** 40),
});
const part: fc.Arbitrary<MultiOp> = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 1, arbitrary: toContainer },
  { weight: 1, arbitrary: toTtl },
  { weight: 3, arbitrary: fc.record({ type: fc.constant(OpCode.delete), path, version }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant(OpCode.setData), path, data, version }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.check), path, version }) },
);
const single = part.filter((op) => op.type !== OpCode.check) as fc.Arbitrary<WriteOp>;

/** A write of any kind. */
export const anyWrite: fc.Arbitrary<WriteOp> = fc.oneof(
  { weight: 16, arbitrary: single },
  { weight: 4, arbitrary: fc.array(part, { maxLength: 5 }).map((ops) => multi(...ops)) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant(OpCode.setACL), path, acl, version }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.deleteContainer), path }) },
  { weight: 2, arbitrary: fc.constantFrom<WriteOp>(closeSession, closeSession, createSession, reconfig) },
);
