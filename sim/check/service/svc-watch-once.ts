import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import type { WatchModel } from './watch-model.ts';
import { WatchMonitor } from './watch-model-monitor.ts';

/** One-shot watches (WatchManager.triggerWatch); persistent ones stay (addWatch). */
export const svcWatchOnce: Property = {
  id: 'SVC-WATCH-ONCE',
  title: 'No event without a watch',
  statement:
    'every event belongs to an armed watch and a committed change; a one-shot watch is told once, a change once per watch table',
};

/** Checks {@link svcWatchOnce}. */
export class SvcWatchOnce extends WatchMonitor {
  constructor(ctx: MonitorContext, model: WatchModel) {
    super(ctx, svcWatchOnce, model);
  }

  override checked(): boolean {
    return this.model.toldAny;
  }
}
