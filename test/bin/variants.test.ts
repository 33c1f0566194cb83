import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { budgets, inexpressible, variants } from '../../scenarios/variants/index.ts';
import { answer, build, command, file, folder } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('variants', () => {
  test('--json holds every variant with its source and the property it should break', async () => {
    const { code, stdout } = await answer(['variants', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      format: 'zab-lab/variants@1',
      variants: variants.map(({ id, title, source, expects }) => {
        return { id, title, source, expects, budget: budgets[id] ?? null };
      }),
      inexpressible,
    });
  });

  test('names all of them for people too, and why some bugs are none', async () => {
    const { code, stdout } = await answer(['variants']);
    expect(code).toBe(0);
    for (const { id, title, source, expects } of variants) {
      expect(stdout).toContain(`  ${id} `);
      expect(stdout).toContain(`${title} → ${expects}\n`);
      expect(stdout).toContain(source);
    }
    for (const { id, why } of inexpressible) {
      expect(stdout).toContain(`  ${id} `);
      expect(stdout).toContain(why);
    }
  });

  test('takes no argument: that is bad input', () => {
    const { code, stderr } = command(['variants', 'ZK-2845']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: ');
  });
});

describe('variants --hunt', () => {
  const HUNT = ['variants', '--hunt', '--shrink-budget', '1s', '--jobs', '1'];
  const hunt = (...args: string[]) => command([...HUNT, ...args]);

  test('kills by drawn runs, and by the run directed at a variant; each becomes a file that fails again', () => {
    const { code, stdout, stderr } = hunt(
      ...['--max-runs', '4', '--out', 'hunted', '--json'],
      ...['--only', 'canary', 'commits-on-own-ack', 'keeps-acks-of-cut-learner'],
    );
    const { format, variants: hunted } = JSON.parse(stdout);
    expect(format).toBe('zab-lab/variants@1');
    for (const one of hunted) {
      const { id, source, expects } = variants.find(({ id }) => id === one.id)!;
      expect(Object.keys(one)).toEqual([
        ...['id', 'source', 'expects', 'killed', 'property', 'runs', 'wallMs', 'shrunk', 'file'],
      ]);
      expect(one).toMatchObject({ id, source, expects, property: expects });
      expect(one.wallMs).toBeGreaterThan(0);
      expect(Object.keys(one.shrunk)).toEqual(['faults', 'operations', 'events']);
      expect(stderr).toContain(`  ${id} `);
      const saved = JSON.parse(readFileSync(join(folder, one.file), 'utf8'));
      expect(saved.run.variant).toEqual({ name: id });
      expect(saved.failure.property).toBe(expects);
    }
    expect(hunted.map(({ id, killed, runs }: never) => [id, killed, runs])).toEqual([
      ['canary', 'fuzz', 1],
      ['commits-on-own-ack', 'fuzz', 1],
      ['keeps-acks-of-cut-learner', 'directed', 4],
    ]);
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'hunted')).length).toBe(3);
    const replayed = command(['replay', hunted[2].file]);
    expect([replayed.code, replayed.stderr]).toEqual([1, '']);
    expect(replayed.stdout).toContain('LOG-DURABILITY');
  });

  test('ends with 1 where a variant lives, and leaves no empty folder', () => {
    const { code, stdout } = hunt('--max-runs', '1', '--only', 'ZK-4882', '--out', 'none');
    expect(stdout).toMatch(/ZK-4882 {2}lives after 1 run, .* s \(should break LOG-DURABILITY\)/);
    expect(stdout).toContain('0 of 1 killed, 0 of them by drawn runs');
    expect(code).toBe(1);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test.each([
    [['--only', 'canari'], "--only is 'canari', which there is not: did you mean 'canary'?"],
    [['--max-runs', '-1'], "--max-runs is '-1'"],
    [['--out', file('taken', '')], 'cannot write taken: '],
  ])('answers %j with one line and exit code 2', async (args, line) => {
    const { code, stdout, stderr } = await answer([...HUNT, ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
