/** One snapshot file (persistence.FileSnap, SnapStream): kept in memory until it is complete, then written in one go. */
import { readFileSync, statSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FileContent, StoreRecord } from '../../protocol/host.ts';
import type { SnapChunk } from '../../protocol/snapshot.ts';
import { decodeSnapshot, isSealed, JuteError, SnapshotEncoder } from '../../protocol/wire/index.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { Serial } from './serial.ts';
import { syncDirectory } from './sync-directory.ts';

/** Compressed snapshots, as zookeeper.snapshot.compression.method=gz makes Apache's server write them. */
export const GZIP = '.gz';

export class SnapshotFile {
  private readonly path: string;
  private readonly zxid: Zxid;
  private readonly serial: Serial;
  /** Null once it is on disk. */
  private encoder: SnapshotEncoder | null;
  /** Bytes on disk. */
  private size = 0;
  private content: WeakRef<FileContent> | null = null;

  /**
   * @param zxid the one in its name
   * @param exists it is on disk
   */
  constructor(path: string, zxid: Zxid, exists: boolean, serial: Serial) {
    this.path = path;
    this.zxid = zxid;
    this.serial = serial;
    this.encoder = exists ? null : new SnapshotEncoder();
    if (exists) this.size = statSync(path).size;
  }

  /** Bytes; 0 while it is incomplete. */
  get length(): number {
    return this.size;
  }

  append(chunk: StoreRecord): void {
    if (this.encoder === null) throw new Error(`${this.path} is complete`);
    this.encoder.add(chunk as SnapChunk);
  }

  /** An incomplete file has no records yet, and one that was not completed by an earlier process has none to trust. */
  read(): FileContent {
    const known = this.content?.deref();
    if (known !== undefined) return known;
    const content = this.decode();
    // A start looks at it several times.
    if (this.encoder === null) this.content = new WeakRef(content);
    return content;
  }

  private decode(): FileContent {
    const bytes = this.bytes();
    if (bytes === null || !isSealed(bytes)) return { records: [], tail: 'torn' };
    // A slice of a Buffer would be no copy, and one znode keep the whole file in memory.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    try {
      return { records: decodeSnapshot(plain, this.zxid), tail: 'clean' };
    } catch (error) {
      if (!(error instanceof JuteError)) throw error;
      return { records: [], tail: 'corrupt' };
    }
  }

  private bytes(): Uint8Array | null {
    const { encoder, path } = this;
    if (encoder !== null) return encoder.ended ? Buffer.concat([...encoder.parts()]) : null;
    const bytes = readFileSync(path);
    if (!path.endsWith(GZIP)) return bytes;
    try {
      return gunzipSync(bytes);
    } catch {
      return null;
    }
  }

  /** Writes and syncs the file; an incomplete one without a seal. */
  flush(): Promise<void> {
    return this.serial.run(async () => {
      const { encoder, path } = this;
      if (encoder === null) return;
      const file = await open(path, 'w');
      try {
        let at = 0;
        if (encoder.ended) {
          for (const part of encoder.parts()) {
            await file.write(part, 0, part.length, at);
            at += part.length;
          }
        }
        await file.sync();
        this.size = at;
      } finally {
        await file.close();
      }
      await syncDirectory(dirname(path));
      if (encoder.ended) this.encoder = null;
    });
  }

  remove(): Promise<void> {
    return this.serial.run(async () => {
      try {
        await unlink(this.path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return;
      }
      await syncDirectory(dirname(this.path));
    });
  }
}
