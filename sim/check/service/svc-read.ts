import type { ReadOp } from '../../../protocol/request.ts';
import { ErrorCode, OpCode, type SessionId } from '../../../protocol/txn.ts';
import { formatZxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import { difference, sameResult } from './model-equality.ts';
import { readAt } from './model-reads.ts';
import type { Operation } from './operation.ts';
import type { ServiceHistory } from './service-history.ts';

/** What makes ZooKeeper's local reads useful: they may be old, but they are true. */
export const svcRead: Property = {
  id: 'SVC-READ',
  title: 'Reads of one past',
  statement:
    "a read equals the model's state at the zxid it was answered from; staleness is legal, invention is not " +
    '(a read-only server: some logged history)',
};

/** Operations that are answered from the tree. */
const READS: ReadonlySet<number> = new Set<number>([
  OpCode.exists,
  OpCode.getData,
  OpCode.getACL,
  OpCode.getChildren,
  OpCode.getChildren2,
  OpCode.getEphemerals,
  OpCode.getAllChildrenNumber,
  OpCode.multiRead,
  OpCode.sync,
]);

/** Checks {@link svcRead} at each answer. */
export class SvcRead extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['answered'];
  private readonly service: ServiceHistory;

  constructor(ctx: MonitorContext, service: ServiceHistory) {
    super(ctx, svcRead);
    this.service = service;
  }

  onProbe(_event: SimEvent): void {
    const { operation } = this.service;
    if (operation === null || operation.zxid < 0 || !READS.has(operation.request.type)) return;
    this.compare(operation, operation.request as ReadOp);
  }

  private compare(operation: Operation, op: ReadOp): void {
    const { zxid, result, server, session, who } = operation;
    const { readOnly } = this.service.client(operation.client);
    const views = this.service.views(server, zxid, readOnly);
    if (views === null || result === null) return;
    // A server that is cut off takes no sync, and a leader none of a session that is over or elsewhere; they say so.
    if (op.type === OpCode.sync && readOnly && result.err === ErrorCode.NOTREADONLY) return;
    if (this.isRefusal(result.err, session)) return;
    this.tested = true;
    let first = '';
    for (const view of views) {
      const expected = readAt(view.model, view.zxid, op, session, who);
      if (expected === null || sameResult(expected, result)) return;
      if (first === '') first = difference(expected, result);
    }
    this.report(
      views.length === 0
        ? `${operation.name} was answered by server ${server} from ${formatZxid(zxid)}, which nobody has delivered`
        : `${operation.name} was answered by server ${server} from ${formatZxid(zxid)} with ${first}`,
    );
  }

  /** The leader looks whether its own clients still have their sessions, before it looks into the tree. */
  private isRefusal(err: number, session: SessionId): boolean {
    if (err === ErrorCode.SESSIONMOVED) return true;
    if (err !== ErrorCode.SESSIONEXPIRED) return false;
    return this.service.mayBeClosing(session) || !this.service.model.isOpen(session);
  }
}
