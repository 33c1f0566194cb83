/** A leader's side of one learner's connection (org.apache.zookeeper.server.quorum.LearnerHandler). */
import type { ChannelId } from '../host.ts';
import type { Server } from '../server/context.ts';
import type { SnapEnd } from '../snapshot.ts';
import { SnapshotWalk, snapHeaderOf } from '../tree/snapshot-walk.ts';
import type { Zxid } from '../zxid.ts';
import type { QuorumMessage, QuorumPacket } from './packets.ts';
import { planSync } from './sync-plan.ts';

/** Where the handler stands; it reads the packets that its stage expects and no others. */
export type HandlerStage =
  /** Waits for FOLLOWERINFO or OBSERVERINFO. */
  | 'info'
  /** Waits, with the leader, for a quorum to have reported its accepted epochs. */
  | 'epoch'
  /** LEADERINFO sent, waits for ACKEPOCH. */
  | 'ackEpoch'
  /** Waits for a quorum to have acknowledged the epoch. */
  | 'electing'
  /** Sends the synchronization and NEWLEADER, waits for its ACK. */
  | 'synchronizing'
  /** NEWLEADER acknowledged; waits for the leader to be established. */
  | 'established'
  /** UPTODATE sent. */
  | 'serving';

/** Name of the step that streams the next part of a snapshot. */
export const SNAP_STEP = 'leader.snap';

/** What a handler reads of its leader. */
export interface HandlerLeader {
  readonly epoch: number;
  readonly tick: number;
  /** Registers for broadcast, with everything beyond `from` queued first. */
  startForwarding(handler: LearnerHandler, from: Zxid): void;
}

export class LearnerHandler {
  readonly channel: ChannelId;
  private readonly server: Server;
  private readonly leader: HandlerLeader;
  stage: HandlerStage = 'info';
  /** Server id; 0 until it has said it. */
  sid = 0;
  observer = false;
  /** Where its history ends, from ACKEPOCH. */
  lastZxid: Zxid = -1;
  /** Tick by which something must be heard, or it no longer counts for the quorum. */
  private ackDeadline: number;
  private lastHeard: number;
  /** Packets kept back while a snapshot is streamed. */
  private queue: QuorumPacket[] = [];
  private sending = false;
  private walk: SnapshotWalk | null = null;
  private snapZxid: Zxid = -1;
  /** Oldest and newest proposal sent and not acknowledged, and when (SyncLimitCheck). */
  private currentProposal: Zxid = 0;
  private currentTime = 0;
  private nextProposal: Zxid = 0;
  private nextTime = 0;

  constructor(server: Server, leader: HandlerLeader, channel: ChannelId) {
    this.server = server;
    this.leader = leader;
    this.channel = channel;
    this.lastHeard = server.host.now();
    this.ackDeadline = leader.tick + server.config.initLimit + server.config.syncLimit;
  }

  /** Sends now, or after the snapshot that is being streamed. */
  queuePacket(packet: QuorumPacket): void {
    if (this.sending) this.transmit(packet);
    else this.queue.push(packet);
  }

  /** Any packet counts as a sign of life. */
  heard(): void {
    this.lastHeard = this.server.host.now();
    this.ackDeadline = this.leader.tick + this.server.config.syncLimit;
  }

  /** The stage begins now; its wait is counted from here. */
  enter(stage: HandlerStage): void {
    this.stage = stage;
    this.lastHeard = this.server.host.now();
  }

  /** Whether it counts for the leader's quorum (LearnerHandler.synced). */
  get synced(): boolean {
    return this.leader.tick <= this.ackDeadline;
  }

  /** ZAB-22: whether nothing was heard for as long as the stage allows. */
  timedOut(): boolean {
    const { initLimit, syncLimit, tickTime } = this.server.config;
    const limit = this.stage === 'serving' || this.stage === 'established' ? syncLimit : initLimit;
    return this.stage !== 'established' && this.server.host.now() - this.lastHeard >= limit * tickTime;
  }

  /** ZAB-7: chooses and sends the synchronization, then NEWLEADER. */
  synchronize(newLeaderZxid: Zxid): void {
    this.enter('synchronizing');
    const { host, id, database, rules } = this.server;
    const plan = planSync(database, this.lastZxid, rules.zab.truncates, rules.zab.rejectsHoles);
    if (plan.sync === 'SNAP') this.server.statistics.snaps++;
    else {
      this.server.statistics.diffs++;
      this.queue.push({ kind: plan.sync === 'DIFF' ? 'DIFF' : 'TRUNC', zxid: plan.zxid });
      // ZAB-10: what the learner lacks of the history is sent as committed.
      for (const record of plan.records) {
        this.queue.push({ kind: 'PROPOSAL', record }, { kind: 'COMMIT', zxid: record.zxid });
      }
    }
    this.leader.startForwarding(this, plan.upTo);
    if (host.probing) {
      const { zxid, fromDisk } = plan;
      // A cut followed by what was committed or proposed since: the learner's suffix is replaced.
      const sync = plan.sync === 'TRUNC' && this.queue.length > 1 ? 'TRUNC+DIFF' : plan.sync;
      const peerZxid = this.lastZxid;
      host.probe({ kind: 'syncChosen', server: id, learner: this.sid, sync, peerZxid, zxid, fromDisk });
    }
    this.queue.push({ kind: 'NEWLEADER', zxid: newLeaderZxid });
    if (plan.sync === 'SNAP') this.beginSnapshot();
    else this.startSending();
  }

  /** ZAB-11: streams the tree node by node while transactions go on. */
  onSnapStep(): void {
    const { host, id, database, config } = this.server;
    if (this.walk === null) return;
    for (const node of this.walk.next(database.tree, config.snapshotStepNodes)) this.transmit(node);
    if (!this.walk.done) {
      host.schedule(SNAP_STEP, this.channel);
      return;
    }
    const endZxid = database.tree.lastProcessedZxid;
    const end: SnapEnd = { kind: 'snapEnd', zxid: endZxid, digest: database.tree.digest };
    this.transmit(end);
    this.walk = null;
    if (host.probing) {
      host.probe({ kind: 'snapStreamed', server: id, learner: this.sid, zxid: this.snapZxid, endZxid });
    }
    this.startSending();
  }

  /** An acknowledgement, for the limit on unacknowledged proposals. */
  onAck(zxid: Zxid): void {
    if (zxid === this.currentProposal) {
      this.currentProposal = this.nextProposal;
      this.currentTime = this.nextTime;
      this.nextProposal = 0;
      this.nextTime = 0;
    } else if (zxid === this.nextProposal) {
      this.nextProposal = 0;
      this.nextTime = 0;
    }
  }

  /** PING, unless nothing else was sent yet. False when a proposal is unacknowledged for too long (ZAB-22). */
  ping(lastProposed: Zxid): boolean {
    if (!this.sending) return true;
    const { syncLimit, tickTime } = this.server.config;
    if (this.currentProposal !== 0 && this.server.host.now() - this.currentTime >= syncLimit * tickTime)
      return false;
    this.transmit({ kind: 'PING', zxid: lastProposed, touched: [] });
    return true;
  }

  private beginSnapshot(): void {
    const { host, database } = this.server;
    this.snapZxid = database.tree.lastProcessedZxid;
    this.transmit({ kind: 'SNAP', zxid: this.snapZxid });
    this.transmit(snapHeaderOf(database.tree));
    this.walk = new SnapshotWalk();
    host.schedule(SNAP_STEP, this.channel);
  }

  private startSending(): void {
    this.sending = true;
    for (const packet of this.queue) this.transmit(packet);
    this.queue = [];
  }

  private transmit(message: QuorumMessage): void {
    const { host, id } = this.server;
    if (message.kind === 'PROPOSAL' && (this.stage === 'serving' || this.stage === 'established')) {
      this.trackProposal(message.record.zxid);
    } else if (message.kind === 'NEWLEADER' && host.probing) {
      host.probe({ kind: 'newLeaderSent', server: id, learner: this.sid, epoch: this.leader.epoch });
    }
    host.send(this.channel, message);
  }

  private trackProposal(zxid: Zxid): void {
    const now = this.server.host.now();
    if (this.currentProposal === 0) {
      this.currentProposal = zxid;
      this.currentTime = now;
    } else {
      this.nextProposal = zxid;
      this.nextTime = now;
    }
  }
}
