/** The last committed transactions in memory, for DIFF (ZKDatabase.committedLog). */
import type { TxnRecord } from '../txn.ts';
import { counterOf, epochOf, type Zxid } from '../zxid.ts';

/** Whether `next` may directly follow `previous` in a history: the next counter, or the start of a later epoch. */
export function follows(previous: Zxid, next: Zxid): boolean {
  return next === previous + 1 || (epochOf(next) > epochOf(previous) && counterOf(next) === 1);
}

/** At most `capacity` transactions without a hole; zxids ascend. */
export class CommittedLog {
  private readonly capacity: number;
  private readonly rejectsHoles: boolean;
  private records: TxnRecord[] = [];
  private start = 0;

  constructor(capacity: number, rejectsHoles = true) {
    this.capacity = capacity;
    this.rejectsHoles = rejectsHoles;
  }

  get length(): number {
    return this.records.length - this.start;
  }

  at(index: number): TxnRecord | undefined {
    return this.records[this.start + index];
  }

  /** Zxid of the oldest, or `empty` when there is none. */
  min(empty: Zxid): Zxid {
    return this.at(0)?.zxid ?? empty;
  }

  /** Zxid of the newest, or `empty` when there is none. */
  max(empty: Zxid): Zxid {
    return this.records.at(-1)?.zxid ?? empty;
  }

  /**
   * Adds a transaction. One already contained is ignored; behind a hole the log starts anew, since it must never
   * hand a hole on (ZOOKEEPER-4925).
   */
  add(record: TxnRecord): void {
    const last = this.length === 0 ? -1 : this.max(-1);
    if (record.zxid <= last) return;
    if (last !== -1 && this.rejectsHoles && !follows(last, record.zxid)) this.clear();
    this.records.push(record);
    if (this.length > this.capacity) this.start++;
    if (this.start > this.capacity) {
      this.records = this.records.slice(this.start);
      this.start = 0;
    }
  }

  clear(): void {
    this.records = [];
    this.start = 0;
  }
}
