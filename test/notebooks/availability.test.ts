import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AvailabilityRow, AvailabilitySettings } from '../../notebooks/availability/experiment.ts';
import { availabilityOf, findings } from '../../notebooks/availability/findings.ts';
import { exponentialDraw, logarithm } from '../../notebooks/draw.ts';
import { fromFile } from '../../notebooks/experiment.ts';
import { mean, studentQuantile } from '../../notebooks/statistics.ts';
import { RandomStream } from '../../sim/random.ts';

const file = JSON.parse(
  readFileSync(new URL('../../notebooks/data/availability.json', import.meta.url), 'utf8'),
);
const { rows, settings } = fromFile<AvailabilitySettings, AvailabilityRow>(file);

describe('how available a quorum is', () => {
  it('the simulation is within its own confidence interval of the formula, in all cases at once', () => {
    const all = findings(rows, settings.span);
    expect(all.length).toBe(16);
    expect(all.filter((one) => !one.within)).toEqual([]);
    // An interval that holds everything says nothing.
    for (const { halfWidth } of all) expect(halfWidth).toBeLessThan(0.03);
  });

  it('nobody serves without a quorum', () => {
    for (const row of rows) expect(row.serving).toBeLessThanOrEqual(row.quorum);
  });

  it('the formula is the binomial sum', () => {
    expect(availabilityOf(3, 0.1)).toBeCloseTo(0.9 ** 3 + 3 * 0.1 * 0.9 ** 2, 12);
    expect(availabilityOf(5, 0.5)).toBeCloseTo(0.5, 12);
    expect(availabilityOf(1, 0.3)).toBeCloseTo(0.7, 12);
  });

  it('durations are exponential: their logarithm is that of every engine, their mean the wanted one', () => {
    for (const x of [1e-9, 0.001, 0.5, 0.75, 1, 1.2, 3, 1e6])
      expect(logarithm(x)).toBeCloseTo(Math.log(x), 12);
    const stream = new RandomStream('test');
    const draws = Array.from({ length: 20_000 }, () => exponentialDraw(stream, 10));
    expect(mean(draws)).toBeCloseTo(10, 0);
    expect(mean(draws.map((draw) => (draw > 10 ? 1 : 0)))).toBeCloseTo(Math.exp(-1), 1);
  });

  it('intervals use the quantiles of Student’s table', () => {
    expect(studentQuantile(9, 0.95)).toBeCloseTo(2.262, 3);
    expect(studentQuantile(23, 0.99)).toBeCloseTo(2.807, 3);
    expect(studentQuantile(2, 0.95)).toBeCloseTo(4.303, 2);
  });
});
