// `zab-lab serve`: what it says, how it ends, and what it answers where it cannot.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ServeOptions, servingOf } from '../../bin/serve/serve-options.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/index.ts';
import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import { RawClient } from '../live/raw-client.ts';
import { build, command, folder, root } from './command.ts';

const DEFAULTS: ServeOptions = {
  servers: '3',
  observers: '0',
  clientPort: '2181',
  host: '127.0.0.1',
  seed: '1',
  tickTime: '2000',
  initLimit: '10',
  syncLimit: '5',
  latency: '0.1-0.3',
  flush: '0.1-0.3',
  snapCount: '10000',
  maxClientCnxns: '60',
  '4lwWhitelist': 'srvr',
  recordLimit: '64',
};

let running: ChildProcess | null = null;

/** Starts the command at free ports; gives its lines as they come. */
function start(args: readonly string[]) {
  const entry = join(root, 'dist/bin/zab-lab.js');
  const child = spawn(process.execPath, [entry, 'serve', '--client-port', '0', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const lines: string[] = [];
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<string>((resolve, reject) => {
    code.then(() => reject(new Error(`it ended: ${lines.join('\n')}`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('serving ') || line.startsWith('{"event":"serving"')) resolve(line);
    });
  });
  ready.catch(() => {});
  return { child, lines, code, ready };
}

beforeAll(() => build());
afterEach(() => {
  running?.kill('SIGKILL');
  running = null;
});

describe('zab-lab serve', () => {
  it('serves real clients until it is asked to end, and saves a session that can be run again', async () => {
    const args = ['--json', '--tick-time', '200', '--save', 'session.json', '--observers', '1'];
    const { child, lines, code, ready } = start(args);
    const { servers, connect } = JSON.parse(await ready);
    expect(servers.map((one: { server: number; observer: boolean }) => [one.server, one.observer])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(connect.split(',').length).toBe(4);
    const client = await RawClient.start(servers[3].port, { timeout: 2000 });
    const made = { type: OpCode.create, path: '/a', data: null, acl: OPEN_ACL_UNSAFE, flags: 0 } as const;
    expect((await client.ask(made))?.err).toBe(ErrorCode.OK);
    child.kill('SIGTERM');
    expect(await client.closing()).toBe('closed');
    expect(await code).toBe(0);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['listening', 'serving', 'saved']);
    const again = command(['run', 'session.json']);
    expect(again.stdout).toContain('last zxid 0x100000002');
    expect(again.code).toBe(0);
  });

  it('says to people where each server is and what it does', async () => {
    const { child, lines, code, ready } = start(['--servers', '1', '--tick-time', '200']);
    expect(await ready).toMatch(/^serving 127\.0\.0\.1:\d+ \(Ctrl-C ends it\)$/);
    child.kill('SIGINT');
    expect(await code).toBe(0);
    expect(lines[0]).toMatch(/^server 1 {2}127\.0\.0\.1:\d+ {2}participant$/);
    expect(lines[1]).toBe('server 1 is standalone');
  });

  it.each<[Partial<ServeOptions>, string]>([
    [{ servers: '0' }, "--servers is '0': give a whole number from 1 to 13"],
    [{ observers: 'two' }, "--observers is 'two': give a whole number from 0 to 100"],
    [{ latency: '3-1' }, "--latency is '3-1': the first is the larger one; write --latency 1-3"],
    [{ flush: 'fast' }, "--flush is 'fast': give milliseconds, or a range of them"],
    [{ clientPort: '65535' }, "--client-port is '65535': there are not enough ports behind it for 3 servers"],
    [
      { '4lwWhitelist': 'srvr,mntrr' },
      "--4lw-whitelist is 'mntrr', which there is not: did you mean 'mntr'?",
    ],
    [{ host: '' }, "--host is '': give an address, as in --host 127.0.0.1"],
    [{ variant: 'nothing' }, "--variant is 'nothing', which there is not"],
    [{ recordLimit: '0', save: 'a.json' }, '--save and --record-limit 0 exclude each other'],
  ])('refuses %j', (options, message) => {
    expect(() => servingOf({ ...DEFAULTS, ...options }, ['two-phase-commit'], 0)).toThrow(message);
  });

  it('understands a range, a list of words, and limits as Apache divides them', () => {
    const typed = { ...DEFAULTS, latency: '0.5-3', flush: '0', '4lwWhitelist': 'ruok, mntr', servers: '5' };
    const { run, recordLimit } = servingOf(typed, [], 7);
    expect(run.ensemble).toMatchObject({ localSessions: false, localSessionsUpgrading: false });
    const local = servingOf({ ...typed, localSessions: true }, [], 7).run.ensemble;
    expect(local).toMatchObject({ localSessions: true, localSessionsUpgrading: true });
    expect(run.world.network?.latency).toEqual({ uniform: [0.5, 3] });
    expect(run.world.disk?.flush).toBe(0);
    expect(run.ensemble).toMatchObject({ fourLetterWords: ['ruok', 'mntr'], outstandingLimit: 250 });
    expect(recordLimit).toBe(64 << 20);
  });

  it('says of a file that cannot be written so before it serves', () => {
    for (const [path, reason] of [
      ['nowhere/session.json', 'and there is no folder nowhere: make it first'],
      ['.', 'which is a folder: give a file, as in --save session.json'],
    ] as const) {
      const { code, stderr, stdout } = command(['serve', '--client-port', '0', '--save', path]);
      expect(stderr).toBe(`error: --save is '${path}', ${reason}\n`);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
  });

  it('prints the property that does not hold, where it is to check them, and ends with 1', async () => {
    const args = [
      '--json',
      '--servers',
      '1',
      '--tick-time',
      '200',
      '--check',
      '--variant',
      'leaves-ephemerals',
    ];
    const { child, lines, code, ready } = start(args);
    const { servers } = JSON.parse(await ready);
    const client = await RawClient.start(servers[0].port, { timeout: 2000 });
    const made = { type: OpCode.create, path: '/e', data: null, acl: OPEN_ACL_UNSAFE, flags: 1 } as const;
    expect((await client.ask(made))?.err).toBe(ErrorCode.OK);
    await client.ask({ type: OpCode.closeSession });
    expect(await client.closing()).toBe('closed');
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    const told = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'violation');
    expect(told?.violation.property).toBe('TREE-DIGEST');
  });

  it('answers a wrong option in one sentence', () => {
    const { code, stderr, stdout } = command(['serve', '--client-port', '0', '--host', '192.0.2.1']);
    expect(stderr).toBe("error: --host is '192.0.2.1', which is no address of this machine\n");
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names a port that is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = command(['serve', '--client-port', String(port)]);
    other.close();
    expect(stderr).toContain(`port ${port} is in use: give another first port with --client-port`);
    expect(code).toBe(2);
  });
});
