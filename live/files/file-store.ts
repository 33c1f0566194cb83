/** Durable storage in files of Apache's formats: what {@link Store} promises, with the system's own syncs. */
import { existsSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileContent, Store, StoreRecord } from '../../protocol/host.ts';
import { type DataFiles, findDataFiles, LOG_NAME, SNAPSHOT_NAME } from './data-files.ts';
import { diskError } from './disk-error.ts';
import { LogFile } from './log-file.ts';
import { Serial } from './serial.ts';
import { SnapshotFile } from './snapshot-file.ts';
import { readValueFile, removeValueFile, writeValueFile } from './value-file.ts';

/** Room that a log file grows by, bytes (zookeeper.preAllocSize). */
export const PRE_ALLOC_SIZE: number = 64 * 1024 * 1024;

/** See `Database`: names a snapshot that is about to replace all history. */
const REPLACEMENT = 'replacement';
const EPOCHS = ['acceptedEpoch', 'currentEpoch'];

/** Who hears what became of requests; never during one. */
export interface StoreListener {
  onDurable(token: number): void;
  onStoreFailed(token: number, reason: string): void;
}

export interface StoreFolders {
  readonly dataDir: string;
  /** The same as dataDir unless it is configured. */
  readonly dataLogDir: string;
  /** See {@link PRE_ALLOC_SIZE}. */
  readonly preAllocSize?: number;
}

export class FileStore implements Store {
  private readonly found: DataFiles;
  private readonly preAllocSize: number;
  private readonly listener: StoreListener;
  private readonly logs: Map<string, LogFile> = new Map();
  private readonly snapshots: Map<string, SnapshotFile> = new Map();
  private readonly values: Map<string, number> = new Map();
  /** Work on the file of each name, in order, also where one is removed and made anew. */
  private readonly serials: Map<string, Serial> = new Map();
  /** The log file that was flushed last. */
  private active: LogFile | null = null;

  /** @throws Error in one sentence where the files are not what they should be */
  constructor({ dataDir, dataLogDir, preAllocSize = PRE_ALLOC_SIZE }: StoreFolders, listener: StoreListener) {
    this.listener = listener;
    this.preAllocSize = preAllocSize;
    this.found = findDataFiles(dataDir, dataLogDir);
    for (const { name, path, size } of this.found.logs) {
      this.logs.set(name, new LogFile(name, path, size, preAllocSize, this.serial(name)));
    }
    for (const { name, path } of this.found.snapshots) {
      this.snapshots.set(name, new SnapshotFile(path, zxidOf(name), true, this.serial(name)));
    }
    this.forgetStaleReplacement();
    for (const name of [...EPOCHS, REPLACEMENT]) {
      const value = readValueFile(this.valuePath(name));
      if (value !== null) this.values.set(name, value);
    }
  }

  /**
   * A replacement of history that was broken off is not taken up again where another program has written since: Apache's
   * server knows nothing of it, and what it has acknowledged must stay.
   */
  private forgetStaleReplacement(): void {
    const path = this.valuePath(REPLACEMENT);
    const generation = readValueFile(path) ?? 0;
    if (generation === 0) return;
    const { logs, snapshots } = this.found;
    const base = snapshots.find(({ name }) => name.endsWith(`.${generation}`));
    if (base === undefined) return;
    const epochs = EPOCHS.map((name) => this.valuePath(name)).filter(existsSync);
    const times = [...logs, ...snapshots].filter((file) => file !== base).map(({ modified }) => modified);
    times.push(...epochs.map((file) => statSync(file).mtimeMs));
    if (times.some((time) => time > base.modified)) unlinkSync(path);
  }

  list(): readonly string[] {
    return [...this.logs.keys(), ...this.snapshots.keys()].sort();
  }

  read(file: string): FileContent {
    return this.file(file).read();
  }

  size(file: string): number {
    return (this.logs.get(file) ?? this.snapshots.get(file))?.length ?? 0;
  }

  append(file: string, record: StoreRecord): void {
    this.created(file).append(record);
  }

  flush(file: string, token: number): void {
    const found = this.file(file);
    if (found instanceof LogFile && found !== this.active) {
      // The one before has been rolled; the system has few files to give.
      this.active?.close().catch(() => {});
      this.active = found;
    }
    this.report(found.flush(), token, file);
  }

  truncate(file: string, count: number, token: number): void {
    const found = this.file(file);
    if (found instanceof SnapshotFile) throw new Error(`${file}: a snapshot is never cut`);
    this.report(found.truncate(count), token, file);
  }

  remove(file: string, token: number): void {
    const found = this.logs.get(file) ?? this.snapshots.get(file);
    this.logs.delete(file);
    this.snapshots.delete(file);
    if (found === this.active) this.active = null;
    this.report(found?.remove() ?? this.serial(file).run(nothing), token, file);
  }

  readValue(name: string): number | null {
    return this.values.get(name) ?? null;
  }

  writeValue(name: string, value: number, token: number): void {
    this.values.set(name, value);
    const path = this.valuePath(name);
    // Apache's server would leave the mark lying there.
    const write = name === REPLACEMENT && value === 0 ? removeValueFile : writeValueFile;
    this.report(
      this.serial(name).run(() => write(path, value)),
      token,
      name,
    );
  }

  /** Waits until everything asked for has been done, and closes the files. */
  async close(): Promise<void> {
    await Promise.all([...this.serials.values()].map((serial) => serial.settled()));
    await this.active?.close();
    this.active = null;
  }

  private report(work: Promise<void>, token: number, name: string): void {
    // A promise is never settled within the call that made it, so nor is the listener called.
    work.then(
      () => this.listener.onDurable(token),
      (error: unknown) => this.listener.onStoreFailed(token, diskError(name, error)),
    );
  }

  private file(name: string): LogFile | SnapshotFile {
    const file = this.logs.get(name) ?? this.snapshots.get(name);
    if (file === undefined) throw new Error(`there is no file ${name}`);
    return file;
  }

  private created(name: string): LogFile | SnapshotFile {
    const there = this.logs.get(name) ?? this.snapshots.get(name);
    if (there !== undefined) return there;
    if (LOG_NAME.test(name)) {
      const path = join(this.found.logFolder, name);
      const file = new LogFile(name, path, null, this.preAllocSize, this.serial(name));
      this.logs.set(name, file);
      return file;
    }
    if (!SNAPSHOT_NAME.test(name)) throw new Error(`'${name}' is neither a log nor a snapshot`);
    const file = new SnapshotFile(
      join(this.found.snapshotFolder, name),
      zxidOf(name),
      false,
      this.serial(name),
    );
    this.snapshots.set(name, file);
    return file;
  }

  private serial(name: string): Serial {
    let serial = this.serials.get(name);
    if (serial === undefined) {
      serial = new Serial();
      this.serials.set(name, serial);
    }
    return serial;
  }

  private valuePath(name: string): string {
    return join(this.found.snapshotFolder, name);
  }
}

async function nothing(): Promise<void> {}

function zxidOf(snapshot: string): number {
  return Number.parseInt(SNAPSHOT_NAME.exec(snapshot)?.[1] ?? '', 16);
}
