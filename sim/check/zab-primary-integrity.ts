import { epochOf, formatEpochCounter, makeZxid } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { DELIVERY_KINDS } from './delivery.ts';
import type { History } from './history.ts';
import { type HistoryNode, ROOT } from './history-tree.ts';
import { isStandalone, type Property, PropertyMonitor } from './property-monitor.ts';

/** Primary integrity (DSN'11 Zab paper, section 3.2). */
export const zabPrimaryIntegrity: Property = {
  id: 'ZAB-PRIMARY-INTEGRITY',
  title: 'Primary integrity',
  statement:
    'before its first proposal a leader has delivered everything any server delivers from earlier epochs',
};

/** Checks {@link zabPrimaryIntegrity}, both for what was delivered before the first proposal and after it. */
export class ZabPrimaryIntegrity extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[];
  private readonly history: History;
  /** Leaders that have proposed, by ascending epoch, and what each had delivered before. */
  private readonly epochs: number[] = [];
  private readonly leaders: number[] = [];
  private readonly bases: HistoryNode[] = [];
  /** Epoch of a server's last proposal. */
  private readonly proposing = new Map<number, number>();

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, zabPrimaryIntegrity);
    // A standalone server changes its epoch with its counter, in mid-stream.
    this.kinds = isStandalone(ctx.config) ? [] : ['proposed', ...DELIVERY_KINDS];
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    if (event.kind === 'proposed') this.onProposed(event.server, epochOf(event.zxid));
    else if (this.history.delivery >= 0) this.onDelivered(event.server, this.history.delivery);
  }

  private onProposed(leader: number, epoch: number): void {
    if (this.proposing.get(leader) === epoch) return;
    this.proposing.set(leader, epoch);
    this.tested = true;
    const { tree } = this.history;
    const delivered = this.history.of(leader).delivered;
    const base = delivered >= 0 ? delivered : ROOT;
    let at = this.epochs.length;
    while (at > 0 && this.epochs[at - 1]! > epoch) at--;
    this.epochs.splice(at, 0, epoch);
    this.leaders.splice(at, 0, leader);
    this.bases.splice(at, 0, base);
    for (const server of this.history.servers) {
      const earlier = tree.upTo(server.everDelivered, makeZxid(epoch, 0));
      if (!tree.contains(base, earlier)) this.violated(leader, epoch, base, server.server, earlier);
    }
  }

  private onDelivered(server: number, node: HistoryNode): void {
    const { tree } = this.history;
    const epoch = epochOf(tree.zxid[node]!);
    // Almost always the loop ends at once: what is delivered is of the latest epoch.
    for (let at = this.epochs.length - 1; at >= 0 && this.epochs[at]! > epoch; at--) {
      if (!tree.contains(this.bases[at]!, node)) {
        this.violated(this.leaders[at]!, this.epochs[at]!, this.bases[at]!, server, node);
      }
    }
  }

  private violated(
    leader: number,
    epoch: number,
    base: HistoryNode,
    server: number,
    node: HistoryNode,
  ): void {
    const { zxid } = this.history.tree;
    this.report(
      `leader ${leader} of epoch ${epoch} proposed after it had delivered up to ` +
        `${formatEpochCounter(zxid[base]!)}, without ${formatEpochCounter(zxid[node]!)}, ` +
        `which server ${server} delivered`,
    );
  }
}
