/** What is answered from a server's own tree and watches (FinalRequestProcessor). */
import type { ChannelId } from '../host.ts';
import {
  AddWatchMode,
  type AddWatchRequest,
  type MultiReadRequest,
  type ReadOp,
  type ReadRequest,
  type Result,
  type WatcherRequest,
  WatcherType,
} from '../request.ts';
import { allowed, readableAcl } from '../tree/access.ts';
import { type Id, Perms } from '../tree/acl.ts';
import { ROOT } from '../tree/path.ts';
import type { DataTree } from '../tree/tree.ts';
import type { Watches } from '../tree/watches.ts';
import { ErrorCode, OpCode, type SessionId } from '../txn.ts';

const OK: Result = { err: ErrorCode.OK };
const NO_NODE: Result = { err: ErrorCode.NONODE };
const NO_AUTH: Result = { err: ErrorCode.NOAUTH };
const NO_WATCHER: Result = { err: ErrorCode.NOWATCHER };
const BAD_ARGUMENTS: Result = { err: ErrorCode.BADARGUMENTS };
/** Apache's answer to whatever its server threw an exception at. */
const MARSHALLING_ERROR: Result = { err: ErrorCode.MARSHALLINGERROR };

/**
 * The result of a read at the tree's present state; a watch it asks for is armed with it, unless it is refused.
 *
 * @param watcher the connection that asks
 * @param ids whom it has authenticated as
 */
export function answerRead(
  op: ReadOp,
  tree: DataTree,
  watches: Watches,
  watcher: ChannelId,
  session: SessionId,
  ids: readonly Id[],
): Result {
  switch (op.type) {
    case OpCode.ping:
      return OK;
    case OpCode.sync:
      return syncResult(op.path);
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return readNode(op, tree, watches, watcher, ids);
    case OpCode.multiRead:
      return readAll(op, tree, watches, watcher, ids);
    case OpCode.getACL:
      return getAcl(op.path, tree, ids);
    case OpCode.getAllChildrenNumber:
      return refusal(op.path, tree, Perms.READ, ids) ?? tree.getAllChildrenNumber(op.path);
    case OpCode.getEphemerals:
      return { err: ErrorCode.OK, ephemerals: withPrefix(tree.ephemeralsOf(session), op.path) };
    case OpCode.whoAmI:
      return { err: ErrorCode.OK, ids: ids.map(userOf) };
    case OpCode.addWatch:
      return addWatch(op, watches, watcher);
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      return checkOrRemoveWatches(op, watches, watcher);
    case OpCode.setWatches:
    case OpCode.setWatches2:
      watches.setWatches(tree, watcher, op);
      return OK;
  }
}

/** A sync is answered with its path, also where that is none. */
export function syncResult(path: string | null): Result {
  return path === null ? OK : { err: ErrorCode.OK, path };
}

/** Why a node may not be read: it is not there, or none of the permissions is the requester's. */
function refusal(path: string, tree: DataTree, perms: number, ids: readonly Id[]): Result | null {
  const node = tree.nodes.get(path);
  if (node === undefined) return NO_NODE;
  return allowed(node.acl, perms, ids) ? null : NO_AUTH;
}

function readNode(
  op: ReadRequest,
  tree: DataTree,
  watches: Watches,
  watcher: ChannelId,
  ids: readonly Id[],
): Result {
  const { path } = op;
  if (op.type === OpCode.exists) {
    if (path.includes('\0')) return BAD_ARGUMENTS;
    const refused = refusal(path, tree, Perms.READ, ids);
    if (refused === NO_AUTH) return refused;
    if (op.watch) watches.addData(path, watcher);
    return tree.exists(path);
  }
  const refused = refusal(path, tree, Perms.READ, ids);
  if (refused !== null) return refused;
  if (op.type === OpCode.getData) {
    if (op.watch) watches.addData(path, watcher);
    return tree.getData(path);
  }
  if (op.watch) watches.addChild(path, watcher);
  const result = tree.getChildren(path);
  return op.type === OpCode.getChildren2 ? result : { err: result.err, children: result.children ?? [] };
}

function readAll(
  request: MultiReadRequest,
  tree: DataTree,
  watches: Watches,
  watcher: ChannelId,
  ids: readonly Id[],
): Result {
  // Found while the request is decoded, before any part of it takes effect (MultiOperationRecord.deserialize).
  for (const op of request.ops) {
    if (op.type !== OpCode.getData && op.type !== OpCode.getChildren) return MARSHALLING_ERROR;
  }
  // What a part says of a watch is passed over (Op.getData, Op.getChildren).
  const results = request.ops.map((op) => readNode({ ...op, watch: false }, tree, watches, watcher, ids));
  return { err: ErrorCode.OK, results };
}

function getAcl(path: string, tree: DataTree, ids: readonly Id[]): Result {
  const refused = refusal(path, tree, Perms.READ | Perms.ADMIN, ids);
  if (refused !== null) return refused;
  const result = tree.getAcl(path);
  return { ...result, acl: readableAcl(result.acl ?? [], ids) };
}

/** A blank prefix and the root mean all. */
function withPrefix(paths: readonly string[], prefix: string): readonly string[] {
  const bare = prefix.trim();
  return bare === '' || bare === ROOT ? paths : paths.filter((path) => path.startsWith(prefix));
}

/** What whoAmI says of an id (AuthUtil.getUser): of a digest only the user, of a scheme without a provider nothing. */
function userOf(id: Id): Id {
  if (id.scheme === 'ip') return id;
  const colon = id.id.indexOf(':');
  return { scheme: id.scheme, id: id.scheme === 'digest' && colon >= 0 ? id.id.slice(0, colon) : '' };
}

function addWatch(op: AddWatchRequest, watches: Watches, watcher: ChannelId): Result {
  if (op.mode !== AddWatchMode.PERSISTENT && op.mode !== AddWatchMode.PERSISTENT_RECURSIVE) {
    return MARSHALLING_ERROR;
  }
  watches.addPersistent(op.path, watcher, op.mode);
  return OK;
}

function checkOrRemoveWatches(op: WatcherRequest, watches: Watches, watcher: ChannelId): Result {
  if (!(op.watcher >= WatcherType.CHILDREN && op.watcher <= WatcherType.PERSISTENT_RECURSIVE)) {
    return MARSHALLING_ERROR;
  }
  const found =
    op.type === OpCode.checkWatches
      ? watches.has(op.path, watcher, op.watcher)
      : watches.remove(op.path, watcher, op.watcher);
  return found ? OK : NO_WATCHER;
}
