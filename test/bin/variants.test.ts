import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variants } from '../../scenarios/variants/index.ts';
import { build, command, folder } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('variants', () => {
  test('--json holds every variant with its source and the property it should break', () => {
    const { code, stdout } = command(['variants', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      variants: variants.map(({ id, title, source, expects }) => ({ id, title, source, expects })),
    });
  });

  test('names all of them for people too', () => {
    const { code, stdout } = command(['variants']);
    expect(code).toBe(0);
    for (const { id, title, source, expects } of variants) {
      expect(stdout).toContain(`  ${id} `);
      expect(stdout).toContain(`${title} → ${expects}\n`);
      expect(stdout).toContain(source);
    }
  });

  test('takes no argument: that is bad input', () => {
    const { code, stderr } = command(['variants', 'ZK-2845']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: ');
  });
});
