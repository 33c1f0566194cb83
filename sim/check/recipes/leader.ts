import type { Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** What an election can promise: leaders are told apart and ordered by their election zxid. */
export const recipeLeader: Property = {
  id: 'RECIPE-LEADER',
  title: 'One leader per election zxid',
  statement: 'no two elected leaders share an election zxid',
};

/** Checks {@link recipeLeader}. */
export class RecipeLeader extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['told'];
  /** Client by election zxid. */
  private readonly leaders = new Map<Zxid, number>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeLeader);
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told' || event.recipe !== 'leader' || event.action !== 'elected') return;
    this.tested = true;
    const earlier = this.leaders.get(event.token);
    if (earlier !== undefined) {
      this.report(`clients ${earlier} and ${event.client} were both elected with zxid ${event.token}`);
    }
    this.leaders.set(event.token, event.client);
  }
}
