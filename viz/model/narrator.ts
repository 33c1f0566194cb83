/** The scenario's narration: which of its sentences have been told so far. A monitor, so that it goes back with the run. */
import type { Narration } from '../../scenarios/scenario.ts';
import { KIND_NUMBERS } from '../../sim/event-fields.ts';
import type { Monitor, MonitorContext } from '../../sim/monitor.ts';
import { Match } from '../../sim/predicate.ts';
import type { SimEvent, SimEventKind } from '../../sim/world-event.ts';

/** A sentence told, and the event at which. */
export interface Told {
  readonly event: number;
  /** Virtual ms. */
  readonly time: number;
  readonly text: string;
}

export class Narrator implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds: readonly SimEventKind[];
  readonly context: MonitorContext;
  readonly told: Told[] = [];
  private readonly texts: readonly string[];
  /** Kind that each match waits for. */
  private readonly awaited: readonly string[];
  private readonly matches: readonly Match[];

  constructor(context: MonitorContext, narration: readonly Narration[]) {
    this.context = context;
    const known = narration.filter(({ when }) => KIND_NUMBERS.has(when.on));
    this.kinds = [...new Set(known.map(({ when }) => when.on as SimEventKind))];
    this.texts = known.map(({ text }) => text);
    this.awaited = known.map(({ when }) => when.on);
    this.matches = known.map(({ when }) => new Match(when, -1));
  }

  onProbe(event: SimEvent): void {
    const { matches, awaited, context } = this;
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i]!;
      if (awaited[i] !== event.kind || !match.see(event)) continue;
      this.told.push({ event: context.event(), time: context.now(), text: this.texts[i]! });
    }
  }
}
