import { CreateFlag, type MultiOp } from '../../request.ts';
import { OPEN_ACL_UNSAFE } from '../../tree/acl.ts';
import { childPath, nameOf } from '../../tree/path.ts';
import { ErrorCode, OpCode } from '../../txn.ts';
import type { Step, Zk } from '../api.ts';
import { toBytes } from '../zk.ts';
import { once } from './once.ts';
import { isError, repeat } from './recoverable.ts';
import { readText } from './text.ts';
import { awaitEvent, awaitRemoval, createProtected, deadline, ensurePath, mark, remove } from './znode.ts';

/** A member inside a double barrier. */
export interface Membership {
  readonly barrier: string;
  readonly path: string;
  /** Names of the nodes of all who entered together, sorted. */
  readonly members: readonly string[];
}

/**
 * Waits until `count` members are here, then lets just these in. A barrier serves one meeting: use another path for the next.
 * Null: `withinMs` passed first and it has withdrawn, or the others entered without it.
 *
 * The node `ready` lists who enters; it is created only while the nodes of all of them are there, and who withdraws does
 * so only while it is not there. So nobody enters with one who has withdrawn.
 */
export function* enterDoubleBarrier(
  zk: Zk,
  barrier: string,
  count: number,
  withinMs?: number,
): Step<Membership | null> {
  const until = yield* deadline(zk, withinMs);
  const meeting = childPath(barrier, 'members');
  yield* ensurePath(zk, meeting);
  yield* ensurePath(zk, childPath(barrier, 'receipts'));
  const start = yield* mark(zk);
  yield* zk.tell('doubleBarrier', 'arrived', { path: barrier, token: count, holder: `${start}member` });
  const { path } = yield* createProtected(zk, meeting, 'member', '', CreateFlag.EPHEMERAL, start);
  const own = nameOf(path);
  const ready = childPath(barrier, 'ready');
  let late = false;
  for (;;) {
    const members = yield* readyMembers(zk, ready);
    if (members?.includes(own)) {
      yield* zk.tell('doubleBarrier', 'entered', { path: barrier, token: members.length, holder: own });
      return { barrier, path, members };
    }
    if (members !== null) {
      yield* remove(zk, path);
      yield* zk.tell('doubleBarrier', 'missed', { path: barrier, holder: own });
      return null;
    }
    if (late) {
      if (!(yield* withdraw(zk, barrier, path, ready))) continue;
      yield* zk.tell('doubleBarrier', 'withdrew', { path: barrier, holder: own });
      return null;
    }
    const here = yield* repeat(zk, () => zk.getChildren(meeting));
    if (here.length >= count) yield* open(zk, meeting, ready, here.slice(0, count));
    else late = !(yield* awaitEvent(zk, ready, until));
  }
}

/** The list in `ready`; null: not yet, and a watch is set. */
function* readyMembers(zk: Zk, ready: string): Step<string[] | null> {
  for (;;) {
    if ((yield* repeat(zk, () => zk.exists(ready, true))) === null) return null;
    try {
      return readText((yield* repeat(zk, () => zk.getData(ready))).data).split(' ');
    } catch (error) {
      // One who withdraws makes and removes it within one transaction, so this is not seen; but somebody may tidy up.
      if (!isError(error, ErrorCode.NONODE)) throw error;
    }
  }
}

/** Opens for these members if they are still here. That it is done twice after a lost reply changes nothing. */
function* open(zk: Zk, meeting: string, ready: string, members: readonly string[]): Step<void> {
  const checks: MultiOp[] = members.map((name) => ({
    type: OpCode.check,
    path: childPath(meeting, name),
    version: -1,
  }));
  const data = toBytes(members.join(' '));
  const create: MultiOp = { type: OpCode.create, path: ready, data, acl: OPEN_ACL_UNSAFE, flags: 0 };
  try {
    yield* repeat(zk, () => zk.multi([...checks, create]));
  } catch (error) {
    // One of them has gone, or another has opened it.
    if (!isError(error, ErrorCode.NONODE, ErrorCode.NODEEXISTS)) throw error;
  }
}

/** Whether it has withdrawn; otherwise it is open. Making and removing `ready` demands that it is not there. */
function* withdraw(zk: Zk, barrier: string, path: string, ready: string): Step<boolean> {
  try {
    yield* once(zk, childPath(barrier, 'receipts'), [
      { type: OpCode.create, path: ready, data: null, acl: OPEN_ACL_UNSAFE, flags: 0 },
      { type: OpCode.delete, path: ready, version: -1 },
      { type: OpCode.delete, path, version: -1 },
    ]);
    return true;
  } catch (error) {
    if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
    return false;
  }
}

/**
 * Waits until all who entered together are ready to leave or gone. False: `withinMs` passed first; the own node is removed
 * then all the same.
 *
 * The first of those still here waits for the last, and the others for the first: each removal wakes one client, but the last
 * one all.
 */
export function* leaveDoubleBarrier(zk: Zk, member: Membership, withinMs?: number): Step<boolean> {
  const until = yield* deadline(zk, withinMs);
  const { barrier, path, members } = member;
  const meeting = childPath(barrier, 'members');
  const own = nameOf(path);
  yield* zk.tell('doubleBarrier', 'leaving', { path: barrier, holder: own });
  for (;;) {
    const here = (yield* repeat(zk, () => zk.getChildren(meeting))).filter((name) => members.includes(name));
    const first = here[0] === own;
    if (!first || here.length === 1) yield* remove(zk, path);
    const awaited = first ? here.at(-1) : here[0];
    if (awaited === undefined || awaited === own) break;
    if (!(yield* awaitRemoval(zk, childPath(meeting, awaited), until))) {
      yield* remove(zk, path);
      return false;
    }
  }
  yield* zk.tell('doubleBarrier', 'left', { path: barrier, holder: own });
  return true;
}
