/**
 * Quotas (org.apache.zookeeper.Quotas, common.PathTrie, DataTree.updateQuotaStat): for a path /a, the node
 * /zookeeper/quota/a/zookeeper_limits holds what is allowed below /a, itself included, and zookeeper_stats beside it what is there.
 */
import { UNDIGESTED } from './digest.ts';
import type { ZNode } from './node.ts';
import { childPath, QUOTA_PATH } from './path.ts';
import { formatStatsTrack, parseStatsTrack } from './stats-track.ts';

const QUOTA_SUBTREE = `${QUOTA_PATH}/`;
const LIMITS = '/zookeeper_limits';
const STATS = '/zookeeper_stats';

type Nodes = ReadonlyMap<string, ZNode>;

/** A component of a path that has a quota or leads to one. */
interface QuotaNode {
  readonly children: Map<string, QuotaNode>;
  /** Whether its limits node exists. */
  limited: boolean;
  /** Nodes and bytes of data below, itself included; null while no stats node shows them. */
  counts: { readonly statsPath: string; count: number; bytes: number } | null;
}

/** The path whose quota this node's is, or null: no quota node. The root can have none. */
function quotaPath(path: string, name: string): string | null {
  if (!path.startsWith(QUOTA_SUBTREE) || !path.endsWith(name)) return null;
  const target = path.slice(QUOTA_PATH.length, -name.length);
  return target === '' ? null : target;
}

function newQuotaNode(): QuotaNode {
  return { children: new Map(), limited: false, counts: null };
}

/**
 * Which paths have quotas, and the counts below them. A stats node always shows the nodes and bytes that are there, so
 * that it depends on nothing but the tree; what clients write to it is replaced, and its own bytes do not count.
 *
 * Plain data: it may be cloned field by field.
 */
export class Quotas {
  private readonly root: QuotaNode = newQuotaNode();

  /** Whether there is any quota; without one a change of the tree costs this question. */
  get active(): boolean {
    return this.root.children.size > 0;
  }

  /** Finds all quotas of a tree that was just restored, and counts (DataTree.setupQuota). */
  restore(nodes: Nodes): void {
    const work = [QUOTA_PATH];
    for (let path = work.pop(); path !== undefined; path = work.pop()) {
      const node = nodes.get(path);
      if (node === undefined) continue;
      this.register(nodes, path);
      for (const name of node.children) work.push(childPath(path, name));
    }
  }

  /** A node was added to the tree. */
  inserted(nodes: Nodes, path: string, node: ZNode): void {
    if (this.active) this.add(nodes, path, 1, countedBytes(path, node));
    if (node.pathCrc === UNDIGESTED) this.register(nodes, path);
  }

  /** A node was taken out of the tree. */
  removed(nodes: Nodes, path: string, node: ZNode): void {
    if (!this.active) return;
    if (node.pathCrc === UNDIGESTED) this.unregister(path);
    this.add(nodes, path, -1, -countedBytes(path, node));
  }

  /** A node's data changed, its length by `bytes`. */
  dataChanged(nodes: Nodes, path: string, node: ZNode, bytes: number): void {
    if (!this.active) return;
    const target = node.pathCrc === UNDIGESTED ? quotaPath(path, STATS) : null;
    if (target === null) this.add(nodes, path, 0, bytes);
    else this.show(nodes, this.find(target));
  }

  /** The longest prefix of a path, itself included, that has limits; or null (DataTree.getMaxPrefixWithQuota). */
  limitedPrefix(path: string): string | null {
    let longest: string | null = null;
    let quota: QuotaNode | undefined = this.root;
    let start = 1;
    while (quota !== undefined && start < path.length) {
      const end = endOfComponent(path, start);
      quota = quota.children.get(path.slice(start, end));
      if (quota?.limited) longest = path.slice(0, end);
      start = end + 1;
    }
    return longest;
  }

  /** Counts a change into every quota at or above a path, and shows it. */
  private add(nodes: Nodes, path: string, count: number, bytes: number): void {
    let quota: QuotaNode | undefined = this.root;
    let start = 1;
    while (start < path.length) {
      const end = endOfComponent(path, start);
      quota = quota.children.get(path.slice(start, end));
      if (quota === undefined) return;
      if (quota.counts !== null) {
        quota.counts.count += count;
        quota.counts.bytes += bytes;
        this.show(nodes, quota);
      }
      start = end + 1;
    }
  }

  private register(nodes: Nodes, path: string): void {
    const limited = quotaPath(path, LIMITS);
    if (limited !== null) this.make(limited).limited = true;
    const counted = quotaPath(path, STATS);
    if (counted === null) return;
    const quota = this.make(counted);
    quota.counts = { statsPath: path, ...countBelow(nodes, counted) };
    this.show(nodes, quota);
  }

  private unregister(path: string): void {
    const limited = quotaPath(path, LIMITS);
    const target = limited ?? quotaPath(path, STATS);
    if (target === null) return;
    const quota = this.find(target);
    if (quota === undefined) return;
    if (limited === null) quota.counts = null;
    else quota.limited = false;
    this.prune(target);
  }

  /** A stats node has neither digest nor, for this, a new version: only its data changes. */
  private show(nodes: Nodes, quota: QuotaNode | undefined): void {
    if (quota === undefined || quota.counts === null) return;
    const { statsPath, count, bytes } = quota.counts;
    const node = nodes.get(statsPath);
    if (node !== undefined)
      node.data = formatStatsTrack({ count, bytes, countHardLimit: -1, byteHardLimit: -1 });
  }

  private find(path: string): QuotaNode | undefined {
    let quota: QuotaNode | undefined = this.root;
    for (const name of path.slice(1).split('/')) quota = quota?.children.get(name);
    return quota;
  }

  private make(path: string): QuotaNode {
    let quota = this.root;
    for (const name of path.slice(1).split('/')) {
      let child = quota.children.get(name);
      if (child === undefined) {
        child = newQuotaNode();
        quota.children.set(name, child);
      }
      quota = child;
    }
    return quota;
  }

  /** Forgets what leads to no quota any more. */
  private prune(path: string): void {
    const trail = [this.root];
    const names = path.slice(1).split('/');
    for (const name of names) trail.push(trail[trail.length - 1]?.children.get(name) as QuotaNode);
    for (let i = names.length; i > 0; i--) {
      const quota = trail[i] as QuotaNode;
      if (quota.limited || quota.counts !== null || quota.children.size > 0) return;
      trail[i - 1]?.children.delete(names[i - 1] as string);
    }
  }
}

/**
 * Whether a write would break a hard limit (ZooKeeperServer.checkQuota): of the longest prefix that has limits, against
 * what the tree holds now; soft limits refuse nothing. Above its limit even what shrinks is refused as long as it stays there.
 *
 * @param bytesDiff bytes of data more, negative for less, @param countDiff nodes more
 */
export function quotaExceeded(
  tree: { readonly nodes: Nodes; readonly quotas: Quotas },
  path: string,
  bytesDiff: number,
  countDiff: number,
): boolean {
  if (!tree.quotas.active) return false;
  const prefix = tree.quotas.limitedPrefix(path);
  if (prefix === null) return false;
  const limitsNode = tree.nodes.get(QUOTA_PATH + prefix + LIMITS);
  const statsNode = tree.nodes.get(QUOTA_PATH + prefix + STATS);
  if (limitsNode === undefined || statsNode === undefined) return false;
  const limits = parseStatsTrack(limitsNode.data);
  const stats = parseStatsTrack(statsNode.data);
  const exceeds = (diff: number, limit: number, now: number) =>
    diff !== 0 && limit > -1 && now + diff > limit;
  return (
    exceeds(countDiff, limits.countHardLimit, stats.count) ||
    exceeds(bytesDiff, limits.byteHardLimit, stats.bytes)
  );
}

function endOfComponent(path: string, start: number): number {
  const slash = path.indexOf('/', start);
  return slash === -1 ? path.length : slash;
}

function countedBytes(path: string, node: ZNode): number {
  if (node.data === null || (node.pathCrc === UNDIGESTED && quotaPath(path, STATS) !== null)) return 0;
  return node.data.length;
}

function countBelow(nodes: Nodes, top: string): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  const work = [top];
  for (let path = work.pop(); path !== undefined; path = work.pop()) {
    const node = nodes.get(path);
    if (node === undefined) continue;
    count++;
    bytes += countedBytes(path, node);
    for (const name of node.children) work.push(childPath(path, name));
  }
  return { count, bytes };
}
