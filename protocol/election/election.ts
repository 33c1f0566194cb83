/** Fast Leader Election (org.apache.zookeeper.server.quorum.FastLeaderElection). */
import type { EnsembleConfig } from '../config.ts';
import type { ChannelId, Host, Message, TimerId } from '../host.ts';
import type { Role } from '../probe.ts';
import type { QuorumVerifier } from '../quorum.ts';
import { CONNECT_TIMER, Connections, HANDSHAKE_TIMER } from './connections.ts';
import type { ElectionRules } from './rules.ts';
import { type ElectionHello, NO_VOTE, type Notification, type Vote } from './vote.ts';

/** Received notifications kept at most; the oldest goes first (QuorumCnxManager.RECV_CAPACITY). */
const RECEIVE_CAPACITY = 100;

const POLL_TIMER = 'election.poll';
const STEP = 'election.step';

interface Received extends Notification {
  readonly from: number;
}

/** What the election asks of the server it serves. */
export interface ElectionServer {
  /** Its own claim: id (unless an observer), last zxid in its tree, currentEpoch. */
  initialVote(): { zxid: number; peerEpoch: number };
  /** A leader is found; it may be this server. */
  onElected(vote: Vote): void;
}

/**
 * One server's part in elections: it looks for a leader when told to, and answers others at any time.
 *
 * The receiver thread of Apache's is {@link onMessage}; the thread in lookForLeader takes one notification a step.
 */
export class Election {
  private readonly host: Host;
  private readonly id: number;
  private readonly config: EnsembleConfig;
  private readonly quorum: QuorumVerifier;
  private readonly rules: ElectionRules;
  private readonly server: ElectionServer;
  private readonly connections: Connections;

  private state: Role = 'LOOKING';
  private looking = false;
  private round = 0;
  private proposal: Vote = NO_VOTE;
  /** The vote this server stands by once decided (QuorumPeer.currentVote). */
  private decided: Vote = NO_VOTE;
  private received: Received[] = [];
  /** Votes of this round, by sender. */
  private readonly recvset: Map<number, Received> = new Map();
  /** Votes of servers that are not looking, by sender. */
  private readonly outofelection: Map<number, Received> = new Map();
  private interval = 0;
  /** Waiting for a better vote before the decision. */
  private finalizing = false;
  private poll: TimerId = 0;
  private stepScheduled = false;

  constructor(
    host: Host,
    id: number,
    config: EnsembleConfig,
    quorum: QuorumVerifier,
    rules: ElectionRules,
    server: ElectionServer,
  ) {
    this.host = host;
    this.id = id;
    this.config = config;
    this.quorum = quorum;
    this.rules = rules;
    this.server = server;
    this.connections = new Connections(host, id, config.connectTimeout, config.tickTime * config.syncLimit);
  }

  /** The vote others are told while this server is not looking. */
  get currentVote(): Vote {
    return this.decided;
  }

  /** FLE-2: begins a round: a vote for itself, sent to every voter including itself. */
  lookForLeader(): void {
    this.state = 'LOOKING';
    this.looking = true;
    this.round++;
    this.recvset.clear();
    this.outofelection.clear();
    this.finalizing = false;
    this.interval = this.config.minNotificationInterval;
    if (this.host.probing) this.host.probe({ kind: 'round', server: this.id, round: this.round });
    this.propose(this.ownVote());
    this.notifyAll();
    this.armPoll(this.interval);
  }

  /** FLE-14: after synchronization the standing vote carries the new epoch (ZOOKEEPER-1732). */
  updateVote(peerEpoch: number): void {
    this.decided = { ...this.decided, peerEpoch };
  }

  onAccept(channel: ChannelId): void {
    this.connections.onAccept(channel);
  }

  onConnected(channel: ChannelId): void {
    this.connections.onConnected(channel);
  }

  onClosed(channel: ChannelId): void {
    this.connections.onClosed(channel);
  }

  onDrained(channel: ChannelId): void {
    this.connections.onDrained(channel);
  }

  onTimer(name: string, arg: number): void {
    if (name === CONNECT_TIMER) this.connections.onConnectTimeout(arg);
    else if (name === HANDSHAKE_TIMER) this.connections.onHandshakeTimeout(arg);
    else if (name === POLL_TIMER) this.onPollTimeout();
  }

  onStep(name: string): void {
    if (name !== STEP) return;
    this.stepScheduled = false;
    this.takeOne();
    if (this.received.length > 0) this.scheduleStep();
  }

  /** Apache's WorkerReceiver. */
  onMessage(channel: ChannelId, message: Message): void {
    if (message.kind === 'electionHello') {
      this.connections.onHello(channel, (message as ElectionHello).sid);
      return;
    }
    const from = this.connections.ownerOf(channel);
    if (from !== undefined && message.kind === 'notification') this.receive(from, message as Notification);
  }

  private receive(from: number, message: Notification): void {
    // FLE-8: who asks without a vote of its own (an observer) is answered at once and never counted.
    if (!this.quorum.isParticipant(from) && from !== this.id) {
      this.connections.send(from, this.notification(this.standing()));
      return;
    }
    if (this.looking) {
      if (this.received.length >= RECEIVE_CAPACITY) this.received.shift();
      this.received.push({ ...message, from });
      this.scheduleStep();
      // FLE-7: a looking server that lags is told the proposal of this round.
      if (message.state === 'LOOKING' && message.electionEpoch < this.round && from !== this.id) {
        this.connections.send(from, this.notification(this.proposal));
      }
    } else if (message.state === 'LOOKING' && from !== this.id) {
      // FLE-9: a decided server tells the vote it stands by.
      this.connections.send(from, this.notification(this.decided));
    }
  }

  /** One turn of the loop in lookForLeader. */
  private takeOne(): void {
    const message = this.received.shift();
    if (message === undefined || !this.looking) return;
    if (this.finalizing) {
      if (this.rules.supersedes(message, this.proposal, this.quorum)) {
        this.finalizing = false;
        this.received.push(message);
        this.armPoll(this.interval);
      } else {
        // FLE-6: what arrives during the finalize wait and is no better is thrown away; the wait starts anew.
        this.armPoll(this.config.finalizeWait);
      }
      return;
    }
    this.armPoll(this.interval);
    // FLE-5: only voters vote, and only for voters.
    if (!this.quorum.isParticipant(message.from) || !this.quorum.isParticipant(message.leader)) return;
    if (message.state === 'LOOKING') this.onLooking(message);
    else if (message.state !== 'OBSERVING') this.onDecidedSender(message);
  }

  private onLooking(message: Received): void {
    const own = this.server.initialVote();
    if (own.zxid === -1 || message.zxid === -1) return;
    if (message.electionEpoch > this.round) {
      // FLE-4: a later round is joined with the better of its vote and the own initial one.
      this.round = message.electionEpoch;
      this.recvset.clear();
      const initial = this.ownVote();
      this.propose(this.rules.supersedes(message, initial, this.quorum) ? this.adopt(message) : initial);
      this.notifyAll();
    } else if (message.electionEpoch < this.round) {
      return;
    } else if (this.rules.supersedes(message, this.proposal, this.quorum)) {
      this.propose(this.adopt(message));
      this.notifyAll();
    }
    this.recvset.set(message.from, message);
    if (this.hasQuorum(this.recvset, (vote) => sameBallot(vote, this.proposal))) {
      this.finalizing = true;
      this.armPoll(this.config.finalizeWait);
    }
  }

  private onDecidedSender(message: Received): void {
    // FLE-13: a leader is joined when a quorum stands by it and it says itself that it leads.
    const agrees = (vote: Received) => vote.leader === message.leader && vote.peerEpoch === message.peerEpoch;
    if (message.electionEpoch === this.round) {
      this.recvset.set(message.from, message);
      const decidedAgree = (vote: Received) =>
        vote.state === 'LOOKING' ? sameBallot(vote, message) : agrees(vote);
      if (
        this.hasQuorum(this.recvset, decidedAgree) &&
        this.checkLeader(this.recvset, message.leader, message.electionEpoch)
      ) {
        this.finish(message);
        return;
      }
    }
    this.outofelection.set(message.from, message);
    if (
      this.hasQuorum(this.outofelection, agrees) &&
      this.checkLeader(this.outofelection, message.leader, message.electionEpoch)
    ) {
      this.round = message.electionEpoch;
      this.finish(message);
    }
  }

  private checkLeader(votes: ReadonlyMap<number, Received>, leader: number, electionEpoch: number): boolean {
    if (leader === this.id) return this.round === electionEpoch;
    return votes.get(leader)?.state === 'LEADING';
  }

  private hasQuorum(votes: ReadonlyMap<number, Received>, agrees: (vote: Received) => boolean): boolean {
    let mask = 0;
    for (const [from, vote] of votes) if (agrees(vote)) mask |= this.quorum.maskOf(from);
    return this.quorum.containsQuorumMask(mask);
  }

  private onPollTimeout(): void {
    this.poll = 0;
    if (!this.looking) return;
    if (this.finalizing) {
      if (this.received.length === 0) this.finish(this.proposal);
      else this.armPoll(this.config.finalizeWait);
      return;
    }
    // FLE-3: silence: resend where something was delivered, otherwise connect; then wait twice as long.
    if (this.connections.haveDelivered(this.config.participants)) this.notifyAll();
    else
      for (const server of this.config.participants) if (server !== this.id) this.connections.connect(server);
    this.interval = Math.min(this.interval * 2, this.config.maxNotificationInterval);
    this.armPoll(this.interval);
  }

  private finish(vote: Vote): void {
    this.looking = false;
    this.finalizing = false;
    this.host.clearTimer(this.poll);
    this.poll = 0;
    this.received = [];
    this.decided = {
      leader: vote.leader,
      zxid: vote.zxid,
      electionEpoch: this.round,
      peerEpoch: vote.peerEpoch,
    };
    if (vote.leader === this.id) this.state = 'LEADING';
    else this.state = this.quorum.isParticipant(this.id) ? 'FOLLOWING' : 'OBSERVING';
    if (this.host.probing) {
      const { leader, zxid, peerEpoch } = this.decided;
      this.host.probe({ kind: 'elected', server: this.id, round: this.round, leader, zxid, peerEpoch });
    }
    this.server.onElected(this.decided);
  }

  private ownVote(): Vote {
    if (!this.quorum.isParticipant(this.id)) return { ...NO_VOTE, electionEpoch: this.round };
    const own = this.server.initialVote();
    return { leader: this.id, zxid: own.zxid, electionEpoch: this.round, peerEpoch: own.peerEpoch };
  }

  private adopt(vote: Vote): Vote {
    return { leader: vote.leader, zxid: vote.zxid, electionEpoch: this.round, peerEpoch: vote.peerEpoch };
  }

  private propose(vote: Vote): void {
    this.proposal = vote;
    if (!this.host.probing) return;
    const { leader, zxid, peerEpoch } = vote;
    this.host.probe({ kind: 'voted', server: this.id, round: this.round, leader, zxid, peerEpoch });
  }

  /** What this server answers with: its proposal while it looks, the decided vote otherwise. */
  private standing(): Vote {
    return this.looking ? this.proposal : this.decided;
  }

  private notification(vote: Vote): Notification {
    const electionEpoch = this.looking ? this.round : vote.electionEpoch;
    const { leader, zxid, peerEpoch } = vote;
    return { kind: 'notification', leader, zxid, electionEpoch, peerEpoch, state: this.state };
  }

  private notifyAll(): void {
    const message = this.notification(this.proposal);
    for (const server of this.config.participants) {
      if (server === this.id) this.receive(this.id, message);
      else this.connections.send(server, message);
    }
  }

  private armPoll(delay: number): void {
    this.host.clearTimer(this.poll);
    this.poll = this.host.setTimer(delay, POLL_TIMER, 0);
  }

  private scheduleStep(): void {
    if (this.stepScheduled) return;
    this.stepScheduled = true;
    this.host.schedule(STEP, 0);
  }
}

function sameBallot(a: Vote, b: Vote): boolean {
  return (
    a.leader === b.leader &&
    a.zxid === b.zxid &&
    a.electionEpoch === b.electionEpoch &&
    a.peerEpoch === b.peerEpoch
  );
}
