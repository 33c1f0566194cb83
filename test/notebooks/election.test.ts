import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  type ElectionRow,
  type ElectionSettings,
  electionRun,
} from '../../notebooks/election/experiment.ts';
import { summaries } from '../../notebooks/election/findings.ts';
import { fromFile } from '../../notebooks/experiment.ts';
import { labLink } from '../../notebooks/lab-link.ts';
import { catalog } from '../../scenarios/index.ts';
import { Simulation } from '../../sim/simulation.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { fromFragment } from '../../viz/model/share.ts';

const file = JSON.parse(readFileSync(new URL('../../notebooks/data/election.json', import.meta.url), 'utf8'));
const { rows } = fromFile<ElectionSettings, ElectionRow>(file);

describe('how long an election is', () => {
  it('a dot’s link opens, as the lab reads it, at the event at which the new leader begins to serve', async () => {
    const { event, ...row } = rows[30]!;
    const link = await labLink(electionRun(row), event);
    expect(link).toMatch(/^\.\.\/index\.html#1\./);
    const shared = await fromFragment(link.slice(link.indexOf('#')));
    expect(shared.event).toBe(event);
    // With all properties, as in the lab: who watches changes nothing.
    const seen: number[] = [];
    const simulation = new Simulation(parseRunSpec(shared.run), catalog, {
      listener: {
        onEvent: () => {},
        onProbe: ({ kind }, index) => {
          if (kind === 'established') seen.push(index);
        },
      },
    });
    simulation.runTo(event);
    expect(seen.at(-1)).toBe(event);
    expect(Object.values(simulation.verdicts())).not.toContain('violated');
  });

  it('no election is shorter than the wait for a better vote, and a silent leader is missed late', () => {
    for (const row of rows) expect(row.serving).toBeGreaterThanOrEqual(200);
    const at = (failure: string) =>
      summaries(rows).find(
        (one) =>
          one.failure === failure &&
          one.servers === BASE.servers &&
          one.latency === BASE.latency &&
          one.tickTime === BASE.tickTime &&
          one.syncLimit === BASE.syncLimit,
      )!;
    expect(at('crash').serving).toBeLessThan(300);
    expect(at('cut off').serving).toBeGreaterThan(0.9 * BASE.tickTime * BASE.syncLimit);
  });
});
