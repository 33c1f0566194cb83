/** A server without a quorum that serves reads to clients that accept it (server.quorum.ReadOnlyZooKeeperServer). */
import type { ChannelId, Message } from '../host.ts';
import { isWrite } from '../request.ts';
import { ErrorCode, OpCode, type SessionId, type TxnRecord } from '../txn.ts';
import { Committer } from './committer.ts';
import type { LocalRequest, Role, RoleFigures, Server } from './context.ts';
import {
  type Expirer,
  type ExpiringSessions,
  LOCAL_SESSION_TIMER,
  localSessionsOf,
} from './expiring-sessions.ts';

/** Runs beside the election, on the tree as it is; ends with it. */
export class ReadOnly implements Role, Expirer {
  private readonly server: Server;
  private readonly committer: Committer;
  readonly localSessions: ExpiringSessions | null;
  readonly serving = true;
  readonly readOnly = true;

  constructor(server: Server) {
    this.server = server;
    this.committer = new Committer(server, this, false);
    this.localSessions = localSessionsOf(server);
  }

  start(): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'readOnly', server: id, serving: true });
  }

  stop(): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'readOnly', server: id, serving: false });
  }

  figures(): RoleFigures {
    return { mode: 'read-only', leader: null, leading: null, globalSessions: null };
  }

  touch(session: SessionId, timeout: number): boolean {
    return this.localSessions?.touch(session, timeout) === true;
  }

  /**
   * SVC-6: a global session cannot be gone on with here; it is not over either, so the connection just ends. Where all
   * are global, one that is unknown may have begun elsewhere since.
   */
  revalidate(channel: ChannelId, session: SessionId, timeout: number): void {
    const { clients, database } = this.server;
    if (this.localSessions === null || database.tree.sessions.has(session)) clients.closeSession(session);
    else clients.finish(channel, this.touch(session, timeout));
  }

  /** ReadOnlyRequestProcessor. */
  submit(request: LocalRequest): void {
    const refused = (isWrite(request.op) && !request.local) || request.op.type === OpCode.sync;
    this.committer.process(refused ? { ...request, local: true, error: ErrorCode.NOTREADONLY } : request);
  }

  onTimer(name: string, arg: number): void {
    if (name === LOCAL_SESSION_TIMER && arg === this.server.term) this.localSessions?.onTimer(this);
  }

  expire(session: SessionId): void {
    this.localSessions?.remove(session);
    this.server.clients.closeSession(session);
  }

  onAccept(channel: ChannelId): void {
    this.server.host.close(channel);
  }
  onConnected(_channel: ChannelId): void {}
  onMessage(_channel: ChannelId, _message: Message): void {}
  onClosed(_channel: ChannelId): void {}
  onStep(_name: string, _arg: number): void {}
  onDurable(_name: string): void {}
  onFlushed(_record: TxnRecord): void {}
  onApplied(_record: TxnRecord): void {}
}
