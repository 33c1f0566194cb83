import type { WriteOp } from '../request.ts';
import type { DataTree } from '../tree/tree.ts';
import { ErrorCode, OpCode, type Txn, type TxnRecord } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import { ChangeRecords } from './change-records.ts';
import { failed, type Preparation, type PrepConfig, type PrepRequest } from './preparation.ts';
import { prepareSetAcl, prepareSetData } from './prepare-change.ts';
import { prepareCreate } from './prepare-create.ts';
import { prepareDelete, prepareDeleteContainer } from './prepare-delete.ts';
import { prepareMulti } from './prepare-multi.ts';
import { prepareCloseSession, prepareCreateSession } from './prepare-session.ts';
import type { ServiceRules } from './service-rules.ts';

export type { PrepRequest } from './preparation.ts';

/**
 * The leader's view of what is proposed but not applied yet, and the checks that turn a write into a transaction
 * (server.PrepRequestProcessor). Plain data: it may be cloned field by field.
 */
export class OutstandingChanges {
  private readonly config: PrepConfig;
  private readonly rules: ServiceRules;
  private readonly records: ChangeRecords;

  constructor(config: PrepConfig, rules: ServiceRules) {
    this.config = config;
    this.rules = rules;
    this.records = new ChangeRecords(rules.seesPending);
  }

  /** Changes not applied yet. */
  get size(): number {
    return this.records.size;
  }

  /**
   * Turns a write into the transaction to propose. A write that fails becomes an error transaction, a multi one of errors
   * only; it takes its zxid all the same.
   *
   * @param tree the leader's tree, at which everything dropped by {@link applied} has been applied
   * @param zxid larger than of all calls before
   * @param time the leader's wall clock, milliseconds
   */
  prepare(tree: DataTree, request: PrepRequest, zxid: Zxid, time: number): TxnRecord {
    const { config, rules, records } = this;
    if (records.size === 0) records.digest = tree.digest;
    const txn = transactionOf({ config, rules, tree, records, request, zxid, time }, request.op);
    const { session, cxid } = request;
    return { kind: 'txn', session, cxid, zxid, time, txn, digest: records.digest };
  }

  /** Drops the changes of transactions up to `zxid`: the tree has them now. Amortized constant time per change. */
  applied(zxid: Zxid): void {
    this.records.applied(zxid);
  }

  /** Forgets everything pending: leadership ended. */
  clear(): void {
    this.records.clear();
  }
}

/** PrepRequestProcessor.pRequest2Txn. */
function transactionOf(p: Preparation, op: WriteOp): Txn {
  switch (op.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return prepareCreate(p, op);
    case OpCode.delete:
      return prepareDelete(p, op);
    case OpCode.deleteContainer:
      return prepareDeleteContainer(p, op);
    case OpCode.setData:
      return prepareSetData(p, op);
    case OpCode.setACL:
      return prepareSetAcl(p, op);
    case OpCode.multi:
      return prepareMulti(p, op);
    case OpCode.createSession:
      return prepareCreateSession(op);
    case OpCode.closeSession:
      return prepareCloseSession(p);
    case OpCode.reconfig:
      return failed(ErrorCode.RECONFIGDISABLED);
    case OpCode.error:
      return failed(ErrorCode.MARSHALLINGERROR);
  }
}
