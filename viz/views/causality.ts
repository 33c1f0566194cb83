/** Which events led to one, and to which it led. */
import type { StretchEvent } from '../model/stretch.ts';

/** Indices of the events before (its past) and after (its future) within a stretch; the event itself is in neither. */
export interface Cone {
  readonly past: ReadonlySet<number>;
  readonly future: ReadonlySet<number>;
}

/**
 * By causes alone: that one machine handles two events one after the other makes neither the cause of the other.
 *
 * @param events in their order, without gaps
 */
export function cone(events: readonly StretchEvent[], event: number): Cone {
  const first = events[0]?.event ?? 0;
  const past = new Set<number>();
  for (let at = events[event - first]; at !== undefined && at.cause > 0; at = events[at.cause - first])
    past.add(at.cause);
  const future = new Set<number>();
  for (let i = Math.max(0, event - first + 1); i < events.length; i++) {
    const { event: index, cause } = events[i]!;
    if (cause === event || future.has(cause)) future.add(index);
  }
  return { past, future };
}
