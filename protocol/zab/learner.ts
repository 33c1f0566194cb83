/** A follower or observer (org.apache.zookeeper.server.quorum.Learner, Follower, Observer). */
import type { ChannelId, Message, TimerId } from '../host.ts';
import { COMMIT_STEP, Committer, isWrite } from '../server/committer.ts';
import type { LocalRequest, Role, Server } from '../server/context.ts';
import type { StoreAction } from '../server/durable.ts';
import type { SnapshotInProgress } from '../server/snapshots.ts';
import { TreeBuilder } from '../tree/tree-builder.ts';
import { OpCode, type TxnRecord } from '../txn.ts';
import { formatZxid, makeZxid, type Zxid } from '../zxid.ts';
import { follows } from './committed-log.ts';
import type { QuorumMessage, QuorumPacket, ZxidPacket } from './packets.ts';

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
  /** ACKEPOCH sent, waits for DIFF, TRUNC or SNAP. */
  | 'waitingForSync'
  /** Between SNAP and the end of its snapshot. */
  | 'receivingSnapshot'
  /** Until NEWLEADER. */
  | 'synchronizing'
  /** NEWLEADER acknowledged, until UPTODATE. */
  | 'waitingForUpToDate'
  | 'serving';

type SyncMode = 'NONE' | 'DIFF' | 'TRUNC' | 'SNAP';

/**
 * ZAB-9: a learner that cannot cut its history back to where its leader asks (a snapshot lies in between) comes again
 * for a whole snapshot within the same epoch; this remembers in which.
 */
export interface SnapshotWish {
  epoch: number;
}

export class Learner implements Role {
  private readonly server: Server;
  private readonly term: number;
  private readonly leader: number;
  private readonly observer: boolean;
  private readonly wish: SnapshotWish;
  private stage: LearnerStage = 'connecting';
  private channel: ChannelId = 0;
  private tries = 0;
  private lastHeard = 0;
  private deadline = 0;
  private readTimer: TimerId = 0;
  private epoch = -1;
  /** Whether LEADERINFO raised the accepted epoch. */
  private acceptedNow = false;

  /** Received and not yet read: a durable sequence is under way, as when Apache's thread is blocked. */
  private inbox: QuorumMessage[] = [];
  private blocked = false;
  private closed = false;
  /** Position in the steps on LEADERINFO or NEWLEADER. */
  private nextStep = 0;

  private mode: SyncMode = 'NONE';
  private builder: TreeBuilder | null = null;
  private truncatedTo: Zxid = -1;
  private snapshot: SnapshotInProgress | null = null;
  private lastQueued: Zxid = 0;
  private readonly notLogged: TxnRecord[] = [];
  private notCommitted: TxnRecord[] = [];
  private committed: Zxid[] = [];

  /** Logged or being logged, not yet committed; commits must name its head. */
  private pendingTxns: TxnRecord[] = [];
  private pendingSyncs: LocalRequest[] = [];
  private readonly committer: Committer;

  constructor(server: Server, leader: number, observer: boolean, wish: SnapshotWish) {
    this.server = server;
    this.term = server.term;
    this.leader = leader;
    this.observer = observer;
    this.wish = wish;
    this.committer = new Committer(server, this, true);
  }

  get serving(): boolean {
    return this.stage === 'serving';
  }

  /** Whether synchronization was broken off with the tree ahead of what is on disk. */
  get brokenSync(): boolean {
    return this.mode === 'SNAP' || this.mode === 'TRUNC';
  }

  start(): void {
    const { config, host } = this.server;
    this.server.phase('DISCOVERY', -1);
    this.server.logWriter.open(this);
    this.setReadLimit(config.initLimit);
    this.readTimer = host.setTimer(this.deadline, READ_TIMER, this.term);
    this.connect();
  }

  stop(): void {
    const { host } = this.server;
    host.clearTimer(this.readTimer);
    if (this.channel !== 0) host.close(this.channel);
    this.channel = 0;
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

  private setReadLimit(ticks: number): void {
    this.deadline = ticks * this.server.config.tickTime;
    this.heard();
  }

  private heard(): void {
    this.lastHeard = this.server.host.now();
  }

  private send(packet: QuorumPacket): void {
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
      case 'waitingForSync':
        this.readSync(message);
        return;
      case 'receivingSnapshot':
        this.readSnapshot(message);
        return;
      case 'synchronizing':
      case 'waitingForUpToDate':
        this.readQueued(message);
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
    const { rules, durable } = this.server;
    const steps = rules.zab.discoverySteps;
    while (this.nextStep < steps.length) {
      const step = steps[this.nextStep++];
      if (step === 'ackEpoch') this.acknowledgeEpoch();
      else if (this.acceptedNow && !rules.server.acceptedEpochOnDisk) {
        this.server.epochWritten('acceptedEpoch', this.epoch);
      } else if (this.acceptedNow) {
        this.blocked = true;
        durable.run([{ op: 'value', name: 'acceptedEpoch', value: this.epoch }], {
          to: 'role',
          name: 'acceptedEpoch',
          arg: this.term,
        });
        return;
      }
    }
    this.stage = 'waitingForSync';
  }

  private acknowledgeEpoch(): void {
    const { server } = this;
    // ZAB-5: an epoch accepted before is not supported again: one server must not back two leaders of one epoch.
    const currentEpoch = this.acceptedNow ? server.currentEpoch : -1;
    const asksForSnapshot = !this.acceptedNow && this.wish.epoch === this.epoch;
    const zxid = asksForSnapshot ? 0 : server.database.lastProcessedZxid;
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

  // --- synchronization

  private readSync(message: QuorumMessage): void {
    const { database, durable, rules } = this.server;
    this.server.phase('SYNCHRONIZATION', this.epoch);
    if (message.kind === 'DIFF') {
      this.mode = 'DIFF';
      this.stage = 'synchronizing';
    } else if (message.kind === 'SNAP') {
      this.mode = 'SNAP';
      this.stage = 'receivingSnapshot';
      this.builder = new TreeBuilder();
    } else if (message.kind === 'TRUNC') {
      if (!database.canTruncate(message.zxid)) {
        this.wish.epoch = this.epoch;
        this.server.endRole(
          `its history cannot be cut back to ${formatZxid(message.zxid)}; it will ask for a snapshot`,
        );
        return;
      }
      this.mode = 'TRUNC';
      this.stage = 'synchronizing';
      const cuts = database.truncate(message.zxid);
      if (cuts.length === 0) this.onTruncated(message.zxid);
      else if (rules.server.syncsTruncation) {
        this.blocked = true;
        this.truncatedTo = message.zxid;
        durable.run(cuts, { to: 'role', name: 'truncated', arg: this.term });
      } else {
        durable.run(cuts, { to: 'peer', name: 'truncated', arg: message.zxid });
        this.onTruncated(message.zxid);
      }
    } else this.server.endRole(`${message.kind} where DIFF, TRUNC or SNAP was due`);
  }

  private onTruncated(zxid: Zxid): void {
    const { host, id, database, rules } = this.server;
    if (host.probing) {
      host.probe({ kind: 'truncated', server: id, zxid, durable: rules.server.syncsTruncation });
    }
    database.load();
    database.tree.lastProcessedZxid = zxid;
  }

  private readSnapshot(message: QuorumMessage): void {
    const chunk = message;
    if (chunk.kind !== 'snapHeader' && chunk.kind !== 'snapNode' && chunk.kind !== 'snapEnd') {
      this.server.endRole(`${message.kind} within a snapshot`);
      return;
    }
    const builder = this.builder as TreeBuilder;
    builder.add(chunk);
    if (chunk.kind !== 'snapEnd') return;
    const { host, id, database } = this.server;
    const zxid = builder.header?.zxid ?? 0;
    database.install(builder.finish(), zxid);
    this.builder = null;
    this.stage = 'synchronizing';
    if (host.probing) host.probe({ kind: 'snapInstalled', server: id, leader: this.leader, zxid });
  }

  /** Learner.syncWithLeader: what comes before and after NEWLEADER is queued until it may be logged. */
  private readQueued(message: QuorumMessage): void {
    switch (message.kind) {
      case 'PROPOSAL':
        if (!this.inOrder(message.record)) return;
        this.notLogged.push(message.record);
        this.notCommitted.push(message.record);
        return;
      case 'COMMIT': {
        const head = this.notCommitted[0];
        if (head === undefined || head.zxid !== message.zxid) return;
        this.notCommitted.shift();
        if (this.appliesToMemory) {
          this.notLogged.splice(this.notLogged.indexOf(head), 1);
          this.applyToMemory(head);
        } else this.committed.push(message.zxid);
        return;
      }
      case 'INFORM':
        if (!this.inOrder(message.record)) return;
        if (this.appliesToMemory) this.applyToMemory(message.record);
        else {
          this.notLogged.push(message.record);
          this.committed.push(message.record.zxid);
        }
        return;
      case 'NEWLEADER':
        this.onNewLeader(message);
        return;
      case 'UPTODATE':
        if (this.stage === 'waitingForUpToDate') this.onUpToDate();
        else this.server.endRole('UPTODATE before NEWLEADER');
        return;
      case 'PING':
        return;
      default:
        this.server.endRole(`${message.kind} during synchronization`);
    }
  }

  private get appliesToMemory(): boolean {
    return this.stage === 'synchronizing' && this.mode !== 'DIFF';
  }

  private applyToMemory(record: TxnRecord): void {
    const { host, id, database } = this.server;
    database.applyToMemory(record);
    if (!host.probing) return;
    const { zxid, digest: txnDigest } = record;
    host.probe({
      kind: 'applied',
      server: id,
      zxid,
      delivered: false,
      digest: database.tree.digest,
      txnDigest,
    });
  }

  /** ZAB-10: a hole in what a leader sends ends the role (ZOOKEEPER-4925). */
  private inOrder(record: TxnRecord): boolean {
    const checked = this.lastQueued !== 0 && this.server.rules.zab.rejectsHoles;
    if (checked && !follows(this.lastQueued, record.zxid)) {
      this.server.endRole(`${formatZxid(record.zxid)} does not follow ${formatZxid(this.lastQueued)}`);
      return false;
    }
    this.lastQueued = record.zxid;
    return true;
  }

  private onNewLeader(message: ZxidPacket): void {
    if (this.stage !== 'synchronizing' || message.zxid !== makeZxid(this.epoch, 0)) {
      this.server.endRole(`NEWLEADER ${formatZxid(message.zxid)} is not due`);
      return;
    }
    this.nextStep = 0;
    this.newLeaderStep();
  }

  /** ZAB-12: history durable, then currentEpoch durable, then the acknowledgement. */
  private newLeaderStep(): void {
    const { rules, durable, config } = this.server;
    const steps = rules.zab.newLeaderSteps;
    while (this.nextStep < steps.length) {
      const step = steps[this.nextStep++];
      if (step === 'persistHistory') {
        const actions = this.persistHistory();
        if (actions.length === 0) continue;
        this.blocked = true;
        durable.run(actions, { to: 'role', name: 'history', arg: this.term });
        return;
      }
      if (step === 'writeCurrentEpoch') {
        this.blocked = true;
        durable.run([{ op: 'value', name: 'currentEpoch', value: this.epoch }], {
          to: 'role',
          name: 'currentEpoch',
          arg: this.term,
        });
        return;
      }
      this.acknowledgeNewLeader();
    }
    this.stage = 'waitingForUpToDate';
    this.setReadLimit(config.syncLimit);
    if (this.wish.epoch === this.epoch) this.wish.epoch = -1;
  }

  private persistHistory(): StoreAction[] {
    const { database } = this.server;
    if (this.mode === 'DIFF') {
      this.logCommitted();
      return database.log.takeFlushes();
    }
    const replaces = database.aheadOfDisk;
    this.snapshot = database.writeSnapshot(replaces);
    return replaces ? database.replaceHistory(this.snapshot) : [{ op: 'flush', file: this.snapshot.file }];
  }

  /** The committed part of a DIFF goes to log and tree; the rest is logged once the leader serves. */
  private logCommitted(): void {
    const { host, id, database } = this.server;
    const count = this.committed.length;
    for (const record of this.notLogged.splice(0, count)) {
      database.log.append(record);
      if (host.probing) host.probe({ kind: 'logged', server: id, zxid: record.zxid, digest: record.digest });
      database.apply(record);
      if (!host.probing) continue;
      const { zxid, digest: txnDigest } = record;
      host.probe({
        kind: 'applied',
        server: id,
        zxid,
        delivered: false,
        digest: database.tree.digest,
        txnDigest,
      });
    }
    this.committed = [];
  }

  private acknowledgeNewLeader(): void {
    const { host, id, database } = this.server;
    if (host.probing) {
      const zxid = database.lastProcessedZxid;
      host.probe({ kind: 'newLeaderAcked', server: id, leader: this.leader, epoch: this.epoch, zxid });
    }
    this.send({ kind: 'ACK', zxid: makeZxid(this.epoch, 0) });
  }

  onDurable(name: string): void {
    const { server } = this;
    const { host } = server;
    this.blocked = false;
    switch (name) {
      case 'acceptedEpoch':
        this.acceptedNow = true;
        server.epochWritten('acceptedEpoch', this.epoch);
        this.discoveryStep();
        break;
      case 'truncated':
        this.onTruncated(this.truncatedTo);
        break;
      case 'history':
        this.onHistoryDurable();
        break;
      case 'currentEpoch':
        server.epochWritten('currentEpoch', this.epoch);
        this.newLeaderStep();
        break;
    }
    if (this.blocked || this.term !== server.term) return;
    if (this.inbox.length > 0) host.schedule(INBOX_STEP, this.term);
    else if (this.closed) server.endRole('the link to its leader is gone');
  }

  private onHistoryDurable(): void {
    const { snapshot } = this;
    const { host, id, database } = this.server;
    if (snapshot === null) {
      if (host.probing) host.probe({ kind: 'flushed', server: id, zxid: database.log.lastZxid });
    } else {
      database.onSnapshotTaken(snapshot);
      if (host.probing) {
        const endZxid = database.lastProcessedZxid;
        host.probe({ kind: 'snapshotTaken', server: id, zxid: snapshot.zxid, endZxid });
      }
      database.aheadOfDisk = false;
    }
    this.mode = 'NONE';
    this.newLeaderStep();
  }

  /** Starts to serve, then logs and commits what was queued since NEWLEADER. */
  private onUpToDate(): void {
    const { host, id, database } = this.server;
    this.send({ kind: 'ACK', zxid: makeZxid(this.epoch, 0) });
    this.stage = 'serving';
    this.mode = 'NONE';
    this.server.updateVote(this.epoch);
    if (host.probing) {
      const zxid = database.lastProcessedZxid;
      host.probe({ kind: 'serving', server: id, leader: this.leader, epoch: this.epoch, zxid });
    }
    this.server.phase('BROADCAST', this.epoch);
    if (this.observer) {
      const ready = new Set(this.committed);
      for (const record of this.notLogged) if (ready.has(record.zxid)) this.inform(record);
    } else {
      for (const record of this.notLogged) this.log(record);
      for (const zxid of this.committed) this.commit(zxid);
    }
    this.notLogged.length = 0;
    this.notCommitted = [];
    this.committed = [];
  }

  // --- broadcast

  private readBroadcast(message: QuorumMessage): void {
    switch (message.kind) {
      case 'PROPOSAL':
        if (this.inOrder(message.record)) this.log(message.record);
        return;
      case 'COMMIT':
        this.commit(message.zxid);
        return;
      case 'INFORM':
        if (this.inOrder(message.record)) this.inform(message.record);
        return;
      case 'PING':
        this.send({ kind: 'PING', zxid: message.zxid });
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

  onApplied(_record: TxnRecord): void {
    // A learner keeps no list of what is committed and not applied.
  }

  /** ZAB-20: a write or sync is queued here first, then sent to the leader (FollowerRequestProcessor). */
  submit(request: LocalRequest): void {
    this.committer.process(request);
    const { session, cxid, op } = request;
    if (op.type === OpCode.sync) this.pendingSyncs.push(request);
    else if (!isWrite(op)) return;
    this.send({ kind: 'REQUEST', session, cxid, op });
  }
}
