import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim/simulation.ts';
import type { ClientSpec } from '../../../../sim/spec.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';
import { clients, recipeCatalog, recipeRun } from './runs.ts';

const SEEDS = 4;

class Told {
  readonly counts = new Map<string, number>();

  onEvent(): void {
    // Only what is told counts.
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told') return;
    const key = `${event.recipe} ${event.action}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

/** Each run and what its clients must have told over all seeds, at least so often. */
const RUNS: readonly [string, readonly ClientSpec[], readonly string[]][] = [
  [
    'RECIPE-LOCK',
    [...clients(1, 'resource'), ...clients(4, 'lock', { resource: 1, pause: 50 })],
    ['lock acquired', 'resource accepted'],
  ],
  [
    'RECIPE-LOCK of readers and writers',
    [...clients(1, 'resource'), ...clients(4, 'readWriteLock', { resource: 1, pause: 50 })],
    ['readLock acquired', 'writeLock acquired', 'resource acceptedShared'],
  ],
  ['RECIPE-LEADER', clients(3, 'leader', { hold: 500 }), ['leader elected', 'leader resigned']],
  ['RECIPE-QUEUE', clients(4, 'queue', { pause: 50 }), ['queue put', 'queue taken']],
  ['RECIPE-QUEUE by priority', clients(4, 'priorityQueue', { pause: 50 }), ['queue put', 'queue taken']],
  [
    'RECIPE-BARRIER',
    [...clients(1, 'barrier', { keeper: true, hold: 500 }), ...clients(3, 'barrier')],
    ['barrier waiting', 'barrier passed'],
  ],
  [
    'RECIPE-BARRIER of meetings',
    clients(4, 'doubleBarrier', { count: 3, within: 1500 }),
    ['doubleBarrier entered', 'doubleBarrier left', 'doubleBarrier withdrew', 'doubleBarrier missed'],
  ],
  ['RECIPE-COUNTER', clients(4, 'counter', { pause: 50 }), ['counter incremented']],
  ['RECIPE-NAMES', clients(4, 'uniqueNames', { pause: 50 }), ['names given']],
  ['RECIPE-15 the group', clients(3, 'group'), ['group joined', 'group left']],
  [
    'RECIPE-16 the configuration',
    clients(3, 'configuration'),
    ['configuration changed', 'configuration seen'],
  ],
];

describe('recipes on an ensemble under faults', () => {
  for (const [title, list, actions] of RUNS) {
    it(`${title} holds over ${SEEDS} seeds`, () => {
      const told = new Told();
      for (let seed = 1; seed <= SEEDS; seed++) {
        const simulation = new Simulation(recipeRun(seed, list), recipeCatalog, { listener: told });
        const result = simulation.run().result();
        expect({ seed, failure: simulation.failure, violations: result.violations }).toEqual({
          seed,
          failure: null,
          violations: [],
        });
        const id = title.split(' ')[0]!;
        if (id in result.verdicts) expect(result.verdicts[id]).toBe('holds');
      }
      for (const action of actions) expect(told.counts.get(action), action).toBeGreaterThan(SEEDS);
    });
  }

  it('goes on the same from a copy taken in the midst of it', () => {
    const list = RUNS.map(([, some]) => some.at(-1)!);
    for (let seed = 1; seed <= 2; seed++) {
      const spec = { ...recipeRun(seed, list), end: { at: 8000 } };
      const simulation = new Simulation(spec, recipeCatalog).runTo(3000);
      const copy = simulation.snapshot();
      const { traceHash, events } = simulation.run().result();
      expect(events).toBeGreaterThan(4000);
      simulation.restore(copy);
      expect(simulation.run().result().traceHash).toBe(traceHash);
    }
  });
});
