import { OpCode, type Txn } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** Items are neither doubled nor invented. An item whose taker's session ended before it heard of it is lost. */
export const recipeQueue: Property = {
  id: 'RECIPE-QUEUE',
  title: 'Each item is taken once',
  statement:
    'an item is removed by one committed transaction only, nobody believes to have taken what another has, or what was not removed',
};

/** Checks {@link recipeQueue}. Paths of items are never used twice, so they stand for the items. */
export class RecipeQueue extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['proposed', 'committed', 'told'];
  /** Items that a proposal removes, until it is committed. */
  private readonly proposals = new Map<Zxid, readonly string[]>();
  /** All that some proposal removes. */
  private readonly removals = new Set<string>();
  /** Zxid of the commit that removed an item. */
  private readonly removed = new Map<string, Zxid>();
  /** Client that took it. */
  private readonly takers = new Map<string, number>();
  /** Tokens of items put. */
  private readonly puts = new Set<Zxid>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeQueue);
  }

  onProbe(event: SimEvent): void {
    if (event.kind === 'proposed') {
      const items = removedItems(event.record.txn);
      if (items.length === 0) return;
      this.proposals.set(event.zxid, items);
      for (const item of items) this.removals.add(item);
    } else if (event.kind === 'committed') {
      this.commit(event.zxid);
    } else if (event.kind === 'told' && event.recipe === 'queue') {
      if (event.action === 'taken') this.taken(event.client, event.path);
      else this.put(event.token);
    }
  }

  private commit(zxid: Zxid): void {
    const items = this.proposals.get(zxid);
    if (items === undefined) return;
    this.proposals.delete(zxid);
    for (const item of items) {
      const earlier = this.removed.get(item);
      if (earlier !== undefined)
        this.report(`item ${item} was removed at zxid ${earlier} and again at ${zxid}`);
      this.removed.set(item, zxid);
    }
  }

  private taken(client: number, path: string): void {
    this.tested = true;
    const earlier = this.takers.get(path);
    if (earlier !== undefined) this.report(`clients ${earlier} and ${client} both took ${path}`);
    this.takers.set(path, client);
    if (!this.removals.has(path)) this.report(`client ${client} took ${path}, which no transaction removed`);
  }

  private put(token: Zxid): void {
    if (this.puts.has(token)) this.report(`two puts were told that their item has the zxid ${token}`);
    this.puts.add(token);
  }
}

const NONE: readonly string[] = [];

function removedItems(txn: Txn): readonly string[] {
  if (txn.type === OpCode.delete) return isItem(txn.path) ? [txn.path] : NONE;
  if (txn.type !== OpCode.multi) return NONE;
  let items: string[] | null = null;
  for (const part of txn.txns) {
    if (part.type !== OpCode.delete || !isItem(part.path)) continue;
    items ??= [];
    items.push(part.path);
  }
  return items ?? NONE;
}

function isItem(path: string): boolean {
  return path.includes('/items/item-');
}
