/** What the properties of systems built on ZooKeeper share: they see what processes tell and what was committed. */
import { readText } from '../../../protocol/client/recipes/text.ts';
import type { SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import { MAX_REPORTS, type MonitorContext } from '../../monitor.ts';
import type { SimEvent } from '../../world-event.ts';
import type { Property } from '../property-monitor.ts';

export type Told = Extract<SimEvent, { kind: 'told' }>;

/** One node's change in a committed transaction, in the order in which they take effect. */
export interface Write {
  readonly kind: 'created' | 'deleted' | 'data';
  readonly path: string;
  readonly zxid: Zxid;
  /** Who wrote; of an ephemeral that goes with its session, that session. */
  readonly session: SessionId;
  readonly data: Uint8Array | null;
  readonly ephemeral: boolean;
}

/** A property of one system. */
export abstract class Rule {
  readonly property: Property;
  /** Processes tell under this name. */
  abstract readonly system: string;
  /** The first names of the paths it wants to hear of. */
  abstract readonly roots: readonly string[];
  tested = false;
  private reports = 0;
  private readonly ctx: MonitorContext;

  constructor(ctx: MonitorContext, property: Property) {
    this.ctx = ctx;
    this.property = property;
  }

  onTold(_event: Told): void {}
  onWrite(_write: Write): void {}
  /** A process starts and remembers nothing. */
  onStart(_client: number): void {}

  protected report(text: string): void {
    if (this.reports >= MAX_REPORTS) return;
    this.reports++;
    this.ctx.violate(this.property.id, text);
  }
}

/** The number that is the value of a member of a node's JSON; NaN where there is none. */
export function numberOf(data: Uint8Array | null, member: string): number {
  const found = new RegExp(`"${member}":(-?\\d+)`).exec(readText(data));
  return found === null ? Number.NaN : Number(found[1]);
}
