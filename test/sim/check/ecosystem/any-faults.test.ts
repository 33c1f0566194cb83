import { describe, expect, it } from 'vitest';
import { ecosystemScenarios } from '../../../../scenarios/ecosystem/index.ts';
import { catalog } from '../../../../scenarios/index.ts';
import { simulate } from '../../../../sim/simulation.ts';
import { randomFaults } from './random-faults.ts';

const SEEDS = Array.from({ length: Number(process.env.ECO_SEEDS ?? 6) }, (_, i) => i + 1);

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
