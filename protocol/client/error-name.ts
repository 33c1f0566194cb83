/** Names of error codes. */
import { ErrorCode } from '../txn.ts';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ErrorCode).map(([name, code]) => [code, name]),
);

/** KeeperException.Code's name of a code, or the number as text. */
export function errorName(code: number): string {
  return NAMES.get(code) ?? String(code);
}
