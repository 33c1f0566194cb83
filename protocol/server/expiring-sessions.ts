/** Sessions that this server expires, and the timer that does it (SessionTrackerImpl.run). */
import type { SessionId } from '../txn.ts';
import type { OwnSessions, Server } from './context.ts';
import { SessionTracker } from './session-tracker.ts';

/** Names of the timers: the role that has the sessions hands these on to {@link ExpiringSessions.onTimer}. */
export const GLOBAL_SESSION_TIMER = 'sessions.global';
export const LOCAL_SESSION_TIMER = 'sessions.local';

/** Who closes what has expired. */
export interface Expirer {
  expire(session: SessionId): void;
}

/** Of one role of one server; timeouts in ms on its clock. */
export class ExpiringSessions implements OwnSessions {
  private readonly server: Server;
  private readonly timer: string;
  readonly tracker: SessionTracker;

  constructor(server: Server, timer: string) {
    this.server = server;
    this.timer = timer;
    const { config, rules, host } = server;
    this.tracker = new SessionTracker(config.tickTime, rules.service, host.now());
    this.arm();
  }

  has(session: SessionId): boolean {
    return this.tracker.has(session);
  }

  timeoutOf(session: SessionId): number {
    return this.tracker.timeoutOf(session);
  }

  open(session: SessionId, timeout: number): void {
    this.tracker.track(session, timeout, this.server.host.now());
    this.probeTouched(session, timeout);
  }

  touch(session: SessionId, timeout: number): boolean {
    if (!this.tracker.touch(session, timeout, this.server.host.now())) return false;
    this.probeTouched(session, timeout);
    return true;
  }

  remove(session: SessionId): void {
    this.tracker.remove(session);
  }

  onTimer(expirer: Expirer): void {
    const { host, id } = this.server;
    const now = host.now();
    for (const session of this.tracker.poll(now)) {
      this.server.statistics.staleSessionsExpired++;
      if (host.probing) host.probe({ kind: 'expired', server: id, session, now, local: this.local });
      expirer.expire(session);
    }
    this.arm();
  }

  private get local(): boolean {
    return this.timer === LOCAL_SESSION_TIMER;
  }

  private arm(): void {
    const { host, term } = this.server;
    host.setTimer(Math.max(0, this.tracker.nextExpiry - host.now()), this.timer, term);
  }

  private probeTouched(session: SessionId, timeout: number): void {
    const { host, id } = this.server;
    if (!host.probing) return;
    host.probe({ kind: 'touched', server: id, session, timeout, now: host.now(), local: this.local });
  }
}

/**
 * SESSION-9: sessions that only this server knows (server.quorum.LocalSessionTracker): they cost no transaction, end with
 * the server's role, and can have no ephemerals. Null where they are not enabled.
 */
export function localSessionsOf(server: Server): ExpiringSessions | null {
  return server.config.localSessions ? new ExpiringSessions(server, LOCAL_SESSION_TIMER) : null;
}
