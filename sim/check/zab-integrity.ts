import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { DELIVERY_KINDS } from './delivery.ts';
import type { History } from './history.ts';
import { BROADCAST_CHECKED, PROPOSED } from './history-tree.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Integrity (DSN'11 Zab paper, section 3.1). */
export const zabIntegrity: Property = {
  id: 'ZAB-INTEGRITY',
  title: 'Integrity',
  statement: 'what is delivered was broadcast by some leader, at most once per incarnation',
};

/** Checks {@link zabIntegrity}: each node of a delivered history once. */
export class ZabIntegrity extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = DELIVERY_KINDS;
  private readonly history: History;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabIntegrity);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    const { tree, delivery, prior, repeated } = this.history;
    if (delivery < 0) return;
    this.tested = true;
    if (repeated && prior >= 0) {
      this.report(
        `server ${event.server} delivered ${formatEpochCounter(tree.zxid[delivery]!)} again: ` +
          `it had delivered up to ${formatEpochCounter(tree.zxid[prior]!)} since it began to serve`,
      );
    }
    for (let node = delivery; !tree.marked(node, BROADCAST_CHECKED); node = tree.parent[node]!) {
      tree.marks[node]! |= BROADCAST_CHECKED;
      if (tree.marked(node, PROPOSED) || this.history.wasBroadcast(tree.zxid[node]!, tree.digest[node]!))
        continue;
      this.report(
        `server ${event.server} delivered ${formatEpochCounter(tree.zxid[node]!)} with digest ` +
          `${tree.digest[node]}, which no leader has proposed`,
      );
    }
  }
}
