import { CreateFlag, type MultiOp } from '../request.ts';
import { OpCode } from '../txn.ts';

/**
 * A part of a multi as Apache takes it: of a create, whatever its type says, the flag decides what is made, and create2 is
 * create (MultiOperationRecord.deserialize, Op.Create). Null: a flag that wants a time to live, which only createTTL has.
 */
export function multiPart(op: MultiOp): MultiOp | null {
  switch (op.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      break;
    default:
      return op;
  }
  const { path, data, acl, flags } = op;
  switch (flags) {
    case CreateFlag.PERSISTENT_WITH_TTL:
    case CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL:
      return op.type === OpCode.createTTL ? op : null;
    case CreateFlag.CONTAINER:
      return { type: OpCode.createContainer, path, data, acl, flags };
    default:
      return { type: OpCode.create, path, data, acl, flags };
  }
}
