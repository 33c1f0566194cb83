/** The sessions of an ensemble at its leader, who alone expires them (server.quorum.LeaderSessionTracker). */
import { ErrorCode, type SessionId } from '../txn.ts';
import type { Server } from './context.ts';
import { type Expirer, LocalSessions } from './local-sessions.ts';
import { serverOf } from './session-id.ts';
import { type Owner, SessionTracker, THIS_SERVER } from './session-tracker.ts';

export const SESSION_TIMER = 'sessions';

/** Of a leader or a standalone server, from when it begins to serve: every session starts with its full timeout (SESSION-5). */
export class LeaderSessions {
  private readonly server: Server;
  private readonly tracker: SessionTracker;
  readonly local: LocalSessions | null;

  constructor(server: Server) {
    this.server = server;
    const { config, rules, host, database } = server;
    const now = host.now();
    this.tracker = new SessionTracker(config.tickTime, rules.service, now);
    const sessions = [...database.tree.sessions].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [session, timeout] of sessions) this.track(session, timeout);
    this.local = config.localSessions ? new LocalSessions(server) : null;
    this.arm();
  }

  /** A new session is about to be proposed. */
  open(session: SessionId, timeout: number, owner: Owner): void {
    this.track(session, timeout);
    this.tracker.setOwner(session, owner);
  }

  /** A client or a learner has heard of it. False: there is no such session. */
  touch(session: SessionId, timeout: number): boolean {
    if (this.local?.touch(session, timeout)) return true;
    const now = this.server.host.now();
    if (!this.tracker.touch(session, timeout, now)) return false;
    this.probeTouched(session, timeout, now);
    return true;
  }

  /** SESSION-6: a client came along with it through `owner`, which owns it from now on. False where it is gone. */
  revalidate(session: SessionId, timeout: number, owner: Owner): boolean {
    if (owner === THIS_SERVER && this.local?.touch(session, timeout)) return true;
    if (!this.tracker.has(session) || !this.touch(session, timeout)) return false;
    this.tracker.setOwner(session, owner);
    return true;
  }

  /** LeaderSessionTracker.checkSession, for everything but ephemerals. */
  check(session: SessionId, owner: Owner): ErrorCode {
    if (this.local?.has(session) && !this.tracker.has(session)) return ErrorCode.OK;
    const err = this.tracker.check(session, owner);
    if (err !== ErrorCode.UNKNOWNSESSION) return err;
    // It may be another server's local session.
    if (this.local !== null && serverOf(session) !== this.server.id) return ErrorCode.OK;
    return ErrorCode.SESSIONEXPIRED;
  }

  /** LeaderSessionTracker.checkGlobalSession, for ephemerals. */
  checkGlobal(session: SessionId, owner: Owner): ErrorCode {
    const err = this.tracker.check(session, owner);
    return err === ErrorCode.UNKNOWNSESSION ? ErrorCode.SESSIONEXPIRED : err;
  }

  setClosing(session: SessionId): void {
    this.tracker.setClosing(session);
  }

  /** Its closeSession is committed. */
  remove(session: SessionId): void {
    this.tracker.remove(session);
  }

  onTimer(expirer: Expirer): void {
    const { host, id } = this.server;
    const now = host.now();
    for (const session of this.tracker.poll(now)) {
      if (host.probing) host.probe({ kind: 'expired', server: id, session, now, local: false });
      expirer.expire(session);
    }
    this.arm();
  }

  private track(session: SessionId, timeout: number): void {
    const now = this.server.host.now();
    this.tracker.track(session, timeout, now);
    this.probeTouched(session, timeout, now);
  }

  private arm(): void {
    const { host, term } = this.server;
    host.setTimer(Math.max(0, this.tracker.nextExpiry - host.now()), SESSION_TIMER, term);
  }

  private probeTouched(session: SessionId, timeout: number, now: number): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'touched', server: id, session, timeout, now, local: false });
  }
}
