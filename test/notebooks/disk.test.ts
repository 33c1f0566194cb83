import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DiskRow, DiskSettings } from '../../notebooks/disk/experiment.ts';
import { committedBy, expectedLatency, normalBelow } from '../../notebooks/disk/findings.ts';
import { fromFile } from '../../notebooks/experiment.ts';

const file = JSON.parse(readFileSync(new URL('../../notebooks/data/disk.json', import.meta.url), 'utf8'));
const { rows, settings } = fromFile<DiskSettings, DiskRow>(file);

describe('disk and acks', () => {
  it('a commit takes as long as the fastest quorum of disks', () => {
    const alone = rows.filter((row) => row.part === 'alone');
    expect(alone.length).toBe(16);
    for (const { servers, sigma, mean } of alone) {
      const expected = expectedLatency(servers, settings.flush, sigma);
      expect(Math.abs(mean / expected - 1), `${servers} servers, sigma ${sigma}`).toBeLessThan(0.05);
    }
  });

  it('group commit grows with the writers, one transaction per flush does not', () => {
    const at = (batch: number, writers: number) =>
      rows.find((row) => row.part === 'batches' && row.batch === batch && row.writers === writers)!.commits;
    expect(at(1000, 256)).toBeGreaterThan(30 * at(1, 256));
    expect(at(1, 256)).toBeLessThan(1000 / (settings.flush * 0.9));
  });

  it('the order statistic is that of independent disks', () => {
    expect(normalBelow(0)).toBeCloseTo(0.5, 6);
    expect(normalBelow(1.96)).toBeCloseTo(0.975, 4);
    // Late enough that the round trip does not matter: two of three fair coins.
    expect(committedBy(1e6, 3, 1e6, 0.5)).toBeCloseTo(0.5, 4);
    expect(expectedLatency(3, 5, 0)).toBeCloseTo(5.4, 2);
  });
});
