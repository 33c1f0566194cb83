import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** Holds for counters that nothing but the recipe writes. */
export const recipeCounter: Property = {
  id: 'RECIPE-COUNTER',
  title: 'Each increment counts once',
  statement:
    'no two increments are told one value, an increment is told more than was told before it began, and no value exceeds what was begun to add',
};

class Counter {
  /** Sum of the increments begun. */
  begun = 0;
  /** Largest value told. */
  largest = 0;
  readonly told = new Set<number>();
  /** By client: the largest value told when its increment began. */
  readonly floors = new Map<number, number>();
}

/** Checks {@link recipeCounter}. */
export class RecipeCounter extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['told'];
  private readonly counters = new Map<string, Counter>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeCounter);
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told' || event.recipe !== 'counter') return;
    const { client, path, token } = event;
    let counter = this.counters.get(path);
    if (counter === undefined) {
      counter = new Counter();
      this.counters.set(path, counter);
    }
    if (event.action === 'incrementing') {
      counter.begun += token;
      counter.floors.set(client, counter.largest);
    } else if (event.action === 'incremented') {
      this.incremented(counter, client, path, token);
    }
  }

  private incremented(counter: Counter, client: number, path: string, value: number): void {
    this.tested = true;
    const floor = counter.floors.get(client) ?? 0;
    if (counter.told.has(value)) {
      this.report(`client ${client} incremented ${path} to ${value}, as another increment had`);
    } else if (value <= floor) {
      this.report(`client ${client} incremented ${path} to ${value}, though it stood at ${floor} before`);
    }
    if (value > counter.begun) {
      this.report(`${path} stands at ${value}, but only ${counter.begun} was begun to be added`);
    }
    counter.told.add(value);
    counter.largest = Math.max(counter.largest, value);
  }
}
