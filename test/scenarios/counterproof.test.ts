import { describe, expect, test } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulation.ts';
import type { ClientSpec, RunSpec } from '../../sim/spec.ts';

const SEEDS = [1, 2, 3, 4, 5];

function runOf(id: string): RunSpec {
  return findScenario(id)!.run;
}

/** Violated properties and failed expectations of a changed run, the same for all seeds. */
function broken(run: RunSpec): string[] {
  const all = SEEDS.map((seed) => {
    const { violations, expectations } = simulate({ ...run, seed }, catalog);
    return [
      ...new Set(violations.map(({ property }) => property)),
      ...expectations.filter(({ holds }) => !holds).map(({ text }) => text),
    ];
  });
  for (const one of all) expect(one).toEqual(all[0]);
  return all[0]!;
}

function withParams(client: ClientSpec, params: object): ClientSpec {
  const { program } = client;
  return { ...client, program: { ...program, params: { ...(program.params as object), ...params } } };
}

describe('what a story blames is what makes the difference', () => {
  test('without the slow link both readers read the new data', () => {
    const run = runOf('stale-read-and-sync');
    expect(broken({ ...run, faults: [] })).toEqual([
      'the first reader reads the old data, once they have been replaced',
    ]);
  });

  test('without its sync the second reader reads the old data too', () => {
    const run = runOf('stale-read-and-sync');
    const clients = run.clients.map((client) =>
      client.program.name === 'reader' ? withParams(client, { sync: false }) : client,
    );
    expect(broken({ ...run, clients })).toEqual(['the second one, after its sync, reads the new data']);
  });

  test('a client that was not away is told of a node that is deleted again', () => {
    const run = runOf('watch-misses-create-and-delete');
    expect(broken({ ...run, faults: [] })).toContain('it is never told of /flash');
  });

  test('versions that are read after the first transfer let the second one succeed', () => {
    const run = runOf('multi-fails-in-the-middle');
    const clients = run.clients.map((client, i) => (i === 2 ? withParams(client, { readAt: 2700 }) : client));
    expect(broken({ ...run, clients })).toEqual([
      'the second one fails at its second operation; the third one is not tried',
      'its receipt is not there',
      'no watch fires',
      'all replicas have the first receipt and not the second',
    ]);
  });

  test('a write that is not late is not refused', () => {
    const run = runOf('session-moves-mid-write');
    const faults = run.faults.filter(({ kind }) => kind !== 'slow');
    const failures = broken({ ...run, faults });
    expect(failures).toContain('the first one is refused at server 1');
    expect(failures).toContain('one write takes effect, the second');
  });

  test('a resource that does not look at tokens lets the late client in', () => {
    const run = runOf('fencing-saves-the-day');
    const clients = run.clients.map((client) =>
      client.program.name === 'resource' ? withParams(client, { fenced: false }) : client,
    );
    expect(broken({ ...run, clients })).toEqual(
      expect.arrayContaining(['RECIPE-LOCK', 'and rejects the smaller token']),
    );
  });

  test('a dead client that starts again does not save the node of its old session', () => {
    const run = runOf('ephemerals-after-power-loss');
    // The process knows of no session: it opens another, and the old one still expires.
    const restart = { at: 5000, kind: 'clientRestart', client: 2 } as const;
    expect(broken({ ...run, faults: [...run.faults, restart] })).toEqual([]);
  });

  test('the herd is a queue once everybody watches the predecessor', () => {
    const run = runOf('herd-effect');
    const clients = run.clients.map((client) => withParams(client, { herd: false }));
    expect(broken({ ...run, clients })).toEqual([
      'six clients that watch one node: 5 + 4 + 3 + 2 + 1 = 15 watch events',
      'the herd asks for the list of the line 6 + 15 times',
    ]);
  });

  test('two-phase commit commits nothing after the crash that Zab carries on after', () => {
    const variant = { name: 'two-phase-commit' };
    expect(broken({ ...runOf('zab-carries-on'), variant })).toEqual(
      expect.arrayContaining(['the session and all four writes commit', 'both servers have all four']),
    );
    const { variant: _, ...zab } = runOf('two-phase-commit-blocks');
    expect(broken(zab)).toEqual(
      expect.arrayContaining([
        'the session and the two writes before the crash commit, and nothing after it',
        'no server has the third write',
      ]),
    );
  });

  test('two-phase commit carries on, too, while nobody crashes', () => {
    const run = runOf('zab-carries-on');
    expect(broken({ ...run, faults: [], variant: { name: 'two-phase-commit' } })).toEqual([
      'both servers have all four',
    ]);
  });
});
