import type { CreateSessionRequest } from '../request.ts';
import { parentOf } from '../tree/path.ts';
import { type CloseSessionTxn, type CreateSessionTxn, OpCode } from '../txn.ts';
import type { Preparation } from './preparation.ts';

/** createSession: changes no node. */
export function prepareCreateSession(op: CreateSessionRequest): CreateSessionTxn {
  return { type: OpCode.createSession, timeout: op.timeout };
}

/** closeSession: whatever the session will then have created and nobody deleted goes with it. */
export function prepareCloseSession(p: Preparation): CloseSessionTxn {
  const { tree, records, zxid } = p;
  const paths = p.rules.deletesEphemerals ? records.ephemeralsOf(tree, p.request.session) : [];
  for (const path of paths) {
    const node = records.find(tree, path);
    const parentPath = parentOf(path);
    const parent = records.find(tree, parentPath);
    if (node === null || parent === null) continue;
    records.childDeleted(parentPath, parent, zxid);
    records.delete(path, node, zxid);
  }
  return { type: OpCode.closeSession, paths };
}
