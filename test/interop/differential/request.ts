// Requests as data that can be printed, pasted and shrunk, and their bytes.
import { OpCode } from '../../../protocol/txn.ts';
import { Bytes } from './bytes.ts';

/** A string of a record; `~` in it stands for the folder of the sequence's own. */
export type Text = string | null;
/** Data of a node: text, none, or so many bytes. */
export type Data = string | null | number;

export interface AclEntry {
  readonly perms: number;
  readonly scheme: Text;
  readonly id: Text;
}

/** What can stand in a multi, also what must not. */
export type Part =
  | {
      readonly op: 'create' | 'create2' | 'createContainer';
      readonly path: Text;
      readonly data: Data;
      readonly acl: readonly AclEntry[] | null;
      readonly flags: number;
    }
  | {
      readonly op: 'createTTL';
      readonly path: Text;
      readonly data: Data;
      readonly acl: readonly AclEntry[] | null;
      readonly flags: number;
      /** Decimal, since it may need all of 64 bits. */
      readonly ttl: string;
    }
  | { readonly op: 'delete' | 'check'; readonly path: Text; readonly version: number }
  | { readonly op: 'setData'; readonly path: Text; readonly data: Data; readonly version: number }
  | {
      readonly op: 'exists' | 'getData' | 'getChildren' | 'getChildren2';
      readonly path: Text;
      readonly watch: boolean;
    };

type Body =
  | Part
  | {
      readonly op: 'setACL';
      readonly path: Text;
      readonly acl: readonly AclEntry[] | null;
      readonly version: number;
    }
  | {
      readonly op: 'getACL' | 'sync' | 'getEphemerals' | 'getAllChildrenNumber' | 'deleteContainer';
      readonly path: Text;
    }
  | { readonly op: 'multi' | 'multiRead'; readonly parts: readonly Part[] }
  | {
      readonly op: 'reconfig';
      readonly joining: Text;
      readonly leaving: Text;
      readonly members: Text;
      readonly version: number;
    }
  | { readonly op: 'checkWatches' | 'removeWatches'; readonly path: Text; readonly kind: number }
  | { readonly op: 'addWatch'; readonly path: Text; readonly mode: number }
  | {
      readonly op: 'setWatches' | 'setWatches2';
      /** Transactions since the sequence began; below 0: before it. */
      readonly since: number;
      readonly data: readonly Text[] | null;
      readonly exist: readonly Text[] | null;
      readonly child: readonly Text[] | null;
      readonly persistent?: readonly Text[] | null;
      readonly recursive?: readonly Text[] | null;
    }
  | { readonly op: 'auth'; readonly scheme: Text; readonly auth: Text }
  | { readonly op: 'sasl'; readonly token: Text }
  | { readonly op: 'createSession'; readonly timeout: number }
  | { readonly op: 'ping' | 'whoAmI' | 'closeSession' }
  /** Any type, any body. */
  | { readonly op: 'raw'; readonly type: number; readonly body: string };

export type Request = Body & {
  /** Instead of the next one of the connection. */
  readonly xid?: number;
  /** Bytes left out at the end of the body. */
  readonly cut?: number;
  /** Bytes more at the end, hex. */
  readonly tail?: string;
};

export const TYPES: Readonly<Record<Exclude<Body['op'], 'raw'>, number>> = OpCode;

/** Bytes of xid and type. */
const HEADER = 8;

export function typeOf(request: Body): number {
  return request.op === 'raw' ? request.type : TYPES[request.op];
}

/** What the bytes of one sequence depend on: where its nodes are, and at which zxid it began on this side. */
export interface Ground {
  readonly folder: string;
  readonly zxid: bigint;
}

/** The frame of a request. */
export function frameOf(request: Request, xid: number, ground: Ground): Buffer {
  const { cut = 0, tail = '' } = request;
  const bytes = new Bytes().int(request.xid ?? xid).int(typeOf(request));
  writeBody(bytes, request, ground);
  const { content } = bytes;
  // The header stays whole: without it, the connection ends at once.
  const kept = content.subarray(0, Math.max(HEADER, content.length - cut));
  return new Bytes().raw(kept).raw(Buffer.from(tail, 'hex')).frame;
}

function text(value: Text, ground: Ground): Text {
  return value === null ? null : value.replace('~', ground.folder);
}

function data(value: Data): Buffer | null {
  if (value === null) return null;
  return typeof value === 'number' ? Buffer.alloc(value, 'x') : Buffer.from(value, 'utf8');
}

function writeAcl(bytes: Bytes, acl: readonly AclEntry[] | null): void {
  bytes.vector(acl, ({ perms, scheme, id }) => bytes.int(perms).string(scheme).string(id));
}

function writePart(bytes: Bytes, part: Part, ground: Ground): void {
  bytes.string(text(part.path, ground));
  switch (part.op) {
    case 'delete':
    case 'check':
      bytes.int(part.version);
      break;
    case 'setData':
      bytes.buffer(data(part.data)).int(part.version);
      break;
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      bytes.bool(part.watch);
      break;
    default:
      bytes.buffer(data(part.data));
      writeAcl(bytes, part.acl);
      bytes.int(part.flags);
      if (part.op === 'createTTL') bytes.long(BigInt(part.ttl));
  }
}

function writeBody(bytes: Bytes, request: Request, ground: Ground): void {
  const paths = (list: readonly Text[] | null): void => {
    bytes.vector(list, (path) => bytes.string(text(path, ground)));
  };
  switch (request.op) {
    case 'setACL':
      bytes.string(text(request.path, ground));
      writeAcl(bytes, request.acl);
      bytes.int(request.version);
      break;
    case 'getACL':
    case 'sync':
    case 'getEphemerals':
    case 'getAllChildrenNumber':
    case 'deleteContainer':
      bytes.string(text(request.path, ground));
      break;
    case 'multi':
    case 'multiRead':
      for (const part of request.parts) {
        bytes.int(TYPES[part.op]).bool(false).int(-1);
        writePart(bytes, part, ground);
      }
      bytes.int(-1).bool(true).int(-1);
      break;
    case 'reconfig':
      bytes.string(request.joining).string(request.leaving).string(request.members);
      bytes.long(BigInt(request.version));
      break;
    case 'checkWatches':
    case 'removeWatches':
      bytes.string(text(request.path, ground)).int(request.kind);
      break;
    case 'addWatch':
      bytes.string(text(request.path, ground)).int(request.mode);
      break;
    case 'setWatches':
    case 'setWatches2':
      bytes.long(ground.zxid + BigInt(request.since));
      paths(request.data);
      paths(request.exist);
      paths(request.child);
      if (request.op === 'setWatches') break;
      paths(request.persistent ?? []);
      paths(request.recursive ?? []);
      break;
    case 'auth':
      bytes
        .int(0)
        .string(request.scheme)
        .buffer(request.auth === null ? null : Buffer.from(request.auth));
      break;
    case 'sasl':
      bytes.buffer(request.token === null ? null : Buffer.from(request.token));
      break;
    case 'createSession':
      bytes.int(request.timeout);
      break;
    case 'ping':
    case 'whoAmI':
    case 'closeSession':
      break;
    case 'raw':
      bytes.raw(Buffer.from(request.body, 'hex'));
      break;
    default:
      writePart(bytes, request, ground);
  }
}
