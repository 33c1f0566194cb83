/** The watch properties and their monitors (design, section 7). */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { SvcWatchComplete, svcWatchComplete } from './svc-watch-complete.ts';
import { SvcWatchOnce, svcWatchOnce } from './svc-watch-once.ts';
import { SvcWatchOrder, svcWatchOrder } from './svc-watch-order.ts';
import { WatchModel } from './watch-model.ts';
import type { Commits } from './watch-model-changes.ts';
import { WatchModelMonitor } from './watch-model-monitor.ts';

export const watchProperties: readonly Property[] = [svcWatchOrder, svcWatchOnce, svcWatchComplete];

/** To stand after the monitor that observes `commits`. */
export function createWatchMonitors(ctx: MonitorContext, commits: Commits): Monitor[] {
  const model = new WatchModel(ctx, commits);
  const monitors = [
    new SvcWatchOrder(ctx, model),
    new SvcWatchOnce(ctx, model),
    new SvcWatchComplete(ctx, model),
  ];
  return [new WatchModelMonitor(model, monitors), ...monitors];
}
