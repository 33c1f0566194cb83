/** Findings as files in one folder: written as soon as they are known, written anew when they are shrunk. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../sim/fuzz/finding.ts';
import { InputError } from '../input/input.ts';

const WRITE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is on a file system that cannot be written',
  ENOTDIR: 'a part of it is a file, not a directory',
  EEXIST: 'it is a file; give a directory',
  EISDIR: 'it is a directory; give a file',
  ENOENT: 'there is no such directory',
  ENOSPC: 'no space is left there',
};

/** Does something that writes. @throws InputError with the reason where it cannot be done */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot write ${path}: ${WRITE_ERRORS[code ?? ''] ?? message}`);
  }
}

/** A folder of findings. */
export class FindingFiles {
  readonly folder: string;
  private readonly made: boolean;

  /** Makes sure that files can be written there. @throws InputError where they cannot */
  constructor(folder: string) {
    this.folder = folder;
    this.made = writing(folder, () => makeFolder(folder));
    const trial = join(folder, `.zab-lab-${process.pid}`);
    writing(folder, () => writeFileSync(trial, ''));
    rmSync(trial, { force: true });
  }

  /** Path of a finding's file: variant and profile where not the default, property, seed. */
  path({ failure, found, run }: Finding): string {
    const profile = found === undefined || found.profile === 'default' ? [] : [found.profile];
    const parts = [
      ...(run.variant === undefined ? [] : [run.variant.name]),
      ...profile,
      failure.property,
      run.seed,
    ];
    return join(this.folder, `${parts.join('-').replaceAll(/[^\w.-]/g, '_')}.json`);
  }

  /** Writes or overwrites. @throws InputError where that fails */
  save(finding: Finding): string {
    const path = this.path(finding);
    writing(path, () => writeFileSync(path, findingText(finding)));
    return path;
  }

  drop(finding: Finding): void {
    rmSync(this.path(finding), { force: true });
  }

  /** Takes the folder away again where it was made here and nothing is in it. */
  close(): void {
    if (this.made && readdirSync(this.folder).length === 0) rmdirSync(this.folder);
  }
}

/** Makes a folder and those above it; false where it is there. Node's own way to do so never returns on some paths. */
function makeFolder(folder: string): boolean {
  if (existsSync(folder)) return false;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
  return true;
}

/** A finding as its file holds it. */
export function findingText(finding: Finding): string {
  return `${JSON.stringify(finding, null, 2)}\n`;
}
