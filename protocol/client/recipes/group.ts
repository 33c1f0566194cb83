import { CreateFlag } from '../../request.ts';
import { nameOf } from '../../tree/path.ts';
import { ErrorCode } from '../../txn.ts';
import type { Step, Zk } from '../api.ts';
import { isError, repeat } from './recoverable.ts';
import { awaitEvent, createProtected, deadline, ensurePath, type OwnNode, remove } from './znode.ts';

/** Length of `_c_<guid>-`. */
const MARK_LENGTH = 36;

/** Joins a group until it leaves or its session ends. Several members may have one name. */
export function* joinGroup(zk: Zk, group: string, name: string): Step<OwnNode> {
  yield* ensurePath(zk, group);
  const member = yield* createProtected(zk, group, name, name, CreateFlag.EPHEMERAL);
  yield* zk.tell('group', 'joined', { path: member.path, token: member.czxid, holder: name });
  return member;
}

/** Is a member no longer. */
export function* leaveGroup(zk: Zk, member: OwnNode): Step<void> {
  yield* zk.tell('group', 'left', { path: member.path, token: member.czxid });
  yield* remove(zk, member.path);
}

/** Names of the members as this client's server knows them, sorted. */
export function* groupMembers(zk: Zk, group: string): Step<readonly string[]> {
  try {
    return namesOf(yield* repeat(zk, () => zk.getChildren(group)));
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE)) throw error;
    return [];
  }
}

/** Waits until the members are others than `known`, sorted. Null: `withinMs` passed first. */
export function* awaitGroupChange(
  zk: Zk,
  group: string,
  known: readonly string[],
  withinMs?: number,
): Step<readonly string[] | null> {
  const until = yield* deadline(zk, withinMs);
  yield* ensurePath(zk, group);
  for (;;) {
    yield* zk.forgetEvents(group);
    const names = namesOf(yield* repeat(zk, () => zk.getChildren(group, true)));
    if (names.length !== known.length || names.some((name, i) => name !== known[i])) return names;
    if (!(yield* awaitEvent(zk, group, until))) return null;
  }
}

function namesOf(nodes: readonly string[]): string[] {
  return nodes.map((node) => nameOf(node).slice(MARK_LENGTH)).sort();
}
