import { parentOf } from '../../tree/path.ts';
import { ErrorCode } from '../../txn.ts';
import type { Step, Zk } from '../api.ts';
import { isError, repeat } from './recoverable.ts';
import { awaitEvent, deadline, ensurePath, remove } from './znode.ts';

/** Raises a barrier: who comes to it waits. It may stand already. */
export function* raiseBarrier(zk: Zk, path: string): Step<void> {
  yield* ensurePath(zk, parentOf(path));
  try {
    yield* repeat(zk, () => zk.create(path));
  } catch (error) {
    if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
  }
  yield* zk.tell('barrier', 'raised', { path });
}

/** Lets everybody pass. Whoever raises it again meanwhile may find it lifted once more, if a reply was lost. */
export function* liftBarrier(zk: Zk, path: string): Step<void> {
  yield* zk.tell('barrier', 'lifted', { path });
  yield* remove(zk, path);
}

/**
 * Waits at a barrier until it is lifted. False: `withinMs` passed first. A barrier that this client's server has not heard
 * of yet holds nobody.
 */
export function* passBarrier(zk: Zk, path: string, withinMs?: number): Step<boolean> {
  const until = yield* deadline(zk, withinMs);
  let waiting = 0;
  yield* zk.forgetEvents(path);
  for (;;) {
    const stat = yield* repeat(zk, () => zk.exists(path, true));
    // Another barrier in its place: the one waited for was lifted.
    if (stat === null || (waiting !== 0 && stat.czxid !== waiting)) {
      yield* zk.tell('barrier', 'passed', { path, token: waiting });
      return true;
    }
    if (waiting === 0) yield* zk.tell('barrier', 'waiting', { path, token: stat.czxid });
    waiting = stat.czxid;
    if (!(yield* awaitEvent(zk, path, until))) return false;
  }
}
