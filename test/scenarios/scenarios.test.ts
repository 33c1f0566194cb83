import { describe, expect, test } from 'vitest';
import { catalog, findScenario, type Scenario, scenarios } from '../../scenarios/index.ts';
import { liveBounds } from '../../sim/check/index.ts';
import { configOf, type RunResult, Simulation, simulate } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import type { SimEvent } from '../../sim/world-event.ts';

const SEEDS = [1, 2, 3];

interface Told {
  readonly result: RunResult;
  /** Which lines of the narration are told. */
  readonly narration: readonly boolean[];
}

/** A run of a scenario with a seed, and what it tells. Expectations have no part in a run: its trace is as without them. */
function told({ run, narration }: Scenario, seed: RunSpec['seed']): Told {
  const lines = narration.map(({ when }, i) => ({ text: `line ${i}`, probe: when }));
  const result = simulate({ ...run, seed, expectations: [...run.expectations, ...lines] }, catalog);
  const own = run.expectations.length;
  return {
    result: { ...result, expectations: result.expectations.slice(0, own) },
    narration: result.expectations.slice(own).map(({ holds }) => holds),
  };
}

/** What does not hold in a run, in words. */
function broken({ violations, expectations }: RunResult): string[] {
  return [
    ...violations.map(({ property, text }) => `${property}: ${text}`),
    ...expectations.filter(({ holds }) => !holds).map(({ text }) => text),
  ];
}

describe('the list of scenarios', () => {
  const ids = scenarios.map(({ id }) => id);

  test('names each scenario once, in kebab-case, and finds it by its name', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const scenario of scenarios) expect(findScenario(scenario.id)).toBe(scenario);
    expect(findScenario('no-such-scenario')).toBeUndefined();
  });

  test('holds the stories that the project promises', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        'healthy-write',
        'first-election-of-five',
        'leader-crash-proposal-on-minority',
        'leader-crash-after-quorum-logged',
        'divergent-leader-truncated',
        'far-behind-snap-near-behind-diff',
        'minority-partition',
        'one-way-partition-of-leader',
        'whole-ensemble-power-loss',
        'observer-joins',
        'paused-leader-wakes',
        'stale-read-and-sync',
        'watch-fires-before-the-data',
        'watch-misses-create-and-delete',
        'multi-fails-in-the-middle',
        'session-moves-mid-write',
        'ephemerals-after-power-loss',
        'fencing-saves-the-day',
        'herd-effect',
        'two-phase-commit-blocks',
        'zab-carries-on',
      ]),
    );
  });

  test('tells each story in two to five sentences', () => {
    for (const { id, story } of scenarios) {
      const sentences = story.split(/[.?!](?: |$)/).filter((sentence) => sentence !== '').length;
      expect(sentences, id).toBeGreaterThanOrEqual(2);
      expect(sentences, id).toBeLessThanOrEqual(5);
    }
  });
});

describe.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_id, scenario) => {
  const runs = new Map<RunSpec['seed'], Told>();
  const of = (seed: RunSpec['seed']): Told =>
    runs.get(seed) ?? runs.set(seed, told(scenario, seed)).get(seed)!;

  test('is JSON that validates', () => {
    expect(parseRunSpec(JSON.parse(JSON.stringify(scenario.run)))).toEqual(scenario.run);
    expect(scenario.run.title).toBe(scenario.title);
  });

  // A run that never heals claims nothing about liveness; only a variant may be such a run.
  const heals = scenario.run.end.healedAt !== undefined;
  test('heals, or shows a variant that cannot', () => {
    expect(heals || scenario.run.variant !== undefined).toBe(true);
  });

  test.runIf(heals)('leaves every bound of LIVE-* time to run out', () => {
    const { at, healedAt } = scenario.run.end;
    const { converge } = liveBounds(scenario.run, configOf(scenario.run.ensemble));
    expect(at).toBeGreaterThanOrEqual((healedAt ?? Number.NaN) + converge);
  });

  test('keeps all properties and meets its expectations on seeds 1 to 3', () => {
    const failures = SEEDS.map((seed) => [seed, broken(of(seed).result)] as const);
    expect(failures.filter(([, texts]) => texts.length > 0)).toEqual([]);
  });

  test.runIf(heals)('puts convergence to the test', () => {
    expect(of(scenario.run.seed).result.verdicts).toMatchObject({
      'LIVE-ELECTS': 'holds',
      'LIVE-CONVERGES': 'holds',
    });
  });

  test('has all its faults strike before it counts as healed', () => {
    const struck = new Set<number>();
    const late: number[] = [];
    const onProbe = (event: SimEvent): void => {
      if (event.kind !== 'faulted') return;
      struck.add(event.index);
      if (simulation.now > (scenario.run.end.healedAt ?? scenario.run.end.at)) late.push(event.index);
    };
    const listener = { onEvent: () => {}, onProbe };
    const simulation = new Simulation(scenario.run, catalog, { listener });
    simulation.run();
    expect([...struck].sort((a, b) => a - b)).toEqual(scenario.run.faults.map((_, i) => i));
    expect(late).toEqual([]);
  });

  test('is the same run twice, and differs by seed', () => {
    expect(simulate(scenario.run, catalog)).toEqual(of(scenario.run.seed).result);
    expect(of(1).result.traceHash).not.toBe(of(2).result.traceHash);
  });

  test('goes on as it did when it is restored from a snapshot', () => {
    const simulation = new Simulation(scenario.run, catalog);
    const whole = of(scenario.run.seed).result;
    for (const share of [0.1, 0.5, 0.9]) {
      simulation.runTo(Math.floor(whole.events * share));
      const snapshot = simulation.snapshot();
      expect(simulation.run().result()).toEqual(whole);
      simulation.restore(snapshot);
      expect(simulation.events).toBe(snapshot.events);
    }
    expect(simulation.run().result()).toEqual(whole);
  });

  test('tells every line of its narration', () => {
    const silent = scenario.narration.filter((_, i) => !SEEDS.some((seed) => of(seed).narration[i]));
    expect(silent).toEqual([]);
    expect(scenario.narration.length).toBeGreaterThan(0);
  });
});
