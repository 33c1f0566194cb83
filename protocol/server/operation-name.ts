import { isWrite, type Op, type Result } from '../request.ts';
import { ErrorCode, OpCode } from '../txn.ts';
import type { LocalRequest } from './context.ts';

const NAMES: Readonly<Record<number, string>> = {
  [OpCode.createSession]: 'SESS',
  [OpCode.closeSession]: 'CLOS',
  [OpCode.ping]: 'PING',
  [OpCode.multi]: 'MULT',
  [OpCode.multiRead]: 'MLTR',
  [OpCode.create]: 'CREA',
  [OpCode.create2]: 'CREA',
  [OpCode.createTTL]: 'CREA',
  [OpCode.createContainer]: 'CREA',
  [OpCode.delete]: 'DELE',
  [OpCode.deleteContainer]: 'DELE',
  [OpCode.setData]: 'SETD',
  [OpCode.setACL]: 'SETA',
  [OpCode.reconfig]: 'RECO',
  [OpCode.sync]: 'SYNC',
  [OpCode.exists]: 'EXIS',
  [OpCode.getData]: 'GETD',
  [OpCode.getACL]: 'GETA',
  [OpCode.getChildren]: 'GETC',
  [OpCode.getChildren2]: 'GETC',
  [OpCode.getAllChildrenNumber]: 'GETACN',
  [OpCode.getEphemerals]: 'GETE',
  [OpCode.setWatches]: 'SETW',
  [OpCode.setWatches2]: 'STW2',
  [OpCode.addWatch]: 'ADDW',
  [OpCode.checkWatches]: 'CHKW',
  [OpCode.removeWatches]: 'REMW',
  [OpCode.whoAmI]: 'HOMI',
};

/** What nothing is known of. */
const NONE = 'NA';

/** What `cons` calls an answered request: nothing where it was refused before it was looked at (FinalRequestProcessor). */
export function operationName(request: LocalRequest, result: Result): string {
  const { op, error } = request;
  const refused = error !== ErrorCode.OK || (result.err !== ErrorCode.OK && isWrite(op as Op));
  return refused && op.type !== OpCode.multi ? NONE : (NAMES[op.type] ?? NONE);
}
