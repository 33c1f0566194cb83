/** How long a request's frame is, for the limit that a server puts on it (RequestHeader and body, without the length itself). */
import type { ClientOp, MultiOp } from '../request.ts';
import { OpCode } from '../txn.ts';
import { aclsSize } from './acl.ts';
import { bufferSize, stringSize } from './jute.ts';

const HEADER = 8;
const INT = 4;
const LONG = 8;
const BOOL = 1;
const MULTI_HEADER = 9;

/** Bytes. */
export function requestSize(op: ClientOp): number {
  return HEADER + bodySize(op);
}

function bodySize(op: ClientOp): number {
  switch (op.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.check:
      return partSize(op);
    case OpCode.setACL:
      return stringSize(op.path) + aclsSize(op.acl) + INT;
    case OpCode.multi: {
      let size = MULTI_HEADER;
      for (const part of op.ops) size += MULTI_HEADER + partSize(part);
      return size;
    }
    case OpCode.multiRead: {
      let size = MULTI_HEADER;
      for (const part of op.ops) size += MULTI_HEADER + stringSize(part.path) + BOOL;
      return size;
    }
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return stringSize(op.path) + BOOL;
    case OpCode.getACL:
    case OpCode.getEphemerals:
    case OpCode.getAllChildrenNumber:
      return stringSize(op.path);
    case OpCode.sync:
      return op.path === null ? INT : stringSize(op.path);
    case OpCode.addWatch:
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      return stringSize(op.path) + INT;
    case OpCode.setWatches:
      return LONG + pathsSize(op.data) + pathsSize(op.exist) + pathsSize(op.child);
    case OpCode.setWatches2:
      return (
        LONG +
        [op.data, op.exist, op.child, op.persistent, op.recursive].reduce(
          (sum, paths) => sum + pathsSize(paths),
          0,
        )
      );
    case OpCode.auth:
      return INT + stringSize(op.scheme) + bufferSize(op.auth);
    case OpCode.sasl:
      return bufferSize(op.token ?? null);
    case OpCode.error:
      return op.body.length;
    case OpCode.deleteContainer:
      return stringSize(op.path);
    case OpCode.reconfig:
      return LONG + textSize(op.joining) + textSize(op.leaving) + textSize(op.members);
    default:
      return 0;
  }
}

function partSize(op: MultiOp): number {
  switch (op.type) {
    case OpCode.delete:
    case OpCode.check:
      return stringSize(op.path) + INT;
    case OpCode.setData:
      return stringSize(op.path) + bufferSize(op.data) + INT;
    default:
      return (
        stringSize(op.path) +
        bufferSize(op.data) +
        aclsSize(op.acl) +
        INT +
        (op.type === OpCode.createTTL ? LONG : 0)
      );
  }
}

function pathsSize(paths: readonly string[]): number {
  let size = INT;
  for (const path of paths) size += stringSize(path);
  return size;
}

function textSize(text: string | undefined): number {
  return text === undefined ? INT : stringSize(text);
}
