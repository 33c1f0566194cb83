/** The transaction log: files `log.<hex first zxid>` of checksummed records (persistence.FileTxnLog). */
import type { Store } from '../host.ts';
import type { LogHeader } from '../snapshot.ts';
import type { TxnRecord } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { StoreAction } from './durable.ts';

interface LogFile {
  readonly name: string;
  /** Zxid of the first record, which names the file. */
  readonly first: Zxid;
}

const HEADER: LogHeader = { kind: 'logHeader' };
const PREFIX = 'log.';

/** Appends to the newest file, rolls, cuts, and reads back. Holds no records in memory. */
export class TxnLog {
  private readonly store: Store;
  private files: LogFile[] = [];
  /** The file appended to; a restart and a roll begin a new one. */
  private active: string | null = null;
  /** Whether the active file has records that no flush was asked for. */
  private dirty = false;
  private last: Zxid = 0;

  constructor(store: Store) {
    this.store = store;
  }

  /** Zxid of the last record written, durable or not; 0 when there is none. */
  get lastZxid(): Zxid {
    return this.last;
  }

  /**
   * Looks at the files. Gives what has to be repaired on disk before anything is appended: torn tails are cut.
   * @throws Error naming the file when a record within it is corrupt.
   */
  open(): StoreAction[] {
    this.files = [];
    this.active = null;
    this.dirty = false;
    this.last = 0;
    const repairs: StoreAction[] = [];
    for (const name of this.store.list()) {
      if (!name.startsWith(PREFIX)) continue;
      const { records, tail } = this.store.read(name);
      if (tail === 'corrupt') throw new Error(`${name}: a record before the last fails its checksum`);
      if (records.length <= 1) {
        repairs.push({ op: 'remove', file: name });
        continue;
      }
      if (tail === 'torn') repairs.push({ op: 'truncate', file: name, count: records.length });
      this.files.push({ name, first: Number.parseInt(name.slice(PREFIX.length), 16) });
      this.last = Math.max(this.last, (records.at(-1) as TxnRecord).zxid);
    }
    this.files.sort((a, b) => a.first - b.first);
    return repairs;
  }

  append(record: TxnRecord): void {
    if (this.active === null) {
      this.active = PREFIX + record.zxid.toString(16);
      this.files.push({ name: this.active, first: record.zxid });
      this.store.append(this.active, HEADER);
    }
    this.dirty = true;
    this.store.append(this.active, record);
    this.last = record.zxid;
  }

  /** The next record begins a new file; nothing may be dirty (LOG-12). */
  roll(): void {
    this.active = null;
  }

  /** Flushes everything appended so far; empty when nothing was. */
  takeFlushes(): StoreAction[] {
    if (!this.dirty || this.active === null) return [];
    this.dirty = false;
    return [{ op: 'flush', file: this.active }];
  }

  /** Records with a zxid above `zxid`, ascending. */
  after(zxid: Zxid): TxnRecord[] {
    const records: TxnRecord[] = [];
    for (let i = Math.max(this.fileAt(zxid), 0); i < this.files.length; i++) {
      for (const record of this.recordsOf(i)) if (record.zxid > zxid) records.push(record);
    }
    return records;
  }

  /** All records from the file on that holds `zxid`; null when the log does not reach back that far. */
  from(zxid: Zxid): TxnRecord[] | null {
    const begin = this.fileAt(zxid);
    if (begin < 0) return null;
    const records: TxnRecord[] = [];
    for (let i = begin; i < this.files.length; i++) records.push(...this.recordsOf(i));
    return records;
  }

  /** Bytes of the files from the one on that holds `zxid`. */
  sizeFrom(zxid: Zxid): number {
    let size = 0;
    for (let i = Math.max(this.fileAt(zxid), 0); i < this.files.length; i++) {
      size += this.store.size((this.files[i] as LogFile).name);
    }
    return size;
  }

  /** LOG-6: cuts everything above `zxid`, newest file first, so that a crash in between leaves no hole. */
  truncate(zxid: Zxid): StoreAction[] {
    const actions: StoreAction[] = [];
    for (let i = this.files.length - 1; i >= 0; i--) {
      const file = this.files[i] as LogFile;
      const records = this.recordsOf(i);
      const keep = records.filter((record) => record.zxid <= zxid).length;
      if (keep === records.length) break;
      if (keep > 0) actions.push({ op: 'truncate', file: file.name, count: keep + 1 });
      else actions.push({ op: 'remove', file: file.name });
      if (keep > 0) break;
      this.files.pop();
    }
    this.active = null;
    this.last = Math.min(this.last, zxid);
    return actions;
  }

  /** Forgets and removes files wholly below `zxid`, keeping the one that holds it. */
  purge(zxid: Zxid): StoreAction[] {
    const gone = this.files.splice(0, Math.max(this.fileAt(zxid), 0));
    return gone.map(({ name }) => ({ op: 'remove', file: name }));
  }

  /** Forgets and removes every file, newest first, so that a crash in between leaves no hole. */
  clear(): StoreAction[] {
    const gone = this.files.reverse();
    this.files = [];
    this.active = null;
    this.dirty = false;
    this.last = 0;
    return gone.map(({ name }) => ({ op: 'remove', file: name }));
  }

  /** Whether a record with exactly this zxid is in the log. */
  contains(zxid: Zxid): boolean {
    const index = this.fileAt(zxid);
    return index >= 0 && this.recordsOf(index).some((record) => record.zxid === zxid);
  }

  /** Index of the last file that begins at or before `zxid`; −1 when all begin after it. */
  private fileAt(zxid: Zxid): number {
    let index = this.files.length - 1;
    while (index >= 0 && (this.files[index] as LogFile).first > zxid) index--;
    return index;
  }

  private recordsOf(index: number): TxnRecord[] {
    const file = this.files[index] as LogFile;
    return this.store.read(file.name).records.slice(1) as unknown as TxnRecord[];
  }
}
