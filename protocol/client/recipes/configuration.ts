import { parentOf } from '../../tree/path.ts';
import { ErrorCode } from '../../txn.ts';
import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { isError, isLoss, repeat, settle } from './recoverable.ts';
import { readText } from './text.ts';
import { awaitEvent, deadline, ensurePath } from './znode.ts';

/** A configuration as it was written. */
export interface Configuration {
  readonly text: string;
  /** Of the node, for {@link changeConfiguration}. */
  readonly version: number;
  /** mzxid; it grows from one to the next. */
  readonly token: Zxid;
}

/** Reads it. @throws KeeperError NONODE where there is none yet */
export function* readConfiguration(zk: Zk, path: string, watch = false): Step<Configuration> {
  const { data, stat } = yield* repeat(zk, () => zk.getData(path, watch));
  return { text: readText(data), version: stat.version, token: stat.mzxid };
}

/** Waits for a configuration newer than the one of that token (0: any). Null: `withinMs` passed first. */
export function* awaitConfiguration(
  zk: Zk,
  path: string,
  after: Zxid,
  withinMs?: number,
): Step<Configuration | null> {
  const until = yield* deadline(zk, withinMs);
  for (;;) {
    yield* zk.forgetEvents(path);
    if ((yield* repeat(zk, () => zk.exists(path, true))) !== null) {
      try {
        const found = yield* readConfiguration(zk, path);
        if (found.token > after) {
          yield* zk.tell('configuration', 'seen', { path, token: found.token });
          return found;
        }
      } catch (error) {
        if (!isError(error, ErrorCode.NONODE)) throw error;
      }
    }
    if (!(yield* awaitEvent(zk, path, until))) return null;
  }
}

/** Makes the first configuration; false where there is one already, or there is one after its reply was lost. */
export function* beginConfiguration(zk: Zk, path: string, text: string): Step<boolean> {
  yield* ensurePath(zk, parentOf(path));
  try {
    yield* zk.create(path, text);
    return true;
  } catch (error) {
    if (isError(error, ErrorCode.NODEEXISTS)) return false;
    if (!isLoss(error)) throw error;
  }
  // Whose it is does not matter to those who read it.
  yield* settle(zk);
  const found = yield* repeat(zk, () => zk.exists(path));
  return found === null ? yield* beginConfiguration(zk, path, text) : false;
}

/**
 * Replaces the configuration of that version. After a lost reply it reads and compares: the next version with this text is as good
 * as its own, whoever wrote it. @throws KeeperError BADVERSION when another was faster, or so fast after this one that
 * nobody can tell
 */
export function* changeConfiguration(
  zk: Zk,
  path: string,
  text: string,
  version: number,
): Step<Configuration> {
  for (;;) {
    try {
      const stat = yield* zk.setData(path, text, version);
      yield* zk.tell('configuration', 'changed', { path, token: stat.mzxid });
      return { text, version: stat.version, token: stat.mzxid };
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    yield* settle(zk);
    const found = yield* readConfiguration(zk, path);
    if (found.version === version + 1 && found.text === text) {
      yield* zk.tell('configuration', 'changed', { path, token: found.token });
      return found;
    }
  }
}
