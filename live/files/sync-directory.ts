import { open } from 'node:fs/promises';

/** Makes what was created, renamed and removed in a directory durable, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some file systems have nothing to sync there.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'EISDIR' && code !== 'EPERM') throw error;
  } finally {
    await directory.close();
  }
}
