import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import type { WatchModel } from './watch-model.ts';
import { WatchMonitor } from './watch-model-monitor.ts';

/**
 * No missed trigger. What Apache misses by design is no violation: a create and delete while an exists watch is away,
 * anything that happened while a persistent watch was.
 */
export const svcWatchComplete: Property = {
  id: 'SVC-WATCH-COMPLETE',
  title: 'No missed event',
  statement:
    'once a connection has shown a zxid, its watches have told all changes up to it; a new connection catches up by setWatches',
};

/** Checks {@link svcWatchComplete}. */
export class SvcWatchComplete extends WatchMonitor {
  constructor(ctx: MonitorContext, model: WatchModel) {
    super(ctx, svcWatchComplete, model);
  }

  override checked(): boolean {
    return this.model.owedAny || this.model.matchedAny;
  }
}
