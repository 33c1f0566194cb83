import { counterOf, epochOf, formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { DELIVERY_KINDS } from './delivery.ts';
import type { History } from './history.ts';
import { type HistoryNode, ORDER_CHECKED } from './history-tree.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/**
 * Local primary order (DSN'11 Zab paper, section 3.2). A leader numbers its proposals 1, 2, 3, … in order.
 */
export const zabLocalPrimaryOrder: Property = {
  id: 'ZAB-LOCAL-PRIMARY-ORDER',
  title: 'Local primary order',
  statement: "within an epoch, delivery follows the leader's proposal order without holes",
};

/** Checks {@link zabLocalPrimaryOrder}: each step of a delivered history once. */
export class ZabLocalPrimaryOrder extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = DELIVERY_KINDS;
  private readonly history: History;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabLocalPrimaryOrder);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    const { tree, delivery, prior, backwards, repeated } = this.history;
    if (delivery < 0) return;
    this.tested = true;
    if (backwards) {
      if (repeated) return;
      const before = prior >= 0 ? formatEpochCounter(tree.zxid[prior]!) : 'a later one';
      const zxid = tree.zxid[delivery]!;
      if (prior >= 0 && epochOf(zxid) !== epochOf(tree.zxid[prior]!)) return;
      this.report(`server ${event.server} delivered ${formatEpochCounter(zxid)} after ${before}`);
      return;
    }
    for (let node = delivery; !tree.marked(node, ORDER_CHECKED); node = tree.parent[node]!) {
      tree.marks[node]! |= ORDER_CHECKED;
      this.checkStep(event.server, tree.parent[node]!, node);
    }
  }

  private checkStep(server: number, from: HistoryNode, to: HistoryNode): void {
    const before = this.history.tree.zxid[from]!;
    const zxid = this.history.tree.zxid[to]!;
    const sameEpoch = epochOf(before) === epochOf(zxid);
    if (counterOf(zxid) === (sameEpoch ? counterOf(before) + 1 : 1)) return;
    this.report(
      `server ${server} delivered ${formatEpochCounter(zxid)} right after ${formatEpochCounter(before)}: ` +
        `proposals of epoch ${epochOf(zxid)} are missing between them`,
    );
  }
}
