import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../notebooks/experiment.ts';
import type { StalenessRow, StalenessSettings } from '../../notebooks/staleness/experiment.ts';

const file = JSON.parse(
  readFileSync(new URL('../../notebooks/data/staleness.json', import.meta.url), 'utf8'),
);
const { rows } = fromFile<StalenessSettings, StalenessRow>(file);

describe('how stale a read is', () => {
  it('after a sync a read lacks nothing that had committed before it was asked for', () => {
    const synced = rows.filter((row) => row.sync);
    expect(synced.length).toBe(15);
    for (const { stale, age } of synced) expect([stale, age]).toEqual([0, 0]);
  });

  it('a plain read far from the leader is as old as the way is long, and sync costs the way there and back', () => {
    for (const row of rows.filter((one) => one.distance >= 10)) {
      if (row.sync) expect(row.latency).toBeGreaterThan(2 * row.distance * 0.9);
      else {
        expect(row.stale).toBeGreaterThan(0.9 * row.reads);
        expect(row.age).toBeGreaterThan(row.distance * 0.5);
        expect(row.latency).toBeLessThan(5);
      }
    }
  });
});
