import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../scenarios/index.ts';
import { properties } from '../../sim/check/index.ts';
import { type Catalog, type RunSpec, simulate } from '../../sim/index.ts';
import { BREAKAGES, type BrokenRun, brokenRunFile } from './broken-properties.ts';

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
    const { drags, run } = JSON.parse(readFileSync(brokenRunFile(property), 'utf8')) as BrokenRun;
    const along = drags.length === 0 ? '' : ` and drags along ${drags.join(', ')}`;
    it(`${property} fails when ${breakage.what}${along}`, () => {
      expect(violated(run, breakage.catalog)).toEqual([property, ...drags].sort());
      const correct = simulate(run, catalog);
      expect(correct.violations).toEqual([]);
      expect(correct.verdicts[property]).toBe('holds');
    });
  }
});
