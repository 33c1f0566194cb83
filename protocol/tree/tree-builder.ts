import type { SnapChunk, SnapEnd, SnapHeader } from '../snapshot.ts';
import { copyStat, ZNode } from './node.ts';
import { ROOT } from './path.ts';
import { DataTree } from './tree.ts';

/**
 * Builds a tree from a snapshot's chunks as they come (DataTree.deserialize). The result stands at the header's zxid,
 * whatever later effects the fuzzy snapshot caught; transactions from there on are to be applied again.
 */
export class TreeBuilder {
  /** First chunk, once it came. */
  header: SnapHeader | null = null;
  /** Last chunk, once it came. */
  end: SnapEnd | null = null;
  private readonly tree: DataTree = new DataTree();

  constructor() {
    this.tree.nodes.clear();
    this.tree.digest = 0;
  }

  /** @throws Error when the chunk does not follow the ones before: order, a parent missing, a node twice. */
  add(chunk: SnapChunk): void {
    if (this.end !== null) throw new Error(`a ${chunk.kind} after the snapshot's end`);
    if (chunk.kind === 'snapHeader') {
      if (this.header !== null) throw new Error('a second snapshot header');
      this.header = chunk;
      this.tree.lastProcessedZxid = chunk.zxid;
      for (const { id, timeout } of chunk.sessions) this.tree.sessions.set(id, timeout);
      return;
    }
    if (this.header === null) throw new Error(`a ${chunk.kind} before the snapshot's header`);
    if (chunk.kind === 'snapEnd') {
      if (!this.tree.nodes.has(ROOT)) throw new Error('a snapshot without a root');
      this.tree.quotas.restore(this.tree.nodes);
      this.end = chunk;
      return;
    }
    const path = chunk.path === '' ? ROOT : chunk.path;
    if (this.tree.nodes.has(path)) throw new Error(`node '${path}' is in the snapshot twice`);
    this.tree.insert(path, new ZNode(path, chunk.data, chunk.acl, copyStat(chunk.stat)));
  }

  /** The tree, its digest, indexes and quota counts computed anew. @throws Error before the snapshot's end was added. */
  finish(): DataTree {
    if (this.end === null) throw new Error('the snapshot has no end');
    return this.tree;
  }
}

/** The tree of a whole snapshot. @throws Error when the chunks are not one, see {@link TreeBuilder}. */
export function restoreTree(chunks: Iterable<SnapChunk>): DataTree {
  const builder = new TreeBuilder();
  for (const chunk of chunks) builder.add(chunk);
  return builder.finish();
}
