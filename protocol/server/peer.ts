/** One server: LOOKING → LEADING, FOLLOWING or OBSERVING → LOOKING (org.apache.zookeeper.server.quorum.QuorumPeer). */
import { type EnsembleConfig, serversOf } from '../config.ts';
import { Election, type ElectionServer } from '../election/election.ts';
import type { Vote } from '../election/vote.ts';
import type { Actor, ChannelId, CloseReason, Host, Message, Port, TimerId } from '../host.ts';
import type { Phase, Role as RoleName } from '../probe.ts';
import { type QuorumVerifier, quorumOf } from '../quorum.ts';
import type { Result } from '../request.ts';
import { defaultRules, type Rules } from '../rules.ts';
import { Leader } from '../zab/leader.ts';
import { Learner } from '../zab/learner.ts';
import type { SnapshotWish } from '../zab/learner-sync.ts';
import { epochOf, formatZxid } from '../zxid.ts';
import { ClientPort, LATE_WATCHES_TIMER } from './client-port.ts';
import type { LocalRequest, Role, Server } from './context.ts';
import { Database } from './database.ts';
import { type Continuation, Durable, type StoreAction } from './durable.ts';
import { LOG_STEP, LogWriter } from './log-writer.ts';
import { ReadOnly } from './read-only.ts';
import type { SnapshotInProgress } from './snapshots.ts';
import { Standalone } from './standalone.ts';
import { ProcessStatistics } from './statistics.ts';

const SNAPSHOT_STEP = 'snapshot';
const OBSERVER_TIMER = 'peer.observer';
const READ_ONLY_TIMER = 'peer.readOnly';
/** Shortest time without a leader after which a server serves reads, ms (QuorumPeer.run). */
const READ_ONLY_DELAY = 2000;

/** Longest pause of an observer before it looks for a leader, ms (observer.election.DelayMs). */
const OBSERVER_DELAY = 200;

/** `ending`: a role is over and what it wrote is being flushed. */
type PeerState = 'booting' | 'looking' | 'running' | 'ending' | 'stopped';

export class Peer implements Actor, Server, ElectionServer {
  readonly host: Host;
  readonly id: number;
  readonly config: EnsembleConfig;
  readonly rules: Rules;
  readonly quorum: QuorumVerifier;
  readonly durable: Durable;
  readonly statistics = new ProcessStatistics();
  readonly database: Database;
  readonly logWriter: LogWriter;
  private readonly election: Election;
  readonly clients: ClientPort;
  private state: PeerState = 'booting';
  role: Role | null = null;
  /** Serves while there is no role. */
  private readOnly: ReadOnly | null = null;
  private readOnlyTimer: TimerId = 0;
  /** When the last election began, ms. */
  private lookingSince = 0;
  term = 0;
  acceptedEpoch = 0;
  currentEpoch = 0;
  private readonly wish: SnapshotWish = { epoch: -1 };
  private snapshot: SnapshotInProgress | null = null;
  /** Of channels that clients opened; the others' messages tell where they belong. */
  private readonly ports: Map<ChannelId, Port> = new Map();

  constructor(host: Host, id: number, config: EnsembleConfig, rules: Rules = defaultRules) {
    this.host = host;
    this.id = id;
    this.config = config;
    this.rules = rules;
    this.quorum = quorumOf(config);
    this.durable = new Durable(host);
    this.database = new Database(host.store, config, rules.zab);
    this.logWriter = new LogWriter(this);
    this.election = new Election(host, id, config, this.quorum, rules.election, this);
    this.clients = new ClientPort(this);
  }

  // --- start

  start(): void {
    const { store } = this.host;
    let actions: StoreAction[];
    try {
      actions = this.database.open();
    } catch (error) {
      this.refuse((error as Error).message);
      return;
    }
    const last = epochOf(this.database.lastProcessedZxid);
    const accepted = store.readValue('acceptedEpoch');
    const current = store.readValue('currentEpoch');
    this.acceptedEpoch = accepted ?? last;
    const epoch = this.rules.server.bootEpoch(last, current ?? last, this.acceptedEpoch);
    if (epoch === null) {
      const zxid = formatZxid(this.database.lastProcessedZxid);
      this.refuse(
        `last zxid ${zxid}, currentEpoch ${current}, acceptedEpoch ${this.acceptedEpoch} contradict each other`,
      );
      return;
    }
    this.currentEpoch = epoch;
    if (accepted === null) actions.push({ op: 'value', name: 'acceptedEpoch', value: this.acceptedEpoch });
    if (current !== epoch) actions.push({ op: 'value', name: 'currentEpoch', value: epoch });
    if (actions.length === 0) this.booted();
    else this.durable.run(actions, { to: 'peer', name: 'booted', arg: 0 });
  }

  private refuse(reason: string): void {
    this.state = 'stopped';
    if (this.host.probing) this.host.probe({ kind: 'refused', server: this.id, reason });
    this.host.exit(reason);
  }

  private booted(): void {
    const { host, id } = this;
    this.probeLoaded();
    host.listen('client', true);
    if (serversOf(this.config).length === 1) {
      this.begin(new Standalone(this), 'LEADING', id, 'standalone');
      return;
    }
    host.listen('election', true);
    this.look('started');
  }

  private probeLoaded(): void {
    const { host, id, database, acceptedEpoch, currentEpoch } = this;
    if (!host.probing) return;
    const { lastProcessedZxid: zxid, snapshotZxid } = database;
    host.probe({ kind: 'loaded', server: id, zxid, snapshotZxid, acceptedEpoch, currentEpoch });
  }

  // --- roles

  private look(reason: string): void {
    this.state = 'looking';
    this.statistics.looking++;
    this.lookingSince = this.host.now();
    this.announce('LOOKING', -1, reason);
    this.phase('ELECTION', -1);
    const { host, config } = this;
    if (config.readOnlyMode) {
      const delay = Math.max(READ_ONLY_DELAY, config.tickTime);
      this.readOnlyTimer = host.setTimer(delay, READ_ONLY_TIMER, this.term);
    }
    this.election.lookForLeader();
  }

  /** SVC-6: no leader for a while: reads are served to those who accept that. */
  private beginReadOnly(): void {
    this.readOnly = new ReadOnly(this);
    this.readOnly.start();
    this.clients.serve(this.readOnly);
  }

  private endReadOnly(): void {
    this.host.clearTimer(this.readOnlyTimer);
    if (this.readOnly === null) return;
    this.readOnly.stop();
    this.readOnly = null;
    // Its timers are not the next role's.
    this.term++;
    this.clients.closeAll();
  }

  initialVote(): { zxid: number; peerEpoch: number } {
    return { zxid: this.database.lastProcessedZxid, peerEpoch: this.currentEpoch };
  }

  onElected(vote: Vote): void {
    this.statistics.election.add(this.host.now() - this.lookingSince);
    this.endReadOnly();
    if (vote.leader === this.id) this.begin(new Leader(this), 'LEADING', this.id, 'elected');
    else {
      const observer = !this.quorum.isParticipant(this.id);
      const learner = new Learner(this, vote.leader, observer, this.wish);
      this.begin(learner, observer ? 'OBSERVING' : 'FOLLOWING', vote.leader, 'elected');
    }
  }

  private begin(role: Role, name: RoleName, leader: number, reason: string): void {
    this.state = 'running';
    this.role = role;
    this.clients.serve(role);
    this.announce(name, leader, reason);
    role.start();
  }

  /** FLE-15: a role ends; once all that it wrote is on disk, memory follows the log and the election begins. */
  endRole(reason: string): void {
    const { role } = this;
    if (role === null || this.state !== 'running') return;
    this.state = 'ending';
    this.role = null;
    this.term++;
    this.endReason = reason;
    this.brokenSync = role instanceof Learner ? role.brokenSync : null;
    role.stop();
    this.clients.closeAll();
    this.cancelSnapshot();
    this.logWriter.close();
    this.tryToLook();
  }

  private endReason = '';
  private brokenSync: 'SNAP' | 'TRUNC' | null = null;

  private tryToLook(): void {
    const { database, rules, host, id } = this;
    if (this.state !== 'ending' || (rules.server.drainsLog && !this.idle)) return;
    // LOG-8: what synchronization put only into memory must not outlive it.
    if (this.brokenSync !== null && rules.server.reloadsAfterBroken.includes(this.brokenSync)) {
      database.load();
      this.probeLoaded();
    } else if (rules.server.replaysOnRoleChange) database.fastForward();
    if (host.probing) host.probe({ kind: 'fastForwarded', server: id, zxid: database.lastProcessedZxid });
    if (this.quorum.isParticipant(id)) this.look(this.endReason);
    else host.setTimer(Math.floor(host.random() * OBSERVER_DELAY), OBSERVER_TIMER, this.term);
  }

  /** Nothing that was to be written is still on its way to the disk. */
  private get idle(): boolean {
    return this.logWriter.idle && this.durable.idle;
  }

  private announce(role: RoleName, leader: number, reason: string): void {
    if (this.host.probing) this.host.probe({ kind: 'role', server: this.id, role, leader, reason });
  }

  phase(phase: Phase, epoch: number): void {
    if (this.host.probing) this.host.probe({ kind: 'phase', server: this.id, phase, epoch });
  }

  epochWritten(which: 'acceptedEpoch' | 'currentEpoch', epoch: number): void {
    this[which] = epoch;
    if (this.host.probing) this.host.probe({ kind: which, server: this.id, epoch });
  }

  updateVote(epoch: number): void {
    this.election.updateVote(epoch);
  }

  // --- snapshots

  startSnapshot(): void {
    if (this.snapshot !== null) return;
    this.snapshot = this.database.snapshots.begin(this.database.tree);
    this.snapshotSince = this.host.now();
    if (this.host.probing) {
      this.host.probe({ kind: 'snapshotStarted', server: this.id, zxid: this.snapshot.zxid });
    }
    this.host.schedule(SNAPSHOT_STEP, this.term);
  }

  private onSnapshotStep(): void {
    const { snapshot, database } = this;
    if (snapshot === null) return;
    if (database.snapshots.advance(snapshot, database.tree, this.config.snapshotStepNodes)) {
      this.snapshotEnd = database.lastProcessedZxid;
      this.durable.run([{ op: 'flush', file: snapshot.file }], {
        to: 'snapshot',
        name: 'taken',
        arg: this.term,
      });
    } else this.host.schedule(SNAPSHOT_STEP, this.term);
  }

  private snapshotEnd = 0;
  /** When the snapshot under way began, ms. */
  private snapshotSince = 0;

  private onSnapshotDurable(): void {
    const { snapshot, host, id, database } = this;
    if (snapshot === null) return;
    this.snapshot = null;
    this.statistics.snapshot.add(host.now() - this.snapshotSince);
    database.onSnapshotTaken(snapshot);
    if (host.probing) {
      host.probe({ kind: 'snapshotTaken', server: id, zxid: snapshot.zxid, endZxid: this.snapshotEnd });
    }
    const removals = database.purge();
    if (removals.length === 0) return;
    this.durable.run(removals, { to: 'peer', name: 'purged', arg: removals.length });
  }

  /** LOG-10: a role's unfinished snapshot ends with it, since memory is about to get what is not committed. */
  private cancelSnapshot(): void {
    if (this.snapshot === null) return;
    this.durable.run([{ op: 'remove', file: this.snapshot.file }], { to: 'peer', name: 'cancelled', arg: 0 });
    this.snapshot = null;
  }

  // --- from the host

  onDurable(token: number): void {
    const then = this.durable.onDurable(token);
    if (then !== null) this.resume(then);
    this.tryToLook();
  }

  private resume(then: Continuation): void {
    switch (then.to) {
      case 'role':
        if (then.arg === this.term) this.role?.onDurable(then.name);
        else if (then.name === 'acceptedEpoch' || then.name === 'currentEpoch') this.rereadEpochs();
        break;
      case 'log':
        this.logWriter.onFlushed();
        break;
      case 'snapshot':
        if (then.arg === this.term) this.onSnapshotDurable();
        break;
      case 'peer':
        if (then.name === 'booted') this.booted();
        else if (!this.host.probing) return;
        else if (then.name === 'purged')
          this.host.probe({ kind: 'purged', server: this.id, files: then.arg });
        else if (then.name === 'truncated') {
          this.host.probe({ kind: 'truncated', server: this.id, zxid: then.arg, durable: true });
        }
        break;
    }
  }

  /** An epoch file that a role began to write became durable after its end. */
  private rereadEpochs(): void {
    for (const which of ['acceptedEpoch', 'currentEpoch'] as const) {
      const epoch = this.host.store.readValue(which);
      if (epoch !== null && epoch !== this[which]) this.epochWritten(which, epoch);
    }
  }

  onStoreFailed(token: number, reason: string): void {
    if (!this.rules.server.exitsOnDiskError && this.role !== null) {
      if (this.durable.onFailed(token)?.to === 'log') this.logWriter.onFailed();
      this.endRole(reason);
      return;
    }
    if (this.host.probing) this.host.probe({ kind: 'exited', server: this.id, reason });
    this.host.exit(reason);
  }

  onTimer(name: string, arg: number, _id: TimerId): void {
    if (name === OBSERVER_TIMER) {
      if (arg === this.term && this.state === 'ending') this.look(this.endReason);
    } else if (name === READ_ONLY_TIMER) {
      if (arg === this.term && this.state === 'looking') this.beginReadOnly();
    } else if (name.startsWith('election.')) this.election.onTimer(name, arg);
    else if (name === LATE_WATCHES_TIMER) this.clients.fireLate();
    else (this.role ?? this.readOnly)?.onTimer(name, arg);
  }

  onStep(name: string, arg: number): void {
    if (name === LOG_STEP) this.logWriter.onStep();
    else if (name === SNAPSHOT_STEP) {
      if (arg === this.term) this.onSnapshotStep();
    } else if (name.startsWith('election.')) this.election.onStep(name);
    else this.role?.onStep(name, arg);
  }

  onAccept(channel: ChannelId, port: Port): void {
    if (port === 'client') {
      this.ports.set(channel, port);
      this.clients.onAccept(channel);
    } else if (port === 'election') this.election.onAccept(channel);
    else if (port === 'quorum') {
      if (this.role === null) this.host.close(channel);
      else this.role.onAccept(channel);
    }
  }

  onConnected(channel: ChannelId): void {
    this.election.onConnected(channel);
    this.role?.onConnected(channel);
  }

  onMessage(channel: ChannelId, message: Message): void {
    const port = this.ports.get(channel);
    if (port === 'client') this.clients.onMessage(channel, message);
    else if (message.kind === 'notification' || message.kind === 'electionHello') {
      this.election.onMessage(channel, message);
    } else this.role?.onMessage(channel, message);
  }

  onClosed(channel: ChannelId, _reason: CloseReason): void {
    const port = this.ports.get(channel);
    this.ports.delete(channel);
    if (port === 'client') this.clients.onClosed(channel);
    else {
      this.election.onClosed(channel);
      this.role?.onClosed(channel);
    }
  }

  onDrained(channel: ChannelId): void {
    this.election.onDrained(channel);
  }

  closeChannel(channel: ChannelId): void {
    // The host does not tell of it.
    this.ports.delete(channel);
    this.host.close(channel);
  }

  reply(request: LocalRequest, result: Result): void {
    this.clients.reply(request, result);
  }
}
