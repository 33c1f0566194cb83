/** One transaction log file, with what is written to it and not there yet. */
import { closeSync, constants, openSync, readSync, write } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileContent, StoreRecord } from '../../protocol/host.ts';
import { encodeRecord } from '../../protocol/wire/index.ts';
import { type LogRecords, readLog } from './log-records.ts';
import type { Serial } from './serial.ts';
import { syncDirectory } from './sync-directory.ts';

/** How near the end of the reserved room the file is made longer (FilePadding). */
const MARGIN = 4096;

/** A write returns when it is on disk: one call of the system for what takes two otherwise. */
const SYNCED_WRITES: number = process.platform === 'linux' ? constants.O_DSYNC : 0;

interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Appends are kept until they are flushed, then written in one go and synced. Room for them is reserved in large steps, so
 * that most syncs do not have to change the file's size.
 */
export class LogFile {
  readonly name: string;
  private readonly path: string;
  private readonly reserve: number;
  private readonly serial: Serial;
  /** Where the last record ends: where the next one goes. Negative: not known before the file is read. */
  private end: number;
  /** Appended, no flush asked for. */
  private pending: Uint8Array[] = [];
  private pendingSize = 0;
  /** A flush is under way. */
  private readonly flushing: Set<Piece> = new Set();
  private file: FileHandle | null = null;
  /** Bytes of the file, with the room that is reserved. */
  private size = 0;
  /** Up to where the file is read: what an earlier process left behind the last good record is seen until it is cut. */
  private seen: number;
  /** Its entry in the directory is durable. */
  private entered: boolean;
  private failure: Error | null = null;

  /**
   * @param size bytes of a file that is there; null: there is none yet
   * @param reserve bytes that it grows by; 0: no more than is needed
   * @param serial work on the files of this name
   */
  constructor(name: string, path: string, size: number | null, reserve: number, serial: Serial) {
    this.name = name;
    this.serial = serial;
    this.path = path;
    this.reserve = reserve;
    this.entered = size !== null;
    this.size = size ?? 0;
    this.seen = this.size;
    this.end = size === null ? 0 : -1;
  }

  /** Bytes of its records. */
  get length(): number {
    return this.lengthWritten() + this.pendingSize;
  }

  append(record: StoreRecord): void {
    this.seen = this.lengthWritten();
    const bytes = encodeRecord(record);
    this.pending.push(bytes);
    this.pendingSize += bytes.length;
  }

  read(): FileContent {
    const { records, tail } = this.parse();
    return { records, tail };
  }

  /** Everything appended so far becomes durable. */
  flush(): Promise<void> {
    const piece: Piece = { at: this.lengthWritten(), bytes: Buffer.concat(this.pending, this.pendingSize) };
    this.end += this.pendingSize;
    this.pending = [];
    this.pendingSize = 0;
    if (piece.bytes.length > 0) this.flushing.add(piece);
    return this.work(async () => {
      const file = await this.opened();
      await this.makeRoom(file, piece.at + piece.bytes.length);
      await writeAll(file, piece);
      this.flushing.delete(piece);
      if (SYNCED_WRITES === 0) await file.datasync();
      await this.enter();
    });
  }

  /** Keeps the first records. */
  truncate(count: number): Promise<void> {
    const { ends } = this.parse();
    const before = this.lengthWritten();
    const end = count === 0 ? 0 : (ends[count - 1] ?? ends.at(-1) ?? 0);
    const kept: Uint8Array[] = [];
    if (end > before) kept.push(this.bytes(before, end));
    this.pending = kept;
    this.pendingSize = Math.max(0, end - before);
    this.end = Math.min(end, before);
    this.seen = this.end;
    const cut = this.end;
    return this.work(async () => {
      const file = await this.opened();
      await file.truncate(cut);
      this.size = cut;
      await file.sync();
      await this.enter();
    });
  }

  remove(): Promise<void> {
    return this.serial.run(async () => {
      await this.closed();
      if (!this.entered && this.size === 0) return;
      await unlink(this.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await syncDirectory(dirname(this.path));
    });
  }

  /** Gives back what the file holds of the system; what was flushed is not lost, and room reserved is given up. */
  close(): Promise<void> {
    return this.serial.run(async () => {
      if (this.file === null) return;
      if (this.failure === null && this.size > this.end) {
        await this.file.truncate(this.end);
        this.size = this.end;
      }
      await this.closed();
    });
  }

  private async closed(): Promise<void> {
    await this.file?.close();
    this.file = null;
  }

  /** After a failure what follows would leave a hole, and fails too. */
  private work(work: () => Promise<void>): Promise<void> {
    return this.serial.run(async () => {
      if (this.failure !== null) throw this.failure;
      try {
        await work();
      } catch (error) {
        this.failure = error as Error;
        throw error;
      }
    });
  }

  private async opened(): Promise<FileHandle> {
    const { O_CREAT, O_RDWR, O_TRUNC } = constants;
    this.file ??= await open(this.path, O_RDWR | SYNCED_WRITES | (this.entered ? 0 : O_CREAT | O_TRUNC));
    return this.file;
  }

  private async makeRoom(file: FileHandle, end: number): Promise<void> {
    if (this.reserve === 0 || end + MARGIN < this.size) {
      this.size = Math.max(this.size, end);
      return;
    }
    const size = (Math.floor((end + MARGIN) / this.reserve) + 1) * this.reserve;
    await file.truncate(size);
    this.size = size;
  }

  private async enter(): Promise<void> {
    if (this.entered) return;
    await syncDirectory(dirname(this.path));
    this.entered = true;
  }

  private lengthWritten(): number {
    if (this.end < 0) this.parse();
    return this.end;
  }

  private parse(): LogRecords {
    const length = this.end < 0 ? 0 : this.length;
    const content = readLog(this.bytes(0, Math.max(this.seen, length)), this.name);
    if (this.end < 0) this.end = content.ends.at(-1) ?? 0;
    // Room reserved by an earlier process is not looked at again.
    if (content.tail === 'clean') this.seen = this.end;
    return content;
  }

  /** The file as it is to be: what is on disk, and over it what is on its way there. */
  private bytes(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    const lay = (piece: Uint8Array, at: number): void => {
      if (at >= to || at + piece.length <= from) return;
      const skip = Math.max(0, from - at);
      bytes.set(piece.subarray(skip, Math.min(piece.length, to - at)), at + skip - from);
    };
    if (this.size > 0) lay(readFrom(this.path, from, to), from);
    for (const { at, bytes: piece } of this.flushing) lay(piece, at);
    let at = this.end;
    for (const piece of this.pending) {
      lay(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

async function writeAll(file: FileHandle, { at, bytes }: Piece): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += await writeSome(file.fd, bytes, done, at + done);
}

function writeSome(file: number, bytes: Uint8Array, from: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, from, bytes.length - from, at, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

function readFrom(path: string, from: number, to: number): Uint8Array {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    // Not created yet: the first flush is under way.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
  try {
    const bytes = new Uint8Array(to - from);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(file, bytes, done, bytes.length - done, from + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}
