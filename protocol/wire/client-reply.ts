/** Replies and watch events: ReplyHeader and body (org.apache.zookeeper.proto.ReplyHeader, WatcherEvent, MultiResponse). */
import { type WatchEvent, WatchEventType } from '../client-messages.ts';
import { type Op, type Reply, type Result, Xid } from '../request.ts';
import { ErrorCode, OpCode } from '../txn.ts';
import { readAcls, readIds, writeAcls, writeIds } from './acl.ts';
import { JuteError, type JuteReader, type JuteWriter } from './jute.ts';
import { readStat, writeStat } from './stat.ts';

/** Watcher.Event.KeeperState.SyncConnected: what servers say of the connection in every watch event. */
const SYNC_CONNECTED = 3;

/** What has to be known of a request to write or read its reply. */
export interface Asked {
  readonly type: number;
  /** Types of a multi's parts. */
  readonly parts: readonly number[];
}

const NO_PARTS: readonly number[] = [];

/** What is to be kept of a request. */
export function askedOf(op: Op): Asked {
  const parts = op.type === OpCode.multi ? op.ops.map((part) => part.type) : NO_PARTS;
  return { type: op.type, parts };
}

/**
 * ReplyHeader, and where there is no error the body of a reply to what was asked; null: nothing that a reply says more of.
 * A result that lacks what its body consists of gets none: only a client that gives two requests one number sees that.
 */
export function writeReply(writer: JuteWriter, reply: Reply, asked: Asked | null): void {
  const { cxid, zxid, result } = reply;
  // Whatever number a ping had, Apache answers it under this one.
  writer
    .int(asked?.type === OpCode.ping ? Xid.PING : cxid)
    .long(zxid)
    .int(result.err);
  if (result.err === ErrorCode.OK && asked !== null) writeBody(writer, asked, result);
}

function writeBody(writer: JuteWriter, asked: Asked, result: Result): void {
  const { path, data, stat, children, acl, ephemerals, count, ids, results } = result;
  switch (asked.type) {
    case OpCode.create:
    case OpCode.sync:
      writer.string(path ?? null);
      break;
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      if (stat === undefined) break;
      writer.string(path ?? null);
      writeStat(writer, stat);
      break;
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setACL:
      if (stat !== undefined) writeStat(writer, stat);
      break;
    case OpCode.getData:
    case OpCode.reconfig:
      if (stat === undefined) break;
      writer.buffer(data ?? null);
      writeStat(writer, stat);
      break;
    case OpCode.getACL:
      if (stat === undefined) break;
      writeAcls(writer, acl ?? []);
      writeStat(writer, stat);
      break;
    case OpCode.getChildren:
      writeNames(writer, children ?? []);
      break;
    case OpCode.getChildren2:
      if (stat === undefined) break;
      writeNames(writer, children ?? []);
      writeStat(writer, stat);
      break;
    case OpCode.getEphemerals:
      writeNames(writer, ephemerals ?? []);
      break;
    case OpCode.getAllChildrenNumber:
      writer.int(count ?? 0);
      break;
    case OpCode.whoAmI:
      writeIds(writer, ids ?? []);
      break;
    case OpCode.addWatch:
      // An ErrorResponse, also of what went well.
      writer.int(ErrorCode.OK);
      break;
    case OpCode.sasl:
      writer.buffer(data ?? null);
      break;
    case OpCode.multi:
      writeMulti(writer, results ?? [], asked.parts);
      break;
    case OpCode.multiRead:
      for (const part of results ?? []) writeReadPart(writer, part);
      writeEnd(writer);
      break;
  }
}

/** One error makes errors of all parts; those before it have the code 0 then. */
function writeMulti(writer: JuteWriter, results: readonly Result[], types: readonly number[]): void {
  const failed = results.some((part) => part.err !== ErrorCode.OK);
  results.forEach((part, i) => {
    if (failed) writeErrorPart(writer, part.err);
    else writeWritePart(writer, part, types[i] ?? OpCode.check);
  });
  writeEnd(writer);
}

function writeWritePart(writer: JuteWriter, part: Result, type: number): void {
  const { path, stat } = part;
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      // CreateResult with a Stat says that it is of a create2, whatever it was.
      if (stat === undefined) writeHeader(writer, OpCode.create).string(path ?? null);
      else writeStat(writeHeader(writer, OpCode.create2).string(path ?? null), stat);
      break;
    case OpCode.setData:
      if (stat !== undefined) writeStat(writeHeader(writer, OpCode.setData), stat);
      break;
    default:
      writeHeader(writer, type);
  }
}

function writeReadPart(writer: JuteWriter, part: Result): void {
  const { err, data, stat, children } = part;
  if (err !== ErrorCode.OK) writeErrorPart(writer, err);
  else if (children !== undefined) writeNames(writeHeader(writer, OpCode.getChildren), children);
  else if (stat !== undefined) {
    writeStat(writeHeader(writer, OpCode.getData).buffer(data ?? null), stat);
  }
}

/** MultiHeader. */
function writeHeader(writer: JuteWriter, type: number, err: number = ErrorCode.OK): JuteWriter {
  return writer.int(type).bool(false).int(err);
}

function writeErrorPart(writer: JuteWriter, err: number): void {
  writeHeader(writer, OpCode.error, err).int(err);
}

function writeEnd(writer: JuteWriter): void {
  writer.int(-1).bool(true).int(-1);
}

function writeNames(writer: JuteWriter, names: readonly string[]): void {
  writer.vector(names, (w, name) => w.string(name));
}

/** @throws JuteError */
export function writeWatchEvent(writer: JuteWriter, event: WatchEvent): void {
  writer.int(Xid.NOTIFICATION).long(event.zxid).int(ErrorCode.OK);
  writer.int(event.type).int(SYNC_CONNECTED).string(event.path);
}

/** What a reply is to; null: nothing known, or nothing whose reply has a body. */
export type Lookup = (cxid: number) => Asked | null;

/**
 * A reply, or a watch event by its xid. Of a reply to nothing known only the header is read.
 *
 * @throws JuteError
 */
export function readReply(reader: JuteReader, lookup: Lookup): Reply | WatchEvent {
  const cxid = reader.int();
  const zxid = reader.long();
  const err = reader.int();
  if (cxid === Xid.NOTIFICATION) {
    const type = reader.int();
    if (!isEventType(type)) throw new JuteError(`watch event type ${type} is unknown`);
    reader.int();
    return { kind: 'watchEvent', zxid, type, path: reader.text() };
  }
  const asked = lookup(cxid);
  if (err !== ErrorCode.OK || asked === null) return { kind: 'reply', cxid, zxid, result: { err } };
  return { kind: 'reply', cxid, zxid, result: readBody(reader, asked.type) };
}

function isEventType(type: number): type is WatchEventType {
  return type === WatchEventType.None || (type >= 1 && type <= WatchEventType.PersistentWatchRemoved);
}

function readBody(reader: JuteReader, type: number): Result {
  const err = ErrorCode.OK;
  switch (type) {
    case OpCode.create:
    case OpCode.sync:
      return { err, path: reader.text() };
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return { err, path: reader.text(), stat: readStat(reader) };
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setACL:
      return { err, stat: readStat(reader) };
    case OpCode.getData:
    case OpCode.reconfig:
      return { err, data: reader.buffer(), stat: readStat(reader) };
    case OpCode.getACL:
      return { err, acl: readAcls(reader), stat: readStat(reader) };
    case OpCode.getChildren:
      return { err, children: readNames(reader) };
    case OpCode.getChildren2:
      return { err, children: readNames(reader), stat: readStat(reader) };
    case OpCode.getEphemerals:
      return { err, ephemerals: readNames(reader) };
    case OpCode.getAllChildrenNumber:
      return { err, count: reader.int() };
    case OpCode.whoAmI:
      return { err, ids: readIds(reader) };
    case OpCode.addWatch:
      return { err: reader.int() };
    case OpCode.sasl:
      return { err, data: reader.buffer() };
    case OpCode.multi:
    case OpCode.multiRead:
      return { err, results: readParts(reader) };
    default:
      return { err };
  }
}

function readParts(reader: JuteReader): Result[] {
  const results: Result[] = [];
  for (;;) {
    const type = reader.int();
    const done = reader.bool();
    reader.int();
    if (done) return results;
    results.push(readPart(reader, type));
  }
}

function readPart(reader: JuteReader, type: number): Result {
  switch (type) {
    case OpCode.error:
      return { err: reader.int() };
    case OpCode.create:
    case OpCode.create2:
    case OpCode.setData:
    case OpCode.delete:
    case OpCode.check:
    case OpCode.getData:
    case OpCode.getChildren:
      return readBody(reader, type);
    default:
      throw new JuteError(`no result of a multi is of type ${type}`);
  }
}

function readNames(reader: JuteReader): string[] {
  return reader.vector((r) => r.text()) ?? [];
}
