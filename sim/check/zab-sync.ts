import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Phase 2, synchronization, of the DSN'11 Zab paper. */
export const zabSync: Property = {
  id: 'ZAB-SYNC',
  title: 'Synchronized at NEWLEADER',
  statement:
    "at its NEWLEADER ACK a learner's durable history is a prefix of the leader's that contains the " +
    "leader's initial history",
};

/** Checks {@link zabSync}. A suffix whose truncation is not synced is durable still. */
export class ZabSync extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['newLeaderAcked'];
  private readonly history: History;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabSync);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'newLeaderAcked') return;
    const primary = this.history.primaryOf(event.epoch, event.leader);
    if (primary === undefined) return;
    this.tested = true;
    const { tree } = this.history;
    const { durable, undone } = this.history.of(event.server);
    const at = formatEpochCounter(tree.zxid[durable]!);
    const { server, leader, epoch } = event;
    const who = `server ${server} acknowledged NEWLEADER of leader ${leader}, epoch ${epoch},`;
    if (!tree.contains(durable, primary.initial)) {
      const initial = formatEpochCounter(tree.zxid[primary.initial]!);
      this.report(
        `${who} with a durable history up to ${at} that lacks the leader's initial history up to ${initial}`,
      );
    } else if (!tree.contains(primary.tip, durable)) {
      const tip = formatEpochCounter(tree.zxid[primary.tip]!);
      this.report(
        `${who} with a durable history up to ${at} that is no prefix of the leader's, up to ${tip}`,
      );
    } else if (undone >= 0 && !tree.contains(primary.tip, undone)) {
      const cut = formatEpochCounter(tree.zxid[undone]!);
      this.report(
        `${who} before the truncation of its history up to ${cut}, no prefix of the leader's, was durable`,
      );
    }
  }
}
