/** An operation of a client as data: a step of a script, or what somebody lets a client do. */
import { type CreateOptions, createRequest, toBytes } from '../protocol/client/index.ts';
import { type ClientOp, CreateFlag, type MultiOp } from '../protocol/request.ts';
import type { Acl } from '../protocol/tree/acl.ts';
import { OpCode } from '../protocol/txn.ts';
import { arrayOf, field, flag, numberIn, object, oneOf, optional, text } from './shape.ts';
import { SpecError } from './spec-error.ts';

const MODES: Readonly<Record<string, number>> = {
  persistent: CreateFlag.PERSISTENT,
  ephemeral: CreateFlag.EPHEMERAL,
  'persistent-sequential': CreateFlag.PERSISTENT_SEQUENTIAL,
  'ephemeral-sequential': CreateFlag.EPHEMERAL_SEQUENTIAL,
  container: CreateFlag.CONTAINER,
  ttl: CreateFlag.PERSISTENT_WITH_TTL,
};

const PART_OPS = ['create', 'set', 'delete', 'check'];
const OPS = [
  ...['create', 'set', 'delete', 'get', 'exists', 'children', 'sync', 'setAcl', 'getAcl', 'multi', 'close'],
];

/** A part of a multi (`create`, `set`, `delete`, `check`). */
export interface OperationPart {
  readonly op: string;
  readonly path?: string;
  /** Sent as UTF-8; absent: null. */
  readonly data?: string;
  /** Expected version; default −1, any. */
  readonly version?: number;
  /** Of create: one of {@link MODES}; default `persistent`. */
  readonly mode?: string;
  /** Of mode `ttl`, ms. */
  readonly ttl?: number;
  /** Of create and setAcl; default: everything to everyone. */
  readonly acl?: readonly Acl[];
}

/** One operation. */
export interface Operation extends OperationPart {
  /** Of get, exists, children: leaves a watch. */
  readonly watch?: boolean;
  /** Of multi. */
  readonly ops?: readonly OperationPart[];
}

const PART_MEMBERS = {
  path: optional(text),
  data: optional(text),
  version: optional(numberIn(-1, 0x7fff_ffff, true)),
  mode: optional(oneOf(Object.keys(MODES))),
  ttl: optional(numberIn(1, 1e12, true)),
  acl: optional(
    arrayOf(object({ perms: field(numberIn(0, 31, true)), scheme: field(text), id: field(text) })),
  ),
};

/** The members of an operation, for a shape. */
export const OPERATION_MEMBERS = {
  ...PART_MEMBERS,
  op: field(oneOf(OPS)),
  watch: optional(flag),
  ops: optional(arrayOf(object({ ...PART_MEMBERS, op: field(oneOf(PART_OPS)) }))),
};

/** What an operation's data come to; absent data are null. */
function bytes(step: OperationPart): Uint8Array | null {
  return step.data === undefined ? null : toBytes(step.data);
}

function creation(step: OperationPart, path: string): MultiOp {
  const options: CreateOptions = {
    mode: MODES[step.mode ?? 'persistent']!,
    ...(step.acl === undefined ? {} : { acl: step.acl }),
    ...(step.ttl === undefined ? {} : { ttl: step.ttl }),
  };
  return createRequest(path, bytes(step), options, false);
}

function part(step: OperationPart): MultiOp {
  const path = step.path!;
  const version = step.version ?? -1;
  switch (step.op) {
    case 'create':
      return creation(step, path);
    case 'set':
      return { type: OpCode.setData, path, data: bytes(step), version };
    case 'delete':
      return { type: OpCode.delete, path, version };
    default:
      return { type: OpCode.check, path, version };
  }
}

/** What a client asks for. */
export function requestOf(step: Operation): ClientOp {
  const path = step.path ?? '/';
  const watch = step.watch ?? false;
  switch (step.op) {
    case 'get':
      return { type: OpCode.getData, path, watch };
    case 'exists':
      return { type: OpCode.exists, path, watch };
    case 'children':
      return { type: OpCode.getChildren, path, watch };
    case 'sync':
      return { type: OpCode.sync, path };
    case 'setAcl':
      return { type: OpCode.setACL, path, acl: step.acl ?? [], version: step.version ?? -1 };
    case 'getAcl':
      return { type: OpCode.getACL, path };
    case 'multi':
      return { type: OpCode.multi, ops: (step.ops ?? []).map(part) };
    case 'close':
      return { type: OpCode.closeSession };
    default:
      return part(step);
  }
}

/** What the shapes of single members cannot say. @throws SpecError with the path of what is missing */
export function checkPaths(operation: Operation, at: string): void {
  if (operation.op === 'close') return;
  if (operation.op === 'multi')
    operation.ops?.forEach((one, i) => {
      checkPaths(one, `${at}.ops[${i}]`);
    });
  else if (operation.path === undefined) throw new SpecError(`${at}.path`, 'is missing', 'it must be given');
}
