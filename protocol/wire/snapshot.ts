/** Snapshot files as Apache writes them (persistence.FileSnap, SnapStream, server.DataTree.serialize). */
import type { SnapChunk, SnapEnd, SnapHeader } from '../snapshot.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../tree/acl.ts';
import type { Zxid } from '../zxid.ts';
import { readAcls } from './acl.ts';
import { adler32 } from './adler32.ts';
import { JuteError, JuteReader, JuteWriter } from './jute.ts';
import { END, OPEN_ACL_KEY, SnapshotBody } from './snapshot-body.ts';
import { readStatPersisted } from './stat.ts';
import { DIGEST_VERSION, NO_DIGEST } from './txn.ts';

/** "ZKSN" (FileSnap.SNAP_MAGIC). */
export const SNAP_MAGIC = 0x5a4b_534e;
const FILE_VERSION = 2;
const SNAP_DBID = -1;

/** A snapshot file of all its chunks. @throws JuteError unless the chunks are one header, nodes and one end */
export function encodeSnapshot(chunks: readonly SnapChunk[]): Uint8Array {
  const encoder = new SnapshotEncoder();
  for (const chunk of chunks) encoder.add(chunk);
  const parts = [...encoder.parts()];
  const writer = new JuteWriter(parts.reduce((size, part) => size + part.length, 0));
  for (const part of parts) writer.raw(part);
  return writer.finish();
}

/**
 * Makes a snapshot file of chunks as they come. The header's zxid is not in it: as in Apache it is the file's name.
 */
export class SnapshotEncoder {
  private readonly body = new SnapshotBody();
  private end: SnapEnd | null = null;

  /** The end was added: the file is complete. */
  get ended(): boolean {
    return this.end !== null;
  }

  /** @throws JuteError where the chunk does not belong here */
  add(chunk: SnapChunk): void {
    if (this.end !== null) throw new JuteError(`a ${chunk.kind} behind the end of a snapshot`);
    if (chunk.kind === 'snapEnd') this.end = chunk;
    else this.body.add(chunk);
  }

  /** The file's bytes, in order; each part is summed when it is asked for. @throws JuteError where chunks are missing */
  *parts(): Generator<Uint8Array, void, undefined> {
    const { end, body } = this;
    const first = new JuteWriter(4096);
    first.int(SNAP_MAGIC).int(FILE_VERSION).long(SNAP_DBID);
    body.writeLists(first);
    if (end === null) throw new JuteError('a snapshot ends with its seal');
    let sum = adler32(first.written());
    yield first.finish();
    for (const part of body.full) {
      sum = adler32(part, sum);
      yield part;
    }
    const last = new JuteWriter(body.rest.length + 128);
    last.raw(body.rest).string(END);
    const sealed = writeSeal(last, 0, sum);
    const digestAt = last.length;
    last.long(end.zxid).int(DIGEST_VERSION).long(end.digest);
    const digestSealed = writeSeal(last, digestAt, sealed);
    const zxidAt = last.length;
    last.long(end.zxid);
    writeSeal(last, zxidAt, digestSealed);
    yield last.finish();
  }
}

/** Whether a file ends as a sealed snapshot does; its last bytes are enough (SnapStream.isValidSnapshot). */
export function isSealed(tail: Uint8Array): boolean {
  const at = tail.length - 5;
  if (at < 0) return false;
  const seal = new JuteWriter(5).string(END).finish();
  return seal.every((byte, i) => tail[at + i] === byte);
}

/**
 * Reads a whole snapshot file.
 *
 * @param zxid the zxid in the file's name, which becomes the header's
 * @throws JuteError when it is truncated, a seal does not match, or anything else is wrong with it
 */
export function decodeSnapshot(bytes: Uint8Array, zxid: Zxid): SnapChunk[] {
  const reader = new JuteReader(bytes);
  const magic = reader.int();
  if (magic !== SNAP_MAGIC) throw new JuteError(`no snapshot file: it begins with ${magic}`);
  const version = reader.int();
  if (version !== FILE_VERSION) throw new JuteError(`snapshot file version ${version} is unknown`);
  if (reader.long() !== SNAP_DBID) throw new JuteError('the snapshot file names another database');
  const sessions = reader.vector((r) => ({ id: r.hex16(), timeout: r.int() })) ?? [];
  const header: SnapHeader = { kind: 'snapHeader', zxid, sessions };
  const chunks: SnapChunk[] = [header];

  const acls = new Map<number, readonly Acl[]>([[OPEN_ACL_KEY, OPEN_ACL_UNSAFE]]);
  reader.vector((r) => acls.set(r.long(), readAcls(r)));
  for (let path = reader.text(); path !== END; path = reader.text()) {
    const data = reader.buffer();
    const key = reader.long();
    const acl = acls.get(key);
    if (acl === undefined) throw new JuteError(`node '${path}' has the unknown ACL ${key}`);
    chunks.push({ kind: 'snapNode', path, data, acl, stat: readStatPersisted(reader) });
  }

  const sealed = readSeal(bytes, reader, 0, 1);
  chunks.push(readEnd(bytes, reader, sealed, zxid));
  return chunks;
}

/** What 3.6 put behind the nodes' seal, and 3.9 behind that. */
function readEnd(bytes: Uint8Array, reader: JuteReader, sealed: number, zxid: Zxid): SnapEnd {
  if (reader.remaining === 0) return { kind: 'snapEnd', zxid, digest: NO_DIGEST };
  const digestAt = reader.offset;
  const digestZxid = reader.long();
  const known = reader.int() === DIGEST_VERSION;
  const digest = reader.long();
  const digestSealed = readSeal(bytes, reader, digestAt, sealed);
  let last = digestZxid;
  if (reader.remaining > 0) {
    const zxidAt = reader.offset;
    // Apache's may be later than the digest's, because the tree goes on changing in between.
    last = Math.max(last, reader.long());
    readSeal(bytes, reader, zxidAt, digestSealed);
    reader.expectEnd();
  }
  return { kind: 'snapEnd', zxid: last, digest: known ? digest : NO_DIGEST };
}

/** Seals everything written from `from` on; `before` is the checksum up to there. Returns that up to the seal's end. */
function writeSeal(writer: JuteWriter, from: number, before: number): number {
  const at = writer.length;
  const checksum = adler32(writer.written(), before, from, at);
  writer.long(checksum).string(END);
  return adler32(writer.written(), checksum, at);
}

function readSeal(bytes: Uint8Array, reader: JuteReader, from: number, before: number): number {
  const at = reader.offset;
  const checksum = adler32(bytes, before, from, at);
  if (reader.long() !== checksum) throw new JuteError(`the seal at ${at} does not match`);
  if (reader.text() !== END) throw new JuteError(`the seal at ${at} is not closed`);
  return adler32(bytes, checksum, at, reader.offset);
}
