import { type QuorumVerifier, quorumOf } from '../../protocol/quorum.ts';
import { formatEpochCounter } from '../../protocol/zxid.ts';
import type { MonitorContext, RunEnd } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import type { HistoryNode } from './history-tree.ts';
import { liveBounds } from './live-bounds.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Liveness of synchronization and broadcast together (design). */
export const liveConverges: Property = {
  id: 'LIVE-CONVERGES',
  title: 'Replicas become equal',
  statement: 'once faults have healed, all running servers end up serving equal replicas',
};

/**
 * Checks {@link liveConverges} at the end of the run, unless proposals went on to the end or an epoch was used up shortly before it. A server that
 * refuses to start on a disk nobody corrupted has not converged either.
 */
export class LiveConverges extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'proposed',
    'applied',
    'refused',
    'loaded',
    'snapInstalled',
    'corrupted',
    'counterExhausted',
  ];
  private readonly history: History;
  private readonly quorum: QuorumVerifier;
  private lastProposal = 0;
  /** When a leader last gave up a used-up epoch: no fault, but the others have to find each other again. */
  private lastExhausted = Number.NEGATIVE_INFINITY;
  private readonly refused = new Set<number>();
  private readonly corrupted = new Set<number>();
  /** The node a server's tree last showed its digest at, and that digest. */
  private readonly shownAt = new Map<number, HistoryNode>();
  private readonly shown = new Map<number, number>();

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, liveConverges);
    this.history = history;
    this.quorum = quorumOf(ctx.config);
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'proposed':
        this.lastProposal = this.ctx.now();
        break;
      case 'applied':
        this.shownAt.set(event.server, this.history.of(event.server).applied);
        this.shown.set(event.server, event.digest);
        break;
      case 'refused':
        this.refused.add(event.server);
        break;
      case 'loaded':
        this.refused.delete(event.server);
        this.shownAt.delete(event.server);
        break;
      case 'snapInstalled':
        this.shownAt.delete(event.server);
        break;
      case 'counterExhausted':
        this.lastExhausted = this.ctx.now();
        break;
      case 'corrupted':
        this.corrupted.add(event.server);
        break;
    }
  }

  finish(end: RunEnd): void {
    const { healedAt } = end.spec.end;
    const { config } = this.ctx;
    if (healedAt === undefined) return;
    const from = Math.max(healedAt, this.lastExhausted);
    if (end.nowMs < from + liveBounds(end.spec, config).converge) return;
    if (end.nowMs < this.lastProposal + config.syncLimit * config.tickTime) return;
    if (!this.quorum.containsQuorum((id) => end.running.includes(id) || this.refused.has(id))) return;
    this.tested = true;
    for (const server of this.refused) {
      if (this.corrupted.has(server)) continue;
      this.report(`server ${server} refused to start on a disk that was not corrupted`);
    }
    this.compare(end.running);
  }

  private compare(running: readonly number[]): void {
    const { tree } = this.history;
    let first = 0;
    for (const id of running) {
      const server = this.history.of(id);
      if (server.delivered < 0) {
        this.report(`server ${id} runs but does not serve at the end`);
        continue;
      }
      if (first === 0) {
        first = id;
        continue;
      }
      const other = this.history.of(first).applied;
      const last = formatEpochCounter(tree.zxid[server.applied]!);
      if (server.applied !== other) {
        const otherLast = formatEpochCounter(tree.zxid[other]!);
        this.report(
          `servers ${first} and ${id} end with different histories, up to ${otherLast} and ${last}`,
        );
      } else if (this.digestsDiffer(first, id, other)) {
        this.report(
          `servers ${first} and ${id} end at ${last} with different trees, ` +
            `digests ${this.shown.get(first)} and ${this.shown.get(id)}`,
        );
      }
    }
  }

  private digestsDiffer(a: number, b: number, node: HistoryNode): boolean {
    if (this.shownAt.get(a) !== node || this.shownAt.get(b) !== node) return false;
    return this.shown.get(a) !== this.shown.get(b);
  }
}
