import { CreateFlag } from '../../request.ts';
import type { Step, Zk } from '../api.ts';
import { createProtected, ensurePath, remove, sequenceOf } from './znode.ts';

/**
 * A number that nobody else gets from this path: the sequence number of a node that is made for it and removed. Numbers grow, with
 * gaps where a client failed; they are unique as long as the parent is not deleted, and up to 2³¹−1.
 */
export function* uniqueNumber(zk: Zk, path: string): Step<number> {
  yield* ensurePath(zk, path);
  const node = yield* createProtected(zk, path, 'name-', '', CreateFlag.EPHEMERAL_SEQUENTIAL);
  const number = sequenceOf(node.path);
  yield* zk.tell('names', 'given', { path, token: number });
  yield* remove(zk, node.path);
  return number;
}

/** `<prefix><number>`, unique among those from this path with this prefix. */
export function* uniqueName(zk: Zk, path: string, prefix: string): Step<string> {
  return prefix + String(yield* uniqueNumber(zk, path));
}
