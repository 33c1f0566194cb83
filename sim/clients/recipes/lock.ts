import { acquireLock, holdsLock, releaseLock } from '../../../protocol/client/recipes/index.ts';
import { numberIn, optional } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import {
  RESOURCE_MEMBERS,
  type ResourceParams,
  ROUND_MEMBERS,
  type RoundParams,
  rounds,
  useResource,
  within,
} from './rounds.ts';

interface LockParams extends RoundParams, ResourceParams {
  /** How often it uses the resource under one lock; default 2. */
  readonly uses?: number;
}

const USES = 2;

/** Acquires a lock (`/lock`), uses the resource it guards, releases it. */
export const lock: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, ...RESOURCE_MEMBERS, uses: optional(numberIn(0, 1000, true)) },
  make(raw, settings) {
    const params = raw as LockParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        const held = yield* acquireLock(zk, params.path ?? '/lock', { withinMs: within(params) });
        if (held === null) return;
        for (let i = 0; i < (params.uses ?? USES); i++) {
          const accepted = yield* useResource(zk, params, held.token);
          if (!accepted && !(yield* holdsLock(zk, held))) return;
        }
        yield* releaseLock(zk, held);
      });
    };
  },
};
