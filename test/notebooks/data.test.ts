// The committed data is what the simulator gives: a part of it is measured anew.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DataFile, fileText, fromFile, rowsOf, toFile } from '../../notebooks/experiment.ts';
import { experiments } from '../../notebooks/experiments.ts';

/** Points of each experiment that take little time, by their place. */
const QUICK: Readonly<Record<string, readonly number[]>> = {
  availability: [0],
  coverage: [0],
  disk: [0, 3, 40],
  election: [0, 100, 500],
  // The servers that are twenty times slower.
  failures: [1],
  hunts: [0, 40],
  staleness: [0, 13],
  // Five servers, all reads.
  throughput: [6],
  timeouts: [2, 15, 20],
};

describe.each(experiments.map((one) => one.name))('the data of %s', (name) => {
  const experiment = experiments.find((one) => one.name === name)!;
  const text = readFileSync(new URL(`../../notebooks/data/${name}.json`, import.meta.url), 'utf8');
  const file: DataFile = JSON.parse(text);
  const committed = fromFile(file);
  const points = experiment.points(committed.settings);

  it('comes from the settings in the code, the same rows for each point', () => {
    expect(committed.settings).toEqual(JSON.parse(JSON.stringify(experiment.defaults)));
    expect(fileText(toFile(experiment, committed))).toBe(text);
    expect(text.length).toBeLessThan(60_000);
  });

  it('is measured anew to the last digit', () => {
    expect(QUICK[name]).toBeDefined();
    // An experiment gives as many rows for each point.
    const each = committed.rows.length / points.length;
    expect(Number.isInteger(each)).toBe(true);
    for (const place of QUICK[name]!) {
      const rows = rowsOf(experiment.measure(points[place]));
      expect(rows).toEqual(committed.rows.slice(place * each, (place + 1) * each));
    }
  });
});
