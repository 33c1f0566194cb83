import { describe, expect, test } from 'vitest';
import { catalog, findScenario } from '../../../scenarios/index.ts';
import { CampaignHash } from '../../../sim/fuzz/campaign-hash.ts';
import { addCoverage, Coverage, type CoverageCounts, neverReached } from '../../../sim/fuzz/coverage.ts';
import { execute } from '../../../sim/fuzz/execute.ts';
import { partingStretch, thinned } from '../../../sim/fuzz/ladder.ts';

function covered(...scenarios: string[]): CoverageCounts {
  const coverage = new Coverage();
  for (const id of scenarios) {
    coverage.begin();
    execute(findScenario(id)!.run, catalog, { listener: coverage });
  }
  return coverage.counts();
}

describe('coverage', () => {
  const healthy = covered('healthy-write');

  test('counts messages by role and phase, and names what was never reached', () => {
    expect(healthy.messages!['FOLLOWING BROADCAST PROPOSAL']).toBeGreaterThan(0);
    expect(healthy.messages!['LEADING BROADCAST ACK']).toBeGreaterThan(0);
    expect(healthy.messages!['on a channel of an earlier role']).toBe(0);
    expect(neverReached(healthy).crashes).toContain('power lost LEADING in BROADCAST');
    expect(neverReached(healthy).syncs).toContain('SNAP');
    expect(neverReached(healthy).syncs).not.toContain('DIFF');
  });

  test('tells between which durable steps a server died, and how it was synchronized', () => {
    const { crashes, syncs } = covered('leader-crash-proposal-on-minority');
    expect(crashes!['power lost LEADING in BROADCAST']).toBe(1);
    expect(crashes!['power lost after flushed, nothing under way']).toBe(1);
    expect(syncs!.SNAP).toBe(1);
    expect(syncs!['snapshot taken over']).toBe(1);
  });

  test('adds up, whatever the order: runs one after the other are runs apart', () => {
    const crash = covered('leader-crash-proposal-on-minority');
    const both = addCoverage({}, covered('healthy-write', 'leader-crash-proposal-on-minority'));
    expect(addCoverage(healthy, crash)).toEqual(both);
    expect(JSON.stringify(addCoverage(crash, healthy))).toBe(JSON.stringify(both));
  });
});

describe('the hash of a campaign', () => {
  const RUNS = [
    [0, 'ffffffffffffffff'],
    [1, '0123456789abcdef'],
    [2, '0000000000000000'],
    [3, 'fedcba9876543210'],
  ] as const;

  function hashOf(runs: readonly (readonly [number, string])[]): string {
    const hash = new CampaignHash();
    for (const [index, traceHash] of runs) hash.run(index, traceHash);
    return hash.hex();
  }

  test('is a sum: shards add up in any order', () => {
    const sum = new CampaignHash();
    sum.sum(hashOf([RUNS[3], RUNS[1]]));
    sum.sum(hashOf([RUNS[2], RUNS[0]]));
    expect(sum.hex()).toBe(hashOf(RUNS));
  });

  test('wraps at 64 bits', () => {
    const sum = new CampaignHash();
    sum.sum('ffffffffffffffff');
    sum.sum('0000000000000002');
    expect(sum.hex()).toBe('0000000000000001');
  });

  test('tells runs apart by index and by trace', () => {
    expect(hashOf([[0, RUNS[1][1]]])).not.toBe(hashOf([[1, RUNS[1][1]]]));
    expect(hashOf([[0, RUNS[0][1]]])).not.toBe(hashOf([[0, RUNS[1][1]]]));
  });
});

describe('hash ladders', () => {
  const rungs = Array.from({ length: 10 }, (_, i) => `a${i}`);

  test('say where traces part, also of different steps', () => {
    const a = { ladder: { every: 2, rungs }, events: 21 };
    const b = { ladder: { every: 2, rungs: rungs.map((rung, i) => (i < 5 ? rung : 'b')) }, events: 20 };
    expect(partingStretch(a, b)).toEqual({ from: 10, to: 12 });
    expect(partingStretch({ ...a, ladder: thinned(a.ladder, 5) }, b)).toEqual({ from: 8, to: 12 });
  });

  test('of which one is longer part behind the shorter', () => {
    const a = { ladder: { every: 2, rungs }, events: 21 };
    const b = { ladder: { every: 2, rungs: rungs.slice(0, 4) }, events: 9 };
    expect(partingStretch(a, b)).toEqual({ from: 8, to: 10 });
  });

  test('thinned they have at most so many rungs, each of which was there', () => {
    expect(thinned({ every: 2, rungs }, 3)).toEqual({ every: 8, rungs: ['a3', 'a7'] });
  });
});
