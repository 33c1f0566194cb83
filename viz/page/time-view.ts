/** What the space-time view shows, and of what it asks for. */
import { type Signal, signal } from '@preact/signals-core';
import type { Family } from '../model/frame.ts';
import type { Request, StretchReply } from '../model/messages.ts';
import type { TimeWindow } from '../views/space-time-plan.ts';

/** Least and most of a window: events, and virtual ms. */
const LEAST = { event: 8, time: 0.05 } as const;
const MOST = { event: 6000, time: 600_000 } as const;
/** Events that are read at once at most, with those beside the window. */
const MOST_READ = 9000;
/** Where in the window the run stands after the window has followed it. */
const AHEAD = 0.3;

/** How far a run goes. */
export interface Extent {
  readonly length: number;
  /** Virtual ms. */
  readonly endTime: number;
}

export class TimeView {
  readonly window: Signal<TimeWindow> = signal({ by: 'event', from: -4, to: 116 });
  readonly hidden = signal<ReadonlySet<number>>(new Set());
  readonly collapsed = signal<ReadonlySet<Family>>(new Set(['ping', 'line']));
  readonly hovered = signal(0);

  /** @param at the share of the window that stays where it is */
  zoom(factor: number, at = 0.5): void {
    const { by, from, to } = this.window.peek();
    const width = Math.min(MOST[by], Math.max(LEAST[by], (to - from) * factor));
    const left = from + at * (to - from - width);
    this.window.value = { by, from: left, to: left + width };
  }

  /** Around where the run stands, as long as that is in sight. */
  zoomHere(factor: number, frame: { readonly event: number; readonly time: number } | null): void {
    const { by, from, to } = this.window.peek();
    const at = ((by === 'event' ? (frame?.event ?? from) : (frame?.time ?? from)) - from) / (to - from);
    this.zoom(factor, at > 0 && at < 1 ? at : 0.5);
  }

  /** By a share of the window's width, not farther than half a window beyond the run. */
  pan(share: number, { length, endTime }: Extent): void {
    const { by, from, to } = this.window.peek();
    const width = to - from;
    const end = by === 'event' ? length : endTime;
    const left = Math.min(Math.max(end - width / 2, -width / 2), Math.max(-width / 2, from + share * width));
    this.window.value = { by, from: left, to: left + width };
  }

  /** Moves the window where an event is not well within it. */
  follow(event: number, time: number): void {
    const { by, from, to } = this.window.peek();
    const at = by === 'event' ? event : time;
    const margin = (to - from) * 0.04;
    if (at < from + (event === 0 ? 0 : margin) || at > to - margin) this.center(event, time);
  }

  center(event: number, time: number): void {
    const { by, from, to } = this.window.peek();
    const left = (by === 'event' ? event : time) - AHEAD * (to - from);
    this.window.value = { by, from: left, to: left + to - from };
  }

  /** Another axis for about the same events. */
  turn(by: TimeWindow['by'], stretch: StretchReply | null): void {
    const { from, to } = this.window.peek();
    if (by === this.window.peek().by || stretch === null || stretch.events.length === 0) return;
    const { events, first } = stretch;
    const eventOf = (time: number): number => {
      const found = events.findIndex((one) => one.time >= time);
      return found < 0 ? stretch.last : first + found;
    };
    const timeOf = (event: number): number =>
      events[Math.min(events.length - 1, Math.max(0, Math.round(event) - first))]!.time;
    const [a, b] = by === 'time' ? [timeOf(from), timeOf(to)] : [eventOf(from), eventOf(to)];
    const width = Math.min(MOST[by], Math.max(LEAST[by], b - a));
    this.window.value = { by, from: a, to: a + width };
  }

  toggleLane(machine: number): void {
    const hidden = new Set(this.hidden.peek());
    if (!hidden.delete(machine)) hidden.add(machine);
    this.hidden.value = hidden;
  }

  toggleFamily(family: Family): void {
    const collapsed = new Set(this.collapsed.peek());
    if (!collapsed.delete(family)) collapsed.add(family);
    this.collapsed.value = collapsed;
  }

  /** What has to be asked for, so that the window is known; null: nothing. */
  missing(stretch: StretchReply | null, { length, endTime }: Extent): Request | null {
    const { by, from, to } = this.window.value;
    if (length === 0) return null;
    const end = by === 'event' ? length : endTime;
    const [low, high] = [Math.max(by === 'event' ? 1 : 0, from), Math.min(end, to)];
    if (stretch !== null && stretch.asked.by === by) {
      const { asked, last } = stretch;
      const cut = last - stretch.first + 1 >= MOST_READ;
      const whole = asked.to >= high && (cut || last >= length || by === 'time' || last >= Math.floor(high));
      // While a run is still being recorded, more may have come between two times that were read.
      const grown = by === 'time' && last < length && stretch.end < high && this.read < length && !cut;
      if (asked.from <= low && whole && !grown) return null;
    }
    this.read = length;
    const width = to - from;
    if (by === 'time') return { kind: 'stretchOfTime', from: from - width / 4, to: to + width / 2 };
    const margin = Math.min(width / 2, (MOST_READ - width) / 2);
    const first = Math.max(1, Math.floor(from - margin));
    return { kind: 'stretch', first, count: Math.min(MOST_READ, Math.ceil(to + margin) - first + 1) };
  }

  /** Length of the run when a stretch was last asked for. */
  private read = 0;
}
