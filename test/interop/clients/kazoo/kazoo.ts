// One run of kazoo's own test suite, by Debian's Python and pytest.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../../bin/command.ts';
import { classpath } from '../../apache/installed.ts';
import { consecutivePorts } from '../consecutive-ports.ts';
import { refused } from '../missing-program.ts';
import { COMMAND } from '../served-ensemble.ts';

/** Debian's packages are seen by Debian's Python only, whatever is first on the PATH; ZAB_LAB_PYTHON names another. */
export const PYTHON: string = process.env.ZAB_LAB_PYTHON ?? '/usr/bin/python3';
const HERE = fileURLToPath(new URL('.', import.meta.url));
/** kazoo's harness puts the ports of one of Apache's servers, 3 of them, next to each other, and the servers 10 apart. */
const PORTS = 24;
/** What its tests import. */
const MODULES: readonly string[] = ['kazoo.tests', 'pytest', 'mock', 'objgraph'];

const installed = lookAround();
/** Why kazoo's tests cannot be run here; null: they can. */
export const missing: string | null = 'missing' in installed ? installed.missing : null;

export interface TestResult {
  /** As pytest names it, from its file on. */
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why, in kazoo's words; empty where it passed. */
  readonly reason: string;
  readonly seconds: number;
  /** How often it was run: more than once only where a follower crashed in it. */
  readonly runs: number;
}

export interface KazooRun {
  /** Against whom: Apache's servers by kazoo's own harness, or ours. */
  readonly against: 'apache' | 'ours';
  /** A follower of ours crashes every ten seconds. */
  readonly chaos?: boolean;
}

export interface KazooResults {
  readonly results: readonly TestResult[];
  /** How often a follower crashed. */
  readonly crashes: number;
}

/** Runs the whole suite. @throws where pytest itself fails */
export async function runKazoo({ against, chaos = false }: KazooRun): Promise<KazooResults> {
  if ('missing' in installed) throw new Error(installed.missing);
  build();
  const folder = mkdtempSync(join(tmpdir(), 'zab-lab-kazoo-'));
  const report = join(folder, 'report.jsonl');
  const environment = {
    ...process.env,
    PYTHONPATH: HERE,
    PYTHONDONTWRITEBYTECODE: '1',
    ZOOKEEPER_VERSION: '3.8.0',
    ZOOKEEPER_CLASSPATH: classpath,
    ZOOKEEPER_PORT_OFFSET: String(await consecutivePorts(PORTS)),
    ZAB_LAB_KAZOO_REPORT: report,
    ZAB_LAB_KAZOO_EXCEPTIONS: join(HERE, 'exceptions.json'),
    ...(against === 'ours' && { ZAB_LAB_COMMAND: JSON.stringify(COMMAND) }),
    ...(chaos && { ZAB_LAB_CHAOS: 'yes' }),
  };
  const options = [
    '-p',
    'no:cacheprovider',
    '-p',
    'zab_lab_kazoo',
    '-q',
    '-W',
    'ignore',
    '--no-header',
    // Why a test fails stands in the report; its log is long, and hides what else a run prints.
    '--tb=no',
    '--show-capture=no',
    '-rN',
  ];
  // Apache's servers write their log to both outputs.
  const output = against === 'apache' ? 'ignore' : 'inherit';
  try {
    const child = spawn(PYTHON, ['-m', 'pytest', ...options, installed.tests], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', output, output],
    });
    const end = (): boolean => child.kill('SIGTERM');
    process.once('exit', end);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('exit', resolve);
    });
    process.removeListener('exit', end);
    // 1: tests have failed.
    if (code !== 0 && code !== 1) throw new Error(`pytest has ended with ${code}`);
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as TestResult | { crashes: number });
    return {
      results: told.filter((one): one is TestResult => 'test' in one),
      crashes: told.reduce((sum, one) => ('crashes' in one ? one.crashes : sum), 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lookAround(): { tests: string } | { missing: string } {
  const program = `import importlib, kazoo.tests\nfor m in ${JSON.stringify(MODULES)}: importlib.import_module(m)\nprint(kazoo.tests.__path__[0])`;
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', program], { encoding: 'utf8' });
  if (status === 0) return { tests: stdout.trim() };
  const why = stderr?.trim().split('\n').at(-1) ?? `${PYTHON} is not there`;
  const missing = `kazoo's tests cannot be run here: ${why} (Debian's packages python3-kazoo, python3-pytest, python3-mock, python3-objgraph).`;
  return { missing: refused(missing) };
}
