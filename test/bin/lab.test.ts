// `zab-lab lab`: what it serves, and what it answers where it cannot.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { answer, build, command, file, folder, root } from './command.ts';

let running: ChildProcess | null = null;

/** Starts the command at a free port; gives its address. */
function start(args: readonly string[] = []): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'dist/bin/zab-lab.js'), 'lab', '--port', '0', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('it ended')));
    child.stdout.once('data', (text) => {
      const [address] = /http:\/\/localhost:\d+/.exec(String(text)) ?? [];
      if (address === undefined) reject(new Error(`it says ${text}`));
      else resolve(address.replace('localhost', '127.0.0.1'));
    });
  });
}

beforeAll(() => build());
afterEach(() => {
  running?.kill();
  running = null;
});

describe('zab-lab lab', () => {
  it('serves the page and all that it needs, by relative paths, and nothing else', async () => {
    const address = await start();
    const page = await fetch(`${address}/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const html = await page.text();
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    const own = links.filter((link) => !link.startsWith('data:'));
    expect(own.length).toBeGreaterThan(1);
    for (const link of own) {
      expect(link).toMatch(/^\.\//);
      expect((await fetch(new URL(link, `${address}/`))).status).toBe(200);
    }
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/assets/', '/none.js'])
      expect((await fetch(`${address}${path}`)).status).toBe(404);
    expect((await fetch(`${address}/`, { method: 'POST' })).status).toBe(405);
  });

  it('serves a run file beside the page, and leads to the page that opens it', async () => {
    const { run } = findScenario('healthy-write')!;
    const address = await start([file('lab-run.json', run)]);
    const answer = await fetch(`${address}/`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/?run']);
    const page = await fetch(`${address}/?run`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await (await fetch(`${address}/run.json`)).json()).toEqual(run);
  });

  it('ends with 0 when it is asked to', async () => {
    await start();
    const child = running!;
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('a port in use is answered with another one', async () => {
    const port = new URL(await start()).port;
    const { code, stderr } = command(['lab', '--port', port]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`port ${port} is in use: give another one`)]);
  });

  it.each([
    [['--port', 'x'], "--port is 'x': give a number from 0 to 65535"],
    [['--port', '70000'], "--port is '70000'"],
    [['none.json'], 'cannot read none.json'],
  ])('bad input %j is answered with one line', async (args, message) => {
    const { code, stdout, stderr } = await answer(['lab', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
