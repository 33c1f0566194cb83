/** The state of the page: what the worker told, and what the person at it has chosen. */
import { batch, computed, type Signal, signal } from '@preact/signals-core';
import type { Act } from '../model/edits.ts';
import { Film } from '../model/film.ts';
import type { Frame } from '../model/frame.ts';
import type { Mark, Row } from '../model/marks.ts';
import type {
  CatalogReply,
  InspectionReply,
  OpenedReply,
  Reply,
  Request,
  SharedReply,
  StretchReply,
  TreeReply,
} from '../model/messages.ts';
import { Axis } from '../views/axis.ts';
import type { Selected } from '../views/cluster.ts';
import type { TreeChoice } from '../views/tree.ts';
import { TimeView } from './time-view.ts';

export type Panel = 'inspect' | 'verdicts' | 'edits' | 'setup';
export type Picture = 'cluster' | 'time' | 'logs' | 'tree';
export const PICTURES: readonly (readonly [Picture, string])[] = [
  ['cluster', 'Cluster'],
  ['time', 'Space-time'],
  ['logs', 'Logs'],
  ['tree', 'Tree'],
];
/** How playing goes: so many events, or so many virtual ms, in a second. */
export type Pace = 'event' | 'time';

/** What is known of the recording that is on. */
export interface Tape {
  readonly length: number;
  readonly endTime: number;
  readonly complete: boolean;
  readonly traceHash: string;
  readonly clock: readonly number[];
}

const EMPTY: Tape = { length: 0, endTime: 0, complete: false, traceHash: '', clock: [0] };
/** Pages of the log of all events that are kept. */
const MOST_PAGES = 40;
export const PAGE = 100;

export interface Notice {
  readonly text: string;
  readonly kind: 'problem' | 'done';
  /** The default scenario is offered. */
  readonly offer?: boolean;
}

/** While one moves fast, what surrounds the picture follows so often, ms. */
const CALM = 120;
/** A slider that has not moved for so long has arrived, ms. */
const REST = 150;

/** Whether what is picked out is there. */
function present({ servers, clients, messages }: Frame, selected: Selected | null): boolean {
  const has = (server: number): boolean => servers.some(({ id }) => id === server);
  switch (selected?.kind) {
    case 'server':
      return has(selected.id);
    case 'client':
      return clients.some(({ id }) => id === selected.id);
    case 'link':
      return has(selected.from) && has(selected.to);
    case 'message':
      return messages.some(({ id }) => id === selected.id);
    default:
      return true;
  }
}

export class Lab {
  readonly catalog = signal<CatalogReply | null>(null);
  readonly opened = signal<OpenedReply | null>(null);
  readonly tape = signal<Tape>(EMPTY);
  readonly marks = signal<readonly Mark[]>([]);
  readonly rows = signal<readonly Row[]>([]);
  readonly commits = signal<readonly number[]>([]);
  readonly frame = signal<Frame | null>(null);
  /** The frame, less often while one moves fast: for what need not be drawn each time. */
  readonly settled = signal<Frame | null>(null);
  /** Virtual ms of the event after the frame's; null: none is known. */
  readonly next = signal<number | null>(null);
  /** Virtual ms shown: from the frame's to the next event's. */
  readonly time = signal(0);
  readonly playing = signal(false);
  readonly pace = signal<Pace>('event');
  /** Base-2 logarithm of events, or virtual ms, per second. */
  readonly speed: Signal<number> = signal(3);
  readonly selected = signal<Selected | null>(null);
  readonly panel = signal<Panel>('inspect');
  readonly picture = signal<Picture>('cluster');
  /** Rows of all events, by page of {@link PAGE}. */
  readonly pages = signal<ReadonlyMap<number, readonly Row[]>>(new Map());
  readonly everything = signal(false);
  readonly treeChoice = signal<TreeChoice>({ server: 1, other: 0 });
  readonly tree = signal<TreeReply | null>(null);
  readonly stretch = signal<StretchReply | null>(null);
  readonly timeView = new TimeView();
  readonly inspection = signal<InspectionReply | null>(null);
  readonly shiviz = signal<string | null>(null);
  readonly shared = signal<SharedReply | null>(null);
  readonly notice = signal<Notice | null>(null);
  /** Somebody moves the slider: where it is the nearest event at hand is shown. */
  scrubbing = false;
  private goal = 0;
  private film = new Film();
  private resting: ReturnType<typeof setTimeout> | undefined;
  private settledAt = Number.NEGATIVE_INFINITY;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** An answer to a seek is under way. */
  waiting = false;
  /** What is answered to it is out of date: the slider has gone on. */
  private overtaken = false;
  /** The latest wish that came meanwhile. */
  private wish: Request | null = null;
  private readonly asked = new Set<number>();
  private readonly send: (request: Request) => void;
  private number = -1;

  /** The line that is looked at. */
  readonly line = computed(() => {
    const opened = this.opened.value;
    return opened?.lines.find(({ id }) => id === opened.current) ?? null;
  });

  /** Properties violated so far. */
  readonly violated = computed(
    () => Object.values(this.frame.value?.verdicts ?? {}).filter((verdict) => verdict === 'violated').length,
  );

  /** A complete recording of another line of the same run: it tells how long this one will about be. */
  private readonly guide = signal<Tape | null>(null);
  readonly axis = computed(() => {
    const tape = this.tape.value;
    const { clock, length } = tape.complete ? tape : (this.guide.value ?? tape);
    return new Axis(clock, length);
  });

  constructor(send: (request: Request) => void) {
    this.send = send;
  }

  ask(request: Request): void {
    this.send(request);
  }

  /** Takes what the worker tells. */
  receive(reply: Reply): void {
    batch(() => this.take(reply));
  }

  private take(reply: Reply): void {
    switch (reply.kind) {
      case 'catalog':
        this.catalog.value = reply;
        return;
      case 'opened':
        if (reply.tape !== this.number) {
          this.number = reply.tape;
          const before = this.opened.value;
          const alike = before !== null && JSON.stringify(before.setup) === JSON.stringify(reply.setup);
          if (!alike || before.title !== reply.title) this.guide.value = null;
          else if (this.tape.value.complete) this.guide.value = this.tape.value;
          this.tape.value = EMPTY;
          this.marks.value = [];
          this.rows.value = [];
          this.commits.value = [];
          this.pages.value = new Map();
          this.stretch.value = null;
          this.asked.clear();
          this.film = new Film();
        }
        this.opened.value = reply;
        return;
      case 'progress': {
        if (reply.tape !== this.number) return;
        const { length, endTime, complete, traceHash, clock } = reply;
        this.tape.value = { length, endTime, complete, traceHash, clock };
        this.marks.value = [...this.marks.value, ...reply.marks];
        this.rows.value = [...this.rows.value, ...reply.rows];
        this.commits.value = [...this.commits.value, ...reply.commits];
        for (const [event, text] of reply.film) this.film.add(event, text);
        return;
      }
      case 'frame': {
        this.waiting = false;
        if (reply.tape !== this.number) return;
        if (!this.overtaken) this.stand(reply.frame, reply.next);
        this.overtaken = false;
        if (this.wish === null) return;
        const wish = this.wish;
        this.wish = null;
        this.go(wish);
        return;
      }
      case 'rows': {
        const number = (reply.from - 1) / PAGE;
        this.asked.delete(number);
        if (reply.tape !== this.number) return;
        const pages = new Map(this.pages.value);
        pages.set(number, reply.rows);
        if (pages.size > MOST_PAGES) pages.delete(pages.keys().next().value!);
        this.pages.value = pages;
        return;
      }
      case 'inspection':
        this.inspection.value = reply;
        return;
      case 'stretch':
        if (reply.tape === this.number) this.stretch.value = reply;
        return;
      case 'tree':
        this.tree.value = reply;
        return;
      case 'shiviz':
        this.shiviz.value = reply.log;
        return;
      case 'shared':
        this.shared.value = reply;
        return;
      case 'problem':
        this.notice.value = {
          text: reply.fallback ? `${reply.text} Here is the default scenario instead.` : reply.text,
          kind: 'problem',
          offer: !reply.fallback,
        };
        this.waiting = false;
        return;
      case 'done':
      case 'busy':
        return;
    }
  }

  /** Shows a frame. */
  private stand(frame: Frame, next: number | null): void {
    this.frame.value = frame;
    this.settle();
    this.next.value = next;
    this.time.value = frame.time;
    if (!frame.servers.some(({ id }) => id === this.treeChoice.peek().server))
      this.treeChoice.value = { server: frame.servers[0]!.id, other: 0 };
    if (!present(frame, this.selected.peek())) this.selected.value = null;
  }

  /** Lets what surrounds the picture follow it, at once where it has not just done so. */
  private settle(): void {
    const wait = this.settledAt + CALM - performance.now();
    if (wait > 0) {
      this.settling ??= setTimeout(() => this.settleNow(), wait);
      return;
    }
    this.settleNow();
  }

  private settleNow(): void {
    clearTimeout(this.settling);
    this.settling = undefined;
    this.settledAt = performance.now();
    this.settled.value = this.frame.peek();
  }

  /** The simulator was started anew, and nothing is open in it. */
  restart(why: string): void {
    this.forget();
    this.notice.value = { text: `${why} Here is the default scenario instead.`, kind: 'problem' };
    this.send({ kind: 'link', fragment: '' });
  }

  /** There is no simulator any more. */
  stop(why: string): void {
    this.forget();
    this.notice.value = { text: `${why} Reload the page to try again.`, kind: 'problem' };
  }

  private forget(): void {
    this.playing.value = false;
    this.waiting = false;
    this.overtaken = false;
    this.wish = null;
    this.number = -1;
  }

  /** Goes somewhere; of wishes that come faster than they are met, the last counts. */
  go(request: Request): void {
    if (this.waiting) {
      this.wish = request;
      return;
    }
    this.waiting = true;
    this.wish = null;
    this.send(request);
  }

  seek(event: number): void {
    const { length, complete } = this.tape.value;
    const most = complete ? length : Math.max(length, event);
    this.go({ kind: 'seek', event: Math.max(0, Math.min(event, most)) });
  }

  /** Goes to an event that somebody pointed at, and stays there. */
  visit(event: number): void {
    this.playing.value = false;
    this.seek(event);
  }

  /**
   * The slider is moved to an event: shown is that or, where it is at hand, one at most `near` events from it, until the
   * slider rests.
   */
  scrub(event: number, near: number): void {
    this.playing.value = false;
    this.scrubbing = true;
    this.goal = event;
    const frame = this.film.at(event, near);
    if (frame === null) this.seek(event);
    else {
      this.wish = null;
      this.overtaken = this.waiting;
      // The beginning of a branch was filmed where something was still expected of it.
      const edited = (this.line.peek()?.edits.length ?? 0) > 0;
      batch(() => this.stand(edited ? { ...frame, expectations: [] } : frame, null));
    }
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.arrive(), REST);
  }

  /** The slider rests. */
  arrive(): void {
    clearTimeout(this.resting);
    if (!this.scrubbing) return;
    this.scrubbing = false;
    this.seek(this.goal);
  }

  step(by: number): void {
    this.playing.value = false;
    this.seek((this.frame.value?.event ?? 0) + by);
  }

  /** To the next or previous mark. */
  leap(forward: boolean): void {
    this.playing.value = false;
    const here = this.frame.value?.event ?? 0;
    const marks = this.marks.value;
    const mark = forward
      ? marks.find(({ event }) => event > here)
      : marks.findLast(({ event }) => event < here);
    if (mark !== undefined) this.seek(mark.event);
    else this.seek(forward ? this.tape.value.length : 0);
  }

  /** Something is done to the run where it stands. */
  act(deed: Act): void {
    this.playing.value = false;
    this.arrive();
    this.send({ kind: 'act', act: deed, event: this.frame.peek()?.event ?? 0 });
  }

  /** A page of the log of all events, asked for where it is not here. */
  page(number: number): readonly Row[] | null {
    const { length } = this.tape.value;
    const known = this.pages.value.get(number);
    const whole = Math.min(PAGE, length - number * PAGE);
    if (known !== undefined && known.length >= whole) return known;
    if (!this.asked.has(number)) {
      this.asked.add(number);
      this.send({ kind: 'rows', from: number * PAGE + 1, count: PAGE });
    }
    return known ?? null;
  }
}
