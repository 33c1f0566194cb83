import type { Step, Zk } from '../../../protocol/client/api.ts';

/** Sleeps until that time of the client's machine, ms; not at all where it is past. */
export function* until(zk: Zk, at: number): Step<void> {
  const wait = at - (yield* zk.now());
  if (wait > 0) yield* zk.sleep(wait);
}
