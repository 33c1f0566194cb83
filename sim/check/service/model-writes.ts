/** What a write becomes, in the order in which ZooKeeper checks it (PrepRequestProcessor.pRequest2Txn). */
import type { EnsembleConfig } from '../../../protocol/config.ts';
import {
  CreateFlag,
  type CreateRequest,
  type MultiOp,
  type MultiRequest,
  type WriteOp,
} from '../../../protocol/request.ts';
import { type Acl, Perms } from '../../../protocol/tree/acl.ts';
import { ErrorCode, type ErrorTxn, type MultiPart, OpCode, type Txn } from '../../../protocol/txn.ts';
import { fixedAcl, type Identity, permission } from './model-acl.ts';
import type { Draft } from './model-draft.ts';
import { hasParentPath, isValidPath, parentPath, SPECIAL } from './model-path.ts';

/** What of the configuration decides about writes and reads. */
export type ModelSettings = Pick<
  EnsembleConfig,
  'extendedTypes' | 'enforceQuota' | 'localSessions' | 'superDigest'
>;

const LARGEST_TTL = 0xff_ffff_ffff;

/** The model cannot know: it depends on a client's address, on an unknown identity, or on a quota. */
export const UNKNOWN = 'unknown';

/** What a multi may consist of, and what servers ask for by themselves. */
type SimpleOp = Exclude<WriteOp, MultiRequest>;

/**
 * The transaction that a write becomes after everything in the draft, or an error transaction. The draft is not changed
 * unless the operation is a multi; that one's parts are in effect then.
 */
export function transactionOf(
  op: WriteOp,
  draft: Draft,
  who: Identity | null,
  settings: ModelSettings,
): Txn | typeof UNKNOWN {
  if (op.type !== OpCode.multi) return single(op, draft, who, settings);
  const txns: MultiPart[] = [];
  let failed = 0;
  for (const part of op.ops) {
    if (failed !== 0) {
      txns.push(error(ErrorCode.RUNTIMEINCONSISTENCY));
      continue;
    }
    const meant = inMulti(part);
    // The whole multi cannot be made sense of.
    if (meant === null) return error(ErrorCode.MARSHALLINGERROR);
    const txn = single(meant, draft, who, settings);
    if (txn === UNKNOWN) return UNKNOWN;
    if (txn.type === OpCode.error) {
      failed = txn.err;
      for (let i = 0; i < txns.length; i++) txns[i] = error(ErrorCode.OK);
    } else draft.take(txn);
    txns.push(txn as MultiPart);
  }
  return { type: OpCode.multi, txns };
}

/** In a multi the flag alone says what a create makes; null: a flag for a time to live on one that has no room for it. */
function inMulti(op: MultiOp): MultiOp | null {
  if (op.type === OpCode.delete || op.type === OpCode.setData || op.type === OpCode.check) return op;
  const { flags } = op;
  const timed =
    flags === CreateFlag.PERSISTENT_WITH_TTL || flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
  if (timed) return op.type === OpCode.createTTL ? op : null;
  const { ttl: _, ...rest } = op;
  return { ...rest, type: flags === CreateFlag.CONTAINER ? OpCode.createContainer : OpCode.create };
}

function single(
  op: SimpleOp | MultiOp,
  draft: Draft,
  who: Identity | null,
  settings: ModelSettings,
): Txn | typeof UNKNOWN {
  const { start, moment } = draft;
  // A leader lets sessions pass that it does not know: they may be local ones of another server.
  const gone = !settings.localSessions && !start.isOpen(moment.session);
  switch (op.type) {
    case OpCode.createSession:
      return { type: OpCode.createSession, timeout: op.timeout };
    case OpCode.closeSession:
      return { type: OpCode.closeSession, paths: start.ephemeralsOf(moment.session) };
    case OpCode.deleteContainer:
      return unneeded(op.path, draft);
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return creation(op, draft, who, settings, gone);
    case OpCode.reconfig:
      return error(ErrorCode.RECONFIGDISABLED);
    case OpCode.error:
      return error(ErrorCode.MARSHALLINGERROR);
  }
  if (gone) return error(ErrorCode.SESSIONEXPIRED);
  const { path } = op;
  if (op.type === OpCode.delete) {
    if (!hasParentPath(path) || SPECIAL.includes(path)) return error(ErrorCode.BADARGUMENTS);
    const parent = draft.node(parentPath(path));
    if (parent === null) return error(ErrorCode.NONODE);
    const may = permission(parent.acl, Perms.DELETE, who);
    if (may === 'unknown') return UNKNOWN;
    if (may === 'denied') return error(ErrorCode.NOAUTH);
    const node = draft.node(path);
    if (node === null) return error(ErrorCode.NONODE);
    if (op.version !== -1 && op.version !== node.version) return error(ErrorCode.BADVERSION);
    if (node.children > 0) return error(ErrorCode.NOTEMPTY);
    return { type: OpCode.delete, path };
  }
  if (!isValidPath(path)) return error(ErrorCode.BADARGUMENTS);
  let acl: readonly Acl[] = [];
  if (op.type === OpCode.setACL) {
    const fixed = fixedAcl(op.acl, who);
    if (fixed === UNKNOWN) return UNKNOWN;
    if (fixed === 'invalid') return error(ErrorCode.INVALIDACL);
    acl = fixed;
  }
  const node = draft.node(path);
  if (node === null) return error(ErrorCode.NONODE);
  const needed =
    op.type === OpCode.setACL ? Perms.ADMIN : op.type === OpCode.check ? Perms.READ : Perms.WRITE;
  const may = permission(node.acl, needed, who);
  if (may === 'unknown') return UNKNOWN;
  if (may === 'denied') return error(ErrorCode.NOAUTH);
  if (op.type === OpCode.setData && settings.enforceQuota) return UNKNOWN;
  const current = op.type === OpCode.setACL ? node.aversion : node.version;
  if (op.version !== -1 && op.version !== current) return error(ErrorCode.BADVERSION);
  const version = (current + 1) | 0;
  switch (op.type) {
    case OpCode.setACL:
      return { type: OpCode.setACL, path, acl, version };
    case OpCode.setData:
      return { type: OpCode.setData, path, data: op.data, version };
    case OpCode.check:
      return { type: OpCode.check, path, version };
  }
}

function creation(
  op: CreateRequest,
  draft: Draft,
  who: Identity | null,
  settings: ModelSettings,
  gone: boolean,
): Txn | typeof UNKNOWN {
  const { flags, data } = op;
  if (!(flags >= CreateFlag.PERSISTENT && flags <= CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL))
    return error(ErrorCode.BADARGUMENTS);
  const timed =
    flags === CreateFlag.PERSISTENT_WITH_TTL || flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
  const ttl = op.type === OpCode.createTTL ? (op.ttl ?? -1) : -1;
  if (timed && !settings.extendedTypes) return error(ErrorCode.UNIMPLEMENTED);
  if (timed ? !(ttl > 0 && ttl <= LARGEST_TTL) : ttl >= 0) return error(ErrorCode.BADARGUMENTS);
  if (gone) return error(ErrorCode.SESSIONEXPIRED);
  if (!hasParentPath(op.path)) return error(ErrorCode.BADARGUMENTS);
  const acl = fixedAcl(op.acl, who);
  if (acl === UNKNOWN) return UNKNOWN;
  if (acl === 'invalid') return error(ErrorCode.INVALIDACL);
  const parent = draft.node(parentPath(op.path));
  if (parent === null) return error(ErrorCode.NONODE);
  const may = permission(parent.acl, Perms.CREATE, who);
  if (may === 'unknown') return UNKNOWN;
  if (may === 'denied') return error(ErrorCode.NOAUTH);
  const path = isSequential(flags) ? op.path + sequenceSuffix(parent.created) : op.path;
  if (!isValidPath(path)) return error(ErrorCode.BADARGUMENTS);
  if (draft.node(path) !== null) return error(ErrorCode.NODEEXISTS);
  if (parent.kind === 'ephemeral') return error(ErrorCode.NOCHILDRENFOREPHEMERALS);
  if (settings.enforceQuota) return UNKNOWN;
  const parentCVersion = (parent.created + 1) | 0;
  // Requests whose type and flags say different things are nobody's; what they make is left open.
  switch (op.type) {
    case OpCode.createContainer:
      if (flags !== CreateFlag.CONTAINER) return UNKNOWN;
      return { type: OpCode.createContainer, path, data, acl, parentCVersion };
    case OpCode.createTTL:
      if (!timed) return UNKNOWN;
      return { type: OpCode.createTTL, path, data, acl, parentCVersion, ttl };
    default: {
      if (flags === CreateFlag.CONTAINER) return UNKNOWN;
      const ephemeral = flags === CreateFlag.EPHEMERAL || flags === CreateFlag.EPHEMERAL_SEQUENTIAL;
      return { type: OpCode.create, path, data, acl, ephemeral, parentCVersion };
    }
  }
}

/** ContainerManager's deletions: only of a node without children that is no one's. */
function unneeded(path: string, draft: Draft): Txn {
  if (!hasParentPath(path) || SPECIAL.includes(path)) return error(ErrorCode.BADARGUMENTS);
  const node = draft.node(path);
  if (node === null) return error(ErrorCode.NONODE);
  if (node.children > 0) return error(ErrorCode.NOTEMPTY);
  if (node.kind === 'ephemeral') return error(ErrorCode.BADVERSION);
  return { type: OpCode.delete, path };
}

export function isSequential(flags: number): boolean {
  return (
    flags === CreateFlag.PERSISTENT_SEQUENTIAL ||
    flags === CreateFlag.EPHEMERAL_SEQUENTIAL ||
    flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL
  );
}

/** Java's `%010d` of a 32-bit number: a minus sign counts as a place. */
export function sequenceSuffix(number: number): string {
  const digits = String(Math.abs(number));
  return number < 0 ? `-${digits.padStart(9, '0')}` : digits.padStart(10, '0');
}

function error(err: number): ErrorTxn {
  return { type: OpCode.error, err };
}
