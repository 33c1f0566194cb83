import { describe, expect, it } from 'vitest';
import { catalog } from '../../../scenarios/index.ts';
import { recipeProperties } from '../../../sim/check/recipes/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { type ClientSpec, type RunSpec, simulate } from '../../../sim/index.ts';

const RUNS = 180;

/** Clients of a recipe in one run; the resource is the fourth. */
const CROWDS: readonly (readonly ClientSpec[])[] = [
  crowd('lock', { resource: 4 }),
  crowd('readWriteLock', { resource: 4 }),
  crowd('leader', { resource: 4 }),
  crowd('queue'),
  crowd('priorityQueue'),
  [...crowd('barrier').slice(1), client('barrier', { keeper: true })],
  crowd('doubleBarrier', { count: 3 }),
  crowd('counter'),
  crowd('uniqueNames'),
  crowd('group'),
];

function client(name: string, params: { readonly [member: string]: number | boolean }): ClientSpec {
  return { program: { name, params: { pause: 60, hold: 40, within: 1500, ...params } } };
}

function crowd(name: string, params: { readonly [member: string]: number | boolean } = {}): ClientSpec[] {
  const clients = [1, 2, 3].map((number) => client(name, { sessionTimeout: 500 * number, ...params }));
  return 'resource' in params ? [...clients, { program: { name: 'resource', params: {} } }] : clients;
}

/** A plan with clients of a recipe in place of its own. Its faults may name clients that are not there. */
function drawn(seed: number): RunSpec {
  const spec = plan(`recipes/${seed}`);
  const clients = CROWDS[seed % CROWDS.length] as readonly ClientSpec[];
  const faults = spec.faults.map((fault) =>
    'client' in fault && typeof fault.client === 'number'
      ? { ...fault, client: 1 + (fault.client % clients.length) }
      : fault,
  );
  return { ...spec, clients, faults };
}

describe('RECIPE-* hold', () => {
  it(`in ${RUNS} drawn runs under faults, and each is put to the test`, () => {
    const tested = new Map<string, number>();
    for (let seed = 1; seed <= RUNS; seed++) {
      const { violations, verdicts } = simulate(drawn(seed), catalog);
      expect(violations, `seed ${seed}`).toEqual([]);
      for (const [id, verdict] of Object.entries(verdicts)) {
        if (verdict === 'holds') tested.set(id, (tested.get(id) ?? 0) + 1);
      }
    }
    for (const { id } of recipeProperties) expect(tested.get(id) ?? 0, id).toBeGreaterThan(RUNS / 20);
  });
});
