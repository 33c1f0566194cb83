/** Waiting in line: ephemeral sequential nodes, each watching only the one before it, so that a removal wakes one client. */
import { CreateFlag } from '../../request.ts';
import { childPath, nameOf } from '../../tree/path.ts';
import type { Step, Zk } from '../api.ts';
import { repeat } from './recoverable.ts';
import {
  awaitRemoval,
  createProtected,
  deadline,
  ensurePath,
  inSequence,
  type OwnNode,
  remove,
} from './znode.ts';

/** Of the nodes ahead, lowest number first, the one to wait for; undefined: nobody. */
export type Blocker = (ahead: readonly string[]) => string | undefined;

/** Everybody ahead counts: wait for the last of them. */
export const anyAhead: Blocker = (ahead) => ahead.at(-1);

/**
 * Takes a place in the line below `dir` and waits until nobody blocks it. Null: `withinMs` passed first, and the place is
 * given up. The limit is one of waiting for others, not for a server.
 */
export function* standInLine(
  zk: Zk,
  dir: string,
  label: string,
  data: string,
  blocker: Blocker,
  withinMs: number | undefined,
): Step<OwnNode | null> {
  const until = yield* deadline(zk, withinMs);
  yield* ensurePath(zk, dir);
  for (;;) {
    const place = yield* createProtected(zk, dir, label, data, CreateFlag.EPHEMERAL_SEQUENTIAL);
    const turn = yield* awaitTurn(zk, dir, place.path, blocker, until);
    if (turn === 'turn') return place;
    if (turn === 'late') {
      yield* remove(zk, place.path);
      return null;
    }
    // Somebody removed the place: back to the end of the line.
  }
}

/**
 * The list may be old, but not older than the own place, so nobody ahead is missing in it; and who is gone does not come
 * back. So a turn that was seen stays a turn as long as the place is there.
 */
function* awaitTurn(
  zk: Zk,
  dir: string,
  place: string,
  blocker: Blocker,
  until: number,
): Step<'turn' | 'late' | 'removed'> {
  for (;;) {
    const names = inSequence(yield* repeat(zk, () => zk.getChildren(dir)));
    const at = names.indexOf(nameOf(place));
    if (at < 0) return 'removed';
    const ahead = blocker(names.slice(0, at));
    if (ahead === undefined) return 'turn';
    if (!(yield* awaitRemoval(zk, childPath(dir, ahead), until))) return 'late';
  }
}
