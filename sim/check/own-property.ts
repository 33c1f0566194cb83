/** Properties that somebody brings along: their monitors come from outside, so what they do is checked. */
import { EVENT_KINDS } from '../event-fields.ts';
import type { Monitor, MonitorContext, RunEnd } from '../monitor.ts';
import { nearest } from '../nearest.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { Property } from './property-monitor.ts';

/** A property with what checks it. */
export interface PropertyDefinition extends Property {
  /** Makes a monitor for one run; its `ids` are the property's id alone. Most easily written with `property(…)`. */
  monitor(context: MonitorContext): Monitor;
}

/** The check of a property is itself at fault; `message` is one line that names the property. */
export class CheckError extends Error {
  constructor(property: string, problem: string) {
    super(`the check of ${property} ${problem}`);
    this.name = 'CheckError';
  }
}

/** Runs what makes or calls a monitor. @throws CheckError for whatever it throws */
function guarded<T>(property: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof CheckError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new CheckError(property, `throws: ${text.split('\n')[0]}`);
  }
}

/**
 * A monitor from outside. @throws CheckError where it throws, listens to events that do not exist, or reports a property
 * that is not its own
 */
export class OwnMonitor implements Monitor {
  readonly ids: readonly string[];
  readonly kinds: readonly SimEventKind[];
  private readonly id: string;
  private readonly monitor: Monitor;

  constructor(context: MonitorContext, property: PropertyDefinition) {
    const { id } = property;
    this.id = id;
    this.ids = [id];
    this.monitor = guarded(id, () => property.monitor(context));
    checkMonitor(this.monitor, id);
    this.kinds = this.monitor.kinds;
  }

  onProbe(event: SimEvent): void {
    try {
      this.monitor.onProbe(event);
    } catch (error) {
      guarded(this.id, () => {
        throw error;
      });
    }
  }

  finish(end: RunEnd): void {
    guarded(this.id, () => this.monitor.finish?.(end));
  }

  checked(id: string): boolean {
    return guarded(this.id, () => this.monitor.checked?.(id) !== false);
  }
}

/** @throws CheckError unless it can be called as a monitor of this property */
function checkMonitor(monitor: Monitor | undefined, id: string): void {
  if (typeof monitor !== 'object' || monitor === null || typeof monitor.onProbe !== 'function')
    throw new CheckError(id, 'is no monitor: it has no onProbe');
  if (!Array.isArray(monitor.kinds)) throw new CheckError(id, 'has no list of kinds: the events it wants');
  for (const kind of monitor.kinds) {
    if (EVENT_KINDS.includes(kind)) continue;
    const meant = nearest(String(kind), EVENT_KINDS);
    const hint = meant === null ? '' : `; did you mean '${meant}'?`;
    throw new CheckError(id, `wants events of the kind '${kind}', which does not exist${hint}`);
  }
  if (!Array.isArray(monitor.ids) || monitor.ids.length !== 1 || monitor.ids[0] !== id)
    throw new CheckError(id, `has the ids [${String(monitor.ids)}]: it must have just this one`);
}
