import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../notebooks/experiment.ts';
import { hunted, survival } from '../../notebooks/fuzzer/findings.ts';
import { type HuntsRow, type HuntsSettings, huntRun } from '../../notebooks/fuzzer/hunts.ts';
import { planOf } from '../../sim/fuzz/profile.ts';

const file = JSON.parse(readFileSync(new URL('../../notebooks/data/hunts.json', import.meta.url), 'utf8'));
const { rows, settings } = fromFile<HuntsSettings, HuntsRow>(file);

describe('what the fuzzer catches', () => {
  it('a hunt makes the runs of `zab-lab variants --hunt`', () => {
    const variant = { name: 'ZK-4643' };
    const point = { variant: 'ZK-4643', swarm: true, seed: 7, most: 9 };
    expect(huntRun(point, 5)).toEqual(planOf({ seed: 7, profile: 'default', variant }, 4));
  });

  it('without swarm testing a plan is the same but for its faults', () => {
    const point = { variant: 'canary', seed: 3, most: 1 };
    const { faults: some, end: _e, ...swarm } = huntRun({ ...point, swarm: true }, 1);
    const { faults: all, end: _f, ...flood } = huntRun({ ...point, swarm: false }, 1);
    expect(flood.ensemble).toEqual(swarm.ensemble);
    expect(flood.world).toEqual(swarm.world);
    expect(all).not.toEqual(some);
  });

  it('what commits on a minority dies at once, and survival only falls', () => {
    const all = hunted(rows);
    expect(all.length).toBe(2 * settings.variants.length);
    for (const one of all.filter(({ variant }) => variant === 'commits-on-minority'))
      expect(one.found).toBe(one.hunts);
    for (const variant of settings.variants) {
      const alive = survival(rows, settings.most)
        .filter((step) => step.variant === variant && step.swarm)
        .map((step) => step.alive);
      expect(alive).toEqual([...alive].sort((a, b) => b - a));
    }
  });

  it('a hunt that was given up counts for the runs it made', () => {
    const row = (runs: number, found: boolean): HuntsRow => ({
      variant: 'x',
      swarm: true,
      seed: 1,
      runs,
      found,
      property: found ? 'P' : '',
      event: 0,
    });
    const [one] = hunted([row(2, true), row(10, false), row(4, true)]);
    expect(one).toMatchObject({ found: 2, runs: 8, properties: 'P 2' });
    const steps = survival([row(2, true), row(10, false), row(4, true)], 10);
    expect(steps.map((step) => step.runs)).toEqual([0, 2, 4, 10]);
    expect(steps.at(-1)!.alive).toBeCloseTo(1 / 3, 12);
  });
});
