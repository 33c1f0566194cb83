import { epochOf, formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { DELIVERY_KINDS } from './delivery.ts';
import type { History } from './history.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Global primary order (DSN'11 Zab paper, section 3.2). */
export const zabGlobalPrimaryOrder: Property = {
  id: 'ZAB-GLOBAL-PRIMARY-ORDER',
  title: 'Global primary order',
  statement: 'delivered epochs never decrease',
};

/** Checks {@link zabGlobalPrimaryOrder}, over all incarnations of a server: what was delivered stays. */
export class ZabGlobalPrimaryOrder extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = DELIVERY_KINDS;
  private readonly history: History;
  /** Last delivered zxid by server. */
  private readonly last = new Map<number, number>();

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabGlobalPrimaryOrder);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    const { tree, delivery } = this.history;
    if (delivery < 0) return;
    this.tested = true;
    const zxid = tree.zxid[delivery]!;
    const last = this.last.get(event.server) ?? 0;
    if (epochOf(zxid) < epochOf(last)) {
      this.report(
        `server ${event.server} delivered ${formatEpochCounter(zxid)} of epoch ${epochOf(zxid)} ` +
          `after ${formatEpochCounter(last)} of epoch ${epochOf(last)}`,
      );
      return;
    }
    this.last.set(event.server, zxid);
  }
}
