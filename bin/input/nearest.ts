/** Which known name somebody may have meant. */
import { editDistance } from '../../sim/nearest.ts';

/** The nearest of the names: by distance, or the first that contains the whole input; undefined if none is near. */
export function nearest(input: string, names: readonly string[]): string | undefined {
  const wanted = input.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const d = editDistance(wanted, name);
    if (d < bestDistance) {
      best = name;
      bestDistance = d;
    }
  }
  if (best !== undefined && bestDistance <= Math.max(2, best.length * 0.4)) return best;
  if (wanted.length < 3) return undefined;
  return names.find((name) => name.includes(wanted));
}
