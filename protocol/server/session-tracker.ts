/** Sessions that one server expires, in buckets of a tick (server.SessionTrackerImpl, ExpiryQueue). */
import { ErrorCode, type SessionId } from '../txn.ts';
import type { ServiceRules } from './service-rules.ts';

/** Through whom a session's requests come: a learner's channel, or this server itself. */
export type Owner = number;
export const THIS_SERVER: Owner = 0;
const NOBODY: Owner = -1;

interface Tracked {
  readonly timeout: number;
  owner: Owner;
  closing: boolean;
  /** End of its bucket, ms on this server's clock. */
  expiry: number;
}

/** SESSION-4: a session is due in the first tick that begins after its timeout. All times are this server's, ms. */
export class SessionTracker {
  private readonly tickTime: number;
  private readonly rules: ServiceRules;
  private readonly sessions: Map<SessionId, Tracked> = new Map();
  private readonly buckets: Map<number, Set<SessionId>> = new Map();
  /** End of the next bucket to be looked at. */
  nextExpiry: number;

  constructor(tickTime: number, rules: ServiceRules, now: number) {
    this.tickTime = tickTime;
    this.rules = rules;
    this.nextExpiry = (Math.floor(now / tickTime) + 1) * tickTime;
  }

  has(session: SessionId): boolean {
    return this.sessions.has(session);
  }

  /** Timeout of a session, ms; 0 where it is not tracked. */
  timeoutOf(session: SessionId): number {
    return this.sessions.get(session)?.timeout ?? 0;
  }

  /** Sessions that are tracked. */
  get size(): number {
    return this.sessions.size;
  }

  /** When buckets end, ms, ascending, and the sessions in each. */
  expiries(): (readonly [number, readonly SessionId[]])[] {
    return [...this.buckets].sort(([a], [b]) => a - b).map(([end, sessions]) => [end, [...sessions]]);
  }

  /** Ids in the order in which they were first tracked. */
  ids(): Iterable<SessionId> {
    return this.sessions.keys();
  }

  /** Begins to track a session, or touches it where it is tracked. */
  track(session: SessionId, timeout: number, now: number): void {
    if (!this.sessions.has(session)) {
      this.sessions.set(session, { timeout, owner: NOBODY, closing: false, expiry: 0 });
    }
    this.touch(session, timeout, now);
  }

  /** It was heard of. False where it is unknown or closing. */
  touch(session: SessionId, timeout: number, now: number): boolean {
    const tracked = this.sessions.get(session);
    if (tracked === undefined || tracked.closing) return false;
    const expiry = this.rules.expiry(now, timeout, this.tickTime);
    if (expiry === tracked.expiry) return true;
    this.unbucket(session, tracked);
    tracked.expiry = expiry;
    const bucket = this.buckets.get(expiry);
    if (bucket === undefined) this.buckets.set(expiry, new Set([session]));
    else bucket.add(session);
    return true;
  }

  /** Nothing more is done for it but to close it. */
  setClosing(session: SessionId): void {
    const tracked = this.sessions.get(session);
    if (tracked !== undefined) tracked.closing = true;
  }

  setOwner(session: SessionId, owner: Owner): void {
    const tracked = this.sessions.get(session);
    if (tracked !== undefined && !tracked.closing) tracked.owner = owner;
  }

  /**
   * SESSION-7: whether a request of the session may come through `owner`: OK, UNKNOWNSESSION, SESSIONEXPIRED or
   * SESSIONMOVED. The first one to ask owns it.
   */
  check(session: SessionId, owner: Owner): ErrorCode {
    const tracked = this.sessions.get(session);
    if (tracked === undefined) return ErrorCode.UNKNOWNSESSION;
    if (tracked.closing) return ErrorCode.SESSIONEXPIRED;
    if (tracked.owner === NOBODY) tracked.owner = owner;
    return tracked.owner === owner ? ErrorCode.OK : ErrorCode.SESSIONMOVED;
  }

  remove(session: SessionId): void {
    const tracked = this.sessions.get(session);
    if (tracked === undefined) return;
    this.unbucket(session, tracked);
    this.sessions.delete(session);
  }

  /** The sessions of all buckets that have ended; they are closing now. */
  poll(now: number): SessionId[] {
    const due: SessionId[] = [];
    while (now >= this.nextExpiry) {
      for (const session of this.buckets.get(this.nextExpiry) ?? []) {
        this.setClosing(session);
        due.push(session);
      }
      this.buckets.delete(this.nextExpiry);
      this.nextExpiry += this.tickTime;
    }
    return due;
  }

  private unbucket(session: SessionId, tracked: Tracked): void {
    const bucket = this.buckets.get(tracked.expiry);
    bucket?.delete(session);
    if (bucket?.size === 0) this.buckets.delete(tracked.expiry);
  }
}
