/** Writes to one node that is there: setData, setACL, check. */
import type { CheckRequest, SetAclRequest, SetDataRequest } from '../request.ts';
import { allowed, fixAcl } from '../tree/access.ts';
import { Perms } from '../tree/acl.ts';
import { validatePath } from '../tree/path.ts';
import { quotaExceeded } from '../tree/quota.ts';
import { type CheckTxn, ErrorCode, type ErrorTxn, OpCode, type SetAclTxn, type SetDataTxn } from '../txn.ts';
import { failed, lengthOf, nextVersion, type Preparation, versionMatches } from './preparation.ts';

/** setData. */
export function prepareSetData(p: Preparation, op: SetDataRequest): SetDataTxn | ErrorTxn {
  const { tree, records, request } = p;
  const { path, data } = op;
  if (request.sessionErr !== ErrorCode.OK) return failed(request.sessionErr);
  if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
  const node = records.find(tree, path);
  if (node === null) return failed(ErrorCode.NONODE);
  if (!allowed(node.acl, Perms.WRITE, request.auth)) return failed(ErrorCode.NOAUTH);
  if (p.config.enforceQuota && quotaExceeded(tree, path, lengthOf(data) - node.dataLength, 0)) {
    return failed(ErrorCode.QUOTAEXCEEDED);
  }
  if (!versionMatches(op.version, node.stat.version)) return failed(ErrorCode.BADVERSION);
  const version = nextVersion(node.stat.version);
  records.setData(path, node, data, version, p.zxid, p.time);
  return { type: OpCode.setData, path, data, version };
}

/** setACL. */
export function prepareSetAcl(p: Preparation, op: SetAclRequest): SetAclTxn | ErrorTxn {
  const { tree, records, request } = p;
  const { path } = op;
  if (request.sessionErr !== ErrorCode.OK) return failed(request.sessionErr);
  if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
  const acl = fixAcl(op.acl, request.auth);
  if (acl === null) return failed(ErrorCode.INVALIDACL);
  const node = records.find(tree, path);
  if (node === null) return failed(ErrorCode.NONODE);
  if (!allowed(node.acl, Perms.ADMIN, request.auth)) return failed(ErrorCode.NOAUTH);
  if (!versionMatches(op.version, node.stat.aversion)) return failed(ErrorCode.BADVERSION);
  const version = nextVersion(node.stat.aversion);
  records.setAcl(path, node, acl, version, p.zxid);
  return { type: OpCode.setACL, path, acl, version };
}

/** check, which changes nothing; the version that Apache notes is the one after. */
export function prepareCheck(p: Preparation, op: CheckRequest): CheckTxn | ErrorTxn {
  const { request } = p;
  const { path } = op;
  if (request.sessionErr !== ErrorCode.OK) return failed(request.sessionErr);
  if (validatePath(path) !== null) return failed(ErrorCode.BADARGUMENTS);
  const node = p.records.find(p.tree, path);
  if (node === null) return failed(ErrorCode.NONODE);
  if (!allowed(node.acl, Perms.READ, request.auth)) return failed(ErrorCode.NOAUTH);
  if (!versionMatches(op.version, node.stat.version)) return failed(ErrorCode.BADVERSION);
  return { type: OpCode.check, path, version: nextVersion(node.stat.version) };
}
