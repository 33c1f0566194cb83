import { isWrite } from '../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { formatEpochCounter, formatZxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import { difference, differenceOfTxns, sameResult } from './model-equality.ts';
import type { Operation } from './operation.ts';
import type { Committed, ServiceHistory } from './service-history.ts';

/** Herlihy and Wing's linearizability, of writes: the zxid order is the order in which they take effect. */
export const svcLinearizableWrites: Property = {
  id: 'SVC-LINEARIZABLE-WRITES',
  title: 'Linearizable writes',
  statement:
    'writes take effect in zxid order, at most once and within the time between request and answer, and return ' +
    'what the sequential model returns',
};

/** Errors that servers answer without a transaction: they say that nothing took effect. */
const WITHOUT_TRANSACTION: ReadonlySet<number> = new Set<number>([
  ErrorCode.UNIMPLEMENTED,
  ErrorCode.MARSHALLINGERROR,
  ErrorCode.UNKNOWNSESSION,
  ErrorCode.SESSIONEXPIRED,
  ErrorCode.SESSIONMOVED,
  ErrorCode.NOTREADONLY,
  ErrorCode.EPHEMERALONLOCALSESSION,
  ErrorCode.REQUESTTIMEOUT,
  ErrorCode.THROTTLEDOP,
]);

/** Checks {@link svcLinearizableWrites} where a transaction is delivered first and where a write is answered. */
export class SvcLinearizableWrites extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['established', 'serving', 'applied', 'answered'];
  private readonly service: ServiceHistory;

  constructor(ctx: MonitorContext, service: ServiceHistory) {
    super(ctx, svcLinearizableWrites);
    this.service = service;
  }

  onProbe(event: SimEvent): void {
    for (const committed of this.service.committed) this.checkEffect(committed);
    if (event.kind !== 'answered') return;
    const { operation } = this.service;
    if (operation !== null && isWrite(operation.request)) this.checkAnswer(operation);
  }

  private checkEffect({ record, operation, outcome, again }: Committed): void {
    const early = operation !== null && record.zxid <= operation.floor;
    if (!again && !early && outcome.agrees) return;
    const zxid = formatEpochCounter(record.zxid);
    const what = operation?.name ?? `request ${record.cxid} of session ${record.session}`;
    if (again) this.report(`${what} takes effect a second time, at ${zxid} (event ${this.ctx.event()})`);
    if (!outcome.agrees && outcome.expected !== null) {
      this.report(
        `${what} was committed at ${zxid} (event ${this.ctx.event()}) with ` +
          differenceOfTxns(outcome.expected, record.txn),
      );
    }
    if (early) {
      this.report(
        `${what} was committed at ${zxid}, before ${formatEpochCounter(operation.floor)}, ` +
          'though that was answered before it was asked for',
      );
    }
  }

  private checkAnswer(operation: Operation): void {
    const { outcome, result, zxid } = operation;
    if (zxid < 0 || result === null || this.service.blind) return;
    this.tested = true;
    if (outcome === null) {
      if (WITHOUT_TRANSACTION.has(result.err) || this.isLocal(operation)) return;
      this.report(`${operation.name} was answered ${result.err} but no server has delivered its transaction`);
      return;
    }
    if (zxid < outcome.zxid) {
      this.report(
        `${operation.name} took effect at ${formatEpochCounter(outcome.zxid)} ` +
          `but was answered from ${formatZxid(zxid)}`,
      );
    }
    const expected = outcome.result;
    if (expected === null || sameResult(expected, result)) return;
    // The server of a local session knows better than the leader why it may make no ephemerals.
    if (result.err === ErrorCode.EPHEMERALONLOCALSESSION && outcome.changes.length === 0) return;
    this.report(
      `${operation.name} was answered ${difference(expected, result)}, ` +
        `at its place ${formatEpochCounter(outcome.zxid)}`,
    );
  }

  /** A local session ends where it lives, and so does one of a server cut off from the quorum. */
  private isLocal(operation: Operation): boolean {
    if (operation.request.type !== OpCode.closeSession) return false;
    return (
      this.service.config.localSessions ||
      this.service.model.sessionAt(operation.session, operation.zxid) === undefined
    );
  }
}
