/** What follows a SNAP packet: the tree, node by node (server.util.SerializeUtils, server.DataTree.serialize). */
import type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from '../snapshot.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../tree/acl.ts';
import type { Zxid } from '../zxid.ts';
import { readAcls, writeAcls } from './acl.ts';
import { JuteError, type JuteReader, type JuteWriter } from './jute.ts';
import { aclText, END, OPEN_ACL_KEY, SnapshotBody } from './snapshot-body.ts';
import { readStatPersisted, writeStatPersisted } from './stat.ts';
import { NO_DIGEST } from './txn.ts';

const SIGNATURE = 'BenWasHere';

/** Writes the chunks of one snapshot. */
export interface SnapWriter {
  write(writer: JuteWriter, chunk: SnapChunk): void;
}

/** Writes nothing before the last chunk and then everything, as Apache reads it: with the ACLs of all nodes first. */
export class WholeSnapWriter implements SnapWriter {
  private readonly body = new SnapshotBody();

  write(writer: JuteWriter, chunk: SnapChunk): void {
    if (chunk.kind !== 'snapEnd') {
      this.body.add(chunk);
      return;
    }
    this.body.writeLists(writer);
    for (const part of this.body.full) writer.raw(part);
    writer.raw(this.body.rest).string(END).string(SIGNATURE);
  }
}

/**
 * Writes each chunk as it comes. Apache lists the ACLs of the whole tree before the first node; here the list is empty, and
 * each ACL follows the first key that stands for it.
 */
export class ChunkedSnapWriter implements SnapWriter {
  private readonly keys: Map<string, number> = new Map([[aclText(OPEN_ACL_UNSAFE), OPEN_ACL_KEY]]);

  write(writer: JuteWriter, chunk: SnapChunk): void {
    switch (chunk.kind) {
      case 'snapHeader':
        writer.vector(chunk.sessions, (w, session) => w.hex16(session.id).int(session.timeout));
        writer.int(0);
        break;
      case 'snapNode':
        this.writeNode(writer, chunk);
        break;
      case 'snapEnd':
        // Where the walk ended, and the digest there, are in a snapshot's file only.
        writer.string(END).string(SIGNATURE);
        break;
    }
  }

  private writeNode(writer: JuteWriter, node: SnapNode): void {
    if (node.path === END) throw new JuteError("the root's path is empty in a snapshot");
    const text = aclText(node.acl);
    const known = this.keys.get(text);
    const key = known ?? this.keys.size;
    writer.string(node.path).buffer(node.data).long(key);
    if (known === undefined) {
      this.keys.set(text, key);
      writeAcls(writer, node.acl);
    }
    writeStatPersisted(writer, node.stat);
  }
}

/** Reads the chunks of one snapshot, the ACLs listed before the nodes or behind their keys. */
export class SnapReader {
  /** Of the SNAP packet, which becomes the header's. */
  private readonly zxid: Zxid;
  private begun = false;
  private readonly acls: Map<number, readonly Acl[]> = new Map([[OPEN_ACL_KEY, OPEN_ACL_UNSAFE]]);

  constructor(zxid: Zxid) {
    this.zxid = zxid;
  }

  /** The next chunk; nothing has changed where it throws. @throws JuteError; JuteEndError where more may make it whole */
  read(reader: JuteReader): SnapChunk {
    if (!this.begun) return this.readHeader(reader);
    const path = reader.text();
    return path === END ? this.readEnd(reader) : this.readNode(reader, path);
  }

  private readHeader(reader: JuteReader): SnapHeader {
    const sessions = reader.vector((r) => ({ id: r.hex16(), timeout: r.int() })) ?? [];
    const listed = reader.vector((r) => [r.long(), readAcls(r)] as const) ?? [];
    for (const [key, acl] of listed) this.acls.set(key, acl);
    this.begun = true;
    return { kind: 'snapHeader', zxid: this.zxid, sessions };
  }

  private readNode(reader: JuteReader, path: string): SnapNode {
    const data = reader.buffer();
    const key = reader.long();
    const known = this.acls.get(key);
    const acl = known ?? readAcls(reader);
    const stat = readStatPersisted(reader);
    if (known === undefined) this.acls.set(key, acl);
    return { kind: 'snapNode', path, data, acl, stat };
  }

  /** The stream does not tell where the walk ended, nor the digest there. */
  private readEnd(reader: JuteReader): SnapEnd {
    if (reader.text() !== SIGNATURE) throw new JuteError('the snapshot is not signed');
    return { kind: 'snapEnd', zxid: this.zxid, digest: NO_DIGEST };
  }
}
