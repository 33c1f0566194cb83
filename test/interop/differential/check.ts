import fc from 'fast-check';
import type { Difference } from './compare.ts';
import type { Pair } from './pair.ts';
import type { Sequence } from './step.ts';

/** A sequence as code to paste, in a regression or an example. */
export function codeOf(sequence: Sequence): string {
  return JSON.stringify(sequence, null, 1).replace(/\n\s*/g, ' ').replaceAll('"do":', '\n  "do":');
}

/** What a person has to know of a difference, in a line. */
export function lineOf({ at, apache, ours, arrival }: Difference): string {
  const of = arrival === undefined ? '' : ` (${String(arrival.to ?? 'event')} ${arrival.xid ?? ''})`;
  return `${at.join('.')}${of}: Apache ${JSON.stringify(apache)}, ours ${JSON.stringify(ours)}`;
}

export interface Checked {
  /** How often each known difference showed. */
  readonly explained: ReadonlyMap<string, number>;
}

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
  let failed = false;
  const property = fc.asyncProperty(sequences, async (sequence) => {
    if (!failed && pair.operations >= operations) return;
    const verdict = await pair.play(sequence, failed);
    for (const [id, count] of verdict.explained) explained.set(id, (explained.get(id) ?? 0) + count);
    if (verdict.unexplained.length === 0) return;
    failed = true;
    throw new Error(`${verdict.unexplained.map(lineOf).join('\n')}\n${codeOf(sequence)}`);
  });
  const { error, failed: found } = await fc
    .check(property, {
      seed,
      numRuns: operations,
      // Every try of the shrinker starts both sides anew.
      interruptAfterTimeLimit: 3_600_000,
    })
    .then((details) => ({
      failed: details.failed,
      error:
        details.errorInstance instanceof Error
          ? details.errorInstance.message
          : String(details.errorInstance),
    }));
  if (found) throw new Error(`Seed ${seed}: a sequence on which the two differ:\n${error}`);
  return { explained };
}
