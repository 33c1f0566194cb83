/** The leader: discovery, synchronization, broadcast (org.apache.zookeeper.server.quorum.Leader). */
import type { ChannelId, Message, TimerId } from '../host.ts';
import type { WriteOp } from '../request.ts';
import { COMMIT_STEP, Committer, isWrite } from '../server/committer.ts';
import type { LocalRequest, Role, Server } from '../server/context.ts';
import { OutstandingChanges } from '../server/prepare.ts';
import { OpCode, type TxnRecord } from '../txn.ts';
import { counterOf, MAX_EPOCH, makeZxid, type Zxid } from '../zxid.ts';
import { type HandlerLeader, LearnerHandler, SNAP_STEP } from './learner-handler.ts';
import type { AckEpoch, LearnerInfo, QuorumPacket, RequestPacket, ZxidPacket } from './packets.ts';

const WAIT_TIMER = 'leader.wait';
const PING_TIMER = 'leader.ping';
const PREP_STEP = 'leader.prep';

/** A proposal that is not committed yet; `acks` is a mask of participants. */
interface Proposal {
  readonly record: TxnRecord;
  acks: number;
}

/** A request on its way to Prep: a client's of this server, or a learner's. */
interface Incoming {
  readonly local: LocalRequest | null;
  readonly learner: LearnerHandler | null;
  readonly request: Pick<LocalRequest, 'session' | 'cxid' | 'op'>;
}

/** What the leader itself waits for. */
type LeaderStage = 'epoch' | 'epochAcks' | 'newLeaderAcks' | 'serving';

export class Leader implements Role, HandlerLeader {
  private readonly server: Server;
  private readonly term: number;
  private stage: LeaderStage = 'epoch';
  epoch = -1;
  tick = 0;
  private readonly handlers: Map<ChannelId, LearnerHandler> = new Map();
  /** Learners that get every proposal, and those that get every committed transaction. */
  private forwarding: LearnerHandler[] = [];
  private observing: LearnerHandler[] = [];
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

  private lastProposed: Zxid = 0;
  private lastCommitted: Zxid = 0;
  private readonly outstanding: Map<Zxid, Proposal> = new Map();
  private readonly toBeApplied: Map<Zxid, TxnRecord> = new Map();
  private readonly pendingSyncs: Map<Zxid, LearnerHandler[]> = new Map();
  private readonly changes: OutstandingChanges = new OutstandingChanges();
  private readonly committer: Committer;
  private incoming: Incoming[] = [];
  private prepScheduled = false;

  constructor(server: Server) {
    this.server = server;
    this.term = server.term;
    this.committer = new Committer(server, this, false);
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
    this.forwarding = this.forwarding.filter((other) => other !== handler);
    this.observing = this.observing.filter((other) => other !== handler);
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
    handler.acceptedEpoch = packet.acceptedEpoch;
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
    handler.currentEpoch = packet.currentEpoch;
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
    this.lastProposed = makeZxid(this.epoch, 0);
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

  /** ZAB-9: Leader.startForwarding. */
  startForwarding(handler: LearnerHandler, from: Zxid): void {
    if (this.server.rules.zab.withdrawsAcks) this.withdrawAcks(handler, from);
    if (this.lastProposed > from) {
      for (const record of this.toBeApplied.values()) {
        if (record.zxid <= from) continue;
        handler.queuePacket({ kind: 'PROPOSAL', record });
        handler.queuePacket({ kind: 'COMMIT', zxid: record.zxid });
      }
      if (!handler.observer) {
        for (const { record } of this.outstanding.values()) {
          if (record.zxid > from) handler.queuePacket({ kind: 'PROPOSAL', record });
        }
      }
    }
    if (handler.observer) this.observing.push(handler);
    else this.forwarding.push(handler);
  }

  /**
   * ZAB-25: a learner that comes again may be about to cut what it acknowledged before, so these acknowledgements no
   * longer count, nor does anything more on its earlier connection.
   */
  private withdrawAcks(handler: LearnerHandler, from: Zxid): void {
    for (const other of [...this.handlers.values()]) {
      if (other !== handler && other.sid === handler.sid) this.drop(other);
    }
    const mask = this.server.quorum.maskOf(handler.sid);
    for (const proposal of this.outstanding.values()) if (proposal.record.zxid > from) proposal.acks &= ~mask;
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
    this.lastCommitted = makeZxid(this.epoch, 0);
    database.tree.lastProcessedZxid = this.lastCommitted;
    this.stage = 'serving';
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

  // --- broadcast

  private onServingPacket(handler: LearnerHandler, packet: QuorumPacket): void {
    switch (packet.kind) {
      case 'ACK':
        if (handler.observer) return;
        handler.onAck(packet.zxid);
        this.onAck(handler.sid, packet.zxid);
        return;
      case 'REQUEST':
        this.onRequest(handler, packet);
        return;
      case 'PING':
        return;
      default:
        this.drop(handler);
    }
  }

  private onRequest(handler: LearnerHandler, request: RequestPacket): void {
    this.enqueue({ local: null, learner: handler, request });
  }

  submit(request: LocalRequest): void {
    this.enqueue({ local: request, learner: null, request });
  }

  private enqueue(incoming: Incoming): void {
    this.incoming.push(incoming);
    this.schedulePrep();
  }

  /** ZAB-14: PrepRequestProcessor and ProposalRequestProcessor: one request a step becomes a transaction. */
  private prepare(): void {
    this.prepScheduled = false;
    const next = this.incoming.shift();
    if (next === undefined || !this.serving) return;
    const { local, learner, request } = next;
    if (request.op.type === OpCode.sync && learner !== null) this.sync(learner);
    else if (local !== null) this.committer.process(local);
    if (isWrite(request.op)) this.propose(request.session, request.cxid, request.op as WriteOp);
    if (this.incoming.length > 0) this.schedulePrep();
  }

  private propose(session: string, cxid: number, op: WriteOp): void {
    const { host, id, database, config, logWriter } = this.server;
    const counter = counterOf(this.lastProposed) + 1;
    if (counter >= config.counterLimit) {
      // ZAB-15: the counter never wraps; a new election brings a new epoch.
      if (host.probing) host.probe({ kind: 'counterExhausted', server: id, epoch: this.epoch });
      this.server.endRole('the zxid counter of its epoch is exhausted');
      return;
    }
    const zxid = makeZxid(this.epoch, counter);
    const record = this.changes.prepare(database.tree, op, session, cxid, zxid, host.wallClock());
    this.lastProposed = zxid;
    this.outstanding.set(zxid, { record, acks: 0 });
    if (host.probing) host.probe({ kind: 'proposed', server: id, zxid, digest: record.digest });
    const packet: QuorumPacket = { kind: 'PROPOSAL', record };
    for (const handler of this.forwarding) handler.queuePacket(packet);
    logWriter.add(record);
  }

  onFlushed(record: TxnRecord): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'acked', server: id, leader: id, zxid: record.zxid });
    this.onAck(id, record.zxid);
  }

  /** Leader.processAck. */
  private onAck(sid: number, zxid: Zxid): void {
    if (counterOf(zxid) === 0 || zxid <= this.lastCommitted) return;
    const proposal = this.outstanding.get(zxid);
    if (proposal === undefined) return;
    proposal.acks |= this.server.quorum.maskOf(sid);
    this.tryToCommit(zxid, proposal);
  }

  /** ZAB-16, ZAB-17. */
  private tryToCommit(zxid: Zxid, proposal: Proposal): void {
    const { rules, quorum, host, id } = this.server;
    if (rules.zab.commitsInOrder && this.outstanding.has(zxid - 1)) return;
    if (!rules.zab.commits(proposal.acks, quorum)) return;
    this.outstanding.delete(zxid);
    this.toBeApplied.set(zxid, proposal.record);
    this.lastCommitted = zxid;
    if (host.probing) host.probe({ kind: 'committed', server: id, zxid });
    const commit: QuorumPacket = { kind: 'COMMIT', zxid };
    for (const handler of this.forwarding) handler.queuePacket(commit);
    const inform: QuorumPacket = { kind: 'INFORM', record: proposal.record };
    for (const handler of this.observing) handler.queuePacket(inform);
    this.committer.commit(proposal.record);
    const syncs = this.pendingSyncs.get(zxid);
    if (syncs === undefined) return;
    this.pendingSyncs.delete(zxid);
    for (const handler of syncs) handler.queuePacket({ kind: 'SYNC' });
  }

  onApplied(record: TxnRecord): void {
    this.toBeApplied.delete(record.zxid);
    this.changes.applied(record.zxid);
  }

  /** ZAB-23: a learner's sync is answered behind the commit of everything proposed before it (Leader.processSync). */
  private sync(learner: LearnerHandler): void {
    if (this.outstanding.size === 0) {
      learner.queuePacket({ kind: 'SYNC' });
      return;
    }
    const waiting = this.pendingSyncs.get(this.lastProposed);
    if (waiting === undefined) this.pendingSyncs.set(this.lastProposed, [learner]);
    else waiting.push(learner);
  }

  // --- time

  onStep(name: string, arg: number): void {
    if (name === SNAP_STEP) this.handlers.get(arg)?.onSnapStep();
    else if (arg !== this.term) return;
    else if (name === PREP_STEP) this.prepare();
    else if (name === COMMIT_STEP) this.committer.onStep();
  }

  onTimer(name: string, arg: number): void {
    if (name === WAIT_TIMER) {
      if (!this.serving) this.server.endRole(`no quorum within initLimit (${this.stage})`);
    } else if (name === PING_TIMER && arg === this.term) this.onPing();
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
      if (handler.timedOut() || !handler.ping(this.lastProposed)) this.drop(handler);
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

  private schedulePrep(): void {
    if (this.prepScheduled) return;
    this.prepScheduled = true;
    this.server.host.schedule(PREP_STEP, this.term);
  }
}
