// Two sides that are played the same sequences.
import { type Difference, differencesOf, lineOf } from './compare.ts';
import { explanationOf } from './differences.ts';
import { LONG_PATIENCE, PATIENCE, type Patience, Side } from './side.ts';
import type { Sequence, Step } from './step.ts';
import type { Target } from './target.ts';

/** Starts a server or an ensemble without any history. */
export type Start = () => Promise<Target>;

export interface Verdict {
  /** Differences that nothing explains, of the first step that has any. */
  readonly unexplained: readonly Difference[];
  /** By the id of a known difference. */
  readonly explained: ReadonlyMap<string, number>;
}

/** Something that went wrong once, and not again. */
export interface Race {
  readonly sequence: Sequence;
  /** In words, a line each. */
  readonly what: readonly string[];
}

/** What a sequence leaves behind is compared as what this step came to, which asks for nothing. */
const END: Step = { do: 'cut', session: -1 };
/** How often a sequence is played at most before what it shows is believed. */
const ATTEMPTS = 3;

type Sides = { readonly apache: Side; readonly ours: Side };
type Attempt = Verdict | { readonly error: unknown };

export class Pair {
  private readonly start: { readonly apache: Start; readonly ours: Start };
  private sides: Sides | null = null;
  private sequences = 0;
  private operationsBefore = 0;
  /** Times that both sides were started. */
  starts = 0;
  /** What did not show a second time. */
  readonly races: Race[] = [];

  constructor(apache: Start, ours: Start) {
    this.start = { apache, ours };
  }

  /** Requests sent to each side. */
  get operations(): number {
    return this.operationsBefore + (this.sides?.apache.operations ?? 0);
  }

  /**
   * Plays a sequence to both sides, step by step, up to an unexplained difference, after which they are started anew, or to
   * a known one where they part; the end of a sequence leaves nothing of it.
   *
   * A difference has to show twice, in the same fields, the second time on fresh servers with more patience: a server that
   * is slow, that does not start, or that answers no more, as one of an ensemble of 3.8.0 now and then (ZOOKEEPER-4537,
   * fixed in 3.9.0), is no difference. What shows otherwise the second time has a third one. What does not show again is
   * kept among the {@link races}.
   *
   * @throws what goes wrong in all attempts
   */
  async play(sequence: Sequence): Promise<Verdict> {
    let before: Shown | null = null;
    for (let attempt = 1; ; attempt++) {
      const found = await this.attempt(sequence, attempt === 1 ? PATIENCE : LONG_PATIENCE);
      if ('unexplained' in found && found.unexplained.length === 0) {
        if (before !== null) this.races.push({ sequence, what: before.lines });
        return found;
      }
      const shown = shownBy(found);
      if ('error' in found) {
        if (attempt === ATTEMPTS) throw found.error;
      } else if (shown.where === before?.where || attempt === ATTEMPTS) return found;
      before = shown;
    }
  }

  private async attempt(sequence: Sequence, patience: Patience): Promise<Attempt> {
    try {
      return await this.playOnce(sequence, await this.running(patience));
    } catch (error) {
      await this.stop();
      return { error };
    }
  }

  private async playOnce(sequence: Sequence, { apache, ours }: Sides): Promise<Verdict> {
    const explained = new Map<string, number>();
    const played: Step[] = [];
    const folder = `/d${++this.sequences}`;
    await Promise.all([apache.begin(folder), ours.begin(folder)]);
    let parted = false;
    for (const step of sequence) {
      const [theirs, mine] = await Promise.all([apache.play(step), ours.play(step)]);
      played.push(step);
      const unexplained: Difference[] = [];
      for (const difference of differencesOf(step, theirs, mine)) {
        const known = explanationOf(difference, played);
        if (known === undefined) {
          unexplained.push(difference);
          continue;
        }
        explained.set(known.id, (explained.get(known.id) ?? 0) + 1);
        parted = known.parts === true;
        if (parted && theirs.connection === 'silent') {
          // A server of Apache's may be stuck.
          await this.stop();
          return { unexplained, explained };
        }
        if (parted) break;
      }
      if (unexplained.length > 0) {
        await this.stop();
        return { unexplained, explained };
      }
      if (parted) break;
    }
    const [theirs, mine] = await Promise.all([apache.end(), ours.end()]);
    // Where they have parted, zxids count no more; counters and names would still show in later sequences.
    const left = differencesOf(END, theirs, mine).filter(
      ({ at }) => !parted || !/zxid/.test(String(at.at(-1))),
    );
    if (left.length > 0) await this.stop();
    return { unexplained: parted ? [] : left, explained };
  }

  /** Ends both sides; a further sequence starts them anew. */
  async stop(): Promise<void> {
    const { sides } = this;
    if (sides === null) return;
    this.operationsBefore += sides.apache.operations;
    this.sides = null;
    sides.apache.close();
    sides.ours.close();
    await Promise.all([sides.apache.target.remove(), sides.ours.target.remove()]);
  }

  private async running(patience: Patience): Promise<Sides> {
    if (this.sides !== null && patience === PATIENCE) return this.sides;
    await this.stop();
    const [apache, ours] = await Promise.allSettled([this.start.apache(), this.start.ours()]);
    if (apache.status === 'fulfilled' && ours.status === 'fulfilled') {
      this.starts++;
      this.sequences = 0;
      this.sides = { apache: new Side(apache.value, patience), ours: new Side(ours.value, patience) };
      return this.sides;
    }
    for (const each of [apache, ours]) if (each.status === 'fulfilled') await each.value.remove();
    throw apache.status === 'rejected' ? apache.reason : (ours as PromiseRejectedResult).reason;
  }
}

/** What an attempt came to, in words, and in which fields. */
interface Shown {
  readonly where: string;
  readonly lines: readonly string[];
}

function shownBy(attempt: Attempt): Shown {
  if ('error' in attempt) return { where: 'none', lines: [String(attempt.error)] };
  const { unexplained } = attempt;
  return {
    where: JSON.stringify(unexplained.map(({ step, at }) => [step, at])),
    lines: unexplained.map(lineOf),
  };
}
