/** Sessions, ACLs and nodes of a snapshot, as in files and behind SNAP (server.util.SerializeUtils, server.DataTree). */
import type { SnapHeader, SnapNode } from '../snapshot.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../tree/acl.ts';
import { writeAcls } from './acl.ts';
import { JuteError, JuteWriter } from './jute.ts';
import { writeStatPersisted } from './stat.ts';

/** What ends the nodes, and every seal of a file; no node has this path, because the root's is empty. */
export const END = '/';

/** ReferenceCountedACLCache.OPEN_UNSAFE_ACL_ID, which is listed nowhere. */
export const OPEN_ACL_KEY = -1;

/** Bytes of nodes that are kept together. */
const PART_SIZE = 64 * 1024;

/** The ACLs of all nodes come first, so that nothing can be written before the last node; what is kept until then is bytes. */
export class SnapshotBody {
  private header: SnapHeader | null = null;
  private readonly keys: Map<string, number> = new Map([[aclText(OPEN_ACL_UNSAFE), OPEN_ACL_KEY]]);
  /** The ACLs by key, which counts from 1. */
  private readonly lists: (readonly Acl[])[] = [];
  /** Nodes, of which {@link rest} are the last. */
  readonly full: Uint8Array[] = [];
  private nodes = new JuteWriter(PART_SIZE);
  private count = 0;

  get rest(): Uint8Array {
    return this.nodes.written();
  }

  /** @throws JuteError where the chunk does not belong here */
  add(chunk: SnapHeader | SnapNode): void {
    if (this.header === null) {
      if (chunk.kind !== 'snapHeader') throw new JuteError('a snapshot begins with its header');
      this.header = chunk;
    } else if (chunk.kind === 'snapHeader') {
      throw new JuteError(`chunk ${this.count + 1} of a snapshot is a ${chunk.kind}`);
    } else this.addNode(chunk);
  }

  private addNode(node: SnapNode): void {
    if (node.path === END) throw new JuteError("the root's path is empty in a snapshot");
    if (this.nodes.length > PART_SIZE) {
      this.full.push(this.nodes.finish());
      this.nodes = new JuteWriter(PART_SIZE);
    }
    this.nodes.string(node.path).buffer(node.data).long(this.keyOf(node.acl));
    writeStatPersisted(this.nodes, node.stat);
    this.count++;
  }

  private keyOf(acl: readonly Acl[]): number {
    if (acl === OPEN_ACL_UNSAFE) return OPEN_ACL_KEY;
    const text = aclText(acl);
    let key = this.keys.get(text);
    if (key === undefined) {
      key = this.lists.push(acl);
      this.keys.set(text, key);
    }
    return key;
  }

  /** Writes what comes before the nodes. @throws JuteError where the header is missing */
  writeLists(writer: JuteWriter): void {
    if (this.header === null) throw new JuteError('a snapshot begins with its header');
    writer.vector(this.header.sessions, (w, session) => w.hex16(session.id).int(session.timeout));
    writer.int(this.lists.length);
    this.lists.forEach((acl, i) => {
      writer.long(i + 1);
      writeAcls(writer, acl);
    });
  }
}

export function aclText(acls: readonly Acl[]): string {
  return JSON.stringify(acls.map((acl) => [acl.perms, acl.scheme, acl.id]));
}
