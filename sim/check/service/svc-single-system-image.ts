import { OpCode, type SessionId } from '../../../protocol/txn.ts';
import { formatZxid, type Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import { opName } from './op-name.ts';

/** ZooKeeper programmer's guide, consistency guarantees. */
export const svcSingleSystemImage: Property = {
  id: 'SVC-SINGLE-SYSTEM-IMAGE',
  title: 'Single system image',
  statement: 'the zxid a session sees never goes back, across reconnects too',
};

/** How far a session has seen: where, from whom and in which event. */
class Seen {
  zxid: Zxid = 0;
  /** What replies to requests have shown, which is what a client brings along to its next server (ClientCnxn). */
  kept: Zxid = 0;
  server = 0;
  event = 0;
}

/** Checks {@link svcSingleSystemImage} at everything a client hears. */
export class SvcSingleSystemImage extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['answered', 'notified', 'housekeeping', 'clientState'];
  private readonly sessions = new Map<SessionId, Seen>();

  constructor(ctx: MonitorContext) {
    super(ctx, svcSingleSystemImage);
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'answered':
        this.see(event.session, event.zxid, event.server, event.client, event.op);
        this.keep(event.session, event.zxid);
        break;
      case 'notified':
        this.see(event.session, event.zxid, event.server, event.client, OpCode.notification);
        break;
      case 'housekeeping':
        // The reply to auth carries zxid 0.
        if (!event.answer || event.op === OpCode.auth) break;
        this.see(event.session, event.zxid, event.server, event.client, event.op);
        if (event.op !== OpCode.ping) this.keep(event.session, event.zxid);
        break;
      case 'clientState': {
        // Pings and watch events bind the connection only: Apache's client forgets their zxids.
        const seen = this.sessions.get(event.session);
        if (seen !== undefined && event.server === 0) seen.zxid = seen.kept;
        break;
      }
    }
  }

  private keep(session: SessionId, zxid: Zxid): void {
    const seen = this.sessions.get(session);
    if (seen !== undefined && zxid > seen.kept) seen.kept = zxid;
  }

  /** @param zxid −1: the client's own answer, or an event told after a reconnect */
  private see(session: SessionId, zxid: Zxid, server: number, client: number, op: number): void {
    if (zxid < 0) return;
    let seen = this.sessions.get(session);
    if (seen === undefined) {
      seen = new Seen();
      this.sessions.set(session, seen);
    } else this.tested = true;
    if (zxid < seen.zxid) {
      this.report(
        `session ${session} of client ${client} was shown ${formatZxid(zxid)} by server ${server} ` +
          `(${opName(op)}, event ${this.ctx.event()}) after ${formatZxid(seen.zxid)} by server ${seen.server} ` +
          `(event ${seen.event})`,
      );
      return;
    }
    seen.zxid = zxid;
    seen.server = server;
    seen.event = this.ctx.event();
  }
}
