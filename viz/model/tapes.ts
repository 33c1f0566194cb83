/** The recordings of a run's lines, and how much of each the page has been told. */
import type { FullCatalog } from '../../scenarios/index.ts';
import { firstDivergence } from './divergence.ts';
import { editedRun, type Line, ORIGINAL, parting } from './edits.ts';
import type { ProgressReply } from './messages.ts';
import type { Opened } from './opening.ts';
import { Recording } from './recording.ts';

/** Recordings that are kept at most beside the one looked at, and what all of them may hold: see {@link Recording.kept}. */
const MOST_OTHERS = 5;
const MOST_VALUES = 3_000_000;
const MOST_TEXT = 48_000_000;
/** Readings of the clock that a page is told. */
const READINGS = 256;

/** A recording that is or was looked at. */
export class Tape {
  readonly recording: Recording;
  /** Another one each time that the page begins anew with it: what is told of an older one is out of date. */
  number: number;
  /** How much has been told. */
  private marks = 0;
  private rows = 0;
  private commits = 0;
  private filmed = 0;
  private length = -1;
  private complete = false;

  constructor(recording: Recording, number: number) {
    this.recording = recording;
    this.number = number;
  }

  /** All of it is to be told again, under a new number. */
  rewind(number: number): void {
    this.number = number;
    this.marks = 0;
    this.rows = 0;
    this.commits = 0;
    this.filmed = 0;
    this.length = -1;
    this.complete = false;
  }

  /** What has come since it was told last; null: nothing. */
  news(): ProgressReply | null {
    const { recording } = this;
    const { marks, complete, length } = recording;
    if (this.complete || (!complete && length === this.length)) return null;
    const film = recording.film.since(this.filmed);
    const reply: ProgressReply = {
      kind: 'progress',
      tape: this.number,
      length,
      endTime: recording.endTime,
      complete,
      traceHash: complete ? recording.traceHash : '',
      marks: marks.marks.slice(this.marks),
      rows: marks.rows.slice(this.rows),
      commits: marks.commits.slice(this.commits),
      film,
      clock: clockOf(recording),
    };
    this.marks = marks.marks.length;
    this.rows = marks.rows.length;
    this.commits = marks.commits.length;
    this.filmed = film.at(-1)?.[0] ?? this.filmed;
    this.length = length;
    this.complete = complete;
    return reply;
  }
}

function clockOf({ times, length }: Recording): number[] {
  return Array.from({ length: READINGS + 1 }, (_, i) => times.at(Math.round((length * i) / READINGS)));
}

const keyOf = ({ edits }: Line): string => JSON.stringify(edits);

/** The tapes of one opened run, the one looked at last. */
export class Tapes {
  readonly opened: Opened;
  private readonly catalog: FullCatalog;
  private readonly tapes = new Map<string, Tape>();
  private readonly partings = new Map<string, number | null>();

  constructor(opened: Opened, catalog: FullCatalog) {
    this.opened = opened;
    this.catalog = catalog;
  }

  /**
   * The tape of a line, made anew where it is not kept.
   * @param number what it is to be known as
   * @throws SpecError where the run names something that the catalog does not hold
   */
  load(line: Line, number: number): Tape {
    const key = keyOf(line);
    const tape = this.tapes.get(key) ?? new Tape(this.record(line), number);
    tape.rewind(number);
    this.tapes.delete(key);
    this.tapes.set(key, tape);
    for (const [oldest] of this.tapes) {
      const { values, text } = this.kept;
      if (
        oldest === key ||
        (this.tapes.size <= 1 + MOST_OTHERS && values <= MOST_VALUES && text <= MOST_TEXT)
      )
        break;
      this.tapes.delete(oldest);
    }
    return tape;
  }

  /** What all tapes hold; what branches share is counted for each. */
  get kept(): { readonly values: number; readonly text: number } {
    let [values, text] = [0, 0];
    for (const { recording } of this.tapes.values()) {
      values += recording.kept.values;
      text += recording.kept.text;
    }
    return { values, text };
  }

  /** A recording of a line, from the snapshots of whichever kept one is the same longest. */
  private record(line: Line): Recording {
    const { run, narration } = this.opened;
    const edited = editedRun(run, line.edits);
    let beginning: { recording: Recording; before: number } | undefined;
    for (const [edits, { recording }] of this.tapes) {
      // A branch does not watch for what is expected of the original.
      if (recording.spec.expectations.length < edited.expectations.length) continue;
      const before = parting({ ...ORIGINAL, edits: JSON.parse(edits) }, line);
      if (before !== null && (beginning === undefined || before > beginning.before))
        beginning = { recording, before };
    }
    return new Recording(edited, this.catalog, narration, beginning);
  }

  /**
   * Where the trace of a line parts from another's: by their hashes where both are recorded, else by their edits; null:
   * nowhere.
   */
  partsAt(line: Line, current: Line): number | null {
    if (line === current) return null;
    const key = `${keyOf(current)}\n${keyOf(line)}`;
    const known = this.partings.get(key);
    if (known !== undefined) return known;
    const [ours, theirs] = [this.tapes.get(keyOf(current)), this.tapes.get(keyOf(line))];
    if (ours?.recording.complete !== true || theirs?.recording.complete !== true)
      return parting(current, line);
    const event = firstDivergence(ours.recording, theirs.recording);
    this.partings.set(key, event);
    return event;
  }
}
