import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../notebooks/experiment.ts';
import { type FailuresRow, type FailuresSettings, INCIDENTS } from '../../notebooks/failures/experiment.ts';
import { dips } from '../../notebooks/failures/findings.ts';

const file = JSON.parse(readFileSync(new URL('../../notebooks/data/failures.json', import.meta.url), 'utf8'));
const { rows } = fromFile<FailuresSettings, FailuresRow>(file);
const full = rows.filter((row) => row.slower === 1);

describe('throughput through failures', () => {
  it('goes on when followers fail, and is back within a second when the leader does', () => {
    const all = dips(full);
    expect(all.length).toBe(INCIDENTS.length);
    for (const { what, noWrites, recovery } of all) {
      if (what.includes('leader')) {
        expect(noWrites).toBeGreaterThan(0);
        expect(recovery).toBeLessThanOrEqual(1500);
      } else expect(noWrites, what).toBeLessThanOrEqual(200);
    }
  });

  it('a dip is what falls below what is usual afterwards', () => {
    const flat = Array.from({ length: 100 }, (_, i): FailuresRow => {
      return { slower: 1, time: 2100 + i * 100, reads: 70, writes: 30 };
    });
    const hole = flat.map((row) =>
      row.time > 4000 && row.time <= 4300 ? { ...row, reads: 0, writes: 0 } : row,
    );
    expect(dips(flat)[0]).toMatchObject({ at: 4000, recovery: 0, worst: 100, noWrites: 0 });
    expect(dips(hole)[0]).toMatchObject({ at: 4000, recovery: 300, worst: 0, noWrites: 300, before: 100 });
  });
});
