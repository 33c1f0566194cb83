import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** ZooKeeper's DigestCalculator and TxnDigest: the leader predicts, every replica compares. */
export const treeDigest: Property = {
  id: 'TREE-DIGEST',
  title: 'Equal histories, equal trees',
  statement:
    'servers with the same last zxid have the same tree digest, except until the zxid at which a fuzzy ' +
    'snapshot ended',
};

/** Checks {@link treeDigest} after each application, replay during the load excepted. */
export class TreeDigest extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['applied'];
  private readonly history: History;
  /** By node: the tree's digest there as first seen, and the server that showed it (0: none). */
  private readonly seen: number[] = [];
  private readonly seenOn: number[] = [];

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, treeDigest);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'applied') return;
    const { node, repeated } = this.history;
    // Applied again means replayed over a tree that is further: it has no digest of its own.
    if (node < 0 || (repeated && !event.delivered)) return;
    if (event.zxid < this.history.of(event.server).fuzzyUntil) return;
    this.tested = true;
    if (event.digest !== event.txnDigest) {
      this.report(
        `server ${event.server} has tree digest ${event.digest} after ${formatEpochCounter(event.zxid)}, ` +
          `while its leader predicted ${event.txnDigest}`,
      );
      return;
    }
    while (this.seen.length <= node) {
      this.seen.push(0);
      this.seenOn.push(0);
    }
    if (this.seenOn[node] === 0) {
      this.seen[node] = event.digest;
      this.seenOn[node] = event.server;
    } else if (this.seen[node] !== event.digest) {
      this.report(
        `after ${formatEpochCounter(event.zxid)} server ${event.server} has tree digest ${event.digest}, ` +
          `while server ${this.seenOn[node]} had ${this.seen[node]}`,
      );
    }
  }
}
