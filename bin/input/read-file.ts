/** Files that the user has named. */
import { readFileSync } from 'node:fs';
import { InputError } from './input-error.ts';

/** Why a file cannot be read, by the code of the system's error. */
const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a directory; give a file',
};

/**
 * The bytes of a file.
 * @param named what the user has called it
 * @throws InputError with one line that names the file and the reason
 */
export function readBytes(path: string, named: string = path): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot read ${named}: ${READ_ERRORS[code ?? ''] ?? message}`);
  }
}

/** The text of a file, without a byte order mark. @throws InputError as {@link readBytes} */
export function readText(path: string): string {
  return readBytes(path)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
