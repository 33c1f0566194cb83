import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { isStandalone, type Property, PropertyMonitor } from './property-monitor.ts';

/** Phase 1 of the DSN'11 Zab paper: an epoch has one established leader. */
export const zabLeadership: Property = {
  id: 'ZAB-LEADERSHIP',
  title: 'One leader per epoch',
  statement: 'at most one established leader per epoch',
};

/**
 * Checks {@link zabLeadership}. A server that is established twice in one epoch is two primaries, too. A
 * standalone server has no peers to open an epoch with, so nothing is checked there.
 */
export class ZabLeadership extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[];
  /** Established leader by epoch. */
  private readonly leaders = new Map<number, number>();

  constructor(ctx: MonitorContext) {
    super(ctx, zabLeadership);
    this.kinds = isStandalone(ctx.config) ? [] : ['established'];
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'established') return;
    this.tested = true;
    const earlier = this.leaders.get(event.epoch);
    if (earlier === undefined) {
      this.leaders.set(event.epoch, event.server);
    } else if (earlier === event.server) {
      this.report(`server ${event.server} was established twice as the leader of epoch ${event.epoch}`);
    } else {
      this.report(
        `servers ${earlier} and ${event.server} were both established as leaders of epoch ${event.epoch}`,
      );
    }
  }
}
