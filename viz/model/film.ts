/**
 * Frames at equal distances along a run, kept as text: whoever moves fast over a run sees these, without it being run again
 * and without the worker being asked. Memory is bounded: the distance doubles whenever there is too much text.
 */
import type { Frame } from './frame.ts';

/** Events between two frames at first. */
const FIRST_DISTANCE = 32;
/** Characters of one film at most; one byte each, two where a text is not Latin. */
const MOST_TEXT = 16_000_000;

export class Film {
  private distance = FIRST_DISTANCE;
  private text = 0;
  private readonly frames = new Map<number, string>();
  private readonly most: number;

  /** @param most characters at most */
  constructor(most = MOST_TEXT) {
    this.most = most;
  }

  /** Whether the state after an event belongs on it. */
  wants(event: number): boolean {
    return event % this.distance === 0;
  }

  /** Takes the frame of an event as JSON; events come in order. */
  add(event: number, text: string): void {
    if (!this.wants(event)) return;
    this.frames.set(event, text);
    this.text += text.length;
    while (this.text > this.most && this.frames.size > 1) this.thin();
  }

  private thin(): void {
    this.distance *= 2;
    for (const [event, text] of this.frames) {
      if (this.wants(event)) continue;
      this.frames.delete(event);
      this.text -= text.length;
    }
  }

  /** The frame nearest to an event and at most `near` events from it; null where there is none. */
  at(event: number, near: number): Frame | null {
    const nearest = Math.round(event / this.distance) * this.distance;
    if (Math.abs(nearest - event) > near) return null;
    const text = this.frames.get(nearest);
    return text === undefined ? null : (JSON.parse(text) as Frame);
  }

  /** Events after `event` with their frames. */
  since(event: number): [number, string][] {
    return [...this.frames].filter(([at]) => at > event);
  }

  /** Characters kept. */
  get size(): number {
    return this.text;
  }

  /** A copy up to an event, that included. */
  upTo(event: number): Film {
    const copy = new Film(this.most);
    copy.distance = this.distance;
    for (const [at, text] of this.frames) {
      if (at > event) break;
      copy.frames.set(at, text);
      copy.text += text.length;
    }
    return copy;
  }
}
