/** Feeds the watch model, and what the monitors of single watch properties share. */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { DELIVERY_KINDS } from '../delivery.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import type { WatchModel } from './watch-model.ts';

/** The client's view of a run. */
export const WATCH_KINDS: readonly SimEventKind[] = [
  'invoked',
  'answered',
  'notified',
  'housekeeping',
  'clientState',
];

/** Checks nothing itself; stands before the monitors that read the model. */
export class WatchModelMonitor implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds: readonly SimEventKind[] = [...DELIVERY_KINDS, ...WATCH_KINDS];
  private readonly model: WatchModel;

  constructor(model: WatchModel) {
    this.model = model;
  }

  onProbe(event: SimEvent): void {
    this.model.observe(event);
  }

  finish(): void {
    this.model.finish();
  }
}

/** Base of a watch property's monitor: reports what the model has found of it. */
export abstract class WatchMonitor extends PropertyMonitor {
  readonly kinds = WATCH_KINDS;
  protected readonly model: WatchModel;

  constructor(ctx: MonitorContext, property: Property, model: WatchModel) {
    super(ctx, property);
    this.model = model;
  }

  finish(): void {
    this.check();
  }

  protected check(): void {
    const { findings } = this.model;
    for (let i = 0; i < findings.length; i++) {
      if (findings[i]!.property === this.ids[0]) this.report(findings[i]!.text);
    }
  }
}
