import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModelName, modelOf } from '../../bin/history/history.ts';
import { readHistory } from '../../bin/history/read-history.ts';
import { InputError } from '../../bin/input/input.ts';
import { check } from '../../sim/check/linearizability/index.ts';
import { answer, build, command, file, folder, root } from './command.ts';

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const history = (name: string) => join(root, 'test/histories', name);
const etcd = (...numbers: string[]) => numbers.map((number) => history(`etcd_${number}.log`));

const line = (text: string) => `INFO  jepsen.util - ${text.replaceAll(' ', '\t')}\n`;
const map = (type: string, f: string, value: string, process = 0) =>
  `{:process ${process}, :type :${type}, :f :${f}, :key "k", :value ${value}}\n`;
const json = (operations: readonly object[]) => ({ format: 'zab-lab/history@1', operations });

describe('histories with known verdicts', () => {
  test('those that are linearizable: exit code 0', () => {
    const { code, stdout } = command(['check', '--model', 'cas-register', ...etcd('002', '005', '007')]);
    expect(stdout.match(/✓ linearizable/g)).toHaveLength(3);
    expect(code).toBe(0);
    expect(command(['check', '--model', 'kv', history('c01-ok.txt')]).code).toBe(0);
  });

  test('those that are not: exit code 1, with the prefix and the operation without a place', () => {
    for (const path of etcd('000', '001', '003'))
      expect(command(['check', '--model', 'cas-register', path]).code).toBe(1);
    const { code, stdout } = command(['check', '--model', 'kv', history('c01-bad.txt')]);
    expect(code).toBe(1);
    expect(stdout).toContain('7: the longest linearizable prefix has 3 of 5 operations');
    expect(stdout).toContain('no order has a place for get → "x 0 0 y"  process 0, line 59 to 60');
  });

  test('--json tells every file in the documented shape; the worst decides the exit code', () => {
    const { code, stdout } = command(['check', '--model', 'cas-register', '--json', ...etcd('002', '000')]);
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['format', 'files']);
    expect(result.format).toBe('zab-lab/check@1');
    const [good, bad] = result.files;
    expect(Object.keys(good)).toEqual(['file', 'verdict', 'operations', 'wallMs', 'partitions']);
    expect(good).toMatchObject({
      file: etcd('002')[0],
      verdict: 'linearizable',
      operations: 77,
      partitions: 1,
    });
    expect(bad).toMatchObject({ verdict: 'not-linearizable', operations: 85 });
    expect(good.wallMs).toBeGreaterThan(0);
  });
});

describe('what a history means', () => {
  const verdictOf = (name: string, content: string | object, model: ModelName) => {
    const read = readHistory(join(folder, file(name, content)), model, undefined);
    return check(modelOf(read), read.operations).verdict;
  };

  test('jepsen: a failed operation did not happen; :info and no answer may have, any time later', () => {
    const start = line('0 :invoke :write 1') + line('0 :ok :write 1');
    const read = (value: string) => line('1 :invoke :read nil') + line(`1 :ok :read ${value}`);
    for (const [end, one, two] of [
      [line('2 :fail :write 2'), 'linearizable', 'not-linearizable'],
      [line('2 :info :write :timed-out'), 'linearizable', 'linearizable'],
      ['', 'linearizable', 'linearizable'],
    ] as const) {
      const written = start + line('2 :invoke :write 2') + end;
      expect(verdictOf('f.log', written + read('1'), 'register')).toBe(one);
      expect(verdictOf('f.log', written + read('2'), 'register')).toBe(two);
      expect(verdictOf('f.log', written + read('1') + read('2'), 'register')).toBe(two);
    }
    expect(
      verdictOf('f.log', start + line('1 :invoke :read nil') + line('1 :fail :read :timed-out'), 'register'),
    ).toBe('linearizable');
  });

  test('jepsen: lines of other loggers and of the nemesis are passed over', () => {
    const log = `INFO  jepsen.core - Worker 0 starting\n${line(':nemesis :info :start nil')}${line('0 :invoke :read nil')}${line('0 :ok :read nil')}`;
    expect(verdictOf('g.log', log, 'cas-register')).toBe('linearizable');
  });

  test('kv-edn: in one vector or one by one, with nil, escapes and comments', () => {
    const maps =
      map('invoke', 'append', '"a\\n"') + map('ok', 'append', '"a\\n"') + map('invoke', 'get', 'nil');
    const end = map('ok', 'get', '"a\\n"');
    expect(verdictOf('h.edn', `; a comment\n${maps}${end}`, 'kv')).toBe('linearizable');
    expect(verdictOf('h.edn', `[${maps}${end}]`, 'kv')).toBe('linearizable');
    expect(verdictOf('h.edn', maps + map('ok', 'get', '"a"'), 'kv')).toBe('not-linearizable');
    expect(verdictOf('h.edn', map('invoke', 'get', 'nil') + map('ok', 'get', 'nil'), 'kv')).toBe(
      'linearizable',
    );
  });

  test('json: registers, queues, locks', () => {
    const at = (call: number, input: object, output: unknown, process = 0) => ({
      process,
      call,
      return: output === undefined ? null : call + 1,
      input,
      ...(output === undefined ? {} : { output }),
    });
    const write = { f: 'write', value: 'a' };
    expect(verdictOf('r.json', json([at(0, write, undefined), at(2, { f: 'read' }, 'a')]), 'register')).toBe(
      'linearizable',
    );
    expect(verdictOf('r.json', json([at(0, write, null), at(2, { f: 'read' }, null)]), 'register')).toBe(
      'not-linearizable',
    );
    expect(verdictOf('r.json', json([at(0, { f: 'cas', from: null, to: 1 }, false)]), 'cas-register')).toBe(
      'not-linearizable',
    );
    const queued = [1, 2].map((value) => at(2 * value, { f: 'enqueue', value }, null));
    expect(verdictOf('q.json', json([...queued, at(9, { f: 'dequeue' }, 1)]), 'queue')).toBe('linearizable');
    expect(verdictOf('q.json', json([...queued, at(9, { f: 'dequeue' }, 2)]), 'queue')).toBe(
      'not-linearizable',
    );
    const acquired = [1, 2].map((process) => at(process * 3, { f: 'acquire' }, true, process));
    expect(verdictOf('l.json', json(acquired), 'lock')).toBe('not-linearizable');
  });

  test("json: the README's example", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, example] = /## Check a history[\s\S]*?```json\n([\s\S]*?)```/.exec(readme)!;
    expect(verdictOf('readme.json', example!, 'znode')).toBe('linearizable');
    expect(
      verdictOf(
        'readme.json',
        example!.replace('"data": "y", "version": 1', '"data": "y", "version": 2'),
        'znode',
      ),
    ).toBe('not-linearizable');
  });

  test('json: znodes with versions, errors, sequence numbers and multis', () => {
    let now = 0;
    const then = (input: object, output: object | null) => {
      now += 2;
      return { process: 1, call: now, return: now + 1, input, output };
    };
    const good = [
      then({ f: 'create', path: '/a', data: 'x' }, { path: '/a' }),
      then({ f: 'create', path: '/a/n-', mode: 'persistent-sequential' }, { path: '/a/n-0000000000' }),
      then({ f: 'setData', path: '/a', data: 'y', version: 0 }, { version: 1 }),
      then({ f: 'setData', path: '/a', data: 'z', version: 0 }, { error: 'BADVERSION' }),
      then({ f: 'delete', path: '/a' }, { error: 'NOTEMPTY' }),
      then({ f: 'getChildren', path: '/a' }, { children: ['n-0000000000'] }),
      then(
        {
          f: 'multi',
          ops: [
            { f: 'check', path: '/a', version: 1 },
            { f: 'delete', path: '/a/n-0000000000' },
          ],
        },
        { results: [null, null] },
      ),
      then({ f: 'create', path: '/b/e', mode: 'ephemeral' }, { error: 'NONODE' }),
      then({ f: 'getData', path: '/a' }, { data: 'y', stat: { version: 1, cversion: 2, numChildren: 0 } }),
    ];
    expect(verdictOf('z.json', json(good), 'znode')).toBe('linearizable');
    const stale = then({ f: 'getData', path: '/a' }, { data: 'x' });
    expect(verdictOf('z.json', json([...good, stale]), 'znode')).toBe('not-linearizable');
  });
});

describe('bad input is answered with its line and exit code 2', () => {
  const bad = (name: string, content: string | object, model: ModelName, message: string) => {
    const path = join(folder, file(name, content));
    expect(() => readHistory(path, model, undefined)).toThrow(new InputError(`${path}: ${message}`));
  };

  test('jepsen', () => {
    const ok = line('0 :invoke :write 1');
    bad(
      'a.log',
      `${ok}what is this\n`,
      'register',
      'line 2: expected a line such as: INFO  jepsen.util - 4⇥:invoke⇥:cas⇥[2 4]',
    );
    bad(
      'a.log',
      ok + ok,
      'register',
      'line 2: process 0 invokes an operation while that of line 1 is under way',
    );
    bad(
      'a.log',
      ok + line('1 :ok :write 1'),
      'register',
      'line 2: process 1 has invoked nothing that this could end',
    );
    bad('a.log', ok + line('0 :ok :read 1'), 'register', 'line 2: :read ends the :write of line 1');
    bad(
      'a.log',
      ok + line('1 :maybe :read nil'),
      'register',
      'line 2: :maybe is none of :invoke, :ok, :fail, :info',
    );
    bad('a.log', ok + line('1 :invoke :cas 3'), 'cas-register', 'line 2: :cas needs [old new], not 3');
    bad(
      'a.log',
      line('1 :invoke :cas [1'),
      'cas-register',
      'line 1: the end of the file, where a ] is missing',
    );
    bad(
      'a.log',
      line('1 :invoke :cas nil'),
      'register',
      'line 1: :cas is none of what a register does: :read, :write',
    );
  });

  test('kv-edn', () => {
    const ok = map('invoke', 'get', 'nil');
    bad(
      'a.edn',
      `${ok}{:process 1, :type :invoke\n`,
      'kv',
      'line 3: the end of the file, where a } is missing',
    );
    bad('a.edn', `${ok}{:process "x"}`, 'kv', 'line 2: :process is "x": expected a number');
    bad('a.edn', ok + map('ok', 'get', '7'), 'kv', 'line 2: :get needs a text as its :value, not 7');
    bad('a.edn', `${ok}17`, 'kv', 'line 2: expected a map such as {:process 0, :type :invoke, …}, not 17');
  });

  test('json', () => {
    const good = { process: 0, call: 0, return: 1, input: { f: 'read' }, output: null };
    const text = (second: object) =>
      `{"format": "zab-lab/history@1",\n"x": ["operations", {}],\n"operations": [\n${JSON.stringify(good)},\n${JSON.stringify(second)}]}`;
    bad(
      'a.json',
      text({ ...good, input: { f: 'go' } }),
      'register',
      'line 5: operations[1]: input: f is "go": expected read, write',
    );
    bad(
      'a.json',
      text({ ...good, return: -1 }),
      'register',
      'line 5: operations[1]: return: -1 is before call, 0',
    );
    bad(
      'a.json',
      text({ ...good, process: 'p' }),
      'register',
      'line 5: operations[1]: process: expected a whole number',
    );
    bad('a.json', '{\n"format": }', 'register', 'line 2, column 11: not JSON: expected a value');
    bad('a.json', {}, 'register', 'line 1: expected {"format": "zab-lab/history@1", "operations": […]}');
    bad('a.json', '', 'register', 'line 1: the file is empty: expected a history');
  });

  test('what looks like no format', () => {
    bad(
      'a.txt',
      'to be',
      'kv',
      'line 1: it looks like none of the formats: give --format jepsen | kv-edn | json',
    );
  });

  test('the command: exit code 2, one line on stderr', () => {
    const name = file('bad.log', line('0 :ok :read 1'));
    expect(command(['check', '--model', 'register', name, history('c01-ok.txt')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${name}: line 1: process 0 has invoked nothing that this could end\n`,
    });
  });

  test('options', async () => {
    const { code, stderr } = await answer([
      'check',
      '--model',
      'kv',
      '--timeout',
      'soon',
      history('c01-ok.txt'),
    ]);
    expect([code, stderr]).toEqual([2, "error: --timeout is 'soon': give a time such as 10s, 500ms or 2m\n"]);
    expect((await answer(['check', history('c01-ok.txt')])).code).toBe(2);
    expect((await answer(['check', '--model', 'set', history('c01-ok.txt')])).code).toBe(2);
    expect((await answer(['check', '--model', 'kv', 'nowhere.txt'])).stderr).toBe(
      'error: cannot read nowhere.txt: there is no such file\n',
    );
  });
});

describe('what takes too long', () => {
  /** Forty writes at once, over and over, and a read of something else. */
  const hard = json([
    ...Array.from({ length: 400 }, (_, i) => ({
      process: i % 40,
      call: 100 * Math.floor(i / 40) + (i % 40),
      return: 100 * Math.floor(i / 40) + 60 + (i % 40),
      input: { f: 'write', value: i },
      output: null,
    })),
    ...Array.from({ length: 40 }, (_, i) => ({
      process: 50 + i,
      call: i,
      return: null,
      input: { f: 'cas', from: i, to: 1000 + i },
    })),
    { process: 99, call: 5000, return: 5001, input: { f: 'read' }, output: -1 },
  ]);

  test('is unknown, exit code 3, once the budget is spent', () => {
    const { code, stdout } = command([
      'check',
      '--model',
      'cas-register',
      '--timeout',
      '400ms',
      '--json',
      file('hard.json', hard),
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).files[0].verdict).toBe('unknown');
  });

  test('a file that is not linearizable beats one that is unknown', () => {
    const bad = json([{ process: 0, call: 0, return: 1, input: { f: 'read' }, output: 7 }]);
    const args = [
      'check',
      '--model',
      'cas-register',
      '--timeout',
      '100ms',
      file('hard.json', hard),
      file('bad.json', bad),
    ];
    expect(command(args).code).toBe(1);
  });
});

describe('--html', () => {
  test('a page that needs nothing else, small for long histories too', () => {
    const lines: string[] = [];
    for (let i = 0; i < 20_000; i++)
      lines.push(map('invoke', 'append', `"${i};"`), map('ok', 'append', `"${i};"`));
    lines.push(map('invoke', 'get', 'nil'), map('ok', 'get', '"not <b>this</b>"'));
    const args = ['check', '--model', 'kv', '--html', 'why.html', file('long.edn', lines.join(''))];
    expect(command(args).code).toBe(1);
    const page = join(folder, 'why.html');
    expect(statSync(page).size).toBeLessThan(400_000);
    const html = readFileSync(page, 'utf8');
    expect(html).not.toMatch(/\b(?:src|href)=|@import|url\(|fetch\(|<b>this/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('No order has a place for get → \\"not \\u003cb>this\\u003c/b>\\"');
  });
});
