import {
  acquireReadLock,
  acquireWriteLock,
  releaseReadWriteLock,
} from '../../../protocol/client/recipes/index.ts';
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

interface ReadWriteLockParams extends RoundParams, ResourceParams {
  /** Share of read locks, 0…1; default 0.7. */
  readonly reads?: number;
}

const READS = 0.7;

/** Acquires a read/write lock (`/read-write-lock`), uses the resource it guards, releases it. */
export const readWriteLock: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, ...RESOURCE_MEMBERS, reads: optional(numberIn(0, 1)) },
  make(raw, settings) {
    const params = raw as ReadWriteLockParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        const acquire = (yield* zk.random()) < (params.reads ?? READS) ? acquireReadLock : acquireWriteLock;
        const held = yield* acquire(zk, params.path ?? '/read-write-lock', { withinMs: within(params) });
        if (held === null) return;
        yield* useResource(zk, params, held.token, held.shared);
        yield* releaseReadWriteLock(zk, held);
      });
    };
  },
};
