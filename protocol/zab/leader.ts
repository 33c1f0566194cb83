/** The leader: who follows it, discovery, synchronization, and time (org.apache.zookeeper.server.quorum.Leader). */
import type { ChannelId, Message, TimerId } from '../host.ts';
import { COMMIT_STEP, Committer } from '../server/committer.ts';
import type { LocalRequest, OwnSessions, Role, RoleFigures, Server } from '../server/context.ts';
import { PREP_STEP, Preparer, type Proposer } from '../server/preparer.ts';
import { type Owner, THIS_SERVER } from '../server/session-tracker.ts';
import type { SessionId, TxnRecord } from '../txn.ts';
import { MAX_EPOCH, makeZxid, type Zxid } from '../zxid.ts';
import { Broadcast } from './broadcast.ts';
import { type HandlerLeader, LearnerHandler, SNAP_STEP } from './learner-handler.ts';
import type { AckEpoch, LearnerInfo, QuorumPacket, ZxidPacket } from './packets.ts';

const WAIT_TIMER = 'leader.wait';
const PING_TIMER = 'leader.ping';

/** What the leader itself waits for. */
type LeaderStage = 'epoch' | 'epochAcks' | 'newLeaderAcks' | 'serving';

export class Leader implements Role, HandlerLeader, Proposer {
  private readonly server: Server;
  private readonly term: number;
  private stage: LeaderStage = 'epoch';
  epoch = -1;
  tick = 0;
  private readonly handlers: Map<ChannelId, LearnerHandler> = new Map();
  /** This server's epoch and zxid before the new epoch was chosen. */
  private readonly summaryEpoch: number;
  private readonly summaryZxid: Zxid;

  /** Participants (masks) that reported their accepted epoch, acknowledged the epoch, acknowledged NEWLEADER. */
  private connecting = 0;
  private electing = 0;
  private newLeaderAcks = 0;
  private highestAccepted = -1;
  private epochChosen = false;
  private epochDurable = false;
  private electionFinished = false;
  private currentEpochDurable = false;
  private wait: TimerId = 0;
  private atTick = false;
  private servingSince = 0;

  private readonly broadcast: Broadcast;
  private readonly committer: Committer;
  /** From when it serves. */
  private preparer: Preparer | null = null;
  readonly readOnly = false;

  constructor(server: Server) {
    this.server = server;
    this.term = server.term;
    this.committer = new Committer(server, this, false);
    this.broadcast = new Broadcast(server, this.committer);
    this.summaryEpoch = server.currentEpoch;
    this.summaryZxid = server.database.lastProcessedZxid;
  }

  get serving(): boolean {
    return this.stage === 'serving';
  }

  start(): void {
    this.server.phase('DISCOVERY', -1);
    this.server.host.listen('quorum', true);
    this.server.logWriter.open(this);
    this.armWait();
    this.reportAccepted(this.server.id, this.server.acceptedEpoch);
  }

  stop(): void {
    const { host } = this.server;
    host.listen('quorum', false);
    host.clearTimer(this.wait);
    for (const channel of this.handlers.keys()) host.close(channel);
    this.handlers.clear();
  }

  figures(): RoleFigures {
    const { handlers, broadcast, servingSince } = this;
    const leading = { learners: handlers.size, ...broadcast.figures(), servingSince };
    const globalSessions = this.preparer?.sessions.global.tracker ?? null;
    return { mode: 'leader', leader: null, leading, globalSessions };
  }

  // --- learners come and go

  onAccept(channel: ChannelId): void {
    this.handlers.set(channel, new LearnerHandler(this.server, this, channel));
  }

  onConnected(_channel: ChannelId): void {
    // A leader dials nobody.
  }

  onClosed(channel: ChannelId): void {
    const handler = this.handlers.get(channel);
    if (handler !== undefined) this.remove(handler);
  }

  private drop(handler: LearnerHandler): void {
    this.server.host.close(handler.channel);
    this.remove(handler);
  }

  private remove(handler: LearnerHandler): void {
    this.handlers.delete(handler.channel);
    this.broadcast.leave(handler);
  }

  onMessage(channel: ChannelId, message: Message): void {
    const handler = this.handlers.get(channel);
    if (handler === undefined) return;
    handler.heard();
    const packet = message as QuorumPacket;
    if (handler.stage === 'serving') this.onServingPacket(handler, packet);
    else if (handler.stage === 'info' && (packet.kind === 'FOLLOWERINFO' || packet.kind === 'OBSERVERINFO')) {
      this.onInfo(handler, packet);
    } else if (handler.stage === 'ackEpoch' && packet.kind === 'ACKEPOCH') this.onAckEpoch(handler, packet);
    else if (handler.stage === 'synchronizing' && packet.kind === 'ACK') this.onNewLeaderAck(handler, packet);
    else this.drop(handler);
  }

  // --- discovery

  private onInfo(handler: LearnerHandler, packet: LearnerInfo): void {
    handler.sid = packet.sid;
    handler.observer = packet.kind === 'OBSERVERINFO';
    handler.enter('epoch');
    this.reportAccepted(packet.sid, packet.acceptedEpoch);
    if (this.epochDurable) this.sendLeaderInfo(handler);
  }

  /** ZAB-2: Leader.getEpochToPropose. */
  private reportAccepted(sid: number, acceptedEpoch: number): void {
    if (this.epochChosen) return;
    const { quorum, rules, durable, id, host } = this.server;
    this.highestAccepted = Math.max(this.highestAccepted, acceptedEpoch);
    this.connecting |= quorum.maskOf(sid);
    if ((this.connecting & quorum.maskOf(id)) === 0 || !quorum.containsQuorumMask(this.connecting)) return;
    this.epoch = rules.zab.nextEpoch(this.highestAccepted);
    if (this.epoch > MAX_EPOCH) {
      host.exit(`epoch ${this.epoch} is above the largest one, ${MAX_EPOCH}`);
      return;
    }
    this.epochChosen = true;
    // ZAB-3: the leader's acceptedEpoch is on disk before anybody hears of the epoch.
    durable.run([{ op: 'value', name: 'acceptedEpoch', value: this.epoch }], {
      to: 'role',
      name: 'acceptedEpoch',
      arg: this.term,
    });
  }

  private sendLeaderInfo(handler: LearnerHandler): void {
    handler.enter('ackEpoch');
    this.server.host.send(handler.channel, { kind: 'LEADERINFO', epoch: this.epoch } as QuorumPacket);
  }

  private onAckEpoch(handler: LearnerHandler, packet: AckEpoch): void {
    handler.lastZxid = packet.zxid;
    handler.enter('electing');
    this.acknowledgeEpoch(handler.sid, packet.currentEpoch, packet.zxid, handler);
    if (this.electionFinished && handler.stage === 'electing' && this.handlers.has(handler.channel)) {
      handler.synchronize(makeZxid(this.epoch, 0));
    }
  }

  /** ZAB-5, ZAB-6: Leader.waitForEpochAck. */
  private acknowledgeEpoch(
    sid: number,
    currentEpoch: number,
    zxid: Zxid,
    handler: LearnerHandler | null,
  ): void {
    if (this.electionFinished) return;
    const { quorum, rules, durable, id } = this.server;
    if (rules.zab.countsForEpoch(currentEpoch)) {
      if (handler !== null && rules.zab.isNewer(currentEpoch, zxid, this.summaryEpoch, this.summaryZxid)) {
        this.drop(handler);
        return;
      }
      if (zxid !== -1) this.electing |= quorum.maskOf(sid);
    }
    if ((this.electing & quorum.maskOf(id)) === 0 || !quorum.containsQuorumMask(this.electing)) return;
    this.electionFinished = true;
    this.server.phase('SYNCHRONIZATION', this.epoch);
    this.stage = 'newLeaderAcks';
    durable.run([{ op: 'value', name: 'currentEpoch', value: this.epoch }], {
      to: 'role',
      name: 'currentEpoch',
      arg: this.term,
    });
    this.broadcast.begin(this.epoch);
    for (const other of [...this.handlers.values()]) {
      if (other.stage === 'electing' && other !== handler) other.synchronize(makeZxid(this.epoch, 0));
    }
  }

  onDurable(name: string): void {
    const { id } = this.server;
    this.server.epochWritten(name as 'acceptedEpoch' | 'currentEpoch', this.epoch);
    if (name === 'acceptedEpoch') {
      this.epochDurable = true;
      this.stage = 'epochAcks';
      this.armWait();
      for (const handler of this.handlers.values())
        if (handler.stage === 'epoch') this.sendLeaderInfo(handler);
      this.acknowledgeEpoch(id, this.summaryEpoch, this.summaryZxid, null);
    } else {
      this.currentEpochDurable = true;
      this.armWait();
      this.newLeaderAcks |= this.server.quorum.maskOf(id);
      this.tryEstablish();
    }
  }

  // --- synchronization

  /** ZAB-9, ZAB-25: a learner that comes again loses its earlier connection. */
  startForwarding(handler: LearnerHandler, from: Zxid): void {
    if (this.server.rules.zab.withdrawsAcks) {
      for (const other of [...this.handlers.values()]) {
        if (other !== handler && other.sid === handler.sid) this.drop(other);
      }
    }
    this.broadcast.join(handler, from);
  }

  private onNewLeaderAck(handler: LearnerHandler, packet: ZxidPacket): void {
    if (packet.zxid !== makeZxid(this.epoch, 0)) {
      this.drop(handler);
      return;
    }
    handler.enter('established');
    if (!handler.observer) this.newLeaderAcks |= this.server.quorum.maskOf(handler.sid);
    if (this.serving) this.sendUpToDate(handler);
    else this.tryEstablish();
  }

  /** ZAB-13: with a quorum of NEWLEADER acknowledgements the leader serves, and what it inherited is committed. */
  private tryEstablish(): void {
    const { rules, quorum, database, host, id } = this.server;
    if (this.serving || !this.currentEpochDurable) return;
    if (!rules.zab.establishes(this.newLeaderAcks, quorum)) return;
    host.clearTimer(this.wait);
    const inherited = database.lastProcessedZxid;
    database.tree.lastProcessedZxid = makeZxid(this.epoch, 0);
    this.stage = 'serving';
    this.servingSince = host.now();
    this.preparer = new Preparer(this.server, this, this.committer);
    this.server.updateVote(this.epoch);
    if (host.probing) host.probe({ kind: 'established', server: id, epoch: this.epoch, zxid: inherited });
    this.server.phase('BROADCAST', this.epoch);
    for (const handler of this.handlers.values())
      if (handler.stage === 'established') this.sendUpToDate(handler);
    this.armPing();
  }

  private sendUpToDate(handler: LearnerHandler): void {
    handler.enter('serving');
    handler.queuePacket({ kind: 'UPTODATE', zxid: -1 });
  }

  // --- requests

  private onServingPacket(handler: LearnerHandler, packet: QuorumPacket): void {
    switch (packet.kind) {
      case 'ACK':
        if (handler.observer) return;
        handler.onAck(packet.zxid);
        this.broadcast.acknowledge(handler.sid, packet.zxid);
        return;
      case 'REQUEST':
        this.preparer?.forwarded(handler.channel, packet);
        return;
      case 'PING':
        for (const { session, timeout } of packet.touched) this.preparer?.sessions.touch(session, timeout);
        return;
      case 'REVALIDATE': {
        const { session, timeout } = packet;
        this.server.statistics.revalidations++;
        const valid = this.preparer?.sessions.revalidate(session, timeout, handler.channel) === true;
        handler.queuePacket({ kind: 'REVALIDATE', session, timeout, valid });
        return;
      }
      default:
        this.drop(handler);
    }
  }

  get localSessions(): OwnSessions | null {
    return this.preparer?.sessions.local ?? null;
  }

  touch(session: SessionId, timeout: number): boolean {
    return this.preparer?.sessions.touch(session, timeout) === true;
  }

  revalidate(channel: ChannelId, session: SessionId, timeout: number): void {
    const valid = this.preparer?.sessions.revalidate(session, timeout, THIS_SERVER) === true;
    this.server.clients.finish(channel, valid);
  }

  submit(request: LocalRequest): void {
    this.preparer?.submit(request);
  }

  nextZxid(): Zxid {
    return this.broadcast.nextZxid();
  }

  propose(record: TxnRecord): void {
    this.broadcast.propose(record);
  }

  sync(owner: Owner): void {
    const handler = this.handlers.get(owner);
    if (handler !== undefined) this.broadcast.sync(handler);
  }

  onFlushed(record: TxnRecord): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'acked', server: id, leader: id, zxid: record.zxid });
    this.broadcast.acknowledge(id, record.zxid);
  }

  onApplied(record: TxnRecord): void {
    this.broadcast.applied(record);
    this.preparer?.applied(record);
  }

  // --- time

  onStep(name: string, arg: number): void {
    if (name === SNAP_STEP) this.handlers.get(arg)?.onSnapStep();
    else if (arg !== this.term) return;
    else if (name === PREP_STEP) this.preparer?.onStep();
    else if (name === COMMIT_STEP) this.committer.onStep();
  }

  onTimer(name: string, arg: number): void {
    if (name === WAIT_TIMER) {
      if (!this.serving) this.server.endRole(`no quorum within initLimit (${this.stage})`);
    } else if (arg !== this.term) return;
    else if (name === PING_TIMER) this.onPing();
    else this.preparer?.onTimer(name);
  }

  /** ZAB-21: every half tick a ping, every tick the check that a quorum is still heard. */
  private onPing(): void {
    const { quorum, rules, id } = this.server;
    if (this.atTick) {
      this.tick++;
      let mask = quorum.maskOf(id);
      for (const handler of this.handlers.values()) {
        if (handler.synced && !handler.observer) mask |= quorum.maskOf(handler.sid);
      }
      if (rules.zab.stepsDown && !quorum.containsQuorumMask(mask)) {
        this.server.endRole('a quorum of learners has not been heard from');
        return;
      }
    }
    this.atTick = !this.atTick;
    for (const handler of [...this.handlers.values()]) {
      if (handler.timedOut() || !handler.ping(this.broadcast.lastProposed)) this.drop(handler);
    }
    this.armPing();
  }

  private armPing(): void {
    const { host, config } = this.server;
    host.setTimer(Math.floor(config.tickTime / 2), PING_TIMER, this.term);
  }

  private armWait(): void {
    const { host, config } = this.server;
    host.clearTimer(this.wait);
    this.wait = host.setTimer(config.initLimit * config.tickTime, WAIT_TIMER, 0);
  }
}
