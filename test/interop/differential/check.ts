import fc from 'fast-check';
import { lineOf } from './compare.ts';
import type { Pair } from './pair.ts';
import type { Sequence } from './step.ts';

/** A sequence as code to paste, in a regression or an example. */
export function codeOf(sequence: Sequence): string {
  return JSON.stringify(sequence, null, 1).replace(/\n\s*/g, ' ').replaceAll('"do":', '\n  "do":');
}

export interface Checked {
  /** How often each known difference showed. */
  readonly explained: ReadonlyMap<string, number>;
}

/** How long a sequence that shows a difference is made shorter, ms. */
const SHRINKING = 90_000;

/**
 * Plays random sequences until so many operations have been sent.
 *
 * @throws Error with the shrunk sequence, as code, at the first unexplained difference
 */
export async function check(
  pair: Pair,
  sequences: fc.Arbitrary<Sequence>,
  operations: number,
  seed: number,
): Promise<Checked> {
  const explained = new Map<string, number>();
  let failedAt: number | null = null;
  const property = fc.asyncProperty(sequences, async (sequence) => {
    const over = failedAt === null ? pair.operations >= operations : Date.now() > failedAt + SHRINKING;
    if (over) return;
    const verdict = await pair.play(sequence);
    for (const [id, count] of verdict.explained) explained.set(id, (explained.get(id) ?? 0) + count);
    if (verdict.unexplained.length === 0) return;
    failedAt ??= Date.now();
    throw new Error(`${verdict.unexplained.map(lineOf).join('\n')}\n${codeOf(sequence)}`);
  });
  const details = await fc.check(property, { seed, numRuns: operations });
  if (details.failed) {
    const error = details.errorInstance;
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`Seed ${seed}: a sequence on which the two differ:\n${what}`);
  }
  return { explained };
}
