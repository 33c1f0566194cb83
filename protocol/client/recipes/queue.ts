import { CreateFlag, type MultiOp } from '../../request.ts';
import { OPEN_ACL_UNSAFE } from '../../tree/acl.ts';
import { childPath } from '../../tree/path.ts';
import { ErrorCode, OpCode } from '../../txn.ts';
import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { toBytes } from '../zk.ts';
import { once } from './once.ts';
import { isError, repeat } from './recoverable.ts';
import { readText } from './text.ts';
import { awaitEvent, deadline, ensurePath, inSequence } from './znode.ts';

/** An item that was taken; nobody else takes it. */
export interface QueueItem {
  readonly path: string;
  /** The czxid of its node, as {@link put} told. */
  readonly token: Zxid;
  readonly text: string;
}

const ITEM = 'item-';

/**
 * Puts an item at the end of a queue, exactly once. Its token is the czxid of its node.
 *
 * The node's name alone would not do after a lost reply: whoever takes the item removes it.
 */
export function* put(zk: Zk, queue: string, text: string): Step<Zxid> {
  return yield* putNamed(zk, queue, ITEM, text);
}

/** Takes the first item, waiting for one. Null: `withinMs` passed first. @throws KeeperError SESSIONEXPIRED */
export function* take(zk: Zk, queue: string, withinMs?: number): Step<QueueItem | null> {
  return yield* takeFirst(zk, queue, inSequence, withinMs);
}

/** Puts an item whose name begins so. */
export function* putNamed(zk: Zk, queue: string, name: string, text: string): Step<Zxid> {
  yield* ensureQueue(zk, queue);
  const create: MultiOp = {
    type: OpCode.create,
    path: childPath(itemsOf(queue), name),
    data: toBytes(text),
    acl: OPEN_ACL_UNSAFE,
    flags: CreateFlag.PERSISTENT_SEQUENTIAL,
  };
  const { zxid } = yield* once(zk, receiptsOf(queue), [create]);
  yield* zk.tell('queue', 'put', { path: queue, token: zxid });
  return zxid;
}

/** Takes the first of the items in the order given. */
export function* takeFirst(
  zk: Zk,
  queue: string,
  order: (names: readonly string[]) => string[],
  withinMs: number | undefined,
): Step<QueueItem | null> {
  const until = yield* deadline(zk, withinMs);
  const items = itemsOf(queue);
  yield* ensureQueue(zk, queue);
  for (;;) {
    yield* zk.forgetEvents(items);
    const names = order(yield* repeat(zk, () => zk.getChildren(items, true)));
    for (const name of names) {
      const item = yield* takeItem(zk, queue, childPath(items, name));
      if (item !== null) return item;
    }
    if (!(yield* awaitEvent(zk, items, until))) return null;
  }
}

/** Null: another was faster. */
function* takeItem(zk: Zk, queue: string, path: string): Step<QueueItem | null> {
  try {
    const { data, stat } = yield* repeat(zk, () => zk.getData(path));
    yield* once(zk, receiptsOf(queue), [{ type: OpCode.delete, path, version: stat.version }]);
    yield* zk.tell('queue', 'taken', { path, token: stat.czxid });
    return { path, token: stat.czxid, text: readText(data) };
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE, ErrorCode.BADVERSION)) throw error;
    return null;
  }
}

function* ensureQueue(zk: Zk, queue: string): Step<void> {
  yield* ensurePath(zk, itemsOf(queue));
  yield* ensurePath(zk, receiptsOf(queue));
}

function itemsOf(queue: string): string {
  return childPath(queue, 'items');
}

function receiptsOf(queue: string): string {
  return childPath(queue, 'receipts');
}
