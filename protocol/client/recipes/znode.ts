/** What every recipe does with znodes, safe to repeat after a lost reply. */
import { childPath, nameOf, parentOf, ROOT } from '../../tree/path.ts';
import { ErrorCode } from '../../txn.ts';
import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { guid } from './guid.ts';
import { isError, isLoss, repeat, settle } from './recoverable.ts';

/** A node that this client made: its full path and the zxid of its creation. */
export interface OwnNode {
  readonly path: string;
  readonly czxid: Zxid;
}

/** Makes a persistent node and those above it, where they are not there. */
export function* ensurePath(zk: Zk, path: string): Step<void> {
  if (path === ROOT || (yield* repeat(zk, () => zk.exists(path))) !== null) return;
  yield* ensurePath(zk, parentOf(path));
  try {
    yield* repeat(zk, () => zk.create(path));
  } catch (error) {
    if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
  }
}

/** The beginning of a protected node's name (ProtectedUtils of Curator). */
export function* mark(zk: Zk): Step<string> {
  return `_c_${yield* guid(zk)}-`;
}

/**
 * Creates exactly one node `<mark><label>` below `parent`, although replies are lost: the GUID in its name says whether it
 * is there (protection mode of Curator).
 */
export function* createProtected(
  zk: Zk,
  parent: string,
  label: string,
  data: string,
  mode: number,
  marked?: string,
): Step<OwnNode> {
  const start = marked ?? (yield* mark(zk));
  for (;;) {
    try {
      const { path, stat } = yield* zk.create2(childPath(parent, start + label), data, { mode });
      return { path, czxid: stat.czxid };
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    yield* settle(zk);
    const name = (yield* repeat(zk, () => zk.getChildren(parent))).find((child) => child.startsWith(start));
    if (name === undefined) continue;
    const path = childPath(parent, name);
    const stat = yield* repeat(zk, () => zk.exists(path));
    if (stat !== null) return { path, czxid: stat.czxid };
  }
}

/** Deletes a node of which there is never another of that name; it may be gone already. */
export function* remove(zk: Zk, path: string): Step<void> {
  try {
    yield* repeat(zk, () => zk.delete(path));
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE)) throw error;
  }
}

/** The monotonic time `withinMs` from now; Infinity without a limit. */
export function* deadline(zk: Zk, withinMs: number | undefined): Step<number> {
  return withinMs === undefined ? Number.POSITIVE_INFINITY : (yield* zk.now()) + withinMs;
}

/** Waits for an event of that path. False: the time is over. */
export function* awaitEvent(zk: Zk, path: string, until: number): Step<boolean> {
  if (until === Number.POSITIVE_INFINITY) return (yield* zk.event(path)) !== null;
  const left = until - (yield* zk.now());
  return left > 0 && (yield* zk.event(path, left)) !== null;
}

/** Waits until a node is gone. False: the time is over. */
export function* awaitRemoval(zk: Zk, path: string, until: number): Step<boolean> {
  for (;;) {
    try {
      // Not exists: on a node that is gone it would leave a watch behind.
      yield* repeat(zk, () => zk.getData(path, true));
    } catch (error) {
      if (isError(error, ErrorCode.NONODE)) return true;
      throw error;
    }
    if (!(yield* awaitEvent(zk, path, until))) return false;
  }
}

/** The ten digits that end the name of a sequential node; −1 where there are none. */
export function sequenceOf(name: string): number {
  const digits = nameOf(name).slice(-10);
  return /^\d{10}$/.test(digits) ? Number(digits) : -1;
}

/** The sequential nodes among these names, lowest number first. */
export function inSequence(names: readonly string[]): string[] {
  return names.filter((name) => sequenceOf(name) >= 0).sort((a, b) => sequenceOf(a) - sequenceOf(b));
}
