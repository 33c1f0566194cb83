// Runs the built command as a child process, as its users do.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'dist/bin/zab-lab.js');
const program = join(root, 'dist/bin/program.js');

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

/**
 * The same without a process of its own and without colours: for the many that are answered at once, as half a second for
 * each adds up. Not two at a time.
 */
export async function answer(
  args: readonly string[],
  own: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { stdout, stderr } = process;
  const env = { ...process.env };
  const written = { stdout: '', stderr: '' };
  const catching = (name: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    written[name] += String(text);
    return true;
  };
  const write = { stdout: stdout.write, stderr: stderr.write };
  const before = process.cwd();
  const { PATH = '' } = env;
  process.chdir(folder);
  become({ PATH, NO_COLOR: '1', ...own });
  stdout.write = catching('stdout');
  stderr.write = catching('stderr');
  try {
    const { execute } = (await import(pathToFileURL(program).href)) as typeof import('../../bin/program.ts');
    return { code: await execute(args), ...written };
  } finally {
    Object.assign(stdout, { write: write.stdout });
    Object.assign(stderr, { write: write.stderr });
    become(env);
    process.chdir(before);
    process.exitCode = undefined;
  }
}

/** Changes the environment in place: Node's own modules hold on to it. */
function become(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
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
