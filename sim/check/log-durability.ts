import { type QuorumVerifier, quorumOf } from '../../protocol/quorum.ts';
import { formatEpochCounter, makeZxid, type Zxid } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { COMMITTED, type HistoryNode, ROOT } from './history-tree.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** What makes agreement hold across epochs (DSN'11 Zab paper, section 4; the repository's Zab.tla). */
export const logDurability: Property = {
  id: 'LOG-DURABILITY',
  title: 'Committed is durable',
  statement:
    "at commit, a quorum holds the transaction durably; every later established leader's history contains it",
};

/** Checks {@link logDurability}, and that a server loads no history it never had. */
export class LogDurability extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['committed', 'established', 'loaded'];
  private readonly history: History;
  private readonly quorum: QuorumVerifier;
  /** The end of the one committed history. */
  private end: HistoryNode = ROOT;

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, logDurability);
    this.history = history;
    this.quorum = quorumOf(ctx.config);
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'committed':
        this.tested = true;
        this.onCommitted(event.server, event.zxid);
        break;
      case 'established':
        this.tested = true;
        this.onEstablished(event.server, event.epoch);
        break;
      case 'loaded':
        if (this.history.exact) break;
        this.report(
          `server ${event.server} loaded a history up to ${formatEpochCounter(event.zxid)}, which was ` +
            'in none that it had logged or installed',
        );
        break;
    }
  }

  private onCommitted(server: number, zxid: Zxid): void {
    const { tree, node, exact } = this.history;
    if (!exact) {
      this.report(`leader ${server} committed ${formatEpochCounter(zxid)}, which is not in its history`);
      return;
    }
    if (!this.quorum.containsQuorumMask(tree.durableOn[node]!)) {
      this.report(
        `leader ${server} committed ${formatEpochCounter(zxid)} while only ` +
          `${this.holders(node)} held it durably, which is no quorum`,
      );
    }
    if (!this.extend(node)) {
      this.report(
        `leader ${server} committed ${formatEpochCounter(zxid)} in a history that does not agree with the ` +
          `committed one up to ${formatEpochCounter(tree.zxid[this.end]!)}`,
      );
    }
  }

  private onEstablished(server: number, epoch: number): void {
    const { tree, node } = this.history;
    const at = formatEpochCounter(tree.zxid[node]!);
    // A leader that was established late, in an epoch already passed by, answers only for the epochs before its own.
    const due = tree.upTo(this.end, makeZxid(epoch, 0));
    if (!tree.contains(node, due)) {
      const kept = tree.common(node, this.end);
      this.report(
        `leader ${server} was established in epoch ${epoch} with a history up to ${at} that lacks what is ` +
          `committed after ${formatEpochCounter(tree.zxid[kept]!)}, ` +
          `up to ${formatEpochCounter(tree.zxid[this.end]!)}`,
      );
      return;
    }
    if (!this.quorum.containsQuorumMask(tree.durableOn[node]!)) {
      this.report(
        `leader ${server} was established in epoch ${epoch} while only ${this.holders(node)} held its ` +
          `history up to ${at} durably, which is no quorum`,
      );
    }
    this.extend(node);
  }

  /** Makes the committed history reach to `node`; false where it does not agree with it. */
  private extend(node: HistoryNode): boolean {
    const { tree } = this.history;
    if (tree.marked(node, COMMITTED)) return true;
    if (!tree.contains(node, this.end)) return false;
    tree.markUp(node, COMMITTED);
    this.end = node;
    return true;
  }

  private holders(node: HistoryNode): string {
    const mask = this.history.tree.durableOn[node]!;
    const servers = this.history.servers.filter((server) => (server.bit & mask) !== 0).map((s) => s.server);
    if (servers.length === 0) return 'no server';
    return `${servers.length === 1 ? 'server' : 'servers'} ${servers.join(', ')}`;
  }
}
