import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ensemble } from '../ensemble.ts';
import { apache, ensembles, served } from '../ensembles.ts';
import { CliMt, missing } from './cli-mt.ts';
import { SESSION } from './session.ts';

const skip = apache.skip || missing !== null;
interface Answer {
  readonly command: string;
  readonly lines: readonly string[];
}

describe.skipIf(skip)("Apache's C client, by its cli_mt,", () => {
  it(`shows the same of ours and of Apache's servers, over ${SESSION.length} commands`, async () => {
    const transcripts: Answer[][] = [];
    for (const maker of [apache, served]) {
      const ensemble = await maker.start();
      try {
        const cli = await CliMt.connect(ensemble.server(1).address);
        const answers: Answer[] = [];
        for (const command of SESSION) answers.push({ command, lines: masked(await cli.run(command)) });
        answers.push({ command: 'quit', lines: [String(await cli.quit())] });
        transcripts.push(answers);
      } finally {
        await ensemble.remove();
      }
    }
    const [theirs, ours] = transcripts as [Answer[], Answer[]];
    expect(ours).toEqual(theirs);
    expect(theirs.some(({ lines }) => lines.includes('/a: rc = 0'))).toBe(true);
  });

  describe.each(ensembles)('and $name', ({ start }) => {
    let ensemble: Ensemble;
    beforeAll(async () => {
      ensemble = await start({ tickTime: 500 });
    });
    afterAll(() => ensemble?.remove());

    it('finds another server when its own crashes, with the session, its ephemerals and its watches', async () => {
      const cli = await CliMt.connect(ensemble.addresses);
      try {
        await cli.run('create +e /mine');
        await cli.run('create /n');
        await cli.run('get /n');
        for (const server of ensemble.servers) {
          await server.kill();
          await expect
            .poll(() => cli.run('ls /mine'), { timeout: 30_000, interval: 100 })
            .toContain('/mine: rc = 0');
          await server.start();
          await ensemble.serving();
        }
        // It says so of every session that it opens.
        expect(cli.printed.match(/Got a new session id/g)).toHaveLength(1);
        const told = 'Watcher CHANGED_EVENT state = CONNECTED_STATE for path /n';
        await expect.poll(() => cli.run('set /n x'), { timeout: 30_000 }).toContain(told);
      } finally {
        await cli.quit();
      }
    });
  });
});

/** Times and zxids are each ensemble's own; children come in no order. */
function masked(lines: readonly string[]): string[] {
  const kept = lines
    .filter((line) => !/^time = -?\d+ msec$|^\d{4}-\d\d-\d\d /.test(line))
    .map((line) =>
      line
        .replace(/(ctime ?= ?|mtime ?= ?)(?!Thu Jan {2}1 ).*/, '$1…')
        .replace(/(zxid=)(?!0$)[0-9a-f]+/, '$1…'),
    );
  return kept.map((line, i) => (isName(line) ? (sortedRun(kept, i) as string) : line));
}

function isName(line: string | undefined): boolean {
  return line !== undefined && /^\t[^=]+$/.test(line);
}

/** The line that comes at place i once the names around it are sorted. */
function sortedRun(lines: readonly string[], i: number): string | undefined {
  let from = i;
  while (isName(lines[from - 1])) from--;
  let to = i;
  while (isName(lines[to])) to++;
  return lines.slice(from, to).toSorted()[i - from];
}
