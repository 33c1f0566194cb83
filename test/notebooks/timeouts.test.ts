import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../notebooks/experiment.ts';
import type { TimeoutsRow, TimeoutsSettings } from '../../notebooks/timeouts/experiment.ts';
import { curves } from '../../notebooks/timeouts/findings.ts';

const file = JSON.parse(readFileSync(new URL('../../notebooks/data/timeouts.json', import.meta.url), 'utf8'));
const { rows } = fromFile<TimeoutsSettings, TimeoutsRow>(file);

describe('timeouts', () => {
  it('a server is taken for dead near its limit, never well before', () => {
    const servers = curves(rows).filter((one) => one.victim !== 'client');
    expect(servers.length).toBe(8);
    for (const { half, safe } of servers) {
      expect(safe).toBeGreaterThanOrEqual(0.7);
      expect(half).toBeGreaterThan(0.8);
      expect(half).toBeLessThan(1.3);
    }
  });

  it('a session outlives every pause that leaves its timeout uncrossed, counted from the client’s last request', () => {
    // Five requests per second, at most 400 ms apart, and what is on its way.
    const since = 450;
    for (const row of rows) {
      if (row.victim === 'client' && row.pause < row.tickTime * row.sessionTicks - since)
        expect(row.suspected).toBe(0);
    }
  });

  it('the half of a curve lies between the points around it', () => {
    const row = (share: number, suspected: number): TimeoutsRow => ({
      tickTime: 100,
      syncLimit: 2,
      sessionTicks: 2,
      victim: 'leader',
      share,
      pause: 0,
      runs: 10,
      suspected,
      detection: 1,
    });
    const [curve] = curves([row(1, 10), row(0.8, 0), row(0.9, 2)]);
    expect(curve).toMatchObject({ safe: 0.8, fatal: 1 });
    expect(curve!.half).toBeCloseTo(0.9 + (0.1 * 3) / 8, 12);
  });
});
