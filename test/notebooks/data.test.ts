// The committed data is what the simulator gives: a part of it is measured anew.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DataFile, fileText, fromFile, toFile } from '../../notebooks/experiment.ts';
import { experiments } from '../../notebooks/experiments.ts';

/** Points of each experiment that take little time, by their place. */
const QUICK: Readonly<Record<string, readonly number[]>> = {
  // Three servers, all writes.
  throughput: [0],
  availability: [0],
  election: [0, 30, 100, 200, 500],
};

describe.each(experiments.map((one) => one.name))('the data of %s', (name) => {
  const experiment = experiments.find((one) => one.name === name)!;
  const text = readFileSync(new URL(`../../notebooks/data/${name}.json`, import.meta.url), 'utf8');
  const file: DataFile = JSON.parse(text);
  const committed = fromFile(file);
  const points = experiment.points(committed.settings);

  it('comes from the settings in the code, one row for each point', () => {
    expect(committed.settings).toEqual(JSON.parse(JSON.stringify(experiment.defaults)));
    expect(committed.rows.length).toBe(points.length);
    expect(fileText(toFile(experiment, committed))).toBe(text);
    expect(text.length).toBeLessThan(60_000);
  });

  it('is measured anew to the last digit', () => {
    expect(QUICK[name]?.length).toBeGreaterThan(0);
    for (const place of QUICK[name]!) {
      expect(experiment.measure(points[place])).toEqual(committed.rows[place]);
    }
  });
});
