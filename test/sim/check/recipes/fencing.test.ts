import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim/simulation.ts';
import { RUN_FORMAT, type RunSpec } from '../../../../sim/spec.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';
import { clients, recipeCatalog } from './runs.ts';

const SEEDS = 10;

/** A client falls asleep as soon as it has the lock, for longer than its session lives. */
function sleepingHolder(seed: number, fenced: boolean): RunSpec {
  const lock = { resource: 1, pause: 50, within: 10_000 };
  const acquired = { recipe: 'lock', action: 'acquired', client: 1002 };
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: { participants: 3, tickTime: 500 },
    world: {},
    clients: [...clients(1, 'resource', { fenced }), ...clients(3, 'lock', lock)],
    faults: [{ kind: 'clientPause', client: 2, for: 9000, when: { on: 'told', where: acquired } }],
    end: { at: 20_000 },
    expectations: [],
  };
}

class Accepted {
  /** What the resource said of the sleeper's tokens and of those of others, in order. */
  readonly answers: { token: number; action: string }[] = [];

  onEvent(): void {
    // Only what is told counts.
  }

  onProbe(event: SimEvent): void {
    if (event.kind !== 'told' || event.recipe !== 'resource') return;
    this.answers.push({ token: event.token, action: event.action });
  }
}

describe('fencing', () => {
  it('RECIPE-8 the resource refuses who slept through the end of its session and believes to hold the lock', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const seen = new Accepted();
      const result = new Simulation(sleepingHolder(seed, true), recipeCatalog, { listener: seen })
        .run()
        .result();
      expect(result.violations).toEqual([]);
      expect(result.verdicts['RECIPE-LOCK']).toBe('holds');
      const late = seen.answers.filter(({ action }) => action === 'rejected');
      expect(late).toHaveLength(1);
      const larger = seen.answers.filter(
        ({ token, action }) => action === 'accepted' && token > late[0]!.token,
      );
      expect(larger.length).toBeGreaterThan(0);
    }
  });

  it('RECIPE-LOCK fails where the resource looks at no tokens', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = new Simulation(sleepingHolder(seed, false), recipeCatalog).run().result();
      expect([...new Set(result.violations.map(({ property }) => property))]).toEqual(['RECIPE-LOCK']);
    }
  });
});
