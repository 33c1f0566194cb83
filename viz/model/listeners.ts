/** What is written down of a run while it is run: by the one that records it, and by those that show a place in it. */
import type { ChannelEnd } from '../../sim/network.ts';
import { EventKind, type QueuedEvent } from '../../sim/queue.ts';
import { describe, subjectName, subjectOf } from '../../sim/sentences.ts';
import type { Listener } from '../../sim/world.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { eventText, familyOf, familyOfKind } from './event-text.ts';
import type { Film } from './film.ts';
import type { SentenceFrame, StepFrame } from './frame.ts';
import type { Marks } from './marks.ts';
import type { Heard } from './stretch.ts';
import type { Times } from './times.ts';
import type { Witnesses } from './witnesses.ts';

/** Keeps the event that is being handled and what is reported during it. */
export class StepListener implements Listener, Heard {
  private readonly times: Times;
  index = 0;
  event: QueuedEvent<ChannelEnd> | null = null;
  sentences: SentenceFrame[] = [];
  unheard = false;
  dropped: Heard['dropped'] = [];

  constructor(times: Times) {
    this.times = times;
  }

  onEvent(event: QueuedEvent<ChannelEnd>, index: number): void {
    this.times.set(index, event.time / 1000, event.cause);
    this.index = index;
    this.event = event;
    this.sentences = [];
    const { end } = event;
    this.unheard = event.kind === EventKind.MESSAGE && end!.machine.channels.get(end!.localId) !== end;
    if (this.dropped.length > 0) this.dropped = [];
  }

  onProbe(event: SimEvent): void {
    const { text, tone } = describe(event);
    const subject = subjectOf(event);
    this.sentences.push({ who: subject === 0 ? '' : subjectName(subject), text, tone });
    if (event.kind !== 'dropped') return;
    const { server: from, to, message } = event;
    this.dropped = [...this.dropped, { from, to, family: familyOfKind(message), text: message }];
  }

  onRestore(): void {
    this.index = 0;
    this.event = null;
    this.sentences = [];
    this.unheard = false;
    this.dropped = [];
  }

  get step(): StepFrame | null {
    const { event, sentences } = this;
    if (event === null) return null;
    return {
      owner: event.owner,
      from: event.end === null ? 0 : event.end.peer.machine.id,
      family: event.end === null ? null : familyOf(event.message),
      text: eventText(event),
      cause: event.cause,
      sentences,
    };
  }
}

/** Writes down when events happened and what is worth a mark; of the events that are filmed also what they did. */
export class HeadListener implements Listener {
  readonly times: Times;
  readonly marks: Marks;
  readonly witnesses: Witnesses;
  private readonly film: Film;
  private readonly steps: StepListener;
  private time = 0;
  private filmed = false;

  constructor(times: Times, marks: Marks, witnesses: Witnesses, film: Film) {
    this.times = times;
    this.marks = marks;
    this.witnesses = witnesses;
    this.film = film;
    this.steps = new StepListener(times);
  }

  onEvent(event: QueuedEvent<ChannelEnd>, index: number): void {
    this.time = event.time / 1000;
    this.filmed = this.film.wants(index);
    if (this.filmed) this.steps.onEvent(event, index);
    else this.times.set(index, this.time, event.cause);
  }

  onProbe(event: SimEvent, index: number): void {
    this.marks.probe(event, index, this.time);
    this.witnesses.probe(event, index);
    if (this.filmed) this.steps.onProbe(event);
  }

  /** What the last event did; null where it is not one that is filmed. */
  get step(): StepFrame | null {
    return this.filmed ? this.steps.step : null;
  }
}
