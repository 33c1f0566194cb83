/** How long a reply's frame is (ReplyHeader and body, without the length itself): what `client-reply.ts` writes, without writing it. */
import type { Result } from '../request.ts';
import { ErrorCode, OpCode } from '../txn.ts';
import { aclsSize, idsSize } from './acl.ts';
import { bufferSize, stringSize } from './jute.ts';

const HEADER = 16;
const INT = 4;
const STAT = 68;
const MULTI_HEADER = 9;

/** Bytes of a reply to an operation of this type; of a multi `parts` are the types of its operations. */
export function replySize(type: number, result: Result, parts: readonly { readonly type: number }[]): number {
  return result.err === ErrorCode.OK ? HEADER + bodySize(type, result, parts) : HEADER;
}

/** Bytes of a watch event. */
export function watchEventSize(path: string): number {
  return HEADER + 2 * INT + stringSize(path);
}

function bodySize(type: number, result: Result, parts: readonly { readonly type: number }[]): number {
  const { path, data, children, acl, ephemerals, ids, results } = result;
  switch (type) {
    case OpCode.create:
    case OpCode.sync:
      return textSize(path);
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return textSize(path) + STAT;
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setACL:
      return STAT;
    case OpCode.getData:
    case OpCode.reconfig:
      return bufferSize(data ?? null) + STAT;
    case OpCode.getACL:
      return aclsSize(acl ?? []) + STAT;
    case OpCode.getChildren:
      return namesSize(children);
    case OpCode.getChildren2:
      return namesSize(children) + STAT;
    case OpCode.getEphemerals:
      return namesSize(ephemerals);
    case OpCode.getAllChildrenNumber:
    case OpCode.addWatch:
      return INT;
    case OpCode.sasl:
      return bufferSize(data ?? null);
    case OpCode.whoAmI:
      return idsSize(ids ?? []);
    case OpCode.multi:
      return multiSize(results ?? [], parts);
    case OpCode.multiRead:
      return (results ?? []).reduce((size, part) => size + MULTI_HEADER + readPartSize(part), MULTI_HEADER);
    default:
      return 0;
  }
}

function multiSize(results: readonly Result[], parts: readonly { readonly type: number }[]): number {
  const failed = results.some((part) => part.err !== ErrorCode.OK);
  let size = MULTI_HEADER;
  results.forEach((part, i) => {
    const type = parts[i]?.type ?? OpCode.check;
    const written = type !== OpCode.delete && type !== OpCode.check;
    size += MULTI_HEADER + (failed ? INT : written ? bodySize(type, part, []) : 0);
  });
  return size;
}

function readPartSize(part: Result): number {
  if (part.err !== ErrorCode.OK) return INT;
  return part.children === undefined ? bufferSize(part.data ?? null) + STAT : namesSize(part.children);
}

function textSize(text: string | undefined): number {
  return text === undefined ? INT : stringSize(text);
}

function namesSize(names: readonly string[] | undefined): number {
  let size = INT;
  for (const name of names ?? []) size += stringSize(name);
  return size;
}
