/** What of a transaction's effect its client is told (FinalRequestProcessor). */
import type { Op, Result } from '../request.ts';
import { ErrorCode, OpCode } from '../txn.ts';
import { multiPart } from './multi-part.ts';

/** READ-9: create is answered with the path alone; create2, createContainer and createTTL with the stat too; a multi part by part. */
export function writeResult(op: Op, result: Result): Result {
  if (result.err !== ErrorCode.OK) return { err: result.err };
  switch (op.type) {
    case OpCode.create:
      return result.path === undefined ? { err: result.err } : { err: result.err, path: result.path };
    case OpCode.multi: {
      const { results = [] } = result;
      return {
        err: result.err,
        results: results.map((part, i) => {
          const given = op.ops[i];
          const partOp = given === undefined ? null : multiPart(given);
          return partOp === null ? part : writeResult(partOp, part);
        }),
      };
    }
    default:
      return result;
  }
}
