/** Transactions as a leader with nothing else pending would make them, straight from the tree they are for. */
import fc from 'fast-check';
import type { SnapChunk } from '../../../protocol/snapshot.ts';
import {
  type Acl,
  type DataTree,
  isSystemPath,
  OPEN_ACL_UNSAFE,
  ownerKind,
  parentOf,
  READ_ACL_UNSAFE,
  SnapshotWalk,
  snapHeaderOf,
} from '../../../protocol/tree/index.ts';
import { ErrorCode, type MultiPart, OpCode, type Txn, type TxnRecord } from '../../../protocol/txn.ts';
import { cloneGraph } from '../../../sim/clone.ts';

export const SESSION = '0100000000000001';
export const OTHER = '0200000000000002';

export type Mode = 'persistent' | 'ephemeral' | 'container' | 'ttl';
/** What may also be part of a multi. */
export type Part =
  | { do: 'create'; path: string; data: Uint8Array | null; mode: Mode; session: string }
  | { do: 'delete'; path: string }
  | { do: 'setData'; path: string; data: Uint8Array | null }
  | { do: 'check'; path: string };
export type Step =
  | Part
  | { do: 'setACL'; path: string; acl: readonly Acl[] }
  | { do: 'open' | 'close'; session: string }
  | { do: 'multi'; session: string; parts: readonly Part[] };

export const bytes = (text: string) => new Uint8Array(Buffer.from(text));
export const create = (
  path: string,
  data: Uint8Array | null = null,
  mode: Mode = 'persistent',
  session = SESSION,
): Part => ({ do: 'create', path, data, mode, session });
export const remove = (path: string): Part => ({ do: 'delete', path });
export const setData = (path: string, data: Uint8Array | null = null): Part => ({
  do: 'setData',
  path,
  data,
});
export const setAcl = (path: string, acl: readonly Acl[] = READ_ACL_UNSAFE): Step => ({
  do: 'setACL',
  path,
  acl,
});
export const open = (session = SESSION): Step => ({ do: 'open', session });
export const close = (session = SESSION): Step => ({ do: 'close', session });
export const multi = (...parts: Part[]): Step => ({ do: 'multi', session: SESSION, parts });

/** Its time is 1000 × zxid. */
export const record = (zxid: number, txn: Txn, session = SESSION): TxnRecord => ({
  kind: 'txn',
  session,
  cxid: zxid,
  zxid,
  time: 1000 * zxid,
  txn,
  digest: -1,
});

const error = (err: number): MultiPart => ({ type: OpCode.error, err });

function partTxn(tree: DataTree, part: Part): MultiPart {
  const { path } = part;
  const node = tree.nodes.get(path);
  if (part.do === 'create') {
    const parent = tree.nodes.get(parentOf(path));
    if (parent === undefined) return error(ErrorCode.NONODE);
    if (node !== undefined) return error(ErrorCode.NODEEXISTS);
    if (ownerKind(parent.stat.ephemeralOwner) === 'session') return error(ErrorCode.NOCHILDRENFOREPHEMERALS);
    const common = {
      path,
      data: part.data,
      acl: OPEN_ACL_UNSAFE,
      parentCVersion: parent.stat.cversion + 1,
    };
    if (part.mode === 'container') return { type: OpCode.createContainer, ...common };
    if (part.mode === 'ttl') return { type: OpCode.createTTL, ...common, ttl: 5000 };
    const ephemeral = part.mode === 'ephemeral';
    if (ephemeral && !tree.sessions.has(part.session)) return error(ErrorCode.SESSIONEXPIRED);
    return { type: OpCode.create, ...common, ephemeral };
  }
  if (node === undefined) return error(ErrorCode.NONODE);
  switch (part.do) {
    case 'delete':
      if (isSystemPath(path)) return error(ErrorCode.BADARGUMENTS);
      return node.children.size > 0 ? error(ErrorCode.NOTEMPTY) : { type: OpCode.delete, path };
    case 'setData':
      return { type: OpCode.setData, path, data: part.data, version: node.stat.version + 1 };
    case 'check':
      return { type: OpCode.check, path, version: node.stat.version };
  }
}

function multiTxn(tree: DataTree, parts: readonly Part[], session: string): Txn {
  const scratch = cloneGraph(tree, new Set());
  const txns: MultiPart[] = [];
  for (const part of parts) {
    const txn = partTxn(scratch, { ...part, session } as Part);
    if (txn.type === OpCode.error) {
      const errs = parts.map((_, i) => (i < txns.length ? 0 : i === txns.length ? txn.err : -2));
      return { type: OpCode.multi, txns: errs.map(error) };
    }
    scratch.apply(record(tree.lastProcessedZxid + 1, txn, session));
    txns.push(txn);
  }
  return { type: OpCode.multi, txns };
}

/** A step's transaction; one that fails is an error. */
export function prepared(tree: DataTree, step: Step, zxid = tree.lastProcessedZxid + 1): TxnRecord {
  const session = 'session' in step ? step.session : SESSION;
  const txn = (): Txn => {
    switch (step.do) {
      case 'open':
        return { type: OpCode.createSession, timeout: 4000 };
      case 'close':
        if (!tree.sessions.has(session)) return error(ErrorCode.SESSIONEXPIRED);
        return { type: OpCode.closeSession, paths: tree.ephemeralsOf(session) };
      case 'multi':
        return multiTxn(tree, step.parts, session);
      case 'setACL': {
        const node = tree.nodes.get(step.path);
        if (node === undefined) return error(ErrorCode.NONODE);
        return { type: OpCode.setACL, path: step.path, acl: step.acl, version: node.stat.aversion + 1 };
      }
      default:
        return partTxn(tree, step);
    }
  };
  return record(zxid, txn(), session);
}

/** Prepares and applies steps one after the other; the transactions. */
export function write(tree: DataTree, ...steps: Step[]): TxnRecord[] {
  return steps.map((step) => {
    const made = prepared(tree, step);
    tree.apply(made);
    return made;
  });
}

/** Steps of every kind on few paths, so that nodes are often deleted and made again. */
export function steps(...paths: string[]): fc.Arbitrary<Step> {
  const path = fc.constantFrom(...paths);
  const session = fc.constantFrom(SESSION, OTHER);
  const mode = fc.constantFrom<Mode[]>('persistent', 'persistent', 'ephemeral', 'container', 'ttl');
  const data = fc.option(fc.uint8Array({ maxLength: 5 }));
  const part = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('create' as const), path, data, mode, session }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant('delete' as const), path }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('setData' as const), path, data }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('check' as const), path }) },
  );
  const acl = fc.constantFrom(OPEN_ACL_UNSAFE, READ_ACL_UNSAFE);
  return fc.oneof(
    { weight: 15, arbitrary: part },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('setACL' as const), path, acl }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), session }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), session }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('multi' as const),
        session,
        parts: fc.array(part, { maxLength: 3 }),
      }),
    },
  );
}

/** A snapshot of the tree as it is. */
export const whole = (tree: DataTree): SnapChunk[] => [
  snapHeaderOf(tree),
  ...new SnapshotWalk().next(tree, Number.POSITIVE_INFINITY),
  { kind: 'snapEnd', zxid: tree.lastProcessedZxid, digest: tree.digest },
];
