import type { Step, Zk } from '../../../protocol/client/api.ts';
import type { ClientSettings } from '../../catalog.ts';
import { type Member, numberIn, optional } from '../../shape.ts';

/** When a process is at work, virtual ms. */
export interface SpanParams {
  /** It starts; default 0. */
  readonly from?: number;
  /** From then on it leaves everything as it is; default: when clients are to stop. */
  readonly until?: number;
}

export const SPAN_MEMBERS: Readonly<Record<string, Member>> = {
  from: optional(numberIn(0, 1e9)),
  until: optional(numberIn(0, 1e9)),
};

/** Waits for the start; gives the end. */
export function* begin(zk: Zk, params: SpanParams, settings: ClientSettings): Step<number> {
  const late = (params.from ?? 0) - (yield* zk.now());
  if (late > 0) yield* zk.sleep(late);
  return Math.min(params.until ?? settings.stopAt, settings.stopAt);
}
