// Runs the built command as a child process, as its users do.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'dist/bin/zab-lab.js');

function newestSource(): number {
  let newest = 0;
  for (const folder of ['protocol', 'sim', 'scenarios', 'live', 'viz', 'bin']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }))
      if (/\.(ts|css|html)$/.test(file))
        newest = Math.max(newest, statSync(join(root, folder, file)).mtimeMs);
  }
  return newest;
}

/** There while somebody builds. Whoever died over it has not done so for longer than this, ms. */
const lock = join(root, '.build-lock');
const LONGEST_BUILD = 300_000;

function building(): boolean {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since === undefined) return false;
  if (Date.now() - since < LONGEST_BUILD) return true;
  rmSync(lock, { recursive: true, force: true });
  return false;
}

/**
 * Builds anew where `npm ci` has not, or where a source is newer: a stale build must not pass or fail a test. Of test files
 * that run at the same time one builds, and the others wait for it.
 */
export function build(): void {
  for (;;) {
    while (building()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    if (existsSync(entry) && statSync(entry).mtimeMs > newestSource()) return;
    try {
      mkdirSync(lock);
    } catch {
      continue;
    }
    try {
      const built = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' });
      if (built.status !== 0) throw new Error(`npm run build failed:\n${built.stdout}${built.stderr}`);
      return;
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command with a bare environment, so that colours follow from `env` alone. */
export function command(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, ...env },
  });
  return { code: status, stdout, stderr };
}

/** A shell line in which `zab-lab` is the command; for pipes. */
export function shell(line: string): Outcome {
  const script = line.replaceAll('zab-lab', `'${process.execPath}' '${entry}'`);
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** Where the command runs. */
export const folder: string = mkdtempSync(join(tmpdir(), 'zab-lab-test-'));

/** Writes a file into {@link folder}; its name. */
export function file(name: string, content: string | object): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}
