import { CreateFlag, type CreateRequest } from '../request.ts';
import { allowed, fixAcl } from '../tree/access.ts';
import { Perms } from '../tree/acl.ts';
import { CONTAINER_OWNER, MAX_TTL, ownerKind, ttlOwner } from '../tree/owner.ts';
import { parentOf, validatePath } from '../tree/path.ts';
import { quotaExceeded } from '../tree/quota.ts';
import {
  type CreateContainerTxn,
  type CreateTtlTxn,
  type CreateTxn,
  ErrorCode,
  type ErrorTxn,
  NO_SESSION,
  OpCode,
} from '../txn.ts';
import { failed, hasParent, lengthOf, nextVersion, type Preparation } from './preparation.ts';

/** What a flag says (CreateMode). */
interface CreateMode {
  readonly ephemeral: boolean;
  readonly sequential: boolean;
  readonly ttl: boolean;
}

const MODES: ReadonlyMap<number, CreateMode> = new Map([
  [CreateFlag.PERSISTENT, { ephemeral: false, sequential: false, ttl: false }],
  [CreateFlag.EPHEMERAL, { ephemeral: true, sequential: false, ttl: false }],
  [CreateFlag.PERSISTENT_SEQUENTIAL, { ephemeral: false, sequential: true, ttl: false }],
  [CreateFlag.EPHEMERAL_SEQUENTIAL, { ephemeral: true, sequential: true, ttl: false }],
  [CreateFlag.CONTAINER, { ephemeral: false, sequential: false, ttl: false }],
  [CreateFlag.PERSISTENT_WITH_TTL, { ephemeral: false, sequential: false, ttl: true }],
  [CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL, { ephemeral: false, sequential: true, ttl: true }],
]);

/**
 * create, create2, createContainer, createTTL (PrepRequestProcessor.pRequest2TxnCreate). The flag decides whether a
 * number is appended and which session check is made; that the node becomes a container is up to the operation alone.
 */
export function prepareCreate(
  p: Preparation,
  op: CreateRequest,
): CreateTxn | CreateContainerTxn | CreateTtlTxn | ErrorTxn {
  const { tree, records, zxid } = p;
  const { data } = op;
  const mode = MODES.get(op.flags);
  if (mode === undefined) return failed(ErrorCode.BADARGUMENTS);
  const err = checkMode(p, op, mode);
  if (err !== ErrorCode.OK) return failed(err);
  if (!hasParent(op.path)) return failed(ErrorCode.BADARGUMENTS);
  const acl = fixAcl(op.acl, p.request.auth);
  if (acl === null) return failed(ErrorCode.INVALIDACL);
  const parentPath = parentOf(op.path);
  const parent = records.find(tree, parentPath);
  if (parent === null) return failed(ErrorCode.NONODE);
  if (!allowed(parent.acl, Perms.CREATE, p.request.auth)) return failed(ErrorCode.NOAUTH);
  let path = op.path;
  if (mode.sequential) path += suffix(p.rules.sequence(parent.stat.cversion, parent.childCount));
  if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
  if (records.find(tree, path) !== null) return failed(ErrorCode.NODEEXISTS);
  if (ownerKind(parent.stat.ephemeralOwner) === 'session') return failed(ErrorCode.NOCHILDRENFOREPHEMERALS);
  if (p.config.enforceQuota && quotaExceeded(tree, path, lengthOf(data), 1)) {
    return failed(ErrorCode.QUOTAEXCEEDED);
  }

  const parentCVersion = nextVersion(parent.stat.cversion);
  records.childCreated(parentPath, parent, parentCVersion, zxid);
  records.create(path, data, acl, ownerOf(p, op, mode), zxid, p.time);
  switch (op.type) {
    case OpCode.createContainer:
      return { type: OpCode.createContainer, path, data, acl, parentCVersion };
    case OpCode.createTTL:
      return { type: OpCode.createTTL, path, data, acl, parentCVersion, ttl: op.ttl as number };
    default:
      return { type: OpCode.create, path, data, acl, ephemeral: mode.ephemeral, parentCVersion };
  }
}

/** PrepRequestProcessor.validateCreateRequest. */
function checkMode(p: Preparation, op: CreateRequest, mode: CreateMode): ErrorCode {
  if (mode.ttl && !p.config.extendedTypes) return ErrorCode.UNIMPLEMENTED;
  const hasTtl = op.type === OpCode.createTTL;
  if (mode.ttl !== hasTtl || (hasTtl && !isTtl(op.ttl))) return ErrorCode.BADARGUMENTS;
  return mode.ephemeral ? p.request.ephemeralErr : p.request.sessionErr;
}

function isTtl(ttl: number | undefined): boolean {
  return ttl !== undefined && Number.isInteger(ttl) && ttl >= 1 && ttl <= MAX_TTL;
}

/** What the tree will note as ephemeralOwner when it applies the transaction. */
function ownerOf(p: Preparation, op: CreateRequest, mode: CreateMode): string {
  if (op.type === OpCode.createContainer) return CONTAINER_OWNER;
  if (op.type === OpCode.createTTL) return ttlOwner(op.ttl as number);
  return mode.ephemeral ? p.request.session : NO_SESSION;
}

/** Ten characters at least, the sign among them: Java's %010d. */
function suffix(sequence: number): string {
  return sequence < 0 ? `-${String(-sequence).padStart(9, '0')}` : String(sequence).padStart(10, '0');
}
