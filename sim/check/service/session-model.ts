/** What expirers heard of sessions and what the committed transactions say of them: the model that SVC-SESSION reads. */
import type { EnsembleConfig } from '../../../protocol/config.ts';
import type { SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';

/** What one server heard of one session, ms on the server's own clock. */
export interface Touch {
  readonly now: number;
  readonly timeout: number;
}

/** One server, as long as it runs and keeps its role. */
export class Expirer {
  readonly server: number;
  /** What it last heard, of global and of local sessions. */
  readonly global = new Map<SessionId, Touch>();
  readonly local = new Map<SessionId, Touch>();
  /** By timeout, when it last heard of each session that it should expire: the one heard of longest ago comes first. */
  private readonly waiting = new Map<number, Map<SessionId, number>>();
  /** Begun to be closed and no closeSession proposed yet, with the time; in order of time. */
  readonly closing = new Map<SessionId, number>();
  /** Closing or closed: no touch counts any more. */
  readonly ended = new Set<SessionId>();
  /** Nothing can have been done between the last word before a pause and this time; null: not known yet. */
  private awake: number | null = 0;
  /** Until then no session should have ended: what is heard of it later puts off a session's end only. */
  private calmUntil = Number.POSITIVE_INFINITY;

  constructor(server: number) {
    this.server = server;
  }

  /** It has slept: timers come late, once. */
  slept(): void {
    this.awake = null;
  }

  touch(session: SessionId, touch: Touch): void {
    this.leave(session);
    this.global.set(session, touch);
    if (this.ended.has(session)) return;
    let same = this.waiting.get(touch.timeout);
    if (same === undefined) {
      same = new Map();
      this.waiting.set(touch.timeout, same);
    }
    same.set(session, touch.now);
    this.calmUntil = Math.min(this.calmUntil, touch.now + touch.timeout);
  }

  /** It need not be expired (again). */
  end(session: SessionId): void {
    this.leave(session);
    this.ended.add(session);
  }

  /** A session that should have ended `grace` ms before `now`; null where there is none. Constant (few timeouts differ). */
  overdue(now: number, grace: number): SessionId | null {
    const since = this.since(now);
    if (now <= this.calmUntil + grace) return null;
    let calmUntil = Number.POSITIVE_INFINITY;
    for (const [timeout, sessions] of this.waiting) {
      for (const [session, touched] of sessions) {
        if (now > Math.max(touched + timeout, since) + grace) return session;
        calmUntil = Math.min(calmUntil, touched + timeout);
        break;
      }
    }
    this.calmUntil = calmUntil;
    return null;
  }

  /** A session whose end was begun more than `grace` ms ago, and nothing came of it. */
  stuck(now: number, grace: number): SessionId | null {
    if (this.closing.size === 0) return null;
    const since = this.since(now);
    for (const [session, begun] of this.closing) return now > Math.max(begun, since) + grace ? session : null;
    return null;
  }

  private since(now: number): number {
    this.awake ??= now;
    return this.awake;
  }

  private leave(session: SessionId): void {
    const touch = this.global.get(session);
    if (touch !== undefined) this.waiting.get(touch.timeout)?.delete(session);
  }
}

/** Sessions and ephemerals as committed. */
export class CommittedSessions {
  private readonly config: EnsembleConfig;
  /** Zxid of the last createSession of each. */
  readonly opened = new Map<SessionId, Zxid>();
  /** Zxid of the first closeSession of each. */
  readonly closed = new Map<SessionId, Zxid>();
  readonly ownerOf = new Map<string, SessionId>();
  readonly ephemeralsOf = new Map<SessionId, Set<string>>();

  constructor(config: EnsembleConfig) {
    this.config = config;
  }

  /** Whether a write under a session that is closed may be another server's local session's, which the leader cannot know. */
  get strangersWrite(): boolean {
    return this.config.localSessions;
  }

  own(session: SessionId, path: string): void {
    this.disown(path);
    this.ownerOf.set(path, session);
    const paths = this.ephemeralsOf.get(session);
    if (paths === undefined) this.ephemeralsOf.set(session, new Set([path]));
    else paths.add(path);
  }

  disown(path: string): void {
    const owner = this.ownerOf.get(path);
    if (owner === undefined) return;
    this.ownerOf.delete(path);
    const paths = this.ephemeralsOf.get(owner);
    paths?.delete(path);
    if (paths?.size === 0) this.ephemeralsOf.delete(owner);
  }
}
