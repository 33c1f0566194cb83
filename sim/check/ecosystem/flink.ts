import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { numberOf, Rule, type Told, type Write } from './rule.ts';

/** What exactly-once processing rests on: results are never those of two histories of checkpoints. */
export const ecoFlink: Property = {
  id: 'ECO-FLINK',
  title: 'Flink: one line of checkpoints',
  statement:
    'no two JobManagers lead with one fencing token, every completed checkpoint continues the one completed before it, and a TaskManager heeds no leader but the one it has registered at last, which is never older than the one before',
};

/** Checks {@link ecoFlink}. */
export class EcoFlink extends Rule {
  readonly system = 'flink';
  readonly roots = ['flink'];
  /** Client by token. */
  private readonly leaders = new Map<number, number>();
  /** By the TaskManager's client: the token it has registered at. */
  private readonly registered = new Map<number, number>();
  /** By pointer: the last checkpoint. */
  private readonly completed = new Map<string, number>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoFlink);
  }

  override onStart(client: number): void {
    this.registered.delete(client);
  }

  override onTold({ client, action, token, holder }: Told): void {
    const known = this.registered.get(client) ?? 0;
    if (action === 'leader') {
      this.tested = true;
      const earlier = this.leaders.get(token);
      if (earlier !== undefined)
        this.report(`clients ${earlier} and ${client} both lead with token ${token}`);
      this.leaders.set(token, client);
    } else if (action === 'registered at') {
      if (token < known)
        this.report(`client ${client} went back from leader ${known} to ${holder} of ${token}`);
      this.registered.set(client, token);
    } else if (action === 'heeded') {
      this.tested = true;
      if (token !== known)
        this.report(`client ${client} heeded ${holder} of token ${token}, registered at that of ${known}`);
    }
  }

  override onWrite({ kind, path, data }: Write): void {
    if (kind !== 'data' || !path.endsWith('/checkpoints')) return;
    this.tested = true;
    const last = this.completed.get(path) ?? 0;
    const checkpoint = numberOf(data, 'checkpoint');
    const after = numberOf(data, 'after');
    if (after !== last || checkpoint <= last)
      this.report(`checkpoint ${checkpoint} of ${path} continues ${after}, but the last one was ${last}`);
    this.completed.set(path, checkpoint);
  }
}
