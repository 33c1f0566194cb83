/** How a leader brings a learner up to date (org.apache.zookeeper.server.quorum.LearnerHandler.syncFollower). */
import type { SyncKind } from '../probe.ts';
import type { TxnRecord } from '../txn.ts';
import { counterOf, epochOf, type Zxid } from '../zxid.ts';
import { type CommittedLog, follows } from './committed-log.ts';

/** What the decision looks at. */
export interface SyncSource {
  readonly lastProcessedZxid: Zxid;
  readonly committedLog: CommittedLog;
  /**
   * Logged transactions from the file on that contains `zxid`, if the log on disk reaches back that far and is small
   * enough beside a snapshot; null otherwise.
   */
  logFrom(zxid: Zxid): readonly TxnRecord[] | null;
}

export interface SyncPlan {
  readonly sync: SyncKind;
  /** Zxid of the DIFF, TRUNC or SNAP packet. */
  readonly zxid: Zxid;
  /** Committed transactions to send behind it, ascending. */
  readonly records: readonly TxnRecord[];
  /** Where the learner stands afterwards; what is proposed beyond it follows as broadcast. */
  readonly upTo: Zxid;
  readonly fromDisk: boolean;
}

/** ZAB-7: the decision, by the learner's last zxid. `truncates` is the rule ZAB-8, `rejectsHoles` the rule ZAB-10. */
export function planSync(source: SyncSource, peer: Zxid, truncates: boolean, rejectsHoles = true): SyncPlan {
  const { lastProcessedZxid, committedLog } = source;
  const min = committedLog.min(lastProcessedZxid);
  const max = committedLog.max(lastProcessedZxid);
  const snap: SyncPlan = {
    sync: 'SNAP',
    zxid: lastProcessedZxid,
    records: [],
    upTo: lastProcessedZxid,
    fromDisk: false,
  };
  if (peer === lastProcessedZxid) return { ...snap, sync: 'DIFF', zxid: peer };
  if (peer > max && counterOf(peer) !== 0) {
    return { ...snap, sync: truncates ? 'TRUNC' : 'DIFF', zxid: max, upTo: max };
  }
  const walk = new Walk(peer, max, truncates, rejectsHoles);
  if (min <= peer && peer <= max) {
    for (let i = 0; i < committedLog.length; i++) walk.visit(committedLog.at(i) as TxnRecord);
    return walk.plan(false) ?? snap;
  }
  if (peer < min) {
    const logged = source.logFrom(peer);
    if (logged === null) return snap;
    for (const record of logged) if (record.zxid <= min) walk.visit(record);
    // The log may end before the memory begins, and it has holes where transactions came by snapshot.
    if (walk.broken || (walk.upTo < min && rejectsHoles && !follows(walk.upTo, min))) return snap;
    for (let i = 0; i < committedLog.length; i++) walk.visit(committedLog.at(i) as TxnRecord);
    return walk.plan(true) ?? snap;
  }
  return snap;
}

/** LearnerHandler.queueCommittedProposals over one ascending sequence of committed transactions. */
class Walk {
  private readonly peer: Zxid;
  private readonly max: Zxid;
  private readonly truncates: boolean;
  private readonly rejectsHoles: boolean;
  private previous: Zxid = -1;
  private sync: SyncKind | null = null;
  private zxid: Zxid = -1;
  private readonly records: TxnRecord[] = [];
  upTo: Zxid;
  /** TRUNC would cross an epoch, or the sequence has a hole. */
  broken = false;

  constructor(peer: Zxid, max: Zxid, truncates: boolean, rejectsHoles: boolean) {
    this.peer = peer;
    this.max = max;
    this.truncates = truncates;
    this.rejectsHoles = rejectsHoles;
    this.upTo = peer;
  }

  visit(record: TxnRecord): void {
    if (this.broken) return;
    if (record.zxid < this.peer) {
      this.previous = record.zxid;
      return;
    }
    if (this.sync === null) {
      if (record.zxid === this.peer) {
        this.begin('DIFF', this.max);
        this.previous = record.zxid;
        return;
      }
      if (counterOf(this.peer) === 0) this.begin('DIFF', this.max);
      else if (epochOf(record.zxid) !== epochOf(this.peer) || this.previous === -1) {
        this.broken = true;
        return;
      } else this.begin(this.truncates ? 'TRUNC+DIFF' : 'DIFF', this.previous);
    }
    if (record.zxid <= this.upTo) return;
    if (this.previous !== -1 && this.rejectsHoles && !follows(this.previous, record.zxid)) {
      this.broken = true;
      return;
    }
    this.records.push(record);
    this.previous = record.zxid;
    this.upTo = record.zxid;
  }

  plan(fromDisk: boolean): SyncPlan | null {
    if (this.broken) return null;
    // An epoch's opening zxid has no place in a log: an empty DIFF where nothing came after it.
    if (this.sync === null && counterOf(this.peer) === 0) this.begin('DIFF', this.max);
    if (this.sync === null) return null;
    return { sync: this.sync, zxid: this.zxid, records: this.records, upTo: this.upTo, fromDisk };
  }

  private begin(sync: SyncKind, zxid: Zxid): void {
    this.sync = sync;
    this.zxid = zxid;
  }
}
