// What the project promises about itself: how it is packaged, how strictly it
// is compiled, and that the linter really rejects what it is said to reject.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { rulesOf, SPEC, testsById, withTable } from './spec-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

describe('package', () => {
  test('the lockfile names no registry', () => {
    const lock = json('package-lock.json');
    expect(lock.lockfileVersion).toBe(3);
    const entries = Object.entries<{ resolved?: string; integrity?: string }>(lock.packages);
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter(([, p]) => p.resolved !== undefined)).toEqual([]);
    expect(entries.filter(([path, p]) => path !== '' && p.integrity === undefined)).toEqual([]);
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('omit-lockfile-registry-resolved=true');
  });

  test('each entry point is built from a source of the same name', () => {
    const { exports, bin } = json('package.json');
    for (const folder of ['protocol', 'sim', 'scenarios']) {
      expect(exports[`./${folder}`]).toEqual({
        types: `./dist/${folder}/index.d.ts`,
        default: `./dist/${folder}/index.js`,
      });
      expect(existsSync(join(root, folder, 'index.ts')), `${folder}/index.ts`).toBe(true);
    }
    expect(bin).toEqual({ 'zab-lab': 'dist/bin/zab-lab.js' });
    expect(readFileSync(join(root, 'bin/zab-lab.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('the compiler runs in its strict modes, without the DOM', () => {
    const { compilerOptions } = json('tsconfig.json');
    expect(compilerOptions).toMatchObject({
      strict: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noFallthroughCasesInSwitch: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      erasableSyntaxOnly: true,
    });
    expect(compilerOptions.lib).toEqual(['es2023']);
  });
});

describe('specification', () => {
  const spec = readFileSync(join(root, SPEC), 'utf8');
  const rules = rulesOf(spec);

  test('each rule is named by the title of a test, and each title names rules that exist', () => {
    const tests = testsById();
    expect(rules.length).toBeGreaterThan(200);
    expect(rules.filter((id) => !tests.has(id))).toEqual([]);
    const areas = new Set(rules.map((id) => id.slice(0, id.indexOf('-'))));
    const named = [...tests.keys()].filter((id) => areas.has(id.slice(0, id.indexOf('-'))));
    expect(named.filter((id) => !rules.includes(id))).toEqual([]);
  });

  test('its table of rules and tests is what `npm run spec` makes', () => {
    expect(spec).toBe(withTable(spec));
  });
});

// Every line of these sources is to be reported, save those ending in "// fine".
const banned: Record<string, string> = {
  'protocol/layers.ts': `
    import '../sim/x.ts';
    export * from '../scenarios/x.ts';
    import type { A } from '../bin/x.ts';
    import { readFileSync } from 'node:fs';
    import { readFile } from 'fs/promises';
    import seedrandom from 'seedrandom';
    import './wire/x.ts'; // fine
  `,
  'protocol/wire/layers.ts': `
    import '../../sim/x.ts';
    import '../x.ts'; // fine
  `,
  'sim/layers.ts': `
    import '../scenarios/x.ts';
    import '../live/x.ts';
    import { join } from 'path';
    import '../protocol/x.ts'; // fine
    import seedrandom from 'seedrandom'; // fine
  `,
  'scenarios/layers.ts': `
    import '../viz/x.ts';
    import '../bin/x.ts';
    import seedrandom from 'seedrandom';
    import '../protocol/x.ts'; // fine
    import '../sim/x.ts'; // fine
  `,
  'live/layers.ts': `
    import '../scenarios/x.ts';
    import '../protocol/x.ts'; // fine
    import '../sim/x.ts'; // fine
    import 'node:net'; // fine
  `,
  'viz/layers.ts': `
    import '../live/x.ts';
    import '../bin/x.ts';
    import '../scenarios/x.ts'; // fine
  `,
};

const nondeterministic = `
  export const a1 = Date.now();
  export const a2 = new Date();
  export const a3 = performance.now();
  export const a4 = crypto.randomUUID();
  export const a5 = globalThis.Date;
  export const a6 = process.env;
  setTimeout(f, 1);
  setInterval(f, 1);
  setImmediate(f);
  queueMicrotask(f);
  console.log(1);
  export const b1 = Math.random();
  export const b2 = Math.sin(1);
  export const b3 = Math.PI;
  export const b4 = Math['pow'](2, 3);
  export const { cos } = Math;
  export const b5 = 2 ** 3;
  export const b6 = Math.floor(Math.log(2));
  export const c1 = 'a'.localeCompare('b');
  export const c2 = (3).toLocaleString();
  export const c3 = new Intl.Collator();
  export const d1 = new Promise(f);
  export const d2 = async () => 1;
  export async function d3() {}
  export const d4 = { async m() {} };
  export const d5 = import('./x.ts');
  export const e1 = window.name;
  export const e2 = document.title;
  export const g1 = Math.max(1, Math.floor(Math.sqrt(2)), Math.imul(3, 4)); // fine
  export const g2 = 'Math.sin(x) ** 2, async () => Date.now()'; // fine
  export const g3 = (asyncOps: number) => asyncOps * 2; // fine
`;
for (const folder of ['protocol', 'sim', 'scenarios']) banned[`${folder}/ban.ts`] = nondeterministic;
for (const folder of ['protocol', 'sim']) {
  banned[`${folder}/bigint.ts`] = `
    export const a = 10n;
    export const b = BigInt(10);
  `;
}

describe('linter', () => {
  // Rule names by "file:line".
  const found = new Map<string, string[]>();
  const source = (text: string) => text.replace(/^\n/, '').replace(/^ +/gm, '');

  beforeAll(() => {
    // A directory of its own, with the project's configuration, so that no
    // other lint run meets these files.
    const dir = mkdtempSync(join(tmpdir(), 'zab-lab-lint-'));
    try {
      cpSync(join(root, 'biome.json'), join(dir, 'biome.json'));
      cpSync(join(root, 'lint'), join(dir, 'lint'), { recursive: true });
      const files: Record<string, string> = {
        ...banned,
        'sim/cycle-a.ts': `import { b } from './cycle-b.ts';\nexport const a = () => b();\n`,
        'sim/cycle-b.ts': `import { a } from './cycle-a.ts';\nexport const b = () => a();\n`,
        'sim/type-cycle-a.ts': `import type { B } from './type-cycle-b.ts';\nexport type A = B | null;\n`,
        'sim/type-cycle-b.ts': `import type { A } from './type-cycle-a.ts';\nexport type B = { a: A };\n`,
      };
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), source(text));
      }
      const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
      const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '.'];
      const run = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
      expect(run.status, run.stderr).toBe(1);
      const line = /^::error title=([^,]*),file=([^,]*),line=(\d+),/gm;
      for (const [, rule = '', file = '', at] of run.stdout.matchAll(line)) {
        const key = `${file.split(`${basename(dir)}/`).at(-1)}:${at}`;
        found.set(key, [...(found.get(key) ?? []), rule]);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  const ours = ['lint/style/noRestrictedImports', 'lint/style/noRestrictedGlobals', 'plugin'];

  test.each(Object.keys(banned))('rejects what %s must not do, and only that', (file) => {
    const lines = source(banned[file] ?? '')
      .trimEnd()
      .split('\n');
    for (const [i, line] of lines.entries()) {
      const hit = (found.get(`${file}:${i + 1}`) ?? []).some((rule) => ours.includes(rule));
      expect(hit, line).toBe(!line.endsWith('// fine'));
    }
  });

  test('rejects an import cycle, also one of types only', () => {
    for (const file of ['cycle-a', 'cycle-b', 'type-cycle-a', 'type-cycle-b'])
      expect(found.get(`sim/${file}.ts:1`), file).toContain('lint/suspicious/noImportCycles');
  });
});
