// `--with`: modules of one's own, in the main thread, in workers and in a fresh process.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../bin/input/input-error.ts';
import { loadCatalog } from '../../bin/input/with.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { answer, build, command, file, folder } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A property with a limit of commits. */
function limit(id: string, most: number): string {
  return `
    import { define, property } from 'zab-lab';
    export const few = property({
      id: '${id}', title: 'Few commits', statement: 'at most ${most} commits',
      state: () => ({ count: 0 }),
      on: {
        committed(_event, state, check) {
          state.count++;
          check.expect(state.count <= ${most}, () => \`\${state.count} commits\`);
        },
      },
    });
    export default define({ properties: [few] });
  `;
}

/** A program, a scenario that uses it, a workload that uses it, a variant. */
const STORY = `
  import { changed, define, KeeperError, scenarios, type Scenario } from 'zab-lab';
  import { path } from './path.ts';

  enum Word { hello, again }

  const healthy = scenarios.find(({ id }) => id === 'healthy-write')!;
  const scenario: Scenario = {
    ...healthy,
    id: 'greeting',
    title: 'A greeting',
    run: {
      ...healthy.run,
      clients: [{ program: { name: 'greet' } }],
      expectations: [{ text: 'it is there', end: { exists: [path] } }],
    },
  };
  export default define({
    programs: {
      greet: {
        members: {},
        make: () => function* (zk) {
          yield* zk.sleep(1500);
          yield* zk.create(path, Word[Word.hello]);
          try {
            yield* zk.create(path);
          } catch (error) {
            if (!(error instanceof KeeperError)) throw error;
          }
          yield* zk.setData(path, Word[Word.again]);
        },
      },
    },
    scenarios: [scenario],
    workloads: [{ id: 'greetings', title: 'Greetings', clients: () => [{ program: { name: 'greet' } }] }],
    variants: [{
      id: 'first-ack', title: 'The first acknowledgement commits', source: 'a test', expects: 'LOG-DURABILITY',
      rules: changed({ zab: { commits: (acks) => acks !== 0 } }),
    }],
  });
`;

beforeAll(() => {
  file('few.js', limit('MINE-FEW', 9));
  file('fewer.mjs', limit('MINE-FEWER', 1));
  file('path.ts', `export const path: string = '/greeting';`);
  file('story.ts', STORY);
});

describe('run --with', () => {
  test('checks the properties of a module beside those that come along, and changes nothing else', () => {
    const plain = JSON.parse(command(['run', 'healthy-write', '--json']).stdout);
    const { code, stdout } = command(['run', 'healthy-write', '--json', '--with', 'few.js']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.verdicts).toEqual({ ...plain.verdicts, 'MINE-FEW': 'holds' });
    expect(result.traceHash).toBe(plain.traceHash);
  });

  test('takes several modules, and fails by one of their properties', () => {
    const { code, stdout } = command(['run', 'healthy-write', '--with', 'few.js', '--with', './fewer.mjs']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ MINE-FEWER at event \d+: 2 commits/);
    expect(stdout).toContain('MINE-FEW,');
  });

  test('reads TypeScript that has to be translated, with what it imports; its classes are those of the command', () => {
    const { code, stdout } = command(['run', 'greeting', '--with', 'story.ts', '--check-determinism']);
    expect(stdout).toContain('✓ it is there');
    expect(stdout).toContain('deterministic');
    expect(code).toBe(0);
  });

  test('--variant names a variant of a module, of the package, or a mistake in the name', () => {
    const own = command(['run', 'greeting', '--with', 'story.ts', '--variant', 'first-ack', '--json']);
    expect(own.code).toBe(1);
    expect(JSON.parse(own.stdout).verdicts['LOG-DURABILITY']).toBe('violated');
    expect(command(['run', 'healthy-write', '--variant', 'two-phase-commit']).code).toBe(0);
    const wrong = command(['run', 'greeting', '--with', 'story.ts', '--variant', 'first-akc']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^error: --variant is 'first-akc', .*did you mean 'first-ack'\?\n$/);
  });

  test('--seeds has each worker load the module', () => {
    const args = ['run', 'greeting', '--with', 'story.ts', '--with', 'fewer.mjs', '--seeds', '1-4', '--json'];
    const { code, stdout } = command([...args, '--jobs', '2', '--check-determinism']);
    expect(code).toBe(1);
    const summary = JSON.parse(stdout);
    expect(summary.failed).toBe(4);
    const { stdout: told } = command(['run', 'healthy-write', '--with', 'fewer.mjs', '--seeds', '1-2']);
    expect(told).toContain('replay one with: zab-lab run healthy-write --seed 1 --with fewer.mjs\n');
    expect(summary.traceHash).toBe(JSON.parse(command([...args, '--jobs', '1']).stdout).traceHash);
  });

  test('list shows what a module brings', () => {
    const all = JSON.parse(command(['list', '--json', '--with', 'few.js', '--with', 'story.ts']).stdout);
    expect(all.scenarios.at(-1)).toMatchObject({ id: 'greeting', title: 'A greeting' });
    expect(all.properties.at(-1)).toEqual({
      id: 'MINE-FEW',
      title: 'Few commits',
      statement: 'at most 9 commits',
    });
  });
});

describe('fuzz --with', () => {
  test('adds the clients of its workloads to each run, and says in a finding what it was made with', async () => {
    const modules = ['--with', 'story.ts', '--with', 'fewer.mjs'];
    const args = ['fuzz', '--runs', '1', '--shrink-budget', '1s', '--json', '--out', 'found'];
    const { stdout, code } = command([...args, ...modules]);
    expect(code).toBe(1);
    const { violations } = JSON.parse(stdout);
    expect(violations.map(({ property }: { property: string }) => property)).toContain('MINE-FEWER');
    const name = readdirSync(join(folder, 'found')).find((each) => each.includes('MINE-FEWER'))!;
    const finding = JSON.parse(readFileSync(join(folder, 'found', name), 'utf8'));
    const { clients } = (finding.shrunk?.original ?? finding.run) as RunSpec;
    expect(clients.at(-1)).toEqual({ program: { name: 'greet' } });
    expect(finding.with).toEqual([
      { file: 'story.ts', digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { file: 'fewer.mjs', digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);

    const path = join('found', name);
    const replayed = command(['replay', path, ...modules]);
    expect(replayed.stdout).toContain('✗ MINE-FEWER: 2 commits');
    expect([replayed.code, replayed.stderr]).toEqual([1, '']);
    const small = command(['shrink', path, '--time-budget', '1s', '--out', 'small.json', ...modules]);
    expect(small.stdout).toContain('MINE-FEWER still fails in small.json');
    const smaller = JSON.parse(readFileSync(join(folder, 'small.json'), 'utf8'));
    expect(smaller.with).toEqual(finding.with);

    file('fewer.mjs', `${readFileSync(join(folder, 'fewer.mjs'), 'utf8')}// mended`);
    expect(command(['replay', 'small.json', '--json', ...modules]).stderr).toBe(
      'note: it was found with another fewer.mjs than it is replayed with\n',
    );
    for (const name of ['run', 'shrink', 'replay'])
      expect(await answer([name, path])).toMatchObject({
        code: 2,
        stderr:
          `error: ${path}: failure.property: "MINE-FEWER" is not checked here; ` +
          'it was found with --with story.ts --with fewer.mjs\n',
      });
  });
});

/** Content of a module by its name, and the line it must be answered with. */
const mistakes: Readonly<Record<string, readonly [string | null, RegExp]>> = {
  'none.js': [null, /^cannot read none\.js: there is no such file$/],
  'data.json': ['{}', /^--with is 'data\.json': give a module in JavaScript or TypeScript/],
  'syntax.js': ['export const a = ;', /^cannot load syntax\.js: Unexpected token \(syntax\.js:1:17\)$/],
  'syntax.ts': ['let a: = 1;', /^cannot load syntax\.ts: .* \(syntax\.ts:1:\d+\)$/],
  'throws.js': [
    `\n\nthrow new Error('no luck\\nat all');`,
    /^cannot load throws\.js: no luck \(throws\.js:3\)$/,
  ],
  'number.js': ['throw 7;', /^cannot load number\.js: it throws 7$/],
  'import.mjs': [`import './nowhere.js';`, /^cannot load import\.mjs: Cannot find module '\.\/nowhere\.js'/],
  'typo.ts': [
    `import { propperty } from 'zab-lab/sim'; export default propperty({});`,
    /^cannot load typo\.ts: zab-lab\/sim exports no 'propperty'/,
  ],
  'empty.js': ['export const a = 1;', /^empty\.js has no default export: end it with export default define/],
  'later.js': ['export default Promise.resolve({});', /^later\.js: extension: is a promise/],
  'taken.js': [
    limit('ZAB-PREFIX', 1),
    /^taken\.js: extension\.properties\[0\]\.id: is "ZAB-PREFIX", which exists already/,
  ],
  'kind.js': [
    limit('MINE-KIND', 1).replace('committed', 'commited'),
    /^kind\.js: the check of MINE-KIND wants events of the kind 'commited', .*'committed'\?$/,
  ],
};

describe('a mistake in a module is one line and exit code 2', () => {
  test.each(Object.keys(mistakes))('%s', async (name) => {
    const [content, line] = mistakes[name]!;
    if (content !== null) file(name, content);
    const thrown: unknown = await loadCatalog([join(folder, name)]).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(InputError);
    const message = (thrown as Error).message.replaceAll(`${folder}/`, '');
    expect(message).toMatch(line);
    expect(message).not.toContain('\n');
  });

  test('as every command says it', async () => {
    file('twice.js', limit('ZAB-PREFIX', 1));
    const complaint = 'twice.js: extension.properties[0].id: is "ZAB-PREFIX", which exists already';
    for (const args of [
      ['run', 'healthy-write'],
      ['list'],
      ['fuzz'],
      ['replay', 'x.json'],
      ['shrink', 'x.json'],
    ])
      expect(await answer([...args, '--with', 'twice.js'])).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: ${complaint}; allowed: a name of its own\n`,
      });
  });

  test('a check that throws during a run, here and in a worker', () => {
    file(
      'check.js',
      limit('MINE-THROWS', 1).replace('state.count++;', `throw new RangeError('too far\\nmore');`),
    );
    for (const seeds of [[], ['--seeds', '1-4']])
      expect(command(['run', 'healthy-write', '--json', ...seeds, '--with', 'check.js'])).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: the check of MINE-THROWS throws: too far\n',
      });
  });
});
