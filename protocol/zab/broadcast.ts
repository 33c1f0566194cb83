/** Broadcast: proposals, their acknowledgements and commits (org.apache.zookeeper.server.quorum.Leader; Zab's phase 3). */
import type { Committer } from '../server/committer.ts';
import type { LeadingFigures, Server } from '../server/context.ts';
import type { TxnRecord } from '../txn.ts';
import { counterOf, makeZxid, type Zxid } from '../zxid.ts';
import type { LearnerHandler } from './learner-handler.ts';
import type { QuorumPacket } from './packets.ts';

/** A proposal that is not committed yet; `acks` is a mask of participants. */
interface Proposal {
  readonly record: TxnRecord;
  acks: number;
}

/** A leader's transactions in flight, and the learners that are told of them. */
export class Broadcast {
  private readonly server: Server;
  private readonly committer: Committer;
  private epoch = -1;
  lastProposed: Zxid = 0;
  private lastCommitted: Zxid = 0;
  /** Learners that get every proposal, and those that get every committed transaction. */
  private forwarding: LearnerHandler[] = [];
  private observing: LearnerHandler[] = [];
  private readonly outstanding: Map<Zxid, Proposal> = new Map();
  /** Committed and not applied here yet. */
  private readonly toBeApplied: Map<Zxid, TxnRecord> = new Map();
  /** Learners whose sync waits for the commit of a zxid. */
  private readonly pendingSyncs: Map<Zxid, LearnerHandler[]> = new Map();

  constructor(server: Server, committer: Committer) {
    this.server = server;
    this.committer = committer;
  }

  /** The epoch is the leader's own: its counter starts at 0. */
  begin(epoch: number): void {
    this.epoch = epoch;
    this.lastProposed = makeZxid(epoch, 0);
    this.lastCommitted = this.lastProposed;
  }

  /**
   * ZAB-9: tells a learner, whose history is being brought up to `from`, of everything beyond it from now on.
   * ZAB-25: it may be about to cut what it acknowledged before, so these acknowledgements no longer count.
   */
  join(handler: LearnerHandler, from: Zxid): void {
    if (this.server.rules.zab.withdrawsAcks) {
      const mask = this.server.quorum.maskOf(handler.sid);
      for (const proposal of this.outstanding.values())
        if (proposal.record.zxid > from) proposal.acks &= ~mask;
    }
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

  leave(handler: LearnerHandler): void {
    this.forwarding = this.forwarding.filter((other) => other !== handler);
    this.observing = this.observing.filter((other) => other !== handler);
  }

  /** ZAB-15: the counter never wraps: −1, and the role ends; a new election brings a new epoch. */
  nextZxid(): Zxid {
    const { host, id, config } = this.server;
    const counter = counterOf(this.lastProposed) + 1;
    if (counter < config.counterLimit) return makeZxid(this.epoch, counter);
    if (host.probing) host.probe({ kind: 'counterExhausted', server: id, epoch: this.epoch });
    this.server.endRole('the zxid counter of its epoch is exhausted');
    return -1;
  }

  /** Learners that get what, and zxids that syncs wait for. */
  figures(): Omit<LeadingFigures, 'learners' | 'servingSince'> {
    const { forwarding, observing, pendingSyncs } = this;
    return { followers: forwarding.length, observers: observing.length, pendingSyncs: pendingSyncs.size };
  }

  propose(record: TxnRecord): void {
    this.server.clients.traffic.proposed(record);
    this.lastProposed = record.zxid;
    this.outstanding.set(record.zxid, { record, acks: 0 });
    const packet: QuorumPacket = { kind: 'PROPOSAL', record };
    for (const handler of this.forwarding) handler.queuePacket(packet);
    this.server.logWriter.add(record);
  }

  /** Leader.processAck. */
  acknowledge(sid: number, zxid: Zxid): void {
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
    if (!rules.zab.commits(proposal.acks, quorum, id)) return;
    this.outstanding.delete(zxid);
    this.toBeApplied.set(zxid, proposal.record);
    this.lastCommitted = zxid;
    this.server.statistics.commits++;
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

  /** A committed transaction is in the leader's tree. */
  applied(record: TxnRecord): void {
    this.toBeApplied.delete(record.zxid);
  }

  /** ZAB-23: a learner's sync is answered behind the commit of everything proposed before it (Leader.processSync). */
  sync(learner: LearnerHandler): void {
    if (this.outstanding.size === 0) {
      learner.queuePacket({ kind: 'SYNC' });
      return;
    }
    const waiting = this.pendingSyncs.get(this.lastProposed);
    if (waiting === undefined) this.pendingSyncs.set(this.lastProposed, [learner]);
    else waiting.push(learner);
  }
}
