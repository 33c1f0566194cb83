/** Sessions that only one server knows and expires (localSessionsEnabled; server.quorum.LocalSessionTracker). */
import type { SessionId } from '../txn.ts';
import type { OwnSessions, Server } from './context.ts';
import { SessionTracker } from './session-tracker.ts';

export const LOCAL_SESSION_TIMER = 'sessions.local';

/** Who closes what has expired. */
export interface Expirer {
  expire(session: SessionId): void;
}

/** SESSION-9: they cost no transaction, end with the server's role, and can have no ephemerals. */
export class LocalSessions implements OwnSessions {
  private readonly server: Server;
  private readonly tracker: SessionTracker;

  constructor(server: Server) {
    this.server = server;
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
      if (host.probing) host.probe({ kind: 'expired', server: id, session, now, local: true });
      expirer.expire(session);
    }
    this.arm();
  }

  private arm(): void {
    const { host, term } = this.server;
    host.setTimer(Math.max(0, this.tracker.nextExpiry - host.now()), LOCAL_SESSION_TIMER, term);
  }

  private probeTouched(session: SessionId, timeout: number): void {
    const { host, id } = this.server;
    if (!host.probing) return;
    host.probe({ kind: 'touched', server: id, session, timeout, now: host.now(), local: true });
  }
}
