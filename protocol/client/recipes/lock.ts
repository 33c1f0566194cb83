import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { anyAhead, standInLine } from './line.ts';
import { repeat } from './recoverable.ts';
import { remove } from './znode.ts';

/**
 * A lock that was acquired. Whoever was slow may still believe to hold it when another does: what the lock guards must
 * be told `token` and refuse one smaller than it has seen.
 */
export interface Lock {
  /** The node that stands for it; it goes with the session. */
  readonly path: string;
  /** Fencing token: the node's czxid. It grows from holder to holder. */
  readonly token: Zxid;
}

export interface LockOptions {
  /** ms to wait for others; default: as long as it takes. */
  readonly withinMs?: number;
  /** Who asks, for those who look at the node. */
  readonly holder?: string;
}

/** Waits in line for the lock `dir`. Null: `withinMs` passed first. @throws KeeperError SESSIONEXPIRED */
export function* acquireLock(zk: Zk, dir: string, options: LockOptions = {}): Step<Lock | null> {
  const holder = options.holder ?? '';
  const place = yield* standInLine(zk, dir, 'lock-', holder, anyAhead, options.withinMs);
  if (place === null) return null;
  const lock: Lock = { path: place.path, token: place.czxid };
  yield* zk.tell('lock', 'acquired', { ...lock, holder });
  return lock;
}

/** Whether the node was still there in what this client's server knows. */
export function* holdsLock(zk: Zk, lock: Lock): Step<boolean> {
  if ((yield* repeat(zk, () => zk.exists(lock.path))) !== null) return true;
  yield* zk.tell('lock', 'lost', lock);
  return false;
}

/** Lets the next one in. */
export function* releaseLock(zk: Zk, lock: Lock): Step<void> {
  yield* zk.tell('lock', 'released', lock);
  yield* remove(zk, lock.path);
}
