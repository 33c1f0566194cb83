/** Hash ladders of two traces: where they part. */
import type { HashLadder } from '../trace-hash.ts';

/** What is known of a trace. */
export interface Climbed {
  readonly ladder: HashLadder;
  readonly events: number;
}

/** Events `from` (exclusive) to `to`: the traces agree after the former and differ after the latter, or by then. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where two different traces part, as closely as their ladders tell. */
export function partingStretch(a: Climbed, b: Climbed): Stretch {
  const every = Math.max(a.ladder.every, b.ladder.every);
  const rung = ({ ladder }: Climbed, event: number): string | undefined =>
    ladder.rungs[event / ladder.every - 1];
  const last = Math.max(a.events, b.events);
  let from = 0;
  while (from + every <= last) {
    const ours = rung(a, from + every);
    if (ours === undefined || ours !== rung(b, from + every)) break;
    from += every;
  }
  return { from, to: Math.min(last, from + every) };
}

/** The ladder with every second rung left out until there are at most `most`. */
export function thinned({ every, rungs }: HashLadder, most: number): HashLadder {
  if (rungs.length <= most) return { every, rungs };
  return thinned({ every: every * 2, rungs: rungs.filter((_, i) => i % 2 === 1) }, most);
}
