// The package as somebody installs it: what `npm pack` makes of it, unpacked into an empty folder with the packages
// that it depends on (linked from here, so that no registry is asked).
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, type Outcome, root } from './bin/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'zab-lab-package-'));
const installed = join(folder, 'node_modules/zab-lab');

function execute(file: string, args: readonly string[]): Outcome {
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8', env: { PATH } });
  return { code: status, stdout, stderr };
}

/** Links a package of this checkout into the folder. */
function link(name: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), path);
}

beforeAll(() => {
  build();
  // Its build has just been made; npm would run it again.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const packed = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  expect(packed.status, packed.stderr).toBe(0);
  mkdirSync(installed, { recursive: true });
  const unpacked = execute('tar', ['-xzf', packed.stdout.trim(), '-C', installed, '--strip-components=1']);
  expect(unpacked.code, unpacked.stderr).toBe(0);
  const { dependencies, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) link(name);
  // As npm does it.
  mkdirSync(join(folder, 'node_modules/.bin'));
  chmodSync(join(installed, bin['zab-lab']), 0o755);
  symlinkSync(join('../zab-lab', bin['zab-lab']), join(folder, 'node_modules/.bin/zab-lab'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The README's section with that title. */
function section(title: string): string {
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const start = readme.indexOf(`\n## ${title}\n`);
  expect(start, title).toBeGreaterThan(0);
  const end = readme.indexOf('\n## ', start + 1);
  return readme.slice(start, end < 0 ? undefined : end);
}

/** Code blocks of a language, in order. */
function blocks(text: string, language: string): string[] {
  const all = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  return all.filter((match) => match[1] === language).map((match) => match[2]!);
}

const OWN = 'Your own properties and mistakes';

describe('the installed package', () => {
  test('holds what is built, the README and the licence, but no tests', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(installed, name)).isFile(),
    );
    const tops = new Set(files.map((name) => name.split(/[/\\]/).slice(0, 2).join('/')));
    expect([...tops].sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/bin',
      'dist/lab',
      'dist/live',
      'dist/protocol',
      'dist/scenarios',
      'dist/sim',
      'package.json',
    ]);
  });

  test('each entry point can be imported and has types', () => {
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const [name, entry] of Object.entries<{ types: string; default: string } | string>(exports)) {
      if (typeof entry === 'string') continue;
      expect(existsSync(join(installed, entry.types)), `${name}: types`).toBe(true);
    }
    const code = `
      const [all, ...parts] = await Promise.all(
        ['', '/protocol', '/sim', '/scenarios'].map((part) => import('zab-lab' + part)));
      const missing = parts.flatMap((part) => Object.keys(part).filter((name) => all[name] !== part[name]));
      console.log(JSON.stringify({ missing, result: all.simulate(all.scenarios[0].run, all.catalog).leader }));
    `;
    const { stdout, stderr } = execute(process.execPath, ['--input-type=module', '-e', code]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ missing: [], result: 3 });
  });

  test('its types say what things are', () => {
    const types = readFileSync(join(installed, 'dist/scenarios/extension.d.ts'), 'utf8');
    const members = [...types.matchAll(/^ {4}readonly (\w+)\?: /gm)].map((match) => match[1]);
    expect(members).toEqual(['properties', 'variants', 'programs', 'workloads', 'scenarios']);
    for (const name of members) expect(types).toMatch(new RegExp(`\\*/\\n {4}readonly ${name}\\?: `));
  });
});

describe(`README: ${OWN}`, () => {
  const zabLab = (line: string): Outcome => {
    const [program, ...args] = line.split(' ').slice(1);
    expect(program).toBe('zab-lab');
    return execute(join(folder, 'node_modules/.bin/zab-lab'), args);
  };

  test.each(['js', 'ts'])('its example does as .%s what is shown there', (kind) => {
    const text = section(OWN);
    const [example] = blocks(text, 'js');
    writeFileSync(join(folder, `mine.${kind}`), example!);
    const commands = blocks(text, 'sh').flatMap((block) => block.trim().split('\n'));
    const outputs = blocks(text, '');
    expect(commands.length).toBeGreaterThan(0);
    expect(outputs).toHaveLength(commands.length);
    commands.forEach((line, i) => {
      const { code, stdout, stderr } = zabLab(line.replace('mine.js', `mine.${kind}`));
      expect([code, stderr]).toEqual([1, '']);
      const shown = outputs[i]!.trimEnd()
        .split('\n')
        .filter((each) => each.trim() !== '…');
      const lines = stdout.split('\n');
      // All of them, in this order.
      expect(lines.filter((each) => shown.includes(each))).toEqual(shown);
    });
    const correct = commands[0]!.replace('mine.js', `mine.${kind}`).replace(/ --variant \S+/, '');
    expect(zabLab(correct)).toMatchObject({ code: 0, stdout: expect.stringContaining('MINE-STORED') });
  });

  test('its example has the types that the package declares, as JavaScript and as TypeScript', () => {
    const [example] = blocks(section(OWN), 'js');
    const wrong = example!.replace('(acks & (acks - 1)) !== 0', 'acks.length > 1');
    expect(wrong).not.toBe(example);
    const check = (name: string, content: string): Outcome => {
      writeFileSync(join(folder, name), content);
      const options = [
        '--strict',
        '--noEmit',
        '--allowJs',
        '--checkJs',
        '--module',
        'nodenext',
        '--types',
        '',
      ];
      return execute(join(root, 'node_modules/.bin/tsc'), [
        ...options,
        '--lib',
        'es2023',
        '--target',
        'es2023',
        name,
      ]);
    };
    for (const name of ['typed.js', 'typed.ts']) {
      expect(check(name, example!)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(check(name, wrong).stdout).toContain("Property 'length' does not exist on type 'number'");
    }
  });
});
