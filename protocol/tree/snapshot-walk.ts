import type { SnapHeader, SnapNode } from '../snapshot.ts';
import { copyStat } from './node.ts';
import { childPath, ROOT } from './path.ts';
import type { DataTree } from './tree.ts';

/** What a snapshot of the tree begins with: where the tree stands, and its sessions sorted by id. */
export function snapHeaderOf(tree: DataTree): SnapHeader {
  const sessions = [...tree.sessions.keys()]
    .sort()
    .map((id) => ({ id, timeout: tree.sessions.get(id) as number }));
  return { kind: 'snapHeader', zxid: tree.lastProcessedZxid, sessions };
}

/**
 * A fuzzy walk over a tree that goes on changing (DataTree.serializeNode): parents before children, a parent's children
 * sorted and as they were when the parent was visited; nodes that have vanished since are passed over.
 *
 * Plain data: it may be cloned and continued later.
 */
export class SnapshotWalk {
  /** Paths to visit, the next one last. */
  private readonly pending: string[] = [ROOT];

  /** True when every node has been visited. */
  get done(): boolean {
    return this.pending.length === 0;
  }

  /** The next nodes, at most `count`; fewer only when the walk is done. Their stats are copies. */
  next(tree: DataTree, count: number): SnapNode[] {
    const nodes: SnapNode[] = [];
    while (nodes.length < count) {
      const path = this.pending.pop();
      if (path === undefined) break;
      const node = tree.nodes.get(path);
      if (node === undefined) continue;
      nodes.push({
        kind: 'snapNode',
        path: path === ROOT ? '' : path,
        data: node.data,
        acl: node.acl,
        stat: copyStat(node.stat),
      });
      if (node.children.size === 0) continue;
      const names = [...node.children];
      if (names.length > 1) names.sort();
      for (let i = names.length - 1; i >= 0; i--) this.pending.push(childPath(path, names[i] as string));
    }
    return nodes;
  }
}
