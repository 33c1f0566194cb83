/** What a read is answered at a zxid (FinalRequestProcessor). */
import type { ReadOp, ReadRequest, Result } from '../../../protocol/request.ts';
import { Perms } from '../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode, type SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Model } from './model.ts';
import { type Identity, maskedAcl, mayAdminister, permission } from './model-acl.ts';
import { type ModelNode, visibleStat } from './model-node.ts';
import { below } from './model-path.ts';

/** Kept by each server for itself, without transactions (DataTree.updateQuotaStat). */
const QUOTA_STATS = 'zookeeper_stats';
const QUOTA = '/zookeeper/quota';
/** Its text is the configuration's. */
const CONFIG = '/zookeeper/config';

/** The answer at `zxid`; null where the model cannot know it, or where no tree decides about it. */
export function readAt(
  model: Model,
  zxid: Zxid,
  op: ReadOp,
  session: SessionId,
  who: Identity | null,
): Result | null {
  switch (op.type) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return nodeRead(model, zxid, op, who);
    case OpCode.multiRead: {
      const results: Result[] = [];
      for (const part of op.ops) {
        if (part.type !== OpCode.getData && part.type !== OpCode.getChildren) return null;
        const result = nodeRead(model, zxid, part, who);
        if (result === null) return null;
        results.push(result);
      }
      return { err: ErrorCode.OK, results };
    }
    case OpCode.getACL: {
      const node = model.nodeAt(op.path, zxid);
      if (node === null) return { err: ErrorCode.NONODE };
      const may = permission(node.acl, Perms.READ | Perms.ADMIN, who);
      const sees = mayAdminister(node.acl, who);
      if (may === 'denied') return { err: ErrorCode.NOAUTH };
      if (may === 'unknown' || sees === 'unknown' || ownText(op.path)) return null;
      const acl = sees === 'granted' ? node.acl : maskedAcl(node.acl);
      return { err: ErrorCode.OK, acl, stat: visibleStat(node) };
    }
    case OpCode.getAllChildrenNumber: {
      const node = model.nodeAt(op.path, zxid);
      if (node === null) return { err: ErrorCode.NONODE };
      const may = permission(node.acl, Perms.READ, who);
      if (may === 'unknown') return null;
      if (may === 'denied') return { err: ErrorCode.NOAUTH };
      return { err: ErrorCode.OK, count: descendants(model, op.path, node, zxid) };
    }
    case OpCode.getEphemerals: {
      const prefix = op.path;
      const own = model.ephemeralsAt(session, zxid);
      const all = prefix.trim() === '' || prefix === '/';
      return { err: ErrorCode.OK, ephemerals: all ? own : own.filter((path) => path.startsWith(prefix)) };
    }
    case OpCode.sync:
      return op.path === null ? { err: ErrorCode.OK } : { err: ErrorCode.OK, path: op.path };
    default:
      return null;
  }
}

function nodeRead(model: Model, zxid: Zxid, op: ReadRequest, who: Identity | null): Result | null {
  const node = model.nodeAt(op.path, zxid);
  if (node === null) {
    return op.type === OpCode.exists && op.path.includes('\u0000')
      ? { err: ErrorCode.BADARGUMENTS }
      : { err: ErrorCode.NONODE };
  }
  const may = permission(node.acl, Perms.READ, who);
  if (may === 'unknown') return null;
  if (may === 'denied') return { err: ErrorCode.NOAUTH };
  if (op.type === OpCode.getChildren) return { err: ErrorCode.OK, children: model.childrenAt(op.path, zxid) };
  if (ownText(op.path)) return null;
  const stat = visibleStat(node);
  switch (op.type) {
    case OpCode.exists:
      return { err: ErrorCode.OK, stat };
    case OpCode.getData:
      return { err: ErrorCode.OK, data: node.data, stat };
    case OpCode.getChildren2:
      return { err: ErrorCode.OK, children: model.childrenAt(op.path, zxid), stat };
  }
}

/** Nodes whose data servers write for themselves: their text and its length are nobody's operation. */
function ownText(path: string): boolean {
  return path === CONFIG || (path.startsWith(QUOTA) && path.endsWith(`/${QUOTA_STATS}`));
}

function descendants(model: Model, path: string, node: ModelNode, zxid: Zxid): number {
  let count = node.children;
  for (const name of model.childrenAt(path, zxid)) {
    const child = below(path, name);
    const there = model.nodeAt(child, zxid);
    if (there !== null && there.children > 0) count += descendants(model, child, there, zxid);
  }
  return count;
}
