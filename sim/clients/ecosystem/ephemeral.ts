/** Ephemeral nodes of fixed names: who made one has what it stands for. */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import { isError, isLoss, repeat, settle } from '../../../protocol/client/recipes/index.ts';
import { CreateFlag } from '../../../protocol/request.ts';
import type { Stat } from '../../../protocol/tree/stat.ts';
import { ErrorCode } from '../../../protocol/txn.ts';

/** Makes an ephemeral node of this session, or finds that it has made it. Null: it is another session's. */
export function* claim(zk: Zk, path: string, data: string): Step<Stat | null> {
  for (;;) {
    try {
      return (yield* zk.create2(path, data, { mode: CreateFlag.EPHEMERAL })).stat;
    } catch (error) {
      if (isLoss(error)) yield* settle(zk);
      else if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
    }
    const stat = yield* repeat(zk, () => zk.exists(path));
    if (stat !== null) return stat.ephemeralOwner === (yield* zk.session()).id ? stat : null;
  }
}

/** Pause before another try, ms. */
const AGAIN_MS = 200;

/** Makes an ephemeral node that nobody else wants: one of this process's last session has to expire first. */
export function* enlist(zk: Zk, path: string, data: string): Step<Stat> {
  for (;;) {
    const stat = yield* claim(zk, path, data);
    if (stat !== null) return stat;
    yield* zk.sleep(AGAIN_MS);
  }
}
