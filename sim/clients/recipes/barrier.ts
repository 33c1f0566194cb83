import { liftBarrier, passBarrier, raiseBarrier } from '../../../protocol/client/recipes/index.ts';
import { flag, optional } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds, within, work } from './rounds.ts';

interface BarrierParams extends RoundParams {
  /** It raises and lifts the barrier instead of waiting at it; one client should. Default false. */
  readonly keeper?: boolean;
}

/** Raises and lifts a barrier (`/barrier`), or passes it again and again. */
export const barrier: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, keeper: optional(flag) },
  make(raw, settings) {
    const params = raw as BarrierParams;
    const path = params.path ?? '/barrier';
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        if (params.keeper !== true) {
          yield* passBarrier(zk, path, within(params));
          return;
        }
        yield* raiseBarrier(zk, path);
        yield* work(zk, params);
        yield* liftBarrier(zk, path);
      });
    };
  },
};
