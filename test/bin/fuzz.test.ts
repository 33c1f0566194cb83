import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FuzzResult } from '../../bin/fuzz/fuzz-result.ts';
import { answer, build, command, file, folder, root } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEYS = [
  'format',
  'seed',
  'runs',
  'events',
  'operations',
  'virtualMs',
  'wallMs',
  'runsPerSecond',
  'eventsPerSecond',
  'traceHash',
  'coverage',
  'violations',
];

function fuzz(...args: string[]): FuzzResult {
  const { code, stdout, stderr } = command(['fuzz', '--json', ...args]);
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  return JSON.parse(stdout) as FuzzResult;
}

/** What does not depend on the time it took. */
function lasting({ wallMs: _w, runsPerSecond: _r, eventsPerSecond: _e, ...rest }: FuzzResult): object {
  return rest;
}

/** A shard that found something. */
const FOUND = {
  format: 'zab-lab/fuzz@1',
  seed: 7,
  runs: 4,
  events: 4000,
  operations: 40,
  virtualMs: 9000,
  wallMs: 100,
  runsPerSecond: 40,
  eventsPerSecond: 40_000,
  traceHash: 'ffffffffffffffff',
  coverage: { syncs: { DIFF: 3, SNAP: 0 } },
  violations: [
    {
      property: 'ZAB-PREFIX',
      run: 5,
      seed: '7-5',
      file: 'found/ZAB-PREFIX-7-5.json',
      shrunk: { faults: 2, operations: 3, events: 120 },
    },
  ],
};

describe('fuzz', () => {
  test('prints the same result with one worker, with two, and from two shards merged', () => {
    const campaign = ['--runs', '5', '--seed', '7'];
    const one = fuzz(...campaign, '--jobs', '1');
    expect(Object.keys(one)).toEqual(KEYS);
    expect(one).toMatchObject({ format: 'zab-lab/fuzz@1', seed: 7, runs: 5, violations: [] });
    expect(one.traceHash).toMatch(/^[0-9a-f]{16}$/);
    expect(lasting(fuzz(...campaign, '--jobs', '2', '--check-determinism', '0.5'))).toEqual(lasting(one));
    const shards = ['1/2', '2/2'].map((shard, i) => {
      const part = fuzz(...campaign, '--shard', shard);
      expect(part.runs).toBe(i === 0 ? 3 : 2);
      return file(`shard-${i}.json`, part);
    });
    expect(lasting(fuzz('--merge', ...shards))).toEqual(lasting(one));
    expect(existsSync(join(folder, 'zab-lab-findings'))).toBe(false);
  });

  test('another seed and another profile are other runs', () => {
    const hashes = [
      fuzz('--runs', '1', '--profile', 'crash'),
      fuzz('--runs', '1', '--profile', 'calm'),
      fuzz('--runs', '1', '--profile', 'crash', '--seed', '2'),
    ].map(({ traceHash }) => traceHash);
    expect(new Set(hashes).size).toBe(3);
  });

  test('tells people of coverage and what was never reached', () => {
    const { code, stdout } = command(['fuzz', '--runs', '2', '--profile', 'calm'], { NO_COLOR: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('messages: ');
    expect(stdout).toMatch(/never reached: .*killed/);
    expect(stdout).toMatch(/median run: [\d,]+ events, [\d,]+ committed writes, \d+ elections/);
    expect(stdout).toContain('2 runs, 0 violations');
    const all = command(['fuzz', '--runs', '2', '--profile', 'calm', '--coverage'], { NO_COLOR: '1' }).stdout;
    expect(all).toMatch(/DIFF \d+/);
    expect(all.length).toBeGreaterThan(stdout.length);
  });

  test('begins no runs once its time is over', () => {
    const result = fuzz('--time-budget', '500ms', '--jobs', '2');
    expect(result.runs).toBeGreaterThan(0);
    expect(result.runs).toBeLessThan(1000);
    expect(result.wallMs).toBeGreaterThan(400);
  });

  test('Ctrl-C ends a campaign with a correct summary', async () => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'dist/bin/zab-lab.js'),
        'fuzz',
        '--json',
        '--profile',
        'calm',
        '--runs',
        '100000',
        '--jobs',
        '2',
        '--out',
        'stopped',
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stdout = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (!existsSync(join(folder, 'stopped'))) await sleep(50);
    await sleep(300);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const result = JSON.parse(stdout) as FuzzResult;
    expect(result.runs).toBeGreaterThan(0);
    expect(result.runs).toBeLessThan(100_000);
    // In the order of their indices, whatever the number of workers: the same runs again have the same hash.
    expect(result.traceHash).toBe(fuzz('--profile', 'calm', '--runs', String(result.runs)).traceHash);
    expect(existsSync(join(folder, 'stopped'))).toBe(false);
  });
});

describe('fuzz --merge', () => {
  test('adds up, exits with 1 for violations, and writes annotations, a job summary and JUnit', () => {
    const other = { ...FOUND, runs: 4, traceHash: '0000000000000002', violations: [], wallMs: 250 };
    const { code, stdout, stderr } = command(
      ['fuzz', '--merge', file('a.json', FOUND), file('b.json', other), '--json', '--junit', 'junit.xml'],
      { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') },
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ...FOUND,
      runs: 8,
      events: 8000,
      operations: 80,
      virtualMs: 18_000,
      wallMs: 250,
      runsPerSecond: 32,
      eventsPerSecond: 32_000,
      traceHash: '0000000000000001',
      coverage: { syncs: { DIFF: 6, SNAP: 0 } },
    });
    expect(stderr).toBe(
      '::error file=found/ZAB-PREFIX-7-5.json,title=ZAB-PREFIX::run 7-5. ' +
        'Replay: npx zab-lab replay found/ZAB-PREFIX-7-5.json\n',
    );
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    expect(summary).toContain('| ZAB-PREFIX | 7-5 | 2 | 3 | 120 | `found/ZAB-PREFIX-7-5.json` |');
    expect(summary).toContain('| syncs | 1 of 2 | SNAP |');
    const junit = readFileSync(join(folder, 'junit.xml'), 'utf8');
    expect(junit).toContain('<failure type="ZAB-PREFIX" message="broken in 1 of 8 runs">');
    expect(junit).toMatch(/<testsuites .*failures="1"/);
    expect(junit).toContain('name="NO-CRASH" time="0"/>');
  });

  test('refuses shards of different campaigns, and one twice', () => {
    const other = file('other.json', { ...FOUND, seed: 8, traceHash: '0000000000000009' });
    const a = file('a.json', FOUND);
    expect(command(['fuzz', '--merge', a, other])).toMatchObject({ code: 2, stdout: '' });
    const twice = command(['fuzz', '--merge', a, a]);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/^error: --merge: .*each shard once\n$/);
  });
});

describe('bad input is one line and exit 2, before any run', () => {
  const truncated = JSON.stringify(FOUND).slice(0, 100);
  test.each([
    [['--runs', '-1'], '--runs is'],
    [['--runs', 'many'], '--runs is'],
    [['--seed', '-3'], '--seed is'],
    [['--jobs', '0'], '--jobs is'],
    [['--shard', '3/2'], '--shard is'],
    [['--shard', '1'], '--shard is'],
    [['--time-budget', '60'], '--time-budget is'],
    [['--shrink-budget', 'long'], '--shrink-budget is'],
    [['--check-determinism', '2'], '--check-determinism is'],
    [['--profile', 'defalt'], "did you mean 'default'?"],
    [['--variant', 'two-phase-comit'], "did you mean 'two-phase-commit'?"],
    [['--out', file('taken.txt', '')], 'cannot write taken.txt'],
    [['--out', 'taken.txt/below'], 'cannot write taken.txt/below'],
    [['--junit', 'no/such/folder.xml'], 'cannot write no/such/folder.xml'],
    [['--merge', 'missing.json'], 'there is no such file'],
    [['--merge', file('cut.json', truncated)], 'is not JSON'],
    [['--merge', file('v9.json', { ...FOUND, format: 'zab-lab/fuzz@9' })], '"zab-lab/fuzz@1"'],
    [['--merge', file('odd.json', { ...FOUND, runs: 'four' })], 'runs: is "four"'],
  ])('fuzz %j', async (args, message) => {
    const { code, stdout, stderr } = await answer(['fuzz', '--runs', '1', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});
