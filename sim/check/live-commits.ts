import { isWriteCode } from '../../protocol/request.ts';
import type { MonitorContext, RunEnd } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { liveBounds } from './live-bounds.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** Liveness of broadcast (design). */
export const liveCommits: Property = {
  id: 'LIVE-COMMITS',
  title: 'Writes commit',
  statement:
    'once faults have healed, a write request at a serving server is followed by a commit within a stated ' +
    'bound',
};

/**
 * Checks {@link liveCommits} at the end of the run, which says when faults have healed. A request whose
 * server stops to serve is lost lawfully (CONNECTIONLOSS), so it no longer waits.
 */
export class LiveCommits extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'request',
    'replied',
    'committed',
    'role',
    'crashed',
    'exited',
    'refused',
    'restarted',
  ];
  private readonly history: History;
  /** When the oldest write at a server began to wait for any commit, virtual ms. */
  private readonly waiting = new Map<number, number>();
  /** When each server's last write came, so that those made after a healing are known. */
  private lastWrite = -1;
  /**
   * Waits that ended, by ascending end and descending length. A shorter wait that ended earlier cannot exceed
   * a bound that a later longer one keeps, whenever the healing was; so it is dropped.
   */
  private readonly since: number[] = [];
  private readonly until: number[] = [];

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, liveCommits);
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'request':
        if (!isWriteCode(event.op) || this.history.of(event.server).delivered < 0) break;
        this.lastWrite = this.ctx.now();
        if (!this.waiting.has(event.server)) this.waiting.set(event.server, this.lastWrite);
        break;
      case 'committed':
        if (this.waiting.size === 0) break;
        for (const since of this.waiting.values()) this.ended(since);
        this.waiting.clear();
        break;
      case 'replied':
        // Refused without a transaction.
        if (isWriteCode(event.op)) this.waiting.delete(event.server);
        break;
      default:
        this.waiting.delete(event.server);
    }
  }

  finish(end: RunEnd): void {
    const { healedAt } = end.spec.end;
    if (healedAt === undefined) return;
    const bound = liveBounds(end.spec, this.ctx.config).commit;
    if (this.lastWrite >= healedAt) this.tested = true;
    for (const [at, since] of this.since.entries()) this.judge(since, this.until[at]!, healedAt, bound, true);
    for (const since of this.waiting.values()) this.judge(since, end.nowMs, healedAt, bound, false);
  }

  private ended(since: number): void {
    const now = this.ctx.now();
    let last = this.since.length - 1;
    for (; last >= 0 && this.until[last]! - this.since[last]! <= now - since; last--) {
      this.since.pop();
      this.until.pop();
    }
    this.since.push(since);
    this.until.push(now);
  }

  private judge(since: number, until: number, healedAt: number, bound: number, committed: boolean): void {
    const from = Math.max(since, healedAt);
    if (until - from <= bound) return;
    this.tested = true;
    this.report(
      `a write requested at ${since} ms saw ` +
        `${committed ? `its first commit at ${until} ms` : 'no commit'}: ` +
        `not within ${bound} ms from ${from} ms, faults having healed at ${healedAt} ms`,
    );
  }
}
