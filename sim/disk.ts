/**
 * A server's disk: record files with a durable prefix, small values, and what process kill and power loss
 * leave of them.
 */
import type { Actor, FileContent, Store, StoreRecord } from '../protocol/host.ts';
import { decodeRecord, encodeRecord, recordSize } from '../protocol/wire/store.ts';
import type { Duration } from './distribution.ts';
import { EventKind } from './queue.ts';
import type { RandomStream } from './random.ts';

const NO_SPACE = 'no space left on device';
const NOTHING: readonly StoreRecord[] = [];

/** A record file. */
export class SimFile {
  readonly name: string;
  records: StoreRecord[] = [];
  /** Encoded size up to and including each record, bytes; as far as somebody has asked for it. */
  ends: number[] = [];
  /** Bytes of records that are not what was written, by index. */
  damaged = new Map<number, Uint8Array>();
  /** How many records survive anything. */
  durable = 0;
  /** Its directory entry was synced. */
  created = false;
  /** An append failed: what follows it would leave a hole and fails too. */
  failed = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Encoded size, bytes. Nobody asks for that of most files, so records are measured only when somebody does. */
  size(): number {
    const { ends, records } = this;
    for (let i = ends.length; i < records.length; i++) {
      ends.push((ends[i - 1] ?? 0) + (this.damaged.get(i)?.length ?? recordSize(records[i]!)));
    }
    return ends[ends.length - 1] ?? 0;
  }

  /** Cuts the file to its first `count` records. */
  cut(count: number): void {
    if (this.records.length > count) this.records.length = count;
    if (this.ends.length > count) this.ends.length = count;
    if (this.durable > count) this.durable = count;
    for (const index of this.damaged.keys()) if (index >= count) this.damaged.delete(index);
  }
}

/** A change that is asked for and not yet durable, with what undoes it. */
export interface PendingWrite {
  readonly op: 'flush' | 'truncate' | 'remove' | 'value';
  readonly token: number;
  /** Completion fails with this reason; empty: it succeeds. */
  readonly failure: string;
  /** µs. */
  readonly dueAt: number;
  readonly file: SimFile | null;
  /** flush: records that it makes durable, lowered by later truncations. */
  count: number;
  /** flush: records that it was asked for. truncate: records that were durable before. */
  before: number;
  /** truncate: what was cut off. */
  readonly cutRecords: readonly StoreRecord[];
  readonly cutDamage: ReadonlyMap<number, Uint8Array> | null;
  /** value: its name, and its value before (null: none). */
  readonly name: string;
  readonly previous: number | null;
}

/** What a disk needs of the world: the time, and to be told when a request is due. */
export interface DiskWorld {
  /** Virtual µs. */
  readonly now: number;
  /** Queues an event, which is no transmission. */
  schedule(
    kind: number,
    owner: number,
    time: number,
    lane: number,
    end: null,
    message: null,
    name: string,
    arg: number,
    id: number,
  ): unknown;
}

/** The machine of a disk: whose process asks, and hears what became of its requests. */
export interface DiskMachine {
  readonly world: DiskWorld;
  readonly id: number;
  /** Changes with every process; what an earlier one asked for completes unheard. */
  readonly incarnation: number;
  readonly running: boolean;
  readonly actor: Pick<Actor, 'onDurable' | 'onStoreFailed'> | null;
}

/**
 * The {@link Store} of one machine; it outlives processes. Requests complete in the order in which they were
 * made. A record that
 * survives a process kill counts as durable: the kernel has it and only a power loss right then could take
 * it, which is
 * left unexplored.
 */
export class SimDisk implements Store {
  readonly machine: DiskMachine;
  readonly latency: Duration;
  readonly random: RandomStream;
  readonly lane: number;
  files = new Map<string, SimFile>();
  values = new Map<string, number>();
  pending: PendingWrite[] = [];
  /** µs; nothing completes earlier. */
  stalledUntil = 0;
  lastCompletion = 0;
  full = false;

  constructor(machine: DiskMachine, latency: Duration, random: RandomStream, lane: number) {
    this.machine = machine;
    this.latency = latency;
    this.random = random;
    this.lane = lane;
  }

  list(): readonly string[] {
    return [...this.files.keys()].sort();
  }

  read(file: string): FileContent {
    const found = this.file(file);
    if (found.damaged.size === 0) return { records: found.records.slice(), tail: 'clean' };
    const records: StoreRecord[] = [];
    for (let i = 0; i < found.records.length; i++) {
      const bytes = found.damaged.get(i);
      if (bytes === undefined) {
        records.push(found.records[i]!);
        continue;
      }
      try {
        records.push(decodeRecord(bytes));
      } catch {
        return { records, tail: i === found.records.length - 1 ? 'torn' : 'corrupt' };
      }
    }
    return { records, tail: 'clean' };
  }

  size(file: string): number {
    return this.files.get(file)?.size() ?? 0;
  }

  append(file: string, record: StoreRecord): void {
    if (!this.machine.running) return;
    let found = this.files.get(file);
    if (found === undefined) {
      found = new SimFile(file);
      this.files.set(file, found);
    }
    if (this.full) found.failed = true;
    if (found.failed) return;
    found.records.push(record);
  }

  flush(file: string, token: number): void {
    if (!this.machine.running) return;
    const found = this.file(file);
    const count = found.records.length;
    this.request('flush', token, found.failed ? NO_SPACE : '', found, count, count, '', null);
  }

  truncate(file: string, count: number, token: number): void {
    if (!this.machine.running) return;
    const found = this.file(file);
    const damage = new Map<number, Uint8Array>();
    for (const [index, bytes] of found.damaged) if (index >= count) damage.set(index, bytes);
    for (const write of this.pending) {
      if (write.op === 'flush' && write.file === found) write.count = Math.min(write.count, count);
    }
    const cut = found.records.slice(count);
    this.request('truncate', token, '', found, count, found.durable, '', null, cut, damage);
    found.cut(count);
    found.failed = false;
  }

  remove(file: string, token: number): void {
    if (!this.machine.running) return;
    const found = this.files.get(file) ?? null;
    this.files.delete(file);
    this.request('remove', token, '', found, 0, 0, file, null);
  }

  readValue(name: string): number | null {
    return this.values.get(name) ?? null;
  }

  writeValue(name: string, value: number, token: number): void {
    if (!this.machine.running) return;
    this.request('value', token, this.full ? NO_SPACE : '', null, 0, 0, name, this.readValue(name));
    if (!this.full) this.values.set(name, value);
  }

  private file(name: string): SimFile {
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`server ${this.machine.id} has no file ${name}`);
    return file;
  }

  private request(
    op: PendingWrite['op'],
    token: number,
    failure: string,
    file: SimFile | null,
    count: number,
    before: number,
    name: string,
    previous: number | null,
    cutRecords: readonly StoreRecord[] = NOTHING,
    cutDamage: ReadonlyMap<number, Uint8Array> | null = null,
  ): void {
    const world = this.machine.world;
    const drawn = world.now + this.latency.draw(this.random);
    const dueAt = Math.max(drawn, this.lastCompletion, this.stalledUntil);
    this.lastCompletion = dueAt;
    this.pending.push({
      op,
      token,
      failure,
      dueAt,
      file,
      count,
      before,
      cutRecords,
      cutDamage,
      name,
      previous,
    });
    world.schedule(
      EventKind.DURABLE,
      this.machine.id,
      dueAt,
      this.lane,
      null,
      null,
      op,
      token,
      this.machine.incarnation,
    );
  }

  /** The oldest request is due; after a stall it waits until the stall ends. */
  complete(): void {
    const world = this.machine.world;
    if (world.now < this.stalledUntil) {
      const { id, incarnation } = this.machine;
      world.schedule(
        EventKind.DURABLE,
        id,
        this.stalledUntil,
        this.lane,
        null,
        null,
        'stalled',
        0,
        incarnation,
      );
      return;
    }
    const write = this.pending.shift();
    if (write === undefined) return;
    if (write.failure !== '') {
      this.machine.actor!.onStoreFailed(write.token, write.failure);
      return;
    }
    if (write.op === 'flush') this.flushed(write);
    this.machine.actor!.onDurable(write.token);
  }

  private flushed(write: PendingWrite): void {
    const file = write.file!;
    file.created = true;
    file.durable = Math.max(file.durable, write.count);
    // A truncation asked for later may still be undone; what it cut off is durable now.
    for (const other of this.pending) {
      if (other.op === 'truncate' && other.file === file) other.before = Math.max(other.before, write.before);
    }
  }

  /** A process kill: of each file an unflushed suffix may be gone, in whole records. */
  kill(): void {
    this.pending = [];
    for (const name of this.list()) {
      const file = this.files.get(name)!;
      file.cut(file.durable + this.random.below(file.records.length - file.durable + 1));
      this.settle(file);
    }
    this.lastCompletion = 0;
  }

  /** A power loss: pending changes may be undone, the first record that is lost of each file may be torn. */
  losePower(): void {
    const kept = this.random.below(this.pending.length + 1);
    for (let i = this.pending.length - 1; i >= kept; i--) this.undo(this.pending[i]!);
    this.pending = [];
    for (const name of this.list()) {
      const file = this.files.get(name)!;
      const unflushed = file.records.length - file.durable;
      const keep = file.durable + this.random.below(unflushed + 1);
      if (keep < file.records.length) this.tear(file, keep);
      if (file.records.length === 0 && !file.created && this.random.next() < 0.5) this.files.delete(name);
      this.settle(file);
    }
    this.lastCompletion = 0;
  }

  private tear(file: SimFile, keep: number): void {
    const record = file.records[keep]!;
    const whole = !file.damaged.has(keep);
    file.cut(keep);
    if (!whole || this.random.next() < 0.5) return;
    const bytes = encodeRecord(record);
    file.records.push(record);
    const length = 1 + this.random.below(bytes.length - 1);
    file.damaged.set(keep, bytes.slice(0, length));
  }

  private settle(file: SimFile): void {
    file.durable = file.records.length;
    file.created = true;
    file.failed = false;
  }

  private undo(write: PendingWrite): void {
    if (write.failure !== '') return;
    const file = write.file;
    if (write.op === 'truncate') {
      file!.cut(write.count);
      for (const record of write.cutRecords) file!.records.push(record);
      for (const [index, bytes] of write.cutDamage!) file!.damaged.set(index, bytes);
      file!.durable = Math.min(write.before, file!.records.length);
    } else if (write.op === 'remove') {
      if (file !== null) this.files.set(write.name, file);
    } else if (write.op === 'value') {
      if (write.previous === null) this.values.delete(write.name);
      else this.values.set(write.name, write.previous);
    }
  }

  /**
   * Flips a byte of the `last`-th last transaction of the log (0: the last). Null where the log has fewer.
   */
  corrupt(last: number): { file: string; record: number } | null {
    const places: { file: SimFile; record: number; zxid: number }[] = [];
    for (const name of this.list()) {
      const file = this.files.get(name)!;
      file.records.forEach((record, index) => {
        if (record.kind !== 'txn' || file.damaged.has(index)) return;
        places.push({ file, record: index, zxid: (record as StoreRecord & { readonly zxid: number }).zxid });
      });
    }
    places.sort((a, b) => a.zxid - b.zxid);
    const place = places[places.length - 1 - last];
    if (place === undefined) return null;
    const bytes = encodeRecord(place.file.records[place.record]!);
    const at = this.random.below(bytes.length);
    bytes[at] = bytes[at]! ^ (1 + this.random.below(255));
    place.file.damaged.set(place.record, bytes);
    return { file: place.file.name, record: place.record };
  }
}
