import type { CreateRequest } from '../../../protocol/request.ts';
import { OpCode, type Txn } from '../../../protocol/txn.ts';
import { formatEpochCounter, type Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import { parentPath } from './model-path.ts';
import { isSequential } from './model-writes.ts';
import type { Committed, ServiceHistory } from './service-history.ts';

/** Recipes build queues and locks on it. */
export const svcSequence: Property = {
  id: 'SVC-SEQUENCE',
  title: 'Sequence numbers',
  statement: 'sequence numbers are unique and grow under one parent for as long as it lives',
};

/** The last number under a parent. */
class Last {
  /** When this parent was created: another one of the same path begins anew. */
  born: Zxid = 0;
  number = -1;
  path = '';
}

/** Checks {@link svcSequence} on what was committed. */
export class SvcSequence extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['established', 'serving', 'applied'];
  private readonly service: ServiceHistory;
  private readonly parents = new Map<string, Last>();

  constructor(ctx: MonitorContext, service: ServiceHistory) {
    super(ctx, svcSequence);
    this.service = service;
  }

  onProbe(_event: SimEvent): void {
    for (const committed of this.service.committed) {
      const request = committed.operation?.request;
      const { txn } = committed.record;
      if (request === undefined) continue;
      if (request.type === OpCode.multi && txn.type === OpCode.multi) {
        request.ops.forEach((op, i) => {
          if (isCreate(op)) this.checkCreate(op, txn.txns[i], committed);
        });
      } else if (isCreate(request)) this.checkCreate(request, txn, committed);
    }
  }

  private checkCreate(request: CreateRequest, txn: Txn | undefined, { record, operation }: Committed): void {
    if (!isSequential(request.flags)) return;
    if (txn?.type !== OpCode.create && txn?.type !== OpCode.createTTL) return;
    this.tested = true;
    const number = Number(txn.path.slice(request.path.length));
    const above = parentPath(txn.path);
    // The parent may have been created, or deleted and created again, by the same multi.
    const born = this.service.model.nodeAt(above, record.zxid)?.czxid ?? -1;
    let last = this.parents.get(above);
    if (last === undefined) {
      last = new Last();
      this.parents.set(above, last);
    }
    const wrapped = last.number === 0x7fff_ffff;
    if (last.born === born && born >= 0 && number <= last.number && !wrapped) {
      this.report(
        `${operation?.name} was given ${txn.path} at ${formatEpochCounter(record.zxid)}, ` +
          `after ${last.path} under the same parent`,
      );
      return;
    }
    last.born = born;
    last.number = number;
    last.path = txn.path;
  }
}

function isCreate(op: { readonly type: number }): op is CreateRequest {
  return (
    op.type === OpCode.create ||
    op.type === OpCode.create2 ||
    op.type === OpCode.createContainer ||
    op.type === OpCode.createTTL
  );
}
