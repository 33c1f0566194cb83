import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import type { WatchModel } from './watch-model.ts';
import { WatchMonitor } from './watch-model-monitor.ts';

/** Ordering guarantee of watches (ZooKeeper programmer's guide, "What ZooKeeper guarantees about watches"). */
export const svcWatchOrder: Property = {
  id: 'SVC-WATCH-ORDER',
  title: 'Event before new data',
  statement:
    'on one connection the event of a change comes before any answer that could show it, and events come in zxid order',
};

/** Checks {@link svcWatchOrder}. */
export class SvcWatchOrder extends WatchMonitor {
  constructor(ctx: MonitorContext, model: WatchModel) {
    super(ctx, svcWatchOrder, model);
  }

  override checked(): boolean {
    return this.model.matchedAny;
  }
}
