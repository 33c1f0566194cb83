/** How a learner takes over its leader's history, from ACKEPOCH to UPTODATE (Learner.syncWithLeader, 3.9.4). */
import { probeApplied } from '../server/committer.ts';
import type { Server } from '../server/context.ts';
import type { StoreAction } from '../server/durable.ts';
import type { SnapshotInProgress } from '../server/snapshots.ts';
import { DataTree } from '../tree/tree.ts';
import { TreeBuilder } from '../tree/tree-builder.ts';
import type { TxnRecord } from '../txn.ts';
import { formatZxid, makeZxid, type Zxid } from '../zxid.ts';
import type { QuorumMessage, QuorumPacket, ZxidPacket } from './packets.ts';

type SyncStage =
  /** Waits for DIFF, TRUNC or SNAP. */
  | 'waitingForSync'
  /** Between SNAP and the end of its snapshot. */
  | 'receivingSnapshot'
  /** Until NEWLEADER. */
  | 'synchronizing'
  /** NEWLEADER acknowledged, until UPTODATE. */
  | 'waitingForUpToDate';

type SyncMode = 'NONE' | 'DIFF' | 'TRUNC' | 'SNAP';

/**
 * ZAB-9: a learner that cannot cut its history back to where its leader asks (a snapshot lies in between) comes again
 * for a whole snapshot within the same epoch; this remembers in which.
 */
export interface SnapshotWish {
  epoch: number;
}

/** What the synchronization asks of the learner whose link it reads. */
export interface SyncLink {
  readonly server: Server;
  readonly leader: number;
  readonly epoch: number;
  /** ACKEPOCH reported an empty history instead of the one there is (ZAB-9). */
  readonly claimsNothing: boolean;
  send(packet: QuorumPacket): void;
  /** Nothing more is read until these steps are durable. */
  block(actions: readonly StoreAction[], name: string): void;
  /** From now on silence of that many ticks ends the role. */
  setReadLimit(ticks: number): void;
  /** Whether a transaction may follow the ones before; ends the role where it may not. */
  inOrder(record: TxnRecord): boolean;
  /** Hands these to the log before the leader serves; false where they have to wait for it. */
  logAhead(records: readonly TxnRecord[]): boolean;
  /** Serves from now on; what was queued since NEWLEADER is to be logged, and of that `committed` to be committed. */
  onUpToDate(queued: readonly TxnRecord[], committed: readonly Zxid[]): void;
}

export class LearnerSync {
  private readonly link: SyncLink;
  private readonly wish: SnapshotWish;
  private stage: SyncStage = 'waitingForSync';
  private mode: SyncMode = 'NONE';
  private builder: TreeBuilder | null = null;
  private truncatedTo: Zxid = -1;
  private snapshot: SnapshotInProgress | null = null;
  /** Proposed and not logged yet, those of them not committed, and the zxids of the others. */
  private notLogged: TxnRecord[] = [];
  private notCommitted: TxnRecord[] = [];
  private committed: Zxid[] = [];
  /** What a DIFF brought to the log. */
  private persisted: readonly TxnRecord[] = [];
  /** Position in the steps on NEWLEADER. */
  private nextStep = 0;

  constructor(link: SyncLink, wish: SnapshotWish) {
    this.link = link;
    this.wish = wish;
  }

  /** Its kind, where it was broken off with the tree ahead of what is on disk. */
  get broken(): 'SNAP' | 'TRUNC' | null {
    return this.mode === 'SNAP' || this.mode === 'TRUNC' ? this.mode : null;
  }

  read(message: QuorumMessage): void {
    if (this.stage === 'waitingForSync') this.readSync(message);
    else if (this.stage === 'receivingSnapshot') this.readSnapshot(message);
    else this.readQueued(message);
  }

  onDurable(name: string): void {
    if (name === 'truncated') this.onTruncated(this.truncatedTo);
    else if (name === 'history') this.onHistoryDurable();
    else {
      this.link.server.epochWritten('currentEpoch', this.link.epoch);
      this.newLeaderStep();
    }
  }

  private readSync(message: QuorumMessage): void {
    const { database, durable, rules } = this.link.server;
    this.link.server.phase('SYNCHRONIZATION', this.link.epoch);
    if (message.kind === 'DIFF') {
      this.mode = 'DIFF';
      this.stage = 'synchronizing';
      // A leader without history answers with nothing what claims nothing: that is what there is to be then.
      if (this.link.claimsNothing) {
        this.mode = 'SNAP';
        this.install(new DataTree(), 0);
      }
    } else if (message.kind === 'SNAP') {
      this.mode = 'SNAP';
      this.stage = 'receivingSnapshot';
      this.builder = new TreeBuilder();
    } else if (message.kind === 'TRUNC') {
      if (!database.canTruncate(message.zxid)) {
        this.wish.epoch = this.link.epoch;
        this.link.server.endRole(
          `its history cannot be cut back to ${formatZxid(message.zxid)}; it will ask for a snapshot`,
        );
        return;
      }
      this.mode = 'TRUNC';
      this.stage = 'synchronizing';
      const cuts = database.truncate(message.zxid);
      if (cuts.length === 0) this.onTruncated(message.zxid);
      else if (rules.server.syncsTruncation) {
        this.truncatedTo = message.zxid;
        this.link.block(cuts, 'truncated');
      } else {
        durable.run(cuts, { to: 'peer', name: 'truncated', arg: message.zxid });
        this.onTruncated(message.zxid);
      }
    } else this.link.server.endRole(`${message.kind} where DIFF, TRUNC or SNAP was due`);
  }

  private onTruncated(zxid: Zxid): void {
    const { host, id, database, rules } = this.link.server;
    if (host.probing) {
      host.probe({ kind: 'truncated', server: id, zxid, durable: rules.server.syncsTruncation });
    }
    database.load();
    database.tree.lastProcessedZxid = zxid;
  }

  private readSnapshot(message: QuorumMessage): void {
    const chunk = message;
    if (chunk.kind !== 'snapHeader' && chunk.kind !== 'snapNode' && chunk.kind !== 'snapEnd') {
      this.link.server.endRole(`${message.kind} within a snapshot`);
      return;
    }
    const builder = this.builder as TreeBuilder;
    builder.add(chunk);
    if (chunk.kind !== 'snapEnd') return;
    this.install(builder.finish(), builder.header?.zxid ?? 0);
    this.builder = null;
    this.stage = 'synchronizing';
  }

  private install(tree: DataTree, zxid: Zxid): void {
    const { host, id, database } = this.link.server;
    database.install(tree, zxid);
    if (host.probing) host.probe({ kind: 'snapInstalled', server: id, leader: this.link.leader, zxid });
  }

  /** Learner.syncWithLeader: what comes before and after NEWLEADER is queued until it may be logged. */
  private readQueued(message: QuorumMessage): void {
    switch (message.kind) {
      case 'PROPOSAL':
        if (!this.link.inOrder(message.record)) return;
        this.notLogged.push(message.record);
        this.notCommitted.push(message.record);
        return;
      case 'COMMIT': {
        const head = this.notCommitted[0];
        if (head === undefined) this.link.server.rules.zab.commitOfNothing(message.zxid);
        if (head === undefined || head.zxid !== message.zxid) return;
        this.notCommitted.shift();
        if (this.appliesToMemory) {
          this.notLogged.splice(this.notLogged.indexOf(head), 1);
          this.applyToMemory(head);
        } else this.committed.push(message.zxid);
        return;
      }
      case 'INFORM':
        if (!this.link.inOrder(message.record)) return;
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
        if (this.stage === 'waitingForUpToDate') this.link.onUpToDate(this.notLogged, this.committed);
        else this.link.server.endRole('UPTODATE before NEWLEADER');
        return;
      case 'PING':
        return;
      default:
        this.link.server.endRole(`${message.kind} during synchronization`);
    }
  }

  private get appliesToMemory(): boolean {
    return this.stage === 'synchronizing' && this.mode !== 'DIFF';
  }

  private applyToMemory(record: TxnRecord): void {
    this.link.server.database.applyToMemory(record);
    probeApplied(this.link.server, record, false);
  }

  private onNewLeader(message: ZxidPacket): void {
    if (this.stage !== 'synchronizing' || message.zxid !== makeZxid(this.link.epoch, 0)) {
      this.link.server.endRole(`NEWLEADER ${formatZxid(message.zxid)} is not due`);
      return;
    }
    this.nextStep = 0;
    this.newLeaderStep();
  }

  /** ZAB-12: history durable, then currentEpoch durable, then the acknowledgement. */
  private newLeaderStep(): void {
    const { rules, config } = this.link.server;
    const steps = rules.zab.newLeaderSteps;
    while (this.nextStep < steps.length) {
      const step = steps[this.nextStep++];
      if (step === 'persistHistory' || (step === 'persistSnapshot' && this.mode !== 'DIFF')) {
        const actions = this.persistHistory();
        if (actions.length === 0) continue;
        this.link.block(actions, 'history');
        return;
      }
      if (step === 'writeCurrentEpoch') {
        this.link.block([{ op: 'value', name: 'currentEpoch', value: this.link.epoch }], 'currentEpoch');
        return;
      }
      if (step === 'ackNewLeader') this.acknowledgeNewLeader();
      else if (step === 'ackHistory') {
        for (const { zxid } of this.persisted) this.link.send({ kind: 'ACK', zxid });
      } else if (step === 'forgetProposals') this.notCommitted = [];
      else if (step === 'logHistory' && this.link.logAhead(this.notLogged)) this.notLogged = [];
    }
    this.stage = 'waitingForUpToDate';
    this.link.setReadLimit(config.syncLimit);
    if (this.wish.epoch === this.link.epoch) this.wish.epoch = -1;
  }

  private persistHistory(): StoreAction[] {
    const { database } = this.link.server;
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
    const { host, id, database, rules } = this.link.server;
    this.persisted = this.notLogged.splice(0, this.committed.length);
    for (const record of this.persisted) {
      database.log.append(record);
      if (host.probing) host.probe({ kind: 'logged', server: id, zxid: record.zxid, digest: record.digest });
      if (rules.zab.remembersDiff) database.apply(record);
      else database.tree.apply(record);
      probeApplied(this.link.server, record, false);
    }
    this.committed = [];
  }

  private acknowledgeNewLeader(): void {
    const { host, id, database } = this.link.server;
    if (host.probing) {
      const zxid = database.lastProcessedZxid;
      host.probe({
        kind: 'newLeaderAcked',
        server: id,
        leader: this.link.leader,
        epoch: this.link.epoch,
        zxid,
      });
    }
    this.link.send({ kind: 'ACK', zxid: makeZxid(this.link.epoch, 0) });
  }

  private onHistoryDurable(): void {
    const { snapshot } = this;
    const { host, id, database } = this.link.server;
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
}
