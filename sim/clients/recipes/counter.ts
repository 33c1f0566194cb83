import { increment } from '../../../protocol/client/recipes/index.ts';
import { numberIn, optional } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds } from './rounds.ts';

interface CounterParams extends RoundParams {
  /** By how much it increments; default 1. */
  readonly by?: number;
}

/** Increments a shared counter (`/counter`). */
export const counter: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, by: optional(numberIn(1, 1e6, true)) },
  make(raw, settings) {
    const params = raw as CounterParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        yield* increment(zk, params.path ?? '/counter', params.by ?? 1);
      });
    };
  },
};
