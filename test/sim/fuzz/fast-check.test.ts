// The arbitrary for runs: fast-check draws and shrinks by the fuzzer's own generator and shrinker.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../bin/fast-check.ts';
import { defaultRules } from '../../../protocol/rules.ts';
import { Peer } from '../../../protocol/server/peer.ts';
import { catalog } from '../../../scenarios/index.ts';
import type { Catalog } from '../../../sim/catalog.ts';
import { planOf } from '../../../sim/fuzz/profile.ts';
import { parseRunSpec, type RunSpec, simulate } from '../../../sim/index.ts';

/** A leader that commits once it has logged a proposal itself. */
const hasty: Catalog = {
  ...catalog,
  server: (host, id, config) =>
    new Peer(host, id, config, { ...defaultRules, zab: { ...defaultRules.zab, commits: () => true } }),
};

describe('drawn runs for fast-check', () => {
  test('are those of the fuzzer, and break nothing', () => {
    fc.assert(
      fc.property(runs(fc, { catalog, profile: 'crash' }), (run) => {
        const [seed] = String(run.seed).split('-').map(Number);
        expect(run).toEqual(planOf({ seed: seed!, profile: 'crash' }, 0));
        expect(simulate(run, catalog).violations).toEqual([]);
      }),
      { numRuns: 12, seed: 4 },
    );
  });

  test('shrink to what the fuzzer shrinks them to', () => {
    const details = fc.check(
      fc.property(
        runs(fc, { catalog: hasty }),
        (run) => !simulate(run, hasty).violations.some(({ property }) => property === 'LOG-DURABILITY'),
      ),
      { numRuns: 20, seed: 4 },
    );
    expect(details.failed).toBe(true);
    const [run] = details.counterexample as [RunSpec];
    expect(parseRunSpec(JSON.parse(JSON.stringify(run)))).toEqual(run);
    expect(run.faults).toEqual([]);
    expect(run.clients.length).toBeLessThanOrEqual(2);
    expect(run.world).toEqual({});
    expect(simulate(run, hasty).violations.map(({ property }) => property)).toContain('LOG-DURABILITY');
    expect(details.numShrinks).toBeGreaterThan(3);
  });
});
