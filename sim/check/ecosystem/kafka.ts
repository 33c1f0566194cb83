import { readText } from '../../../protocol/client/recipes/text.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { numberOf, Rule, type Told, type Write } from './rule.ts';

/** Two brokers may both take themselves for the controller; epochs tell them apart (Kafka's controller epoch). */
export const ecoKafka: Property = {
  id: 'ECO-KAFKA',
  title: 'Kafka: old controllers are fenced off',
  statement:
    'no two Kafka controllers are elected with one epoch, partition state is written only under the epoch that /controller_epoch holds at that moment, and no broker obeys an epoch older than one it has obeyed',
};

/** Checks {@link ecoKafka}. */
export class EcoKafka extends Rule {
  readonly system = 'kafka';
  readonly roots = ['controller_epoch', 'brokers'];
  /** What `/controller_epoch` holds. */
  private epoch = 0;
  /** Client by the epoch it was elected with. */
  private readonly elected = new Map<number, number>();
  /** By the broker's client: the newest epoch it has obeyed since it started. */
  private readonly obeyed = new Map<number, number>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoKafka);
  }

  override onStart(client: number): void {
    this.obeyed.delete(client);
  }

  override onTold({ client, action, token, holder }: Told): void {
    if (action === 'elected') {
      this.tested = true;
      const earlier = this.elected.get(token);
      if (earlier !== undefined)
        this.report(`clients ${earlier} and ${client} were both elected controller with epoch ${token}`);
      this.elected.set(token, client);
    } else if (action === 'obeyed') {
      this.tested = true;
      const newest = this.obeyed.get(client) ?? 0;
      if (token < newest)
        this.report(`client ${client} obeyed ${holder} of epoch ${token} after epoch ${newest}`);
      this.obeyed.set(client, Math.max(newest, token));
    }
  }

  override onWrite({ kind, path, data }: Write): void {
    if (kind === 'deleted') return;
    if (path === '/controller_epoch') {
      this.epoch = Number(readText(data));
      return;
    }
    const epoch = path.endsWith('/state') ? numberOf(data, 'controller_epoch') : Number.NaN;
    if (Number.isNaN(epoch)) return;
    this.tested = true;
    if (epoch !== this.epoch)
      this.report(`${path} was written under epoch ${epoch} when /controller_epoch held ${this.epoch}`);
  }
}
