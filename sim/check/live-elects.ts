import { type QuorumVerifier, quorumOf } from '../../protocol/quorum.ts';
import type { MonitorContext, RunEnd } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import { liveBounds } from './live-bounds.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Liveness of Fast Leader Election, discovery and synchronization (design). */
export const liveElects: Property = {
  id: 'LIVE-ELECTS',
  title: 'A leader is elected',
  statement: 'once faults have healed, an established leader serves a quorum within a stated bound',
};

/** Checks {@link liveElects} at the end of the run, which says when faults have healed. */
export class LiveElects extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'established',
    'serving',
    'role',
    'crashed',
    'exited',
    'refused',
    'restarted',
  ];
  private readonly quorum: QuorumVerifier;
  /** Leader each server serves under; itself where it leads. */
  private readonly under = new Map<number, number>();
  /** Periods during which a leader served a quorum, virtual ms; the last one may be open. */
  private readonly from: number[] = [];
  private readonly until: number[] = [];

  constructor(ctx: MonitorContext) {
    super(ctx, liveElects);
    this.quorum = quorumOf(ctx.config);
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'established':
        this.under.set(event.server, event.server);
        break;
      case 'serving':
        this.under.set(event.server, event.leader);
        break;
      default:
        this.under.delete(event.server);
    }
    const open = this.from.length > this.until.length;
    const serves = this.servesQuorum();
    if (serves && !open) this.from.push(this.ctx.now());
    if (!serves && open) this.until.push(this.ctx.now());
  }

  finish(end: RunEnd): void {
    const { healedAt } = end.spec.end;
    if (healedAt === undefined || !this.quorum.containsQuorum((id) => end.running.includes(id))) return;
    const bound = liveBounds(end.spec, this.ctx.config).elect;
    const deadline = healedAt + bound;
    // The first period that has not ended by the healing.
    let at = 0;
    while (at < this.until.length && this.until[at]! < healedAt) at++;
    const first = this.from[at];
    if (first !== undefined && first <= deadline) {
      this.tested = true;
    } else if (end.nowMs >= deadline) {
      this.tested = true;
      this.report(
        `no leader served a quorum within ${bound} ms after faults had healed at ${healedAt} ms` +
          (first === undefined ? '' : `; one did at ${first} ms`),
      );
    }
  }

  private servesQuorum(): boolean {
    for (const [leader, self] of this.under) {
      if (leader === self && this.quorum.containsQuorum((id) => this.under.get(id) === leader)) return true;
    }
    return false;
  }
}
