import { describe, expect, it } from 'vitest';
import { ecosystemScenarios } from '../../../../scenarios/ecosystem/index.ts';
import { catalog } from '../../../../scenarios/index.ts';
import { simulate } from '../../../../sim/simulation.ts';
import { randomFaults } from './random-faults.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The property that a story is about, by the name of its system. */
const propertyOf = (system: string) => `ECO-${system.toUpperCase()}`;

describe('in its own story', () => {
  it.each(ecosystemScenarios.map(({ system, run }) => [propertyOf(system!.name), run] as const))(
    '%s is put to the test and holds',
    (property, run) => {
      expect(simulate(run, catalog).verdicts).toMatchObject({ [property]: 'holds' });
    },
  );
});

describe('under faults that no story tells', () => {
  it.each(ecosystemScenarios.map(({ id, run }) => [id, run] as const))(
    '%s keeps the properties of its system',
    (_id, run) => {
      for (const seed of SEEDS) {
        const faults = randomFaults(seed, run.clients.length, run.end.healedAt!);
        const { violations } = simulate({ ...run, seed, faults, expectations: [] }, catalog);
        const ours = violations.filter(
          ({ property }) => property.startsWith('ECO-') || property === 'NO-CRASH',
        );
        expect(ours, `seed ${seed}`).toEqual([]);
      }
    },
    600_000,
  );
});
