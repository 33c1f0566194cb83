import type { MultiOp, MultiRequest } from '../request.ts';
import { ErrorCode, type ErrorTxn, type MultiPart, type MultiTxn, OpCode } from '../txn.ts';
import { multiPart } from './multi-part.ts';
import { failed, type Preparation } from './preparation.ts';
import { prepareCheck, prepareSetData } from './prepare-change.ts';
import { prepareCreate } from './prepare-create.ts';
import { prepareDelete } from './prepare-delete.ts';

/** multi: each part sees what the ones before it have prepared, under one zxid; one that fails undoes them all. */
export function prepareMulti(p: Preparation, op: MultiRequest): MultiTxn | ErrorTxn {
  const { records, rules } = p;
  const txns: MultiPart[] = [];
  records.begin();
  for (const given of op.ops) {
    const part = multiPart(given);
    if (part === null) {
      records.rollBack();
      return failed(ErrorCode.MARSHALLINGERROR);
    }
    const txn = preparePart(p, part);
    if (txn.type === OpCode.error) {
      if (rules.rollsBack) records.rollBack();
      else records.keep();
      return failedMulti(op, txns.length, txn);
    }
    txns.push(txn);
  }
  records.keep();
  return { type: OpCode.multi, txns };
}

function preparePart(p: Preparation, op: MultiOp): MultiPart {
  switch (op.type) {
    case OpCode.delete:
      return prepareDelete(p, op);
    case OpCode.setData:
      return prepareSetData(p, op);
    case OpCode.check:
      return prepareCheck(p, op);
    default:
      return prepareCreate(p, op);
  }
}

/** What failed, after parts that would have been fine and before parts that were not looked at. */
function failedMulti(op: MultiRequest, index: number, failure: MultiPart): MultiTxn {
  const txns = op.ops.map((_, i) => {
    if (i === index) return failure;
    return failed(i < index ? ErrorCode.OK : ErrorCode.RUNTIMEINCONSISTENCY);
  });
  return { type: OpCode.multi, txns };
}
