import type { Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** What a lock can promise: two clients may both believe to hold it, but what it guards can tell them apart. */
export const recipeLock: Property = {
  id: 'RECIPE-LOCK',
  title: 'Fencing tokens keep late lock holders out',
  statement:
    'no two locks have one token, and what a lock guards accepts no token smaller than one of an earlier holder',
};

/** What a guarded resource has accepted. */
interface Accepted {
  alone: Zxid;
  shared: Zxid;
}

/** Checks {@link recipeLock}. Holders of read locks may come in any order among themselves. */
export class RecipeLock extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['told'];
  /** Lock node by token. */
  private readonly locks = new Map<Zxid, string>();
  /** By the resource's id. */
  private readonly resources = new Map<number, Accepted>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeLock);
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told') return;
    const { recipe, action } = event;
    if (recipe === 'resource') {
      if (action !== 'rejected')
        this.accepted(event.client, event.token, action === 'acceptedShared', event.holder);
    } else if (action === 'acquired') {
      this.acquired(event.path, event.token);
    }
  }

  private acquired(path: string, token: Zxid): void {
    this.tested = true;
    const earlier = this.locks.get(token);
    if (earlier !== undefined)
      this.report(`locks ${earlier} and ${path} were acquired with one token, ${token}`);
    this.locks.set(token, path);
  }

  private accepted(resource: number, token: Zxid, shared: boolean, holder: string): void {
    this.tested = true;
    const before = this.resources.get(resource) ?? { alone: 0, shared: 0 };
    const limit = shared ? before.alone : Math.max(before.alone, before.shared);
    if (token < limit) {
      this.report(
        `resource ${resource} accepted token ${token} of ${holder} after the larger token ${limit}`,
      );
    }
    if (shared) before.shared = Math.max(before.shared, token);
    else before.alone = Math.max(before.alone, token);
    this.resources.set(resource, before);
  }
}
