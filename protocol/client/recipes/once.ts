import { CreateFlag, type MultiOp, type Result } from '../../request.ts';
import { OPEN_ACL_UNSAFE } from '../../tree/acl.ts';
import { childPath } from '../../tree/path.ts';
import { ErrorCode, OpCode } from '../../txn.ts';
import type { Zxid } from '../../zxid.ts';
import type { Step, Zk } from '../api.ts';
import { isError, isLoss, repeat, settle } from './recoverable.ts';
import { mark, remove } from './znode.ts';

/** What became of operations that took effect: `results` null where the reply that had them was lost. */
export interface Done {
  readonly zxid: Zxid;
  readonly results: readonly Result[] | null;
}

/**
 * Carries out operations, all or nothing and exactly once, although replies are lost: together with them it creates an
 * ephemeral receipt below `receipts`, and whether that is there tells afterwards whether they took effect. No look at their
 * own traces could tell: others may have changed the same nodes since.
 *
 * @throws KeeperError of the operation that failed; nothing took effect then. After SESSIONEXPIRED nobody knows.
 */
export function* once(zk: Zk, receipts: string, ops: readonly MultiOp[]): Step<Done> {
  const receipt = childPath(receipts, `${yield* mark(zk)}receipt`);
  const done = yield* attempt(zk, receipt, [
    ...ops,
    { type: OpCode.create, path: receipt, data: null, acl: OPEN_ACL_UNSAFE, flags: CreateFlag.EPHEMERAL },
    // For its Stat: in a multi no create tells the zxid.
    { type: OpCode.setData, path: receipt, data: null, version: 0 },
  ]);
  try {
    yield* remove(zk, receipt);
  } catch (error) {
    // It is gone with the session; what was done stays done.
    if (!isError(error, ErrorCode.SESSIONEXPIRED)) throw error;
  }
  return done;
}

function* attempt(zk: Zk, receipt: string, ops: readonly MultiOp[]): Step<Done> {
  for (;;) {
    try {
      const results = yield* zk.multi(ops);
      return { zxid: results[ops.length - 1]!.stat!.czxid, results };
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    yield* settle(zk);
    const stat = yield* repeat(zk, () => zk.exists(receipt));
    if (stat !== null) return { zxid: stat.czxid, results: null };
  }
}
