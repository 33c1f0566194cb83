/** A server alone: Prep, Sync, Final (org.apache.zookeeper.server.ZooKeeperServerMain). */
import type { ChannelId, Message } from '../host.ts';
import type { SessionId, TxnRecord } from '../txn.ts';
import { counterOf, epochOf, makeZxid, type Zxid } from '../zxid.ts';
import { COMMIT_STEP, Committer } from './committer.ts';
import type { LocalRequest, OwnSessions, Role, RoleFigures, Server } from './context.ts';
import { PREP_STEP, Preparer, type Proposer } from './preparer.ts';
import { THIS_SERVER } from './session-tracker.ts';

export class Standalone implements Role, Proposer {
  private readonly server: Server;
  private readonly preparer: Preparer;
  private readonly committer: Committer;
  private lastProposed: Zxid;
  readonly serving = true;
  readonly readOnly = false;

  constructor(server: Server) {
    this.server = server;
    this.committer = new Committer(server, this, false);
    this.preparer = new Preparer(server, this, this.committer);
    this.lastProposed = server.database.lastProcessedZxid;
  }

  get localSessions(): OwnSessions | null {
    return this.preparer.sessions.local;
  }

  start(): void {
    const { host, id, logWriter } = this.server;
    logWriter.open(this);
    const epoch = epochOf(this.lastProposed);
    if (host.probing) host.probe({ kind: 'established', server: id, epoch, zxid: this.lastProposed });
    this.server.phase('BROADCAST', epoch);
  }

  stop(): void {
    // It has no channels of its own.
  }

  figures(): RoleFigures {
    const globalSessions = this.preparer.sessions.global.tracker;
    return { mode: 'standalone', leader: null, leading: null, globalSessions };
  }

  touch(session: SessionId, timeout: number): boolean {
    return this.preparer.sessions.touch(session, timeout);
  }

  revalidate(channel: ChannelId, session: SessionId, timeout: number): void {
    this.server.clients.finish(channel, this.preparer.sessions.revalidate(session, timeout, THIS_SERVER));
  }

  submit(request: LocalRequest): void {
    this.preparer.submit(request);
  }

  /** ZAB-24: a used-up counter opens the next epoch. */
  nextZxid(): Zxid {
    const epoch = epochOf(this.lastProposed);
    const counter = counterOf(this.lastProposed) + 1;
    const full = counter >= this.server.config.counterLimit;
    this.lastProposed = full ? makeZxid(epoch + 1, 1) : makeZxid(epoch, counter);
    return this.lastProposed;
  }

  propose(record: TxnRecord): void {
    this.server.logWriter.add(record);
  }

  sync(): void {
    // It has no learners.
  }

  onFlushed(record: TxnRecord): void {
    const { host, id } = this.server;
    const { zxid } = record;
    if (host.probing) {
      host.probe({ kind: 'acked', server: id, leader: id, zxid });
      host.probe({ kind: 'committed', server: id, zxid });
    }
    this.committer.commit(record);
  }

  onApplied(record: TxnRecord): void {
    this.preparer.applied(record);
  }

  onStep(name: string, arg: number): void {
    if (arg !== this.server.term) return;
    if (name === PREP_STEP) this.preparer.onStep();
    else if (name === COMMIT_STEP) this.committer.onStep();
  }

  onTimer(name: string, arg: number): void {
    if (arg === this.server.term) this.preparer.onTimer(name);
  }

  onAccept(channel: ChannelId): void {
    this.server.host.close(channel);
  }
  onConnected(_channel: ChannelId): void {}
  onMessage(_channel: ChannelId, _message: Message): void {}
  onClosed(_channel: ChannelId): void {}
  onDurable(_name: string): void {}
}
