/** Small files that hold one number as text (quorum.QuorumPeer.readLongFromFile, common.AtomicFileWritingIdiom). */
import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/** What is in a file; null where there is none. @throws Error naming the file where it is no number */
export function readValueFile(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  const value = Number(line);
  if (!/^\d+$/.test(line) || !Number.isSafeInteger(value)) {
    throw new Error(`${path}: '${line.slice(0, 40)}' is not a number from 0 on`);
  }
  return value;
}

/** Replaces a file as a whole; it is durable afterwards. */
export async function writeValueFile(path: string, value: number): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(String(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Removes a file, where there is one; it is gone for good afterwards. */
export async function removeValueFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}
