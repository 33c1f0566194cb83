/** Bodies of requests, by type (org.apache.zookeeper.proto): of clients, and as learners hand them on to their leader. */
import type { CreateRequest, MultiOp, Op, ReadRequest } from '../request.ts';
import type { Acl } from '../tree/acl.ts';
import { OpCode } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import { writeAcls } from './acl.ts';
import { JuteError, type JuteReader, type JuteWriter } from './jute.ts';

/** ReconfigRequest.curConfigId that fits any configuration. */
const ANY_VERSION = -1;

/** The type that a header gives an operation. */
export function wireTypeOf(op: Op): number {
  return op.type === OpCode.error || op.type === OpCode.notification ? (op.code ?? op.type) : op.type;
}

/** What follows a header. */
export function writeOperation(writer: JuteWriter, op: Op): void {
  switch (op.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.check:
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      writePart(writer, op);
      break;
    case OpCode.setACL:
      writer.string(op.path);
      writeAcls(writer, op.acl);
      writer.int(op.version);
      break;
    case OpCode.multi:
    case OpCode.multiRead:
      for (const part of op.ops) {
        writer.int(part.type).bool(false).int(-1);
        writePart(writer, part);
      }
      writer.int(-1).bool(true).int(-1);
      break;
    case OpCode.reconfig:
      writer
        .string(op.joining ?? null)
        .string(op.leaving ?? null)
        .string(op.members ?? null);
      writer.long(op.version ?? ANY_VERSION);
      break;
    case OpCode.deleteContainer:
    case OpCode.getACL:
    case OpCode.getEphemerals:
    case OpCode.getAllChildrenNumber:
    case OpCode.sync:
      writer.string(op.path);
      break;
    case OpCode.addWatch:
      writer.string(op.path).int(op.mode);
      break;
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      writer.string(op.path).int(op.watcher);
      break;
    case OpCode.setWatches:
    case OpCode.setWatches2:
      writer.long(op.relativeZxid);
      writePaths(writer, op.data);
      writePaths(writer, op.exist);
      writePaths(writer, op.child);
      if (op.type === OpCode.setWatches) break;
      writePaths(writer, op.persistent);
      writePaths(writer, op.recursive);
      break;
    case OpCode.auth:
      writer.int(0).string(op.scheme).buffer(op.auth);
      break;
    case OpCode.createSession:
      writer.int(op.timeout);
      break;
    case OpCode.sasl:
      writer.buffer(op.token ?? null);
      break;
    case OpCode.closeSession:
    case OpCode.ping:
    case OpCode.whoAmI:
    case OpCode.notification:
      break;
    case OpCode.error:
      writer.raw(op.body);
      break;
  }
}

/** A request that stands by itself or within a multi. */
function writePart(writer: JuteWriter, op: MultiOp | ReadRequest): void {
  switch (op.type) {
    case OpCode.delete:
    case OpCode.check:
      writer.string(op.path).int(op.version);
      break;
    case OpCode.setData:
      writer.string(op.path).buffer(op.data).int(op.version);
      break;
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      writer.string(op.path).bool(op.watch);
      break;
    default:
      writer.string(op.path).buffer(op.data);
      writeAcls(writer, op.acl);
      writer.int(op.flags);
      if (op.type === OpCode.createTTL) writer.long(op.ttl ?? 0);
  }
}

function writePaths(writer: JuteWriter, paths: readonly string[]): void {
  writer.vector(paths, (w, path) => w.string(path));
}

/**
 * The operation of this type that takes up the rest of the bytes; null: there is no such type. A body that is not the
 * type's makes a MalformedRequest; bytes behind the body are passed over, as by Apache.
 *
 * @throws JuteError for no body of auth or sasl
 */
export function readOperation(reader: JuteReader, type: number): Op | null {
  const from = reader.offset;
  try {
    return readBody(reader, type);
  } catch (error) {
    if (!(error instanceof JuteError) || type === OpCode.auth || type === OpCode.sasl) throw error;
    reader.offset = from;
    return { type: OpCode.error, code: type, body: reader.rest() };
  }
}

function readBody(reader: JuteReader, type: number): Op | null {
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.check:
      return readWritePart(reader, type);
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return readReadPart(reader, type);
    case OpCode.setACL:
      // A null path is refused later, as one that is no path.
      return { type, path: reader.string() ?? '', acl: readAnyAcls(reader), version: reader.int() };
    case OpCode.multi:
      return { type, ops: readParts(reader, readWritePart) };
    case OpCode.multiRead:
      return { type, ops: readParts(reader, readReadPart) };
    case OpCode.reconfig:
      return readReconfig(reader);
    case OpCode.deleteContainer:
    case OpCode.getACL:
    case OpCode.getAllChildrenNumber:
      return { type, path: reader.text() };
    case OpCode.getEphemerals:
      // A null is no prefix.
      return { type, path: reader.string() ?? '' };
    case OpCode.sync:
      return { type, path: reader.string() };
    case OpCode.addWatch:
      // As in Apache, a null is watched: nothing ever happens to it.
      return { type, path: reader.string() ?? '', mode: reader.int() };
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      return { type, path: reader.text(), watcher: reader.int() };
    case OpCode.setWatches:
    case OpCode.setWatches2: {
      const relativeZxid = reader.nearestLong();
      const lists = { data: readPaths(reader), exist: readPaths(reader), child: readPaths(reader) };
      if (type === OpCode.setWatches) return { type, relativeZxid, ...lists, persistent: [], recursive: [] };
      return { type, relativeZxid, ...lists, persistent: readPaths(reader), recursive: readPaths(reader) };
    }
    case OpCode.auth: {
      reader.int();
      const scheme = reader.string();
      const auth = reader.buffer();
      const nothing = new Uint8Array(0);
      // Nobody looks at what comes with an address. Otherwise a null authenticates nobody; nor does the scheme without a name.
      if (scheme === 'ip') return { type, scheme, auth: auth ?? nothing };
      return scheme === null || auth === null ? { type, scheme: '', auth: nothing } : { type, scheme, auth };
    }
    case OpCode.createSession:
      return { type, timeout: reader.int() };
    case OpCode.sasl: {
      const token = reader.buffer();
      return token === null ? { type } : { type, token };
    }
    case OpCode.closeSession:
    case OpCode.ping:
    case OpCode.whoAmI:
    case OpCode.notification:
      return { type };
    default:
      return null;
  }
}

function readWritePart(reader: JuteReader, type: number): MultiOp {
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
      return readCreate(reader, type);
    case OpCode.createTTL:
      return { ...readCreate(reader, type), ttl: reader.nearestLong() };
    case OpCode.delete:
    case OpCode.check:
      return { type, path: reader.text(), version: reader.int() };
    case OpCode.setData:
      // A null path is refused later, as one that is no path.
      return { type, path: reader.string() ?? '', data: reader.buffer(), version: reader.int() };
    default:
      throw new JuteError(`no part of a multi is of type ${type}`);
  }
}

function readCreate(reader: JuteReader, type: CreateRequest['type']): CreateRequest {
  return { type, path: reader.text(), data: reader.buffer(), acl: readAnyAcls(reader), flags: reader.int() };
}

/** Schemes whose ids Apache looks at: a null among them ends in a NullPointerException, the request as malformed. */
const READ_SCHEMES: readonly string[] = ['world', 'digest', 'ip'];

/** As clients send them: a null scheme is one that does not exist, and refused later; `auth` needs no id. */
function readAnyAcls(reader: JuteReader): Acl[] {
  return (
    reader.vector((r) => {
      const perms = r.int();
      const scheme = r.string() ?? '';
      const id = READ_SCHEMES.includes(scheme) ? r.text() : (r.string() ?? '');
      return { perms, scheme, id };
    }) ?? []
  );
}

/** In a multiRead Apache knows but getData and getChildren; the service refuses the other two. */
function readReadPart(reader: JuteReader, type: number): ReadRequest {
  switch (type) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return { type, path: reader.text(), watch: reader.bool() };
    default:
      throw new JuteError(`no part of a multiRead is of type ${type}`);
  }
}

/** MultiHeader and part, until a header says that it is done (MultiOperationRecord). */
function readParts<T>(reader: JuteReader, read: (reader: JuteReader, type: number) => T): T[] {
  const parts: T[] = [];
  for (;;) {
    const type = reader.int();
    const done = reader.bool();
    reader.int();
    if (done) return parts;
    parts.push(read(reader, type));
  }
}

function readPaths(reader: JuteReader): string[] {
  const paths = reader.vector((r) => r.text());
  if (paths === null) throw new JuteError('a list of paths is null');
  return paths;
}

function readReconfig(reader: JuteReader): Op {
  const joining = reader.string();
  const leaving = reader.string();
  const members = reader.string();
  const version: Zxid = reader.nearestLong();
  return {
    type: OpCode.reconfig,
    ...(joining === null ? {} : { joining }),
    ...(leaving === null ? {} : { leaving }),
    ...(members === null ? {} : { members }),
    ...(version === ANY_VERSION ? {} : { version }),
  };
}
