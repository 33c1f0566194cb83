/** What a timeline marks and an event log tells of a run, collected while it is run for the first time. */
import { describe, subjectName, subjectOf, type Tone } from '../../sim/sentences.ts';
import type { SimEvent } from '../../sim/world-event.ts';

export type MarkKind = 'leader' | 'election' | 'fault' | 'repair' | 'violation' | 'narration' | 'edit';

export interface Mark {
  readonly event: number;
  /** Virtual ms. */
  readonly time: number;
  readonly kind: MarkKind;
  readonly text: string;
}

/** A line of the event log. */
export interface Row {
  readonly event: number;
  readonly time: number;
  /** `3`, `c1`, or nothing for the world. */
  readonly who: string;
  readonly text: string;
  readonly tone: Tone | 'narration' | 'violation' | 'event';
  /** The event that caused it; 0: none. */
  readonly cause: number;
}

/** More lines than these are not kept of a run: whoever wants all, reads all events. */
export const MOST_ROWS = 20_000;
const MOST_MARKS = 5_000;

/** Grows while the run is recorded, and is shared with nobody. */
export class Marks {
  readonly marks: Mark[] = [];
  /** The run's story: what a reader wants to know, one row each. */
  readonly rows: Row[] = [];
  /** Events in which a leader committed, ascending. */
  readonly commits: number[] = [];

  /** Takes what was reported during an event. */
  probe(event: SimEvent, index: number, time: number): void {
    if (event.kind === 'committed') {
      if (this.commits[this.commits.length - 1] !== index) this.commits.push(index);
      return;
    }
    const { text, tone, story } = describe(event);
    // That all start with the run goes without saying.
    if (!story || (event.kind === 'clientStarted' && time === 0)) return;
    const subject = subjectOf(event);
    const who = subject === 0 ? '' : subjectName(subject);
    this.row({ event: index, time, who, text, tone, cause: 0 });
    const kind = markOf(event, tone, time);
    if (kind !== null) this.mark({ event: index, time, kind, text: who === '' ? text : `${who} ${text}` });
  }

  narration(text: string, event: number, time: number): void {
    this.row({ event, time, who: '', text, tone: 'narration', cause: 0 });
    this.mark({ event, time, kind: 'narration', text });
  }

  violation(property: string, text: string, event: number, time: number): void {
    this.row({ event, time, who: '', text: `${property}: ${text}`, tone: 'violation', cause: 0 });
    this.mark({ event, time, kind: 'violation', text: `${property}: ${text}` });
  }

  /** A copy of what there is up to an event, that included. */
  upTo(event: number): Marks {
    const copy = new Marks();
    copy.marks.push(...this.marks.filter((mark) => mark.event <= event));
    copy.rows.push(...this.rows.filter((row) => row.event <= event));
    for (const commit of this.commits) if (commit <= event) copy.commits.push(commit);
    return copy;
  }

  private row(row: Row): void {
    if (this.rows.length < MOST_ROWS) this.rows.push(row);
  }

  private mark(mark: Mark): void {
    if (this.marks.length < MOST_MARKS) this.marks.push(mark);
  }
}

function markOf(event: SimEvent, tone: Tone, time: number): MarkKind | null {
  if (event.kind === 'established') return 'leader';
  if (event.kind === 'elected' || (event.kind === 'role' && event.role === 'LOOKING')) return 'election';
  if (tone === 'fault') return 'fault';
  if (tone === 'repair' && time > 0) return 'repair';
  return null;
}
