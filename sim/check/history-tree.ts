/**
 * All histories of a run as one tree: a node is a transaction after a certain past, so two servers share a
 * node exactly when their histories up to it are equal. That turns "is a prefix of" into "is an ancestor of".
 */
import type { Zxid } from '../../protocol/zxid.ts';

/** A node: the index of its row in {@link HistoryTree}. The empty history is {@link ROOT}. */
export type HistoryNode = number;
export const ROOT: HistoryNode = 0;

/**
 * Marks of a node; each property owns one and sets it on ever more ancestors, so that it walks each node
 * once.
 */
export const PROPOSED = 1;
export const COMMITTED = 2;
export const DELIVERED = 4;
export const BROADCAST_CHECKED = 8;
export const ORDER_CHECKED = 16;

/**
 * Nodes interned by (parent, zxid, digest). Columns instead of objects: the state of a run is deep-cloned,
 * and a recursive clone of a chain of objects would be as deep as the history is long.
 */
export class HistoryTree {
  readonly parent: HistoryNode[] = [ROOT];
  readonly zxid: Zxid[] = [0];
  readonly digest: number[] = [0];
  readonly depth: number[] = [0];
  /** Participants, by quorum bit, whose durable history contains the node. */
  readonly durableOn: number[];
  readonly marks: number[] = [~0];
  /** First child and next sibling; −1: none. Siblings are forks, so the lists stay short. */
  private readonly firstChild: HistoryNode[] = [-1];
  private readonly sibling: HistoryNode[] = [-1];
  /** A far ancestor (skew-binary jump pointers, Myers 1983): every ancestor is found in O(log depth). */
  private readonly jump: HistoryNode[] = [ROOT];

  /** @param everyone mask of all participants, whose histories all contain the empty one */
  constructor(everyone: number) {
    this.durableOn = [everyone];
  }

  get size(): number {
    return this.parent.length;
  }

  /** The child with this transaction, made where there is none. */
  child(parent: HistoryNode, zxid: Zxid, digest: number): HistoryNode {
    const known = this.findChild(parent, zxid, digest);
    if (known >= 0) return known;
    const node = this.parent.length;
    const far = this.jump[parent]!;
    const farther = this.jump[far]!;
    const level = this.depth[parent]! - this.depth[far]! === this.depth[far]! - this.depth[farther]!;
    this.parent.push(parent);
    this.zxid.push(zxid);
    this.digest.push(digest);
    this.depth.push(this.depth[parent]! + 1);
    this.durableOn.push(0);
    this.marks.push(0);
    this.firstChild.push(-1);
    this.sibling.push(this.firstChild[parent]!);
    this.jump.push(level ? farther : parent);
    this.firstChild[parent] = node;
    return node;
  }

  /** −1 where there is none. */
  findChild(parent: HistoryNode, zxid: Zxid, digest: number): HistoryNode {
    let node = this.firstChild[parent]!;
    while (node >= 0 && (this.zxid[node] !== zxid || this.digest[node] !== digest))
      node = this.sibling[node]!;
    return node;
  }

  /**
   * The node or its ancestor with the greatest zxid ≤ `zxid`: what reading `E·2³²` as no transaction needs.
   */
  upTo(node: HistoryNode, zxid: Zxid): HistoryNode {
    while (node !== ROOT && this.zxid[node]! > zxid) {
      const far = this.jump[node]!;
      node = this.zxid[far]! > zxid ? far : this.parent[node]!;
    }
    return node;
  }

  /** Whether the history ending in `prefix` is a prefix of (or equals) the one ending in `node`. */
  contains(node: HistoryNode, prefix: HistoryNode): boolean {
    const depth = this.depth[prefix]!;
    while (this.depth[node]! > depth) {
      const far = this.jump[node]!;
      node = this.depth[far]! >= depth ? far : this.parent[node]!;
    }
    return node === prefix;
  }

  /** The longest common prefix. */
  common(a: HistoryNode, b: HistoryNode): HistoryNode {
    while (a !== b) {
      if (this.depth[a]! >= this.depth[b]!) a = this.parent[a]!;
      else b = this.parent[b]!;
    }
    return a;
  }

  marked(node: HistoryNode, mark: number): boolean {
    return (this.marks[node]! & mark) !== 0;
  }

  /** Marks the node and its ancestors, up to the first one that is marked already; returns that one. */
  markUp(node: HistoryNode, mark: number): HistoryNode {
    while ((this.marks[node]! & mark) === 0) {
      this.marks[node]! |= mark;
      node = this.parent[node]!;
    }
    return node;
  }
}
