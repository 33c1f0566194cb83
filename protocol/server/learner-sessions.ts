/** What a learner knows of sessions: whom it heard of, to tell its leader (server.quorum.LearnerSessionTracker). */
import type { SessionId } from '../txn.ts';
import type { Touch } from '../zab/packets.ts';
import type { Server } from './context.ts';
import {
  type Expirer,
  ExpiringSessions,
  GLOBAL_SESSION_TIMER,
  LOCAL_SESSION_TIMER,
  localSessionsOf,
} from './expiring-sessions.ts';

/** Of a learner that serves. */
export class LearnerSessions {
  private readonly server: Server;
  /** Heard of since the last answer to a PING. */
  private touched: Map<SessionId, number> = new Map();
  readonly local: ExpiringSessions | null;
  /** Local sessions on their way to become global, until that commits. */
  private readonly upgrading: Map<SessionId, number> = new Map();
  /** Only in a variant: global sessions that this learner expires by itself. */
  private readonly own: ExpiringSessions | null;

  constructor(server: Server) {
    this.server = server;
    this.local = localSessionsOf(server);
    const { onlyLeaderExpires } = server.rules.service;
    this.own = onlyLeaderExpires ? null : new ExpiringSessions(server, GLOBAL_SESSION_TIMER);
  }

  /** A client of this server was heard of. False: there is no such session, as far as that is the learner's to judge. */
  touch(session: SessionId, timeout: number): boolean {
    if (this.local !== null) {
      if (this.local.touch(session, timeout)) return true;
      if (!this.server.database.tree.sessions.has(session) && !this.upgrading.has(session)) return false;
    }
    this.touched.set(session, timeout);
    this.own?.open(session, timeout);
    return true;
  }

  onTimer(name: string, expirer: Expirer): void {
    if (name === LOCAL_SESSION_TIMER) this.local?.onTimer(expirer);
    else if (name === GLOBAL_SESSION_TIMER) this.own?.onTimer(expirer);
  }

  /** A local session is to become global: its timeout, ms. */
  upgrade(session: SessionId): number {
    const timeout = this.local?.timeoutOf(session) ?? 0;
    this.upgrading.set(session, timeout);
    this.local?.remove(session);
    return timeout;
  }

  /** A createSession is committed, here or anywhere: the leader hears of it with the next PING. */
  opened(session: SessionId, timeout: number): void {
    this.upgrading.delete(session);
    this.local?.remove(session);
    this.touched.set(session, timeout);
  }

  closed(session: SessionId): void {
    this.upgrading.delete(session);
    this.touched.delete(session);
    this.own?.remove(session);
  }

  /** SESSION-5: what the answer to a PING carries, sorted by id; forgotten then. */
  takeTouched(): readonly Touch[] {
    if (this.touched.size === 0) return NONE;
    const touched = [...this.touched].map(([session, timeout]) => ({ session, timeout }));
    this.touched = new Map();
    return touched.sort((a, b) => (a.session < b.session ? -1 : 1));
  }
}

const NONE: readonly Touch[] = [];
