/** Where the control sockets of this user's ensembles are: a directory of its own, or named pipes on Windows. */
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const WINDOWS = process.platform === 'win32';
const PIPES = '\\\\.\\pipe\\';
const PRIVATE = 0o700;
const OTHERS = 0o077;
/** Longest path of a Unix domain socket everywhere (sun_path), bytes. */
const LONGEST_PATH = 103;

/** There is no place for control sockets; the message is one sentence. */
export class ControlError extends Error {
  override name = 'ControlError';
}

/**
 * The user's directory, made where there is none.
 *
 * @param parent default: the system's for temporary files
 * @throws ControlError where it is somebody else's, or open to others
 */
export function controlDirectory(parent: string = tmpdir()): string {
  const path = directoryPath(parent);
  if (WINDOWS) return path;
  try {
    mkdirSync(path, { mode: PRIVATE });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new ControlError(`the directory ${path} cannot be made: ${message}`);
  }
  const found = lstatSync(path);
  const own = found.isDirectory() && found.uid === process.getuid!() && (found.mode & OTHERS) === 0;
  if (!own)
    throw new ControlError(
      `${path} is not a directory of yours that is closed to others: remove it, or set TMPDIR to another place`,
    );
  return path;
}

/** Path of the socket of the ensemble whose first server's clients have this port. @throws ControlError */
export function controlPath(clientPort: number, directory: string): string {
  const path = WINDOWS ? `${directory}-${clientPort}` : join(directory, `${clientPort}.sock`);
  if (!WINDOWS && Buffer.byteLength(path) > LONGEST_PATH)
    throw new ControlError(`${path} is too long for a socket: set TMPDIR to a shorter path`);
  return path;
}

/** Ports of ensembles that have a socket here, ascending; those of processes that died included. */
export function controlledPorts(directory: string): number[] {
  const [folder, pattern] = WINDOWS
    ? [PIPES, new RegExp(`^${directory.slice(PIPES.length)}-(\\d+)$`)]
    : [directory, /^(\d+)\.sock$/];
  return readdirSync(folder)
    .flatMap((name) => {
      const port = pattern.exec(name)?.[1];
      return port === undefined ? [] : [Number(port)];
    })
    .sort((a, b) => a - b);
}

function directoryPath(parent: string): string {
  if (!WINDOWS) return join(parent, `zab-lab-${process.getuid!()}`);
  return `${PIPES}zab-lab-${userInfo().username.replace(/[^A-Za-z0-9]/g, '_')}`;
}
