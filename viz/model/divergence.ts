import { partingStretch } from '../../sim/fuzz/ladder.ts';
import type { Recording } from './recording.ts';

/** The first event after which the traces of two complete recordings differ; null where they are the same. */
export function firstDivergence(a: Recording, b: Recording): number | null {
  if (a.traceHash === b.traceHash) return null;
  const { from, to } = partingStretch(a.climbed, b.climbed);
  const [ours, theirs] = [a.hashes(from, to), b.hashes(from, to)];
  for (let i = 0; i < to - from; i++) if (ours[i] !== theirs[i]) return from + 1 + i;
  // They differ only in how they end.
  return to;
}
