import type { Step, Zk } from '../api.ts';
import { anyAhead, type Blocker, standInLine } from './line.ts';
import type { Lock, LockOptions } from './lock.ts';
import { remove } from './znode.ts';

/** A lock held with others that read, or alone. */
export interface ReadWriteLock extends Lock {
  readonly shared: boolean;
}

/** A reader waits for the last writer ahead: readers behind one writer all wake when it goes, as they should. */
const writerAhead: Blocker = (ahead) => ahead.findLast((name) => name.includes('-write-'));

/** Waits until no writer is ahead. Null: `withinMs` passed first. */
export function* acquireReadLock(zk: Zk, dir: string, options: LockOptions = {}): Step<ReadWriteLock | null> {
  return yield* acquire(zk, dir, true, options);
}

/** Waits until nobody is ahead. Null: `withinMs` passed first. */
export function* acquireWriteLock(
  zk: Zk,
  dir: string,
  options: LockOptions = {},
): Step<ReadWriteLock | null> {
  return yield* acquire(zk, dir, false, options);
}

function* acquire(zk: Zk, dir: string, shared: boolean, options: LockOptions): Step<ReadWriteLock | null> {
  const holder = options.holder ?? '';
  const blocker = shared ? writerAhead : anyAhead;
  const place = yield* standInLine(zk, dir, shared ? 'read-' : 'write-', holder, blocker, options.withinMs);
  if (place === null) return null;
  const lock: ReadWriteLock = { path: place.path, token: place.czxid, shared };
  yield* zk.tell(recipeOf(lock), 'acquired', { path: lock.path, token: lock.token, holder });
  return lock;
}

/** Lets the next ones in. */
export function* releaseReadWriteLock(zk: Zk, lock: ReadWriteLock): Step<void> {
  yield* zk.tell(recipeOf(lock), 'released', { path: lock.path, token: lock.token });
  yield* remove(zk, lock.path);
}

function recipeOf(lock: ReadWriteLock): string {
  return lock.shared ? 'readLock' : 'writeLock';
}
