import { OpCode, type TxnRecord } from '../../../protocol/txn.ts';
import { formatEpochCounter } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import type { History } from '../history.ts';
import { type HistoryNode, ROOT } from '../history-tree.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import type { Committed, ServiceHistory } from './service-history.ts';

/** ZooKeeper programmer's guide: updates either succeed or fail. */
export const svcAtomic: Property = {
  id: 'SVC-ATOMIC',
  title: 'All or nothing',
  statement: 'a failed multi or write changes nothing, and a multi that succeeds is all there',
};

/** Where a server's tree stood when its digest was last told; node −1: nowhere known. */
class Standing {
  node: HistoryNode = -1;
  digest = 0;
}

/** Checks {@link svcAtomic} by the tree digests that servers tell. */
export class SvcAtomic extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'proposed',
    'applied',
    'established',
    'serving',
    'snapInstalled',
    'truncated',
    'loaded',
    'fastForwarded',
    'crashed',
    'restarted',
  ];
  private readonly history: History;
  private readonly service: ServiceHistory;
  private readonly standing = new Map<number, Standing>();
  /** Transactions that change nothing. */
  private readonly failed = new Set<HistoryNode>();

  constructor(ctx: MonitorContext, history: History, service: ServiceHistory) {
    super(ctx, svcAtomic);
    this.history = history;
    this.service = service;
  }

  onProbe(event: SimEvent): void {
    for (const committed of this.service.committed) this.checkWhole(committed);
    switch (event.kind) {
      case 'proposed':
        this.checkProposal(event.server, event.record);
        break;
      case 'applied':
        this.checkApplied(event.server, event.digest);
        break;
      // They reach a tree by other ways than one transaction after the other.
      case 'snapInstalled':
      case 'truncated':
      case 'loaded':
      case 'fastForwarded':
      case 'crashed':
      case 'restarted':
        this.standing.delete(event.server);
        break;
    }
  }

  private checkProposal(server: number, record: TxnRecord): void {
    const { txn } = record;
    if (txn.type === OpCode.error) this.noteFailed(server, record);
    if (txn.type !== OpCode.multi) return;
    const errors = txn.txns.filter((part) => part.type === OpCode.error).length;
    if (errors === 0) return;
    this.noteFailed(server, record);
    if (errors < txn.txns.length) {
      this.tested = true;
      this.report(
        `server ${server} proposed ${formatEpochCounter(record.zxid)}, a multi of which ${errors} of ` +
          `${txn.txns.length} operations failed`,
      );
    }
  }

  /** What a leader expects of the tree is no other after a failure than before it. */
  private noteFailed(server: number, record: TxnRecord): void {
    const { tree, node } = this.history;
    this.failed.add(node);
    const before = tree.parent[node]!;
    if (before === ROOT || record.digest === tree.digest[before]) return;
    this.tested = true;
    this.report(
      `server ${server} proposed ${formatEpochCounter(record.zxid)}, which failed, and expects tree digest ` +
        `${record.digest} after it instead of ${tree.digest[before]}`,
    );
  }

  private checkApplied(server: number, digest: number): void {
    const { history } = this;
    const { node } = history;
    let standing = this.standing.get(server);
    if (standing === undefined) {
      standing = new Standing();
      this.standing.set(server, standing);
    }
    const follows = node >= 0 && standing.node === history.tree.parent[node];
    if (follows && this.failed.has(node)) {
      this.tested = true;
      if (digest !== standing.digest) {
        this.report(
          `server ${server} applied ${formatEpochCounter(history.tree.zxid[node]!)}, which failed, ` +
            `and its tree digest went from ${standing.digest} to ${digest}`,
        );
      }
    }
    standing.node = node;
    standing.digest = digest;
  }

  /** A committed multi has every part of its operation. */
  private checkWhole({ record, operation, again }: Committed): void {
    if (operation?.request.type !== OpCode.multi || record.txn.type !== OpCode.multi || again) return;
    const asked = operation.request.ops.length;
    this.tested = true;
    if (record.txn.txns.length === asked) return;
    this.report(
      `${operation.name} has ${asked} operations, of which ${record.txn.txns.length} were committed at ` +
        formatEpochCounter(record.zxid),
    );
  }
}
