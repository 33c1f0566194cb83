// `zab-lab fault`: what it says to people and programs, and what it answers where it cannot.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, build, folder, type Outcome, root } from './command.ts';

/** A place for control sockets in which no other ensemble is; short, as their paths have to be. */
const TMPDIR = mkdtempSync(join(tmpdir(), 'zl-'));
/** For a busy machine. */
const PATIENCE = 60_000;

const children: ChildProcess[] = [];

/** The command, with nobody's ensembles but this file's. */
function fault(...args: readonly string[]): Promise<Outcome> {
  return answer(['fault', ...args], { TMPDIR });
}

/** An ensemble of three that serves at free ports; the first of them. */
async function served(): Promise<string> {
  const entry = join(root, 'dist/bin/zab-lab.js');
  const args = [entry, 'serve', '--client-port', '0', '--tick-time', '200', '--json'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, TMPDIR },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface(child.stdout)) {
    const { event, servers } = JSON.parse(line);
    if (event === 'serving') return String(servers[0].port);
  }
  throw new Error('it ended before it served');
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

beforeAll(() => build());
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(TMPDIR, { recursive: true, force: true });
});

describe('zab-lab fault', { timeout: PATIENCE }, () => {
  it('says so where no ensemble runs', async () => {
    const { code, stdout, stderr } = await fault('crash 1');
    expect(stderr).toBe("error: no ensemble of yours runs on this machine: start one with 'zab-lab serve'\n");
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('breaks the ensemble that runs, says what happened, and ends with 2 and one line where nothing could', async () => {
    const port = await served();
    const help = await fault();
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('partition N N | N ...');
    expect(help.stdout).toMatch(new RegExp(`server 1 {2}127\\.0\\.0\\.1:${port} `));

    expect(await fault('crash', '1')).toMatchObject({ code: 0, stderr: '' });
    const down = JSON.parse((await fault('status', '--json')).stdout);
    expect(down.servers.map(({ state }: { state: string }) => state)).toEqual(['down', 'up', 'up']);
    expect((await fault('restart 1')).stdout).toMatch(/^server 1 starts; /);
    expect((await fault('restart 1')).stdout).toMatch(/^server 1 runs already; /);

    expect(await fault('save session.json')).toMatchObject({ code: 0 });
    const saved = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8'));
    const struck = saved.outside.filter(({ kind }: { kind: string }) => kind === 'fault');
    expect(struck.map(({ fault }: { fault: { kind: string } }) => fault.kind)).toEqual([
      'crash',
      'restart',
      'restart',
    ]);

    for (const [args, message] of [
      [['crsh 1'], "'crsh' is no fault that is known; did you mean 'crash'?"],
      [['client-crash 1'], 'here clients are real'],
      [['save nowhere/at/all.json'], 'cannot write'],
      [['crash 1', '--client-port', 'x'], `--client-port is 'x', where none runs: give ${port}`],
    ] as const) {
      const { code, stdout, stderr } = await fault(...args);
      expect([args, stderr]).toEqual([args, expect.stringContaining(message)]);
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
    const refused = await fault('crash 9', '--json');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false });
  });

  it('asks which one is meant where several run, and forgets those that have ended', async () => {
    const [first] = children;
    const other = await served();
    const { code, stderr } = await fault('status');
    expect(stderr).toMatch(
      /^error: several ensembles run: say which, with --client-port \d+ or --client-port \d+\n$/,
    );
    expect(code).toBe(2);
    expect(await fault('status', '--client-port', other)).toMatchObject({ code: 0 });
    await ended(first!);
    expect(await fault('status')).toMatchObject({ code: 0 });
  });
});
