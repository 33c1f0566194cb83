import { uniqueNumber } from '../../../protocol/client/recipes/index.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds } from './rounds.ts';

/** Asks for unique numbers (`/names`). */
export const uniqueNames: ProgramDefinition = {
  members: ROUND_MEMBERS,
  make(raw, settings) {
    const params = raw as RoundParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        yield* uniqueNumber(zk, params.path ?? '/names');
      });
    };
  },
};
