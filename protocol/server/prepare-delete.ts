import type { DeleteContainerRequest, DeleteRequest } from '../request.ts';
import { allowed } from '../tree/access.ts';
import { Perms } from '../tree/acl.ts';
import { ownerKind } from '../tree/owner.ts';
import { isSystemPath, parentOf } from '../tree/path.ts';
import { type DeleteTxn, ErrorCode, type ErrorTxn, OpCode } from '../txn.ts';
import type { LiveRecord } from './change-records.ts';
import { failed, hasParent, type Preparation, versionMatches } from './preparation.ts';

/** delete. */
export function prepareDelete(p: Preparation, op: DeleteRequest): DeleteTxn | ErrorTxn {
  const { tree, records, request } = p;
  const { path } = op;
  if (request.sessionErr !== ErrorCode.OK) return failed(request.sessionErr);
  if (!isDeletable(path)) return failed(ErrorCode.BADARGUMENTS);
  const parentPath = parentOf(path);
  const parent = records.find(tree, parentPath);
  if (parent === null) return failed(ErrorCode.NONODE);
  if (!allowed(parent.acl, Perms.DELETE, request.auth)) return failed(ErrorCode.NOAUTH);
  const node = records.find(tree, path);
  if (node === null) return failed(ErrorCode.NONODE);
  if (!versionMatches(op.version, node.stat.version)) return failed(ErrorCode.BADVERSION);
  if (node.childCount > 0) return failed(ErrorCode.NOTEMPTY);
  return remove(p, path, node, parentPath, parent);
}

/** deleteContainer: the server's own, of a container or TTL node; nobody's permission is asked. */
export function prepareDeleteContainer(p: Preparation, op: DeleteContainerRequest): DeleteTxn | ErrorTxn {
  const { tree, records } = p;
  const { path } = op;
  if (!isDeletable(path)) return failed(ErrorCode.BADARGUMENTS);
  const node = records.find(tree, path);
  if (node === null) return failed(ErrorCode.NONODE);
  if (node.childCount > 0) return failed(ErrorCode.NOTEMPTY);
  if (ownerKind(node.stat.ephemeralOwner) === 'session') return failed(ErrorCode.BADVERSION);
  const parentPath = parentOf(path);
  const parent = records.find(tree, parentPath);
  if (parent === null) return failed(ErrorCode.NONODE);
  return remove(p, path, node, parentPath, parent);
}

/** PrepRequestProcessor.getParentPathAndValidate. */
function isDeletable(path: string): boolean {
  return hasParent(path) && !isSystemPath(path);
}

function remove(
  p: Preparation,
  path: string,
  node: LiveRecord,
  parentPath: string,
  parent: LiveRecord,
): DeleteTxn {
  p.records.childDeleted(parentPath, parent, p.zxid);
  p.records.delete(path, node, p.zxid);
  return { type: OpCode.delete, path };
}
