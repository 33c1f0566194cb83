import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** Holds as long as the node that numbers come from is not deleted. */
export const recipeNames: Property = {
  id: 'RECIPE-NAMES',
  title: 'No name is given twice',
  statement: 'no number is given to two askers at one path',
};

/** Checks {@link recipeNames}. */
export class RecipeNames extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['told'];
  /** By path: the client that got a number. */
  private readonly given = new Map<string, Map<number, number>>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeNames);
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told' || event.recipe !== 'names' || event.action !== 'given') return;
    this.tested = true;
    let numbers = this.given.get(event.path);
    if (numbers === undefined) {
      numbers = new Map();
      this.given.set(event.path, numbers);
    }
    const earlier = numbers.get(event.token);
    if (earlier !== undefined) {
      this.report(`clients ${earlier} and ${event.client} both got ${event.token} from ${event.path}`);
    }
    numbers.set(event.token, event.client);
  }
}
