/** The files of a data directory, as Apache's server names them (persistence.FileTxnSnapLog, Util). */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskError } from './disk-error.ts';
import { GZIP } from './snapshot-file.ts';

/** Folder of this version of the formats, within dataDir and dataLogDir. */
export const VERSION_FOLDER = 'version-2';

export const LOG_NAME = /^log\.([0-9a-f]+)$/;
/** Behind the zxid, the number by which snapshots of the same zxid are told apart here; Apache passes over it. */
export const SNAPSHOT_NAME = /^snapshot\.([0-9a-f]+)(?:\.\d+)?$/;

export interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** ms since 1970. */
  readonly modified: number;
}

export interface DataFiles {
  /** Where snapshots and epochs are. */
  readonly snapshotFolder: string;
  readonly logFolder: string;
  readonly logs: readonly FoundFile[];
  readonly snapshots: readonly FoundFile[];
}

/**
 * Creates the folders where they are missing and looks at what is in them.
 *
 * @throws Error where a folder cannot be made, where logs and snapshots are in each other's folder, or in a form that this server cannot read
 */
export function findDataFiles(dataDir: string, dataLogDir: string): DataFiles {
  const snapshotFolder = join(dataDir, VERSION_FOLDER);
  const logFolder = join(dataLogDir, VERSION_FOLDER);
  const apart = snapshotFolder !== logFolder;
  for (const folder of [snapshotFolder, logFolder]) {
    try {
      makeFolder(folder);
    } catch (error) {
      throw new Error(diskError(folder, error));
    }
  }
  const snapshots: FoundFile[] = [];
  const logs: FoundFile[] = [];
  for (const file of readdirSync(snapshotFolder).sort()) {
    const path = join(snapshotFolder, file);
    const plain = file.endsWith(GZIP) ? file.slice(0, -GZIP.length) : file;
    if (SNAPSHOT_NAME.test(plain)) {
      if (plain === file || !existsSync(join(snapshotFolder, plain))) snapshots.push(found(plain, path));
    } else if (/^snapshot\..*\.snappy$/.test(file)) {
      throw new Error(`${path}: snapshots compressed with snappy cannot be read here`);
    } else if (apart && LOG_NAME.test(file)) {
      throw new Error(
        `${path} is a log file in dataDir, but dataLogDir is ${dataLogDir}: move it, or the setting`,
      );
    }
  }
  for (const file of readdirSync(logFolder).sort()) {
    const path = join(logFolder, file);
    if (LOG_NAME.test(file)) logs.push(found(file, path));
    else if (apart && SNAPSHOT_NAME.test(file)) {
      throw new Error(
        `${path} is a snapshot in dataLogDir, but dataDir is ${dataDir}: move it, or the setting`,
      );
    }
  }
  return { snapshotFolder, logFolder, logs, snapshots };
}

/** With the folders above it. Node's own way of that does not come back where nothing can be made, as in /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}

function found(name: string, path: string): FoundFile {
  const { size, mtimeMs } = statSync(path);
  return { name, path, size, modified: mtimeMs };
}
