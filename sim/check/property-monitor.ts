/**
 * What the monitors of single properties share: bounded reports, and whether anything tested the property.
 */
import type { EnsembleConfig } from '../../protocol/config.ts';
import { MAX_REPORTS, type Monitor, type MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';

/** One line of the catalog of properties. */
export interface Property {
  readonly id: string;
  readonly title: string;
  readonly statement: string;
}

/** A single server without peers: it takes part in no election and opens no epoch. */
export function isStandalone(config: EnsembleConfig): boolean {
  return config.participants.length + config.observers.length === 1;
}

/** Base of the monitors that check one property. */
export abstract class PropertyMonitor implements Monitor {
  readonly ids: readonly string[];
  abstract readonly kinds: readonly SimEventKind[];
  protected readonly ctx: MonitorContext;
  protected tested = false;
  private reports = 0;

  constructor(ctx: MonitorContext, property: Property) {
    this.ctx = ctx;
    this.ids = [property.id];
  }

  abstract onProbe(event: SimEvent): void;

  checked(_id: string): boolean {
    return this.tested;
  }

  protected report(text: string): void {
    if (this.reports >= MAX_REPORTS) return;
    this.reports++;
    this.ctx.violate(this.ids[0]!, text);
  }
}
