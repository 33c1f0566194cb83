import { enterDoubleBarrier, leaveDoubleBarrier } from '../../../protocol/client/recipes/index.ts';
import { childPath } from '../../../protocol/tree/path.ts';
import { field, numberIn } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds, within, work } from './rounds.ts';

interface DoubleBarrierParams extends RoundParams {
  /** How many are to meet. */
  readonly count: number;
}

/** Meets others at one double barrier after the other (`/double-barrier/0`, …): enters, works, leaves. */
export const doubleBarrier: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, count: field(numberIn(1, 1000, true)) },
  make(raw, settings) {
    const params = raw as unknown as DoubleBarrierParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* (number) {
        const path = childPath(params.path ?? '/double-barrier', String(number));
        const member = yield* enterDoubleBarrier(zk, path, params.count, within(params));
        if (member === null) return;
        yield* work(zk, params);
        yield* leaveDoubleBarrier(zk, member, within(params));
      });
    };
  },
};
