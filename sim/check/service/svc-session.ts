import { NO_SESSION, OpCode, type SessionId, type Txn, type TxnRecord } from '../../../protocol/txn.ts';
import { formatEpochCounter, type Zxid } from '../../../protocol/zxid.ts';
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';
import { CommittedSessions, Expirer } from './session-model.ts';
import type { Commits } from './watch-model-changes.ts';

/** Life of a session (SessionTrackerImpl, LeaderSessionTracker, PrepRequestProcessor's closeSession). */
export const svcSession: Property = {
  id: 'SVC-SESSION',
  title: 'Sessions end in time, ephemerals with them',
  statement:
    'a session is expired by its leader only, not before its timeout since the leader last heard of it nor long after; ' +
    'once closed it writes nothing and goes on nowhere; ephemerals live exactly as long as their session',
};

type Touched = Extract<SimEvent, { kind: 'touched' }>;
type Expired = Extract<SimEvent, { kind: 'expired' }>;
type Answered = Extract<SimEvent, { kind: 'answered' }>;

/** Checks {@link svcSession}. Amortized constant work per event. */
export class SvcSession extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = [
    'established',
    'serving',
    'applied',
    'loaded',
    'snapInstalled',
    'fastForwarded',
    'truncated',
    'proposed',
    'role',
    'crashed',
    'exited',
    'refused',
    'restarted',
    'paused',
    'resumed',
    'readOnly',
    'touched',
    'expired',
    'sessionOpened',
    'clientState',
    'answered',
  ];
  private readonly commits: Commits;
  private readonly expirers = new Map<number, Expirer>();
  private readonly sessions: CommittedSessions;
  /** Up to where each server's tree has got. */
  private readonly applied: Zxid[] = [];
  /** Clients whose server is cut off from the quorum: it may know of no end. */
  private readonly readOnly = new Set<number>();
  /** How late a session may end: its bucket's tick, the timer's, and one for steps in between. Ms. */
  private readonly grace: number;

  constructor(ctx: MonitorContext, commits: Commits) {
    super(ctx, svcSession);
    this.commits = commits;
    this.sessions = new CommittedSessions(ctx.config);
    this.grace = 3 * ctx.config.tickTime;
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'established':
      case 'serving':
      case 'applied':
        this.applied[event.server] = event.zxid;
        this.takeCommitted();
        break;
      case 'loaded':
      case 'snapInstalled':
      case 'fastForwarded':
        this.applied[event.server] = event.zxid;
        break;
      case 'truncated':
        this.applied[event.server] = Math.min(this.applied[event.server] ?? 0, event.zxid);
        break;
      case 'proposed':
        if (event.op === OpCode.closeSession) this.closing(event.server, event.session);
        break;
      case 'role':
      case 'crashed':
      case 'exited':
      case 'refused':
      case 'restarted':
      case 'readOnly':
        // Whoever expires sessions begins anew, with full timeouts.
        this.expirers.delete(event.server);
        break;
      case 'paused':
      case 'resumed':
        this.expirers.get(event.server)?.slept();
        break;
      case 'touched':
        this.onTouched(event);
        break;
      case 'expired':
        this.onExpired(event);
        break;
      case 'sessionOpened':
        if (event.resumed && !event.readOnly) this.onResumed(event.server, event.session);
        break;
      case 'clientState':
        if (event.state === 'CONNECTEDREADONLY') this.readOnly.add(event.client);
        else this.readOnly.delete(event.client);
        break;
      case 'answered':
        if (event.result.stat !== undefined && !this.readOnly.has(event.client)) this.onSeen(event);
        break;
    }
  }

  private expirer(server: number): Expirer {
    let expirer = this.expirers.get(server);
    if (expirer === undefined) {
      expirer = new Expirer(server);
      this.expirers.set(server, expirer);
    }
    return expirer;
  }

  private onTouched({ server, session, timeout, now, local }: Touched): void {
    const expirer = this.expirer(server);
    if (local) {
      expirer.local.set(session, { now, timeout });
      return;
    }
    this.checkLate(expirer, now);
    expirer.touch(session, { now, timeout });
  }

  private onExpired({ server, session, now, local }: Expired): void {
    this.tested = true;
    const expirer = this.expirer(server);
    const touch = (local ? expirer.local : expirer.global).get(session);
    if (touch === undefined) {
      this.report(`server ${server} expired session ${session}, which it does not look after`);
    } else if (now < touch.now + touch.timeout) {
      this.report(
        `server ${server} expired session ${session} at ${now} ms of its clock, ${now - touch.now} ms after it had ` +
          `heard of it; the timeout is ${touch.timeout} ms`,
      );
    }
    if (local) {
      expirer.local.delete(session);
      return;
    }
    expirer.end(session);
    this.checkLate(expirer, now);
    expirer.closing.set(session, now);
  }

  private closing(server: number, session: SessionId): void {
    const expirer = this.expirers.get(server);
    if (expirer === undefined) return;
    expirer.end(session);
    expirer.closing.delete(session);
  }

  private checkLate(expirer: Expirer, now: number): void {
    const overdue = expirer.overdue(now, this.grace);
    if (overdue !== null) {
      const { now: touched, timeout } = expirer.global.get(overdue)!;
      expirer.end(overdue);
      this.report(
        `server ${expirer.server} has not expired session ${overdue} at ${now} ms of its clock; it last heard of it at ` +
          `${touched} ms, and the timeout is ${timeout} ms`,
      );
    }
    const stuck = expirer.stuck(now, this.grace);
    if (stuck !== null) {
      const begun = expirer.closing.get(stuck)!;
      expirer.closing.delete(stuck);
      this.report(
        `leader ${expirer.server} expired session ${stuck} at ${begun} ms of its clock and has proposed no closeSession ` +
          `until ${now} ms`,
      );
    }
  }

  private onResumed(server: number, session: SessionId): void {
    const closed = this.sessions.closed.get(session);
    if (closed === undefined || this.commits.blind) return;
    this.tested = true;
    if (closed <= (this.applied[server] ?? 0)) {
      this.report(
        `server ${server} let a client go on with session ${session}, which it had seen closed at ` +
          formatEpochCounter(closed),
      );
    }
  }

  /** A client was shown a node: its owner must live. */
  private onSeen({ client, server, zxid, result }: Answered): void {
    const owner = result.stat!.ephemeralOwner;
    if (owner === NO_SESSION || this.commits.blind) return;
    this.tested = true;
    const closed = this.sessions.closed.get(owner);
    if (closed !== undefined && zxid >= closed) {
      this.report(
        `client ${client} was shown an ephemeral of session ${owner} by server ${server} at ` +
          `${formatEpochCounter(zxid)}; the session was closed at ${formatEpochCounter(closed)}`,
      );
    }
  }

  private takeCommitted(): void {
    const { committed, blind } = this.commits;
    if (blind) return;
    for (let i = 0; i < committed.length; i++) this.onCommitted(committed[i]!.record);
  }

  private onCommitted({ session, zxid, txn }: TxnRecord): void {
    switch (txn.type) {
      case OpCode.error:
        break;
      case OpCode.createSession:
        this.sessions.opened.set(session, zxid);
        this.checkOpen(session, zxid, false);
        break;
      case OpCode.closeSession:
        this.onClosed(session, zxid, txn.paths);
        break;
      case OpCode.multi:
        if (txn.txns.some((part) => part.type === OpCode.error)) break;
        this.checkOpen(session, zxid, false);
        for (const part of txn.txns) this.onWrite(session, zxid, part);
        break;
      default:
        this.checkOpen(session, zxid, false);
        this.onWrite(session, zxid, txn);
    }
  }

  private onWrite(session: SessionId, zxid: Zxid, txn: Txn): void {
    if (txn.type === OpCode.delete) this.sessions.disown(txn.path);
    if (txn.type !== OpCode.create || !txn.ephemeral) return;
    this.checkOpen(session, zxid, true);
    this.sessions.own(session, txn.path);
  }

  private checkOpen(session: SessionId, zxid: Zxid, ephemeral: boolean): void {
    if (session === NO_SESSION) return;
    const { closed, opened, strangersWrite } = this.sessions;
    const end = closed.get(session);
    if (end !== undefined && (ephemeral || !strangersWrite)) {
      this.tested = true;
      this.report(
        `${formatEpochCounter(zxid)} is a write of session ${session}, which was closed at ${formatEpochCounter(end)}`,
      );
    } else if (ephemeral && !opened.has(session)) {
      this.report(`${formatEpochCounter(zxid)} creates an ephemeral of ${session}, which is no session`);
    }
  }

  private onClosed(session: SessionId, zxid: Zxid, paths: readonly string[]): void {
    this.tested = true;
    const { closed, ephemeralsOf, ownerOf } = this.sessions;
    for (const path of paths) {
      const owner = ownerOf.get(path);
      if (owner === session) this.sessions.disown(path);
      else
        this.report(
          `the end of session ${session} at ${formatEpochCounter(zxid)} deletes ${path}, which ` +
            (owner === undefined ? 'is no ephemeral' : `belongs to session ${owner}`),
        );
    }
    if (!closed.has(session)) closed.set(session, zxid);
    const left = ephemeralsOf.get(session);
    if (left === undefined) return;
    const first = [...left].sort()[0]!;
    this.report(
      `session ${session} was closed at ${formatEpochCounter(zxid)} without its ephemeral ${first}` +
        (left.size > 1 ? ` and ${left.size - 1} more` : ''),
    );
    for (const path of left) this.sessions.disown(path);
  }
}

export const sessionProperties: readonly Property[] = [svcSession];

/** To stand after the monitor that observes `commits`. */
export function createSessionMonitors(ctx: MonitorContext, commits: Commits): Monitor[] {
  return [new SvcSession(ctx, commits)];
}
