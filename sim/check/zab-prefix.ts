import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { DELIVERY_KINDS } from './delivery.ts';
import type { History } from './history.ts';
import { DELIVERED, type HistoryNode, ROOT } from './history-tree.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Total order and agreement (DSN'11 Zab paper, section 3.1) in one. */
export const zabPrefix: Property = {
  id: 'ZAB-PREFIX',
  title: 'Total order and agreement',
  statement: 'the delivered sequences of any two servers are prefixes of one sequence',
};

/** Checks {@link zabPrefix}: deliveries are on one path of the tree, or make it longer. */
export class ZabPrefix extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = DELIVERY_KINDS;
  private readonly history: History;
  /** The end of the one sequence. */
  private end: HistoryNode = ROOT;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabPrefix);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    const { tree, delivery } = this.history;
    if (delivery < 0) return;
    this.tested = true;
    if (tree.marked(delivery, DELIVERED)) return;
    let fork = delivery;
    let next = delivery;
    while (!tree.marked(fork, DELIVERED)) {
      next = fork;
      fork = tree.parent[fork]!;
    }
    if (fork === this.end) {
      tree.markUp(delivery, DELIVERED);
      this.end = delivery;
      return;
    }
    let other = this.end;
    while (tree.parent[other] !== fork) other = tree.parent[other]!;
    this.report(
      `server ${event.server} delivered ${formatEpochCounter(tree.zxid[next]!)} right after ` +
        `${formatEpochCounter(tree.zxid[fork]!)}, where others delivered ` +
        `${formatEpochCounter(tree.zxid[other]!)} (digests ${tree.digest[next]} and ${tree.digest[other]})`,
    );
  }
}
