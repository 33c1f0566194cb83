import { childPath } from '../../tree/path.ts';
import { ErrorCode } from '../../txn.ts';
import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { anyAhead, standInLine } from './line.ts';
import { isError, repeat } from './recoverable.ts';
import { readText } from './text.ts';
import { inSequence, remove } from './znode.ts';

/** An election that was won. As with a lock, whoever was slow may still believe in it: `token` is to fence it. */
export interface Leadership {
  readonly path: string;
  /** Election zxid: the czxid of the candidate's node. It grows from leader to leader. */
  readonly token: Zxid;
  readonly candidate: string;
}

/** Stands as a candidate below `dir` until elected. Null: `withinMs` passed first. @throws KeeperError SESSIONEXPIRED */
export function* campaign(
  zk: Zk,
  dir: string,
  candidate: string,
  withinMs?: number,
): Step<Leadership | null> {
  const place = yield* standInLine(zk, dir, 'candidate-', candidate, anyAhead, withinMs);
  if (place === null) return null;
  const leadership: Leadership = { path: place.path, token: place.czxid, candidate };
  yield* zk.tell('leader', 'elected', { path: place.path, token: place.czxid, holder: candidate });
  return leadership;
}

/** Makes way for the next candidate. */
export function* resign(zk: Zk, leadership: Leadership): Step<void> {
  const { path, token, candidate } = leadership;
  yield* zk.tell('leader', 'resigned', { path, token, holder: candidate });
  yield* remove(zk, path);
}

/** The candidate who leads, as far as this client's server knows; null: nobody stands. */
export function* currentLeader(zk: Zk, dir: string): Step<string | null> {
  for (;;) {
    try {
      const first = inSequence(yield* repeat(zk, () => zk.getChildren(dir)))[0];
      if (first === undefined) return null;
      return readText((yield* repeat(zk, () => zk.getData(childPath(dir, first)))).data);
    } catch (error) {
      // It has gone in between, or nobody has ever stood.
      if (!isError(error, ErrorCode.NONODE)) throw error;
      if ((yield* repeat(zk, () => zk.exists(dir))) === null) return null;
    }
  }
}
