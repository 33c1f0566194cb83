// Two sides that are played the same sequences.
import { type Difference, differencesOf } from './compare.ts';
import { explanationOf } from './differences.ts';
import { Side } from './side.ts';
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

export class Pair {
  private readonly start: { readonly apache: Start; readonly ours: Start };
  private sides: { readonly apache: Side; readonly ours: Side } | null = null;
  private sequences = 0;
  private operationsBefore = 0;
  /** Times that both sides were started. */
  starts = 0;
  /** Differences that did not show a second time. */
  readonly races: { readonly sequence: Sequence; readonly differences: readonly Difference[] }[] = [];

  constructor(apache: Start, ours: Start) {
    this.start = { apache, ours };
  }

  /** Requests sent to each side. */
  get operations(): number {
    return this.operationsBefore + (this.sides?.apache.operations ?? 0);
  }

  /**
   * Plays a sequence to both sides, step by step, up to an unexplained difference, after which they are started anew, or to
   * a known one where they part; the end of a sequence leaves nothing of it. What does not differ again when it is
   * repeated on fresh servers was a race within one of them, and is only counted.
   */
  async play(sequence: Sequence): Promise<Verdict> {
    const verdict = await this.playOnce(sequence);
    if (verdict.unexplained.length === 0) return verdict;
    const again = await this.playOnce(sequence);
    if (again.unexplained.length > 0) return again;
    this.races.push({ sequence, differences: verdict.unexplained });
    return again;
  }

  private async playOnce(sequence: Sequence): Promise<Verdict> {
    const { apache, ours } = await this.running();
    const explained = new Map<string, number>();
    const played: Step[] = [];
    const folder = `/d${++this.sequences}`;
    try {
      await Promise.all([apache.begin(folder), ours.begin(folder)]);
      for (const step of sequence) {
        const [theirs, mine] = await Promise.all([apache.play(step), ours.play(step)]);
        const differences = differencesOf(step, theirs, mine);
        played.push(step);
        const unexplained: Difference[] = [];
        let parts = false;
        for (const difference of differences) {
          const known = explanationOf(difference, played);
          if (known === undefined) {
            unexplained.push(difference);
            continue;
          }
          explained.set(known.id, (explained.get(known.id) ?? 0) + 1);
          parts = known.parts === true;
          if (parts && theirs.connection === 'silent') {
            // A server of Apache's may be stuck.
            await this.stop();
            return { unexplained, explained };
          }
          if (parts) break;
        }
        if (unexplained.length > 0) {
          await this.stop();
          return { unexplained, explained };
        }
        if (parts) break;
      }
      await Promise.all([apache.end(), ours.end()]);
    } catch (error) {
      await this.stop();
      throw error;
    }
    return { unexplained: [], explained };
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

  private async running(): Promise<{ readonly apache: Side; readonly ours: Side }> {
    if (this.sides !== null) return this.sides;
    const [apache, ours] = await Promise.all([this.start.apache(), this.start.ours()]);
    this.starts++;
    this.sequences = 0;
    this.sides = { apache: new Side(apache), ours: new Side(ours) };
    return this.sides;
  }
}
