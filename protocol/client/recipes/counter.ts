import { childPath } from '../../tree/path.ts';
import { ErrorCode, OpCode } from '../../txn.ts';
import type { Step, Zk } from '../api.ts';
import { toBytes } from '../zk.ts';
import { once } from './once.ts';
import { isError, repeat } from './recoverable.ts';
import { readText } from './text.ts';
import { ensurePath } from './znode.ts';

/** The value as this client's server knows it; 0 where nobody has counted. */
export function* readCounter(zk: Zk, path: string): Step<number> {
  try {
    return countIn((yield* repeat(zk, () => zk.getData(path))).data);
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE)) throw error;
    return 0;
  }
}

/**
 * Adds to a shared counter, exactly once, and gives the new value: reads it, and sets it if nobody was faster.
 *
 * @param by a whole number above 0
 */
export function* increment(zk: Zk, path: string, by = 1): Step<number> {
  const receipts = childPath(path, 'receipts');
  yield* ensurePath(zk, receipts);
  yield* zk.tell('counter', 'incrementing', { path, token: by });
  for (;;) {
    const { data, stat } = yield* repeat(zk, () => zk.getData(path));
    const value = countIn(data) + by;
    try {
      yield* once(zk, receipts, [
        { type: OpCode.setData, path, data: toBytes(String(value)), version: stat.version },
      ]);
    } catch (error) {
      if (!isError(error, ErrorCode.BADVERSION)) throw error;
      continue;
    }
    yield* zk.tell('counter', 'incremented', { path, token: value });
    return value;
  }
}

function countIn(data: Uint8Array | null): number {
  return Number(readText(data));
}
