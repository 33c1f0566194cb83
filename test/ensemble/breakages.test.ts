import { describe, expect, it } from 'vitest';
import { catalog } from '../../scenarios/index.ts';
import { properties } from '../../sim/check/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { type Catalog, type RunSpec, simulate } from '../../sim/index.ts';
import { broken, zab } from './breakages.ts';
import { BREAKAGES, runOf } from './broken-properties.ts';

/** Ids of the properties violated, sorted. */
function violated(spec: RunSpec, mistaken: Catalog): string[] {
  return [...new Set(simulate(spec, mistaken).violations.map(({ property }) => property))].sort();
}

describe('every property can fail', () => {
  it('and each has its breakage; those of systems built on ZooKeeper have theirs elsewhere', () => {
    const here = properties.map(({ id }) => id).filter((id) => !id.startsWith('ECO-'));
    expect(Object.keys(BREAKAGES).sort()).toEqual(here.sort());
  });

  for (const [property, breakage] of Object.entries(BREAKAGES)) {
    const { what, seed, drags } = breakage;
    const along = drags.length === 0 ? '' : ` and drags along ${drags.join(', ')}`;
    it(`${property} fails when ${what}${along}`, () => {
      const spec = runOf(breakage, seed);
      expect(violated(spec, breakage.catalog)).toEqual([property, ...drags].sort());
      const correct = simulate(spec, catalog);
      expect(correct.violations).toEqual([]);
      expect(correct.verdicts[property]).toBe('holds');
    });
  }

  it('ZAB-25 LOG-DURABILITY fails when acknowledgements of a learner that was cut back still count', () => {
    const spec = plan(44258);
    expect(violated(spec, broken(zab({ withdrawsAcks: false })))).toEqual(['LOG-DURABILITY']);
    expect(violated(spec, catalog)).toEqual([]);
  });
});
