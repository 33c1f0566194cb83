/** Snapshot files as Apache writes them (persistence.FileSnap, SnapStream, server.DataTree.serialize). */
import type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from '../snapshot.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../tree/acl.ts';
import type { Zxid } from '../zxid.ts';
import { readAcls, writeAcls } from './acl.ts';
import { adler32 } from './adler32.ts';
import { JuteError, JuteReader, JuteWriter } from './jute.ts';
import { readStatPersisted, writeStatPersisted } from './stat.ts';
import { DIGEST_VERSION } from './txn.ts';

/** "ZKSN" (FileSnap.SNAP_MAGIC). */
export const SNAP_MAGIC = 0x5a4b_534e;
const FILE_VERSION = 2;
const SNAP_DBID = -1;
/** What ends the nodes and every seal; no node has this path, because the root's is empty. */
const END = '/';
/** ReferenceCountedACLCache.OPEN_UNSAFE_ACL_ID, which no file lists. */
const OPEN_ACL_KEY = -1;

/**
 * A snapshot file. The header's zxid is not in it: as in Apache it is the file's name.
 *
 * @throws JuteError unless the chunks are one header, nodes and one end
 */
export function encodeSnapshot(chunks: readonly SnapChunk[]): Uint8Array {
  const header = chunks[0];
  const end = chunks[chunks.length - 1];
  if (header?.kind !== 'snapHeader') throw new JuteError('a snapshot begins with its header');
  if (end?.kind !== 'snapEnd') throw new JuteError('a snapshot ends with its seal');
  const nodes: SnapNode[] = [];
  for (let i = 1; i < chunks.length - 1; i++) {
    const chunk = chunks[i] as SnapChunk;
    if (chunk.kind !== 'snapNode') throw new JuteError(`chunk ${i} of a snapshot is a ${chunk.kind}`);
    nodes.push(chunk);
  }

  const writer = new JuteWriter(4096);
  writer.int(SNAP_MAGIC).int(FILE_VERSION).long(SNAP_DBID);
  writer.vector(header.sessions, (w, session) => w.hex16(session.id).int(session.timeout));
  const keys = new Map<string, number>([[aclText(OPEN_ACL_UNSAFE), OPEN_ACL_KEY]]);
  const nodeKeys = writeAclCache(writer, nodes, keys);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as SnapNode;
    if (node.path === END) throw new JuteError("the root's path is empty in a snapshot");
    writer
      .string(node.path)
      .buffer(node.data)
      .long(nodeKeys[i] as number);
    writeStatPersisted(writer, node.stat);
  }
  writer.string(END);
  const sealed = writeSeal(writer, 0, 1);
  const digestAt = writer.length;
  writer.long(end.zxid).int(DIGEST_VERSION).long(end.digest);
  const digestSealed = writeSeal(writer, digestAt, sealed);
  const zxidAt = writer.length;
  writer.long(end.zxid);
  writeSeal(writer, zxidAt, digestSealed);
  return writer.finish();
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
  const digestAt = reader.offset;
  const digestZxid = reader.long();
  const digestVersion = reader.int();
  if (digestVersion !== DIGEST_VERSION) throw new JuteError(`digest version ${digestVersion} is unknown`);
  const end: SnapEnd = { kind: 'snapEnd', zxid: digestZxid, digest: reader.long() };
  const digestSealed = readSeal(bytes, reader, digestAt, sealed);
  const zxidAt = reader.offset;
  // lastProcessedZxid: Apache's may be later than the digest's, because the tree goes on changing in between.
  reader.long();
  readSeal(bytes, reader, zxidAt, digestSealed);
  reader.expectEnd();
  chunks.push(end);
  return chunks;
}

/** Lists each different ACL under a key, in order of appearance, and says which key each node has. */
function writeAclCache(writer: JuteWriter, nodes: readonly SnapNode[], keys: Map<string, number>): number[] {
  const lists: (readonly Acl[])[] = [];
  const nodeKeys = nodes.map((node) => {
    const text = aclText(node.acl);
    let key = keys.get(text);
    if (key === undefined) {
      key = lists.push(node.acl);
      keys.set(text, key);
    }
    return key;
  });
  writer.int(lists.length);
  lists.forEach((acl, i) => {
    writer.long(i + 1);
    writeAcls(writer, acl);
  });
  return nodeKeys;
}

function aclText(acl: readonly Acl[]): string {
  return JSON.stringify(acl.map((entry) => [entry.perms, entry.scheme, entry.id]));
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
