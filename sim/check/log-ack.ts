import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Phase 3, broadcast, of the DSN'11 Zab paper: a follower acknowledges once it has logged on disk. */
export const logAck: Property = {
  id: 'LOG-ACK',
  title: 'Acknowledged is flushed',
  statement: "an ACK means that the sender's history up to it is durable",
};

/** Checks {@link logAck}, for proposals and for NEWLEADER. */
export class LogAck extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['acked', 'newLeaderAcked'];
  private readonly history: History;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, logAck);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'acked' && event.kind !== 'newLeaderAcked') return;
    this.tested = true;
    const { tree, node, exact } = this.history;
    const { durable } = this.history.of(event.server);
    if (exact && tree.contains(durable, node)) return;
    const what =
      event.kind === 'acked'
        ? `${formatEpochCounter(event.zxid)} to leader ${event.leader}`
        : `NEWLEADER of epoch ${event.epoch} with a history up to ${formatEpochCounter(event.zxid)}`;
    const why = exact
      ? `its durable history ends at ${formatEpochCounter(tree.zxid[durable]!)}`
      : 'its history does not contain that zxid';
    this.report(`server ${event.server} acknowledged ${what} while ${why}`);
  }
}
