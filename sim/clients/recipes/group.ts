import {
  awaitGroupChange,
  groupMembers,
  joinGroup,
  leaveGroup,
} from '../../../protocol/client/recipes/index.ts';
import { optional, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds, within } from './rounds.ts';

interface GroupParams extends RoundParams {
  /** Of the member; default `member`. */
  readonly name?: string;
}

/** Joins a group (`/group`), waits until others join or leave, leaves it. */
export const group: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, name: optional(text) },
  make(raw, settings) {
    const params = raw as GroupParams;
    const path = params.path ?? '/group';
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        const member = yield* joinGroup(zk, path, params.name ?? 'member');
        yield* awaitGroupChange(zk, path, yield* groupMembers(zk, path), within(params));
        yield* leaveGroup(zk, member);
      });
    };
  },
};
