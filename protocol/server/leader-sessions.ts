/** The sessions of an ensemble at its leader, who alone expires them (server.quorum.LeaderSessionTracker). */
import { ErrorCode, type SessionId } from '../txn.ts';
import type { Server } from './context.ts';
import { ExpiringSessions, GLOBAL_SESSION_TIMER, localSessionsOf } from './expiring-sessions.ts';
import { serverOf } from './session-id.ts';
import { type Owner, THIS_SERVER } from './session-tracker.ts';

/** Of a leader or a standalone server, from when it begins to serve: every session starts with its full timeout (SESSION-5). */
export class LeaderSessions {
  private readonly server: Server;
  readonly global: ExpiringSessions;
  readonly local: ExpiringSessions | null;

  constructor(server: Server) {
    this.server = server;
    this.global = new ExpiringSessions(server, GLOBAL_SESSION_TIMER);
    this.local = localSessionsOf(server);
    const sessions = [...server.database.tree.sessions].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [session, timeout] of sessions) this.global.open(session, timeout);
  }

  /** A new session is about to be proposed. */
  open(session: SessionId, timeout: number, owner: Owner): void {
    this.global.open(session, timeout);
    this.global.tracker.setOwner(session, owner);
  }

  /** A client or a learner has heard of it. False: there is no such session. */
  touch(session: SessionId, timeout: number): boolean {
    return this.local?.touch(session, timeout) === true || this.global.touch(session, timeout);
  }

  /** SESSION-6: a client came along with it through `owner`, which owns it from now on. False where it is gone. */
  revalidate(session: SessionId, timeout: number, owner: Owner): boolean {
    if (owner === THIS_SERVER && this.local?.touch(session, timeout)) return true;
    if (!this.global.touch(session, timeout)) return false;
    this.global.tracker.setOwner(session, owner);
    return true;
  }

  /** LeaderSessionTracker.checkSession, for everything but ephemerals. */
  check(session: SessionId, owner: Owner): ErrorCode {
    if (this.local?.has(session) && !this.global.has(session)) return ErrorCode.OK;
    const err = this.global.tracker.check(session, owner);
    if (err !== ErrorCode.UNKNOWNSESSION) return err;
    // It may be another server's local session.
    if (this.local !== null && serverOf(session) !== this.server.id) return ErrorCode.OK;
    return ErrorCode.SESSIONEXPIRED;
  }

  /** LeaderSessionTracker.checkGlobalSession, for ephemerals. */
  checkGlobal(session: SessionId, owner: Owner): ErrorCode {
    const err = this.global.tracker.check(session, owner);
    return err === ErrorCode.UNKNOWNSESSION ? ErrorCode.SESSIONEXPIRED : err;
  }
}
