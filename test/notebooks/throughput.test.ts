import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../notebooks/experiment.ts';
import { bounds, calibrate } from '../../notebooks/throughput/calibration.ts';
import {
  CALIBRATED_ON,
  type ThroughputRow,
  type ThroughputSettings,
} from '../../notebooks/throughput/experiment.ts';
import {
  best,
  outliers,
  pairErrors,
  predictions,
  standing,
  TOLERANCE,
} from '../../notebooks/throughput/findings.ts';

const file = JSON.parse(
  readFileSync(new URL('../../notebooks/data/throughput.json', import.meta.url), 'utf8'),
);
const { rows } = fromFile<ThroughputSettings, ThroughputRow>(file);

describe('reads scale, writes do not', () => {
  it('every extreme that was predicted is within 20 % of the paper', () => {
    const predicted = predictions(rows, CALIBRATED_ON).filter((one) => one.standing !== 'calibrated');
    expect(predicted.map(({ servers, load, standing }) => `${servers} ${load} ${standing}`)).toEqual([
      '5 all reads interpolated',
      '7 all reads interpolated',
      '13 all reads extrapolated',
      '5 all writes interpolated',
      '7 all writes interpolated',
      '13 all writes extrapolated',
    ]);
    for (const { servers, load, error } of predicted)
      expect(Math.abs(error), `${servers} ${load}`).toBeLessThanOrEqual(TOLERANCE);
  });

  it('mixed loads lie between the extremes, and the order of the ensembles turns', () => {
    expect(outliers(rows)).toEqual([]);
    expect(best(rows, 0)).toBe(3);
    expect(best(rows, 1)).toBe(13);
  });

  it('the costs follow from the two rows alone', () => {
    expect(calibrate([3, 9])).toEqual({ request: 25, write: 36, follower: 6 });
    const { leader, follower } = bounds({ request: 10, write: 30, follower: 5 }, 3, 0.5);
    expect(leader).toBe(1e6 / (0.5 * 40));
    expect(follower).toBe(1e6 / (10 / 2 + 0.5 * 5));
  });

  it('says of a row whether it was calibrated on, between or outside', () => {
    expect([3, 5, 9, 13].map((servers) => standing(servers, [3, 9]))).toEqual([
      'calibrated',
      'interpolated',
      'calibrated',
      'extrapolated',
    ]);
    expect(new Set(pairErrors().map((one) => one.pair)).size).toBe(10);
  });
});
