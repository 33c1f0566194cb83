/** What a learner knows of sessions: whom it heard of, to tell its leader (server.quorum.LearnerSessionTracker). */
import type { SessionId } from '../txn.ts';
import type { Touch } from '../zab/packets.ts';
import type { Server } from './context.ts';
import { type Expirer, LocalSessions } from './local-sessions.ts';
import { SessionTracker } from './session-tracker.ts';

export const LEARNER_SESSION_TIMER = 'sessions.learner';

/** Of a learner that serves. */
export class LearnerSessions {
  private readonly server: Server;
  /** Heard of since the last answer to a PING. */
  private touched: Map<SessionId, number> = new Map();
  readonly local: LocalSessions | null;
  /** Local sessions on their way to become global, until that commits. */
  private readonly upgrading: Map<SessionId, number> = new Map();
  /** Only in a variant: what this learner would expire by itself. */
  private readonly own: SessionTracker | null;

  constructor(server: Server) {
    this.server = server;
    const { config, rules, host } = server;
    this.local = config.localSessions ? new LocalSessions(server) : null;
    const { service } = rules;
    this.own = service.onlyLeaderExpires ? null : new SessionTracker(config.tickTime, service, host.now());
    this.arm();
  }

  /** A client of this server was heard of. False: there is no such session. */
  touch(session: SessionId, timeout: number): boolean {
    if (this.local?.touch(session, timeout)) return true;
    const global = this.server.database.tree.sessions.has(session) || this.upgrading.has(session);
    if (!global) return false;
    this.touched.set(session, timeout);
    this.own?.track(session, timeout, this.server.host.now());
    return true;
  }

  onTimer(expirer: Expirer): void {
    const { host, id } = this.server;
    const now = host.now();
    for (const session of this.own?.poll(now) ?? []) {
      if (host.probing) host.probe({ kind: 'expired', server: id, session, now, local: false });
      expirer.expire(session);
    }
    this.arm();
  }

  private arm(): void {
    if (this.own === null) return;
    const { host, term } = this.server;
    host.setTimer(Math.max(0, this.own.nextExpiry - host.now()), LEARNER_SESSION_TIMER, term);
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
