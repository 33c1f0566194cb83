/** Feeds the watch model, and what the monitors of single watch properties share. */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { DELIVERY_KINDS } from '../delivery.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import type { WatchFinding, WatchModel } from './watch-model.ts';

/** The client's view of a run. */
const WATCH_KINDS: readonly SimEventKind[] = [
  'invoked',
  'answered',
  'notified',
  'housekeeping',
  'clientState',
];

/** Checks nothing itself, but hands what the model has found to the monitors of the properties. */
export class WatchModelMonitor implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds: readonly SimEventKind[] = [...DELIVERY_KINDS, ...WATCH_KINDS];
  private readonly model: WatchModel;
  private readonly monitors: readonly WatchMonitor[];

  constructor(model: WatchModel, monitors: readonly WatchMonitor[]) {
    this.model = model;
    this.monitors = monitors;
  }

  onProbe(event: SimEvent): void {
    this.model.observe(event);
    this.tell();
  }

  finish(): void {
    this.model.finish();
    this.tell();
  }

  private tell(): void {
    const { findings } = this.model;
    if (findings.length > 0) for (const monitor of this.monitors) monitor.take(findings);
  }
}

/** Base of a watch property's monitor: reports what the model has found of it. Events say nothing to it. */
export abstract class WatchMonitor extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [];
  protected readonly model: WatchModel;

  constructor(ctx: MonitorContext, property: Property, model: WatchModel) {
    super(ctx, property);
    this.model = model;
  }

  onProbe(): void {}

  take(findings: readonly WatchFinding[]): void {
    for (const { property, text } of findings) if (property === this.ids[0]) this.report(text);
  }
}
