import { OpCode, type SessionId } from '../../../protocol/txn.ts';
import { formatEpochCounter, formatZxid, type Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import type { Operation } from './operation.ts';
import type { Committed, ServiceHistory } from './service-history.ts';

/** ZooKeeper paper (ATC'10), section 2.3: FIFO client order. */
export const svcFifoClient: Property = {
  id: 'SVC-FIFO-CLIENT',
  title: 'FIFO client order',
  statement: "a session's requests take effect and are answered in the order it sent them",
};

/** A session's order so far. */
class SessionOrder {
  /** Largest number whose transaction took effect, and where. */
  effect = 0;
  effectZxid: Zxid = 0;
  /** Last number answered by a server, and the connection it came on. */
  answered = 0;
  /** Where the last answered write took effect. */
  written: Zxid = 0;
  writtenBy: Operation | null = null;
  /** Sent and not answered, in the order of sending. */
  readonly sent: Operation[] = [];
  head = 0;
}

/** Answered entries before the queue is cut. */
const SLACK = 64;

/** Checks {@link svcFifoClient}. */
export class SvcFifoClient extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'established',
    'serving',
    'applied',
    'sent',
    'answered',
    'housekeeping',
    'replied',
    'sessionOpened',
  ];
  private readonly service: ServiceHistory;
  private readonly orders = new Map<SessionId, SessionOrder>();
  /** The last number that a server has replied to, by session: a client hangs up on a reply out of order. */
  private readonly replied = new Map<number, Map<SessionId, number>>();

  constructor(ctx: MonitorContext, service: ServiceHistory) {
    super(ctx, svcFifoClient);
    this.service = service;
  }

  onProbe(event: SimEvent): void {
    for (const committed of this.service.committed) this.checkEffect(committed);
    const { operation } = this.service;
    if (event.kind === 'sent' && operation !== null) this.order(operation.session).sent.push(operation);
    if (event.kind === 'answered' && operation !== null && operation.cxid > 0) this.checkAnswer(operation);
    if (event.kind === 'replied' && event.cxid > 0) this.checkReply(event.server, event.session, event.cxid);
    // Clients from outside may number the requests of each connection anew, as kazoo does.
    if (event.kind === 'sessionOpened' && !this.orders.has(event.session))
      this.replied.get(event.server)?.delete(event.session);
    if (event.kind === 'housekeeping' && event.answer && event.op === OpCode.ping) {
      const order = this.orders.get(event.session);
      if (order !== undefined && event.zxid < order.written)
        this.reportStale(order, event.zxid, `client ${event.client}'s ping`);
    }
  }

  private checkReply(server: number, session: SessionId, cxid: number): void {
    let sessions = this.replied.get(server);
    if (sessions === undefined) {
      sessions = new Map();
      this.replied.set(server, sessions);
    }
    const last = sessions.get(session) ?? 0;
    if (cxid <= last) {
      this.report(
        `server ${server} replied to request ${cxid} of session ${session} after its request ${last} ` +
          `(event ${this.ctx.event()})`,
      );
      return;
    }
    sessions.set(session, cxid);
  }

  private order(session: SessionId): SessionOrder {
    let order = this.orders.get(session);
    if (order === undefined) {
      order = new SessionOrder();
      this.orders.set(session, order);
    }
    return order;
  }

  /** Only what changes something: a late request of an abandoned connection is refused, and nobody hears of it. */
  private checkEffect({ record, operation, outcome }: Committed): void {
    if (operation === null || outcome.changes.length === 0) return;
    const order = this.order(record.session);
    if (record.cxid < order.effect) {
      this.report(
        `${operation.name}, request ${record.cxid} of session ${record.session}, took effect at ` +
          `${formatEpochCounter(record.zxid)}, after its request ${order.effect} at ` +
          `${formatEpochCounter(order.effectZxid)}`,
      );
      return;
    }
    order.effect = record.cxid;
    order.effectZxid = record.zxid;
  }

  private checkAnswer(operation: Operation): void {
    const order = this.order(operation.session);
    this.dropAnswered(order, operation);
    if (operation.zxid < 0) return;
    this.tested = true;
    const first = order.sent[order.head];
    if (first !== undefined && first.sentAt < operation.sentAt && first.connection === operation.connection) {
      this.report(
        `${operation.name}, request ${operation.cxid} of session ${operation.session}, was answered ` +
          `before request ${first.cxid}, ${first.name}`,
      );
      return;
    }
    if (operation.cxid < order.answered) {
      this.report(
        `${operation.name}, request ${operation.cxid} of session ${operation.session}, was answered ` +
          `after its request ${order.answered}`,
      );
      return;
    }
    order.answered = operation.cxid;
    if (operation.zxid < order.written) this.reportStale(order, operation.zxid, operation.name);
    if (operation.outcome !== null) {
      order.written = operation.outcome.zxid;
      order.writtenBy = operation;
    }
  }

  private reportStale(order: SessionOrder, zxid: Zxid, name: string): void {
    this.report(
      `${name} was answered from ${formatZxid(zxid)}, before the session's own ${order.writtenBy?.name} ` +
        `at ${formatZxid(order.written)}`,
    );
  }

  private dropAnswered(order: SessionOrder, operation: Operation): void {
    const { sent } = order;
    while (order.head < sent.length && (sent[order.head] === operation || sent[order.head]!.answeredAt > 0))
      order.head++;
    if (order.head < SLACK || 2 * order.head < sent.length) return;
    sent.splice(0, order.head);
    order.head = 0;
  }
}
