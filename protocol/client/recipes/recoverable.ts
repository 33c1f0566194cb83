/**
 * Requests whose answer was lost. Reads and idempotent writes are repeated; before a client looks whether another
 * write took effect, it settles what is still under way.
 */
import { ErrorCode, OpCode } from '../../txn.ts';
import { KeeperError, type Step, type Zk } from '../api.ts';

/** Pause before the next try, ms: at least, and how much more at random. */
const PAUSE_LEAST_MS = 10;
const PAUSE_SPREAD_MS = 90;

/** Whether an error leaves open what became of the request, in a session that may live on (RetryLoop of Curator). */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof KeeperError)) return false;
  const { code } = error;
  return (
    code === ErrorCode.CONNECTIONLOSS ||
    code === ErrorCode.OPERATIONTIMEOUT ||
    code === ErrorCode.SESSIONMOVED
  );
}

/** Whether an error is one of these codes. */
export function isError(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof KeeperError && codes.includes(error.code);
}

/** Asks until there is an answer. Only for what may be asked twice: reads and idempotent writes. */
export function* repeat<T>(zk: Zk, request: () => Step<T>): Step<T> {
  for (;;) {
    try {
      return yield* request();
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    yield* zk.sleep(PAUSE_LEAST_MS + Math.floor((yield* zk.random()) * PAUSE_SPREAD_MS));
  }
}

/**
 * After this every earlier write of the session has taken effect, visibly to the session, or never will: a write that
 * changes nothing is committed behind them. `sync` would not do, since a leader that has lost its quorum answers it.
 */
export function* settle(zk: Zk): Step<void> {
  try {
    yield* repeat(zk, () => zk.multi([{ type: OpCode.check, path: '/', version: -1 }]));
  } catch (error) {
    // A refusal has its place in the order of writes as well.
    if (!isError(error, ErrorCode.NONODE, ErrorCode.NOAUTH)) throw error;
  }
}
