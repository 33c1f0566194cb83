import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario, scenarios } from '../../scenarios/index.ts';
import { properties } from '../../sim/check/index.ts';
import { clientPrograms } from '../../sim/clients/index.ts';
import { answer, build, command, file, folder, root, shell } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No leader can be elected, though the faults are said to have healed. */
const RED = {
  format: 'zab-lab/run@1',
  seed: 1,
  ensemble: { participants: 3, tickTime: 200, maxNotificationInterval: 1000, connectTimeout: 1000 },
  world: { network: { retransmissionLimit: 1000 } },
  clients: [],
  faults: [{ at: 0, kind: 'partition', groups: [[1], [2], [3]] }],
  end: { at: 60_000, healedAt: 100 },
  expectations: [{ text: 'server 1 leads', end: { leader: 1 } }],
};

/** What a healthy write does not put to the test: nobody watches, loses a session, or fails. */
const UNTOUCHED = [
  'SVC-WATCH-ORDER',
  'SVC-WATCH-ONCE',
  'SVC-WATCH-COMPLETE',
  'SVC-SESSION',
  'SVC-SEQUENCE',
  'SVC-ATOMIC',
  ...properties.map(({ id }) => id).filter((id) => /^(RECIPE|ECO)-/.test(id)),
];

const RESULT_KEYS = [
  'format',
  'scenario',
  'seed',
  'traceHash',
  'events',
  'virtualMs',
  'leader',
  'epoch',
  'lastZxid',
  'verdicts',
  'violations',
  'expectations',
];

describe('list', () => {
  test('--json holds every scenario, property and fault', async () => {
    const { code, stdout } = await answer(['list', '--json']);
    expect(code).toBe(0);
    const all = JSON.parse(stdout);
    expect(Object.keys(all)).toEqual(['scenarios', 'properties', 'faults']);
    expect(all.scenarios.map(({ id }: { id: string }) => id)).toEqual(scenarios.map(({ id }) => id));
    expect(all.properties.map(({ id }: { id: string }) => id)).toEqual([
      'NO-CRASH',
      ...properties.map(({ id }) => id),
    ]);
    expect(all.faults).toContainEqual(expect.objectContaining({ id: 'crash' }));
    for (const { system, ...scenario } of all.scenarios) {
      expect(Object.keys(scenario)).toEqual(['id', 'title', 'story']);
      expect(system).toEqual(findScenario(scenario.id)?.system);
    }
    for (const property of all.properties)
      expect(Object.keys(property)).toEqual(['id', 'title', 'statement']);
    for (const fault of all.faults) expect(Object.keys(fault)).toEqual(['id', 'text', 'fields']);
  });

  test('shows the systems built on ZooKeeper under a heading, with what the real ones do the same way', async () => {
    const { stdout } = await answer(['list']);
    const part = (stdout.split('Systems built on ZooKeeper')[1] ?? '')
      .split('\n\n')[0]!
      .replaceAll(/\s+/g, ' ');
    const systems = scenarios.filter(({ system }) => system !== undefined);
    expect(systems.map(({ system }) => system?.name)).toEqual(
      expect.arrayContaining(['Kafka', 'HBase', 'Solr', 'Flink', 'Elasticsearch', 'Dubbo', 'Curator']),
    );
    for (const { id, title, system } of systems) expect(part).toContain(`${id} ${title} ${system!.same}`);
    for (const { id } of scenarios.filter(({ system }) => system === undefined)) {
      expect(part).not.toContain(` ${id} `);
    }
  });

  test('names all of them for people too', async () => {
    const { code, stdout } = await answer(['list']);
    expect(code).toBe(0);
    for (const { id } of [...scenarios, ...properties]) expect(stdout).toContain(`  ${id} `);
  });
});

describe('run', () => {
  test('--json is exactly a result', () => {
    const { code, stdout, stderr } = command(['run', 'healthy-write', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(RESULT_KEYS);
    expect(result).toMatchObject({
      format: 'zab-lab/result@1',
      scenario: 'healthy-write',
      seed: 1,
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      leader: 3,
      epoch: 1,
      lastZxid: '0x100000003',
      violations: [],
    });
    expect(Object.keys(result.verdicts)).toEqual(['NO-CRASH', ...properties.map(({ id }) => id)]);
    const verdicts = Object.entries<string>(result.verdicts);
    expect(verdicts.filter(([, verdict]) => verdict !== 'holds')).toEqual(
      UNTOUCHED.map((id) => [id, 'unchecked']),
    );
    for (const one of result.expectations) expect(one).toEqual({ text: expect.any(String), holds: true });
  });

  test('tells the story: roles, epochs, proposals, narration, verdicts', () => {
    const { code, stdout } = command(['run', 'leader-crash-after-quorum-logged'], { NO_COLOR: '1' });
    expect(code).toBe(0);
    const result = command(['run', 'leader-crash-after-quorum-logged', '--json']);
    for (const text of [
      'is now LEADING',
      'has accepted epoch 1',
      'by DIFF',
      'proposes',
      'is killed',
      '│ ',
      'Expectations',
      `trace hash ${JSON.parse(result.stdout).traceHash}`,
    ])
      expect(stdout).toContain(text);
    expect(stdout).not.toContain('✗');
  });

  test('the excerpt of the README is what the command prints', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const excerpt = readme.split('```')[1]!.trim().split('       …\n');
    const { stdout } = command(['run', 'leader-crash-proposal-on-minority'], { NO_COLOR: '1' });
    expect(stdout.startsWith(excerpt[0]!.trimEnd())).toBe(true);
    expect(stdout.trimEnd().endsWith(excerpt[1]!)).toBe(true);
  });

  test('another seed is another run, the same seed the same', () => {
    const hash = (seed: string) =>
      JSON.parse(command(['run', 'healthy-write', '--seed', seed, '--json']).stdout).traceHash;
    expect(hash('5')).toBe(hash('5'));
    expect(hash('5')).not.toBe(hash('6'));
  });

  test('--trace shows every event with its cause', () => {
    const { code, stdout } = command(['run', 'healthy-write', '--trace'], { NO_COLOR: '1' });
    expect(code).toBe(0);
    const { events } = JSON.parse(command(['run', 'healthy-write', '--json']).stdout);
    const rows = [...stdout.matchAll(/^ *\d+\.\d{3} +(\d+) +(–|\d+) {2}\S/gm)];
    expect(rows.map(([, index]) => Number(index))).toEqual(Array.from({ length: events }, (_, i) => i + 1));
    for (const [, index, cause] of rows) if (cause !== '–') expect(Number(cause)).toBeLessThan(Number(index));
  });

  test('a failing property and a failing expectation: exit 1', () => {
    const name = file('red.json', RED);
    const { code, stdout } = command(['run', name], { NO_COLOR: '1' });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ server 1 leads');
    expect(stdout).toContain('✗ LIVE-ELECTS at event ');
    const result = JSON.parse(command(['run', name, '--json']).stdout);
    expect(result).toMatchObject({ leader: null, verdicts: { 'LIVE-ELECTS': 'violated' } });
    for (const violation of result.violations)
      expect(Object.keys(violation)).toEqual(['property', 'event', 'text']);
    expect(result.expectations).toEqual([{ text: 'server 1 leads', holds: false }]);
  });

  test('the run file of the README runs and holds', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const json = /```json\n(.*?)```/s.exec(readme)?.[1];
    expect(command(['run', file('readme.json', json!)])).toMatchObject({ code: 0, stderr: '' });
  });

  test('--check-determinism compares with a restored run and a fresh process', () => {
    const { code, stdout } = command(['run', 'healthy-write', '--check-determinism'], { NO_COLOR: '1' });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\n✓ deterministic: the same after restore from a snapshot and in a fresh process\n$/,
    );
  });
});

describe('run --seeds', () => {
  test('the results do not depend on --jobs', () => {
    const run = (jobs: string) =>
      command(['run', 'healthy-write', '--seeds', '1-12', '--jobs', jobs, '--json']);
    const one = run('1');
    expect(run('2')).toEqual(one);
    expect(one.code).toBe(0);
    const summary = JSON.parse(one.stdout);
    expect(Object.keys(summary)).toEqual([
      'format',
      'scenario',
      'seeds',
      'runs',
      'passed',
      'failed',
      'events',
      'virtualMs',
      'traceHash',
      'results',
    ]);
    expect(summary).toMatchObject({
      format: 'zab-lab/results@1',
      scenario: 'healthy-write',
      seeds: '1-12',
      runs: 12,
      passed: 12,
      failed: 0,
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      results: [],
    });
  });

  test('failing seeds are named with what failed and how to replay one', () => {
    const name = file('red.json', RED);
    const { code, stdout } = command(['run', name, '--seeds', '3-4'], { NO_COLOR: '1' });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ seed 3: LIVE-ELECTS at event ');
    expect(stdout).toContain('expectation fails: server 1 leads');
    expect(stdout).toContain('0 passed, 2 failed');
    expect(stdout).toContain('replay one with: zab-lab run red.json --seed 3\n');
    const { results } = JSON.parse(command(['run', name, '--seeds', '3-4', '--json']).stdout);
    expect(results.map(({ seed }: { seed: number }) => seed)).toEqual([3, 4]);
    for (const result of results) expect(Object.keys(result)).toEqual(RESULT_KEYS);
  });

  test('--check-determinism checks every seed', () => {
    const args = ['run', 'healthy-write', '--seeds', '1-4', '--check-determinism'];
    const { code, stdout } = command(args, { NO_COLOR: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('4 passed, 0 failed');
    expect(stdout).toContain('✓ deterministic: every run the same');
  });
});

describe('bad input is one line and exit 2', () => {
  const run = ['run', 'healthy-write'];
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      'a scenario with a typo',
      ['run', 'helthy-write'],
      "there is no scenario 'helthy-write': did you mean 'healthy-write'? (a run file's name ends in .json)",
    ],
    [
      'an unknown scenario',
      ['run', 'zzz'],
      "there is no scenario 'zzz': see 'zab-lab list' (a run file's name ends in .json)",
    ],
    [
      'a seed that is none',
      [...run, '--seed', '1.5'],
      "--seed is '1.5': give a whole number from 0 to 9007199254740991, as in --seed 7",
    ],
    [
      'seeds that are none',
      [...run, '--seeds', '1..9'],
      "--seeds is '1..9': give two whole numbers joined by a dash, as in --seeds 1-200",
    ],
    [
      'seeds that fall',
      [...run, '--seeds', '9-1'],
      "--seeds is '9-1': the first seed is the larger one; write --seeds 1-9",
    ],
    [
      'no jobs',
      [...run, '--seeds', '1-2', '--jobs', '0'],
      "--jobs is '0': give a number of workers from 1 to 512, as in --jobs 4",
    ],
    [
      'jobs without seeds',
      [...run, '--jobs', '2'],
      '--jobs goes with --seeds: give a range of seeds, as in --seeds 1-200',
    ],
    [
      'a seed and seeds',
      [...run, '--seed', '1', '--seeds', '1-2'],
      '--seed and --seeds exclude each other: give one of the two',
    ],
    ['a file that is missing', ['run', 'none.json'], 'cannot read none.json: there is no such file'],
    ['a directory', ['run', 'folder.json'], 'cannot read folder.json: it is a directory; give a file'],
    [
      'a file that is not JSON',
      ['run', 'broken.json'],
      'broken.json is not JSON: line 2, column 12: expected a comma or }',
    ],
    [
      'an unknown field',
      ['run', 'field.json'],
      'field.json: sed: is no field here (did you mean "seed"?); allowed: one of format, title, seed, ' +
        'ensemble, world, clients, faults, outside, variant, end, expectations',
    ],
    [
      'an unknown program',
      ['run', 'program.json'],
      'program.json: clients[0].program.name: "nix" is not in the catalog; ' +
        `allowed: one of ${Object.keys(clientPrograms).join(', ')}`,
    ],
  ];

  beforeAll(() => {
    mkdirSync(join(folder, 'folder.json'));
    file('broken.json', '{\n  "seed": 1e,\n}');
    file('field.json', { ...RED, sed: 1 });
    file('program.json', { ...RED, clients: [{ program: { name: 'nix' } }] });
  });

  test.each(cases)('%s', async (_, args, message) => {
    expect(await answer(args)).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  test.each([
    [
      'a command with a typo',
      ['lits'],
      "error: unknown command 'lits'\n(Did you mean list?)\n(see '--help')\n",
    ],
    [
      'an option with a typo',
      [...run, '--sed'],
      "error: unknown option '--sed'\n(Did you mean --seed?)\n(see '--help')\n",
    ],
    ['no scenario', ['run'], "error: missing required argument 'scenario | file.json'\n(see '--help')\n"],
  ])('%s', async (_, args, stderr) => {
    expect(await answer(args)).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('help, version, terminal', () => {
  test.each([['--help'], ['list', '--help'], ['run', '--help'], ['bench', '--help']])(
    '%s %s has examples',
    async (...args) => {
      const { code, stdout } = await answer(args);
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:\n  zab-lab ');
    },
  );

  test('--version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(command(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('colours where asked for, none with NO_COLOR or into a pipe', () => {
    const coloured = '\u001b[';
    expect(command(['run', 'healthy-write'], { FORCE_COLOR: '1' }).stdout).toContain(coloured);
    expect(command(['run', 'healthy-write'], { NO_COLOR: '1', FORCE_COLOR: '1' }).stdout).not.toContain(
      escape,
    );
    expect(command(['run', 'healthy-write']).stdout).not.toContain(coloured);
  });

  test('a reader that stops early is no error', () => {
    const { stdout, stderr } = shell('zab-lab run healthy-write --trace | head -n 1');
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });
});

test('bench --json: the simulator beside its bare queue', () => {
  const { code, stdout } = command(['bench', '--rounds', '1', '--json']);
  expect(code).toBe(0);
  const bench = JSON.parse(stdout);
  expect(Object.keys(bench)).toEqual([
    'format',
    'rounds',
    'bareEventsPerSecond',
    'eventsPerSecond',
    'ratio',
    'virtualPerWall',
    'runsPerSecond',
    'peakMemoryMb',
  ]);
  expect(bench).toMatchObject({ format: 'zab-lab/bench@1', rounds: 1 });
  expect(bench.ratio).toBeCloseTo(bench.eventsPerSecond / bench.bareEventsPerSecond, 2);
});

test.each(['README.md', 'CONTRIBUTING.md'])('%s links to files that exist', (document) => {
  const links = [...readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)#:]+)\)/g)];
  expect(links.length).toBeGreaterThan(2);
  for (const [, path] of links) expect(existsSync(join(root, path!)), path).toBe(true);
});
