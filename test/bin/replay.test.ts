import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../sim/fuzz/finding.ts';
import { answer, build, command, file, folder } from './command.ts';

/** A follower stays down, and every participant has to acknowledge: nothing commits any more. */
const BLOCKED = {
  format: 'zab-lab/run@1',
  seed: 5,
  variant: { name: 'two-phase-commit' },
  ensemble: { participants: 5, tickTime: 100 },
  world: { network: { latency: { uniform: [0.5, 3] } } },
  clients: [
    { program: { name: 'mix', params: { rate: 20 } } },
    { program: { name: 'service', params: { rate: 20 } } },
  ],
  faults: [
    { at: 500, kind: 'pause', server: 2, for: 50 },
    { at: 1000, kind: 'crash', server: 'follower' },
    { at: 1500, kind: 'isolate', server: 'leader' },
    { at: 1800, kind: 'heal' },
  ],
  end: { at: 30_000, healedAt: 4000 },
  expectations: [],
};
const { variant: _variant, ...CORRECT } = BLOCKED;

let finding: Finding;

beforeAll(() => {
  build();
  const { code, stdout, stderr } = command(['shrink', file('blocked.json', BLOCKED)]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('LIVE-COMMITS still fails in blocked.shrunk.json');
  finding = JSON.parse(readFileSync(join(folder, 'blocked.shrunk.json'), 'utf8')) as Finding;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('shrink', () => {
  test('leaves what it takes for the same property to fail: one crash, one write, three servers', () => {
    const { failure, size, shrunk, run, recording } = finding;
    expect(failure.property).toBe('LIVE-COMMITS');
    expect(size).toMatchObject({ faults: 1, clients: 1, servers: 3 });
    expect(size.operations).toBeLessThanOrEqual(4);
    expect(shrunk!.from).toMatchObject({ faults: 4, clients: 2, servers: 5 });
    expect(shrunk!.original).toEqual(BLOCKED);
    expect(run).toMatchObject({ seed: 5, variant: { name: 'two-phase-commit' }, world: {} });
    expect(recording).toMatchObject({ version: expect.any(Number), events: size.events });
    expect(recording!.ladder.rungs.length).toBeLessThanOrEqual(128);
  });

  test('goes on from where it stopped, into the file it is told', () => {
    const { code } = command([
      'shrink',
      'blocked.shrunk.json',
      '--out',
      'again.json',
      '--time-budget',
      '20s',
    ]);
    expect(code).toBe(0);
    const again = JSON.parse(readFileSync(join(folder, 'again.json'), 'utf8')) as Finding;
    expect(again.shrunk!.original).toEqual(BLOCKED);
    expect(again.shrunk!.tried).toBeGreaterThan(finding.shrunk!.tried);
    expect(again.size.events).toBeLessThanOrEqual(finding.size.events);
  });

  test('a run that breaks nothing, a budget without a unit and a folder that is not there are bad input', async () => {
    const correct = file('correct.json', CORRECT);
    for (const [args, message] of [
      [[correct], 'breaks no property: there is nothing to shrink'],
      [['blocked.json', '--time-budget', '60'], '--time-budget is'],
      [['blocked.json', '--out', 'no/such/folder.json'], 'cannot write no/such/folder.json'],
      [['missing.json'], 'there is no such file'],
    ] as const) {
      const { code, stdout, stderr } = await answer(['shrink', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^error: [^\n]*\n$/);
      expect(stderr).toContain(message);
    }
    expect(existsSync(join(folder, 'correct.shrunk.json'))).toBe(false);
  });
});

describe('replay', () => {
  test('shows timeline, diagram and verdict, and exits as run does', () => {
    const { code, stdout, stderr } = command(['replay', 'blocked.shrunk.json'], { NO_COLOR: '1' });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/fault 1 of 1, .*: crash, server/);
    expect(stdout).toContain('✗ LIVE-COMMITS: a write requested');
    const diagram = stdout.split('Space and time')[1]!.split('\n✓')[0]!.split('\n').slice(1);
    expect(diagram[0]).toMatch(/ms +server 1 +server 2 +server 3 +c1/);
    expect(diagram.some((line) => line.includes('─▶') || line.includes('◀─'))).toBe(true);
    for (const line of diagram) expect(line.length).toBeLessThanOrEqual(100);
    expect(stdout).toContain('the trace is the recorded one, event for event');
    expect(stdout).toMatch(/✗ LIVE-COMMITS is violated at event/);
    expect(command(['run', 'blocked.shrunk.json']).code).toBe(1);
  });

  test('--json has the same', () => {
    const { code, stdout } = command(['replay', 'blocked.shrunk.json', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'zab-lab/replay@1',
      file: 'blocked.shrunk.json',
      failure: { property: 'LIVE-COMMITS' },
      reproduced: true,
      comparison: { kind: 'same' },
      result: { format: 'zab-lab/result@1', verdicts: { 'LIVE-COMMITS': 'violated' } },
    });
  });

  test('says in which stretch the trace leaves the recording', () => {
    const { ladder } = finding.recording!;
    // As if the code had changed after half of the ladder.
    const rungs = ladder.rungs.map((rung, i) => (i < ladder.rungs.length / 2 ? rung : '0123456789abcdef'));
    const recording = { ...finding.recording!, traceHash: '0123456789abcdef', ladder: { ...ladder, rungs } };
    const changed = file('changed.json', { ...finding, recording });
    const from = Math.ceil(rungs.length / 2) * ladder.every;
    const { code, stdout } = command(['replay', changed, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).comparison).toEqual({
      kind: 'parted',
      stretch: { from, to: from + ladder.every },
    });
    const told = command(['replay', changed], { NO_COLOR: '1' }).stdout.replaceAll(',', '');
    expect(told).toContain(`leaves the recording between events ${from} and ${from + ladder.every}`);
  });

  test('says that hashes of another version cannot be compared', () => {
    const recording = { ...finding.recording!, version: 99 };
    const { stdout } = command(['replay', file('old.json', { ...finding, recording })], { NO_COLOR: '1' });
    expect(stdout).toContain("the recording's hashes are of version 99");
    expect(stdout).toMatch(/✗ LIVE-COMMITS is violated/);
  });

  test('says that the property holds now, with exit 0', () => {
    const { variant: _gone, ...run } = finding.run;
    const { code, stdout } = command(['replay', file('mended.json', { ...finding, run })], { NO_COLOR: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('LIVE-COMMITS holds now');
  });

  test('a truncated file and one of another version are bad input', async () => {
    const whole = JSON.stringify(finding);
    for (const [content, message] of [
      [whole.slice(0, whole.length >> 1), 'is not JSON'],
      [whole.replace('finding@1', 'finding@9'), 'format: is "zab-lab/finding@9"'],
      [JSON.stringify({ ...finding, failure: undefined }), 'failure: is missing'],
    ] as const) {
      const { code, stdout, stderr } = await answer(['replay', file('bad.json', content)]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^error: bad\.json[^\n]*\n$/);
      expect(stderr).toContain(message);
    }
  });
});
