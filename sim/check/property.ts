/** Properties written as handlers of events. */
import type { EnsembleConfig } from '../../protocol/config.ts';
import type { MonitorContext, RunEnd } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { PropertyDefinition } from './own-property.ts';
import { type Property, PropertyMonitor } from './property-monitor.ts';

/** What a handler can say of its run. */
export interface Check {
  /** Puts the property to the test: where `holds` is false it is violated, for the reason in `text`, one sentence. */
  expect(holds: boolean, text: () => string): void;
  /** Virtual time, ms. */
  now(): number;
}

/** Handlers by kind of event: those of the protocol (`ProbeEvent`) and those of the world around it (`WorldEvent`). */
export type EventHandlers<S> = {
  readonly [K in SimEventKind]?: (
    event: Extract<SimEvent, { readonly kind: K }>,
    state: S,
    check: Check,
  ) => void;
};

/** A property as handlers of events that share a state. */
export interface PropertyHandlers<S> extends Property {
  /**
   * The state at the start of a run. It is copied where a run is: plain objects, arrays, Maps, Sets and class
   * instances, but no function in them.
   */
  state(config: EnsembleConfig): S;
  /** An event is valid during the call only: take from it what is to be kept. Millions of them come. */
  readonly on: EventHandlers<S>;
  /** Called once, at the end of a run. */
  atEnd?(state: S, check: Check, end: RunEnd): void;
}

/** A property from handlers; it is `unchecked` in runs where nothing was expected. */
export function property<S>(handlers: PropertyHandlers<S>): PropertyDefinition {
  const { id, title, statement } = handlers;
  return { id, title, statement, monitor: (context) => new HandlerMonitor(context, handlers) };
}

type Handler<S> = (event: SimEvent, state: S, check: Check) => void;

class HandlerMonitor<S> extends PropertyMonitor implements Check {
  readonly kinds: readonly SimEventKind[];
  readonly handlers: PropertyHandlers<S>;
  readonly state: S;

  constructor(context: MonitorContext, handlers: PropertyHandlers<S>) {
    super(context, handlers);
    this.handlers = handlers;
    this.kinds = Object.keys(handlers.on) as SimEventKind[];
    this.state = handlers.state(context.config);
  }

  onProbe(event: SimEvent): void {
    (this.handlers.on[event.kind] as Handler<S>)(event, this.state, this);
  }

  finish(end: RunEnd): void {
    this.handlers.atEnd?.(this.state, this, end);
  }

  expect(holds: boolean, text: () => string): void {
    this.tested = true;
    if (!holds) this.report(text());
  }

  now(): number {
    return this.ctx.now();
  }
}
