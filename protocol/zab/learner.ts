/** A follower or observer (org.apache.zookeeper.server.quorum.Learner, Follower, Observer). */
import type { ChannelId, Message, TimerId } from '../host.ts';
import { isWrite } from '../request.ts';
import { COMMIT_STEP, Committer } from '../server/committer.ts';
import type { LocalRequest, OwnSessions, Role, RoleFigures, Server } from '../server/context.ts';
import type { StoreAction } from '../server/durable.ts';
import type { Expirer } from '../server/expiring-sessions.ts';
import { LearnerSessions } from '../server/learner-sessions.ts';
import { createsEphemeral } from '../server/preparer.ts';
import { ErrorCode, OpCode, type SessionId, type TxnRecord } from '../txn.ts';
import { formatZxid, makeZxid, type Zxid } from '../zxid.ts';
import { follows } from './committed-log.ts';
import { LearnerSync, type SnapshotWish, type SyncLink } from './learner-sync.ts';
import type { QuorumMessage, QuorumPacket } from './packets.ts';

const CONNECT_TIMER = 'learner.connect';
const READ_TIMER = 'learner.read';
const INBOX_STEP = 'learner.inbox';

/** Attempts to reach the leader, and the pause between them in ms (Learner.connectToLeader). */
const CONNECT_TRIES = 5;
const CONNECT_PAUSE = 100;

type LearnerStage =
  | 'connecting'
  /** FOLLOWERINFO sent, waits for LEADERINFO. */
  | 'registering'
  /** ACKEPOCH sent, until UPTODATE: see {@link LearnerSync}. */
  | 'synchronizing'
  | 'serving';

export class Learner implements Role, SyncLink, Expirer {
  readonly server: Server;
  private readonly term: number;
  readonly leader: number;
  private readonly observer: boolean;
  private readonly wish: SnapshotWish;
  private stage: LearnerStage = 'connecting';
  private channel: ChannelId = 0;
  private tries = 0;
  private lastHeard = 0;
  private deadline = 0;
  private readTimer: TimerId = 0;
  epoch = -1;
  /** Whether LEADERINFO raised the accepted epoch. */
  private acceptedNow = false;
  claimsNothing = false;

  /** Received and not yet read: a durable sequence is under way, as when Apache's thread is blocked. */
  private inbox: QuorumMessage[] = [];
  private blocked = false;
  private closed = false;
  /** Position in the steps on LEADERINFO. */
  private nextStep = 0;

  private readonly sync: LearnerSync;
  private lastQueued: Zxid = 0;

  /** Logged or being logged, not yet committed; commits must name its head. */
  private pendingTxns: TxnRecord[] = [];
  private pendingSyncs: LocalRequest[] = [];
  private readonly committer: Committer;
  /** From when it serves. */
  private sessions: LearnerSessions | null = null;
  readonly readOnly = false;

  constructor(server: Server, leader: number, observer: boolean, wish: SnapshotWish) {
    this.server = server;
    this.term = server.term;
    this.leader = leader;
    this.observer = observer;
    this.wish = wish;
    this.sync = new LearnerSync(this, wish);
    this.committer = new Committer(server, this, true);
  }

  get serving(): boolean {
    return this.stage === 'serving';
  }

  /** The kind of a synchronization broken off with the tree ahead of what is on disk; null: there was none. */
  get brokenSync(): 'SNAP' | 'TRUNC' | null {
    return this.sync.broken;
  }

  start(): void {
    const { config } = this.server;
    this.server.phase('DISCOVERY', -1);
    this.server.logWriter.open(this);
    this.setReadLimit(config.initLimit);
    this.connect();
  }

  stop(): void {
    const { host } = this.server;
    host.clearTimer(this.readTimer);
    if (this.channel !== 0) host.close(this.channel);
    this.channel = 0;
  }

  figures(): RoleFigures {
    const mode = this.observer ? 'observer' : 'follower';
    return { mode, leader: this.leader, leading: null, globalSessions: null };
  }

  // --- the link

  private connect(): void {
    this.tries++;
    this.channel = this.server.host.dial({ server: this.leader, port: 'quorum' });
  }

  onAccept(channel: ChannelId): void {
    this.server.host.close(channel);
  }

  onConnected(channel: ChannelId): void {
    if (channel !== this.channel) return;
    this.stage = 'registering';
    const { id, acceptedEpoch } = this.server;
    this.heard();
    this.send({ kind: this.observer ? 'OBSERVERINFO' : 'FOLLOWERINFO', sid: id, acceptedEpoch });
  }

  onClosed(channel: ChannelId): void {
    if (channel !== this.channel) return;
    this.channel = 0;
    if (this.stage === 'connecting' && this.tries < CONNECT_TRIES) {
      this.server.host.setTimer(CONNECT_PAUSE, CONNECT_TIMER, this.term);
      return;
    }
    // Apache's thread learns of a broken link when it next reads or writes, not while it waits for its disk.
    this.closed = true;
    if (!this.blocked && this.inbox.length === 0) this.server.endRole('the link to its leader is gone');
  }

  onTimer(name: string, arg: number): void {
    if (arg !== this.term) return;
    if (name === CONNECT_TIMER) this.connect();
    else if (name === READ_TIMER) this.onReadTimer();
    else this.sessions?.onTimer(name, this);
  }

  /** ZAB-22: silence of initLimit ticks before, of syncLimit ticks after NEWLEADER ends the role. */
  private onReadTimer(): void {
    const { host } = this.server;
    const left = this.lastHeard + this.deadline - host.now();
    if (left <= 0 && !this.blocked) {
      this.server.endRole('its leader has not been heard from in time');
      return;
    }
    this.readTimer = host.setTimer(left > 0 ? left : this.deadline, READ_TIMER, this.term);
  }

  setReadLimit(ticks: number): void {
    const { host, config } = this.server;
    this.deadline = ticks * config.tickTime;
    this.heard();
    host.clearTimer(this.readTimer);
    this.readTimer = host.setTimer(this.deadline, READ_TIMER, this.term);
  }

  private heard(): void {
    this.lastHeard = this.server.host.now();
  }

  send(packet: QuorumPacket): void {
    if (this.channel !== 0) this.server.host.send(this.channel, packet);
  }

  // --- packets, one after the other

  onMessage(channel: ChannelId, message: Message): void {
    if (channel !== this.channel) return;
    this.heard();
    if (this.blocked || this.inbox.length > 0) this.inbox.push(message as QuorumMessage);
    else this.read(message as QuorumMessage);
  }

  onStep(name: string, arg: number): void {
    if (arg !== this.term) return;
    if (name === COMMIT_STEP) this.committer.onStep();
    else if (name === INBOX_STEP) this.readInbox();
  }

  private readInbox(): void {
    if (this.blocked) return;
    const message = this.inbox.shift();
    if (message !== undefined) this.read(message);
    if (this.blocked || this.term !== this.server.term) return;
    if (this.inbox.length > 0) this.server.host.schedule(INBOX_STEP, this.term);
    else if (this.closed) this.server.endRole('the link to its leader is gone');
  }

  private read(message: QuorumMessage): void {
    switch (this.stage) {
      case 'registering':
        this.readLeaderInfo(message);
        return;
      case 'synchronizing':
        this.sync.read(message);
        return;
      case 'serving':
        this.readBroadcast(message);
        return;
      default:
        this.server.endRole(`${message.kind} before the connection was made`);
    }
  }

  // --- discovery

  private readLeaderInfo(message: QuorumMessage): void {
    if (message.kind !== 'LEADERINFO') {
      this.server.endRole(`${message.kind} where LEADERINFO was due`);
      return;
    }
    if (message.epoch < this.server.acceptedEpoch) {
      this.server.endRole(
        `its leader's epoch ${message.epoch} is below the accepted ${this.server.acceptedEpoch}`,
      );
      return;
    }
    this.epoch = message.epoch;
    this.acceptedNow = message.epoch > this.server.acceptedEpoch;
    this.nextStep = 0;
    this.discoveryStep();
  }

  /** ZAB-4: Learner.registerWithLeader. */
  private discoveryStep(): void {
    const { rules } = this.server;
    const steps = rules.zab.discoverySteps;
    while (this.nextStep < steps.length) {
      const step = steps[this.nextStep++];
      if (step === 'ackEpoch') this.acknowledgeEpoch();
      else if (this.acceptedNow && !rules.server.acceptedEpochOnDisk) {
        this.server.epochWritten('acceptedEpoch', this.epoch);
      } else if (this.acceptedNow) {
        this.block([{ op: 'value', name: 'acceptedEpoch', value: this.epoch }], 'acceptedEpoch');
        return;
      }
    }
    this.stage = 'synchronizing';
  }

  private acknowledgeEpoch(): void {
    const { server } = this;
    // ZAB-5: an epoch accepted before is not supported again: one server must not back two leaders of one epoch.
    const currentEpoch = server.rules.zab.reportsEpoch(this.acceptedNow, server.currentEpoch);
    this.claimsNothing = !this.acceptedNow && this.wish.epoch === this.epoch;
    const zxid = this.claimsNothing ? 0 : server.database.lastProcessedZxid;
    if (server.host.probing) {
      const { id } = server;
      server.host.probe({
        kind: 'epochAcked',
        server: id,
        leader: this.leader,
        epoch: this.epoch,
        currentEpoch,
        zxid,
      });
    }
    this.send({ kind: 'ACKEPOCH', zxid, currentEpoch });
  }

  /** Nothing is read until these steps are durable; then the continuation of that name is called. */
  block(actions: readonly StoreAction[], name: string): void {
    this.blocked = true;
    this.server.durable.run(actions, { to: 'role', name, arg: this.term });
  }

  onDurable(name: string): void {
    const { server } = this;
    this.blocked = false;
    if (name === 'acceptedEpoch') {
      server.epochWritten('acceptedEpoch', this.epoch);
      this.discoveryStep();
    } else this.sync.onDurable(name);
    if (this.blocked || this.term !== server.term) return;
    if (this.inbox.length > 0) server.host.schedule(INBOX_STEP, this.term);
    else if (this.closed) server.endRole('the link to its leader is gone');
  }

  /** ZAB-10: a hole in what a leader sends ends the role (ZOOKEEPER-4925). */
  inOrder(record: TxnRecord): boolean {
    const checked = this.lastQueued !== 0 && this.server.rules.zab.rejectsHoles;
    if (checked && !follows(this.lastQueued, record.zxid)) {
      this.server.endRole(`${formatZxid(record.zxid)} does not follow ${formatZxid(this.lastQueued)}`);
      return false;
    }
    this.lastQueued = record.zxid;
    return true;
  }

  /** Logs without waiting what only the rules may want logged before UPTODATE; false of an observer, which waits. */
  logAhead(records: readonly TxnRecord[]): boolean {
    if (this.observer) return false;
    for (const record of records) this.log(record);
    return true;
  }

  /** Starts to serve, then logs and commits what was queued since NEWLEADER. */
  onUpToDate(queued: readonly TxnRecord[], committed: readonly Zxid[]): void {
    const { host, id, database } = this.server;
    this.send({ kind: 'ACK', zxid: makeZxid(this.epoch, 0) });
    this.stage = 'serving';
    this.sessions = new LearnerSessions(this.server);
    this.server.updateVote(this.epoch);
    if (host.probing) {
      const zxid = database.lastProcessedZxid;
      host.probe({ kind: 'serving', server: id, leader: this.leader, epoch: this.epoch, zxid });
    }
    this.server.phase('BROADCAST', this.epoch);
    if (this.observer) {
      const ready = new Set(committed);
      for (const record of queued) if (ready.has(record.zxid)) this.inform(record);
    } else {
      for (const record of queued) this.log(record);
      for (const zxid of committed) this.commit(zxid);
    }
  }

  // --- broadcast

  private readBroadcast(message: QuorumMessage): void {
    const { statistics } = this.server;
    switch (message.kind) {
      case 'PROPOSAL':
        statistics.learnerProposals++;
        if (this.inOrder(message.record)) this.log(message.record);
        return;
      case 'COMMIT':
        statistics.learnerCommits++;
        this.commit(message.zxid);
        return;
      case 'INFORM':
        statistics.learnerCommits++;
        if (this.inOrder(message.record)) this.inform(message.record);
        return;
      case 'PING':
        this.send({ kind: 'PING', zxid: message.zxid, touched: this.sessions?.takeTouched() ?? [] });
        return;
      case 'REVALIDATE':
        this.onRevalidated(message.session, message.valid);
        return;
      case 'SYNC': {
        const request = this.pendingSyncs.shift();
        if (request !== undefined) this.committer.syncDone(request);
        return;
      }
      case 'UPTODATE':
        return;
      default:
        this.server.endRole(`${message.kind} during broadcast`);
    }
  }

  private log(record: TxnRecord): void {
    this.pendingTxns.push(record);
    this.server.logWriter.add(record);
  }

  /** ZAB-17: a commit names the oldest pending proposal; anything else means that this process is broken. */
  private commit(zxid: Zxid): void {
    const head = this.pendingTxns[0];
    if (head === undefined) return;
    if (head.zxid !== zxid) {
      this.server.host.exit(`COMMIT ${formatZxid(zxid)} where ${formatZxid(head.zxid)} was due`);
      return;
    }
    this.pendingTxns.shift();
    this.committer.commit(head);
  }

  private inform(record: TxnRecord): void {
    this.server.logWriter.add(record);
    this.committer.commit(record);
  }

  onFlushed(record: TxnRecord): void {
    if (this.observer) return;
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'acked', server: id, leader: this.leader, zxid: record.zxid });
    this.send({ kind: 'ACK', zxid: record.zxid });
  }

  onApplied(record: TxnRecord): void {
    const { txn, session } = record;
    if (txn.type === OpCode.createSession) this.sessions?.opened(session, txn.timeout);
    else if (txn.type === OpCode.closeSession) this.sessions?.closed(session);
  }

  // --- clients

  get localSessions(): OwnSessions | null {
    return this.sessions?.local ?? null;
  }

  touch(session: SessionId, timeout: number): boolean {
    return this.sessions?.touch(session, timeout) === true;
  }

  /** SESSION-6: a session that came along is the leader's to judge. */
  revalidate(channel: ChannelId, session: SessionId, timeout: number): void {
    if (this.localSessions?.touch(session, timeout)) this.server.clients.finish(channel, true);
    else this.send({ kind: 'REVALIDATE', session, timeout, valid: false });
  }

  private onRevalidated(session: SessionId, valid: boolean): void {
    const { clients } = this.server;
    const channel = clients.openingChannel(session);
    if (channel !== null) clients.finish(channel, valid);
  }

  /** ZAB-20: a write or sync is queued here first, then sent to the leader (FollowerRequestProcessor). */
  submit(request: LocalRequest): void {
    const accepted = this.upgraded(request);
    this.committer.process(accepted);
    const { session, cxid, auth, op, local } = request;
    if (op.type === OpCode.sync) this.pendingSyncs.push(accepted);
    else if (!isWrite(op) || local) return;
    this.send({ kind: 'REQUEST', session, cxid, auth, op });
  }

  /** SESSION-9: a local session that wants an ephemeral becomes global first, where that is allowed. */
  private upgraded(request: LocalRequest): LocalRequest {
    const { session, op } = request;
    if (!this.localSessions?.has(session) || !createsEphemeral(op)) return request;
    if (!this.server.config.localSessionsUpgrading) {
      return { ...request, error: ErrorCode.EPHEMERALONLOCALSESSION };
    }
    const timeout = this.sessions?.upgrade(session) ?? 0;
    this.send({ kind: 'REQUEST', session, cxid: 0, auth: [], op: { type: OpCode.createSession, timeout } });
    return request;
  }

  /** A local session has expired. */
  expire(session: SessionId): void {
    const { local } = this.sessions as LearnerSessions;
    if (local?.has(session)) {
      local.remove(session);
      this.server.clients.closeSession(session);
    } else this.send({ kind: 'REQUEST', session, cxid: 0, auth: [], op: { type: OpCode.closeSession } });
  }
}
