// What a module of somebody's own may add to the catalog, and how its mistakes are answered.
import { describe, expect, test } from 'vitest';
import { define, type Extension, extend } from '../../scenarios/extension.ts';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import { healthyWrite } from '../../scenarios/healthy-write.ts';
import { changed } from '../../scenarios/variants/variant.ts';
import { CheckError } from '../../sim/check/own-property.ts';
import { type PropertyHandlers, property } from '../../sim/check/property.ts';
import { planOf } from '../../sim/fuzz/profile.ts';
import { Simulation, simulate } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { SpecError } from '../../sim/spec-error.ts';

/** Counts commits; `most` of them are allowed. */
function commits(id: string, most: number): PropertyHandlers<{ count: number }> {
  return {
    id,
    title: 'Few commits',
    statement: `at most ${most} commits`,
    state: () => ({ count: 0 }),
    on: {
      committed(_event, state, check) {
        state.count++;
        check.expect(state.count <= most, () => `${state.count} commits at ${Math.floor(check.now())} ms`);
      },
    },
  };
}

const variant = {
  id: 'my-mistake',
  title: 'One acknowledgement commits',
  source: 'a test',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { commits: (acks) => acks !== 0 } }),
};

const greeting: Extension['programs'] = {
  greet: {
    members: {},
    make: () =>
      function* (zk) {
        yield* zk.sleep(1500);
        yield* zk.create('/greeting', 'hello');
      },
  },
};

const scenario = {
  ...healthyWrite,
  id: 'my-story',
  run: {
    ...healthyWrite.run,
    clients: [{ program: { name: 'greet' } }],
    expectations: [{ text: 'it is there', end: { exists: ['/greeting'] } }],
  },
};

function resultOf(run: RunSpec, extension: Extension) {
  return simulate(run, extend(fullCatalog, extension));
}

describe('an extension', () => {
  test('an own property is checked in every run, beside those that come along', () => {
    const properties = [property(commits('MINE-FEW', 3)), property(commits('MINE-FEWER', 1))];
    const plain = simulate(healthyWrite.run, fullCatalog);
    const result = resultOf(healthyWrite.run, { properties });
    expect(result.verdicts).toEqual({ ...plain.verdicts, 'MINE-FEW': 'holds', 'MINE-FEWER': 'violated' });
    expect(result.violations.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^2 commits at \d+ ms$/),
      expect.stringMatching(/^3 commits at \d+ ms$/),
    ]);
    expect(result.traceHash).toBe(plain.traceHash);
  });

  test('an own property that expected nothing is unchecked; its end may expect', () => {
    const none = { ...commits('MINE-NONE', 9), on: {} };
    const late = property({
      ...commits('MINE-LATE', 9),
      atEnd: ({ count }, check, end) =>
        check.expect(count === 0, () => `${count} commits by ${end.running.length} servers`),
    });
    const { verdicts, violations } = resultOf(healthyWrite.run, { properties: [property(none), late] });
    expect(verdicts).toMatchObject({ 'MINE-NONE': 'unchecked', 'MINE-LATE': 'violated' });
    expect(violations.map(({ text }) => text)).toEqual(['3 commits by 3 servers']);
  });

  test('its state is copied with the run: taken back to a snapshot, it says the same again', () => {
    const catalog = extend(fullCatalog, { properties: [property(commits('MINE-FEW', 1))] });
    const simulation = new Simulation(healthyWrite.run, catalog);
    simulation.runTo(600);
    const snapshot = simulation.snapshot();
    const first = simulation.run().result();
    simulation.restore(snapshot);
    expect(simulation.run().result()).toEqual(first);
    expect(first.violations).toHaveLength(2);
  });

  test('an own variant is a name for a run; the others keep theirs', () => {
    const extension = { variants: [variant] };
    const run = { ...healthyWrite.run, variant: { name: 'my-mistake' } };
    expect(resultOf(run, extension).verdicts['LOG-DURABILITY']).toBe('violated');
    expect(resultOf(healthyWrite.run, extension).verdicts['LOG-DURABILITY']).toBe('holds');
    const known = { ...healthyWrite.run, variant: { name: 'two-phase-commit' } };
    expect(resultOf(known, extension)).toEqual(simulate(known, fullCatalog));
  });

  test('an own program is a client of a run, and an own scenario may use it', () => {
    const catalog = extend(fullCatalog, { programs: greeting, scenarios: [scenario] });
    expect(catalog.scenarios.at(-1)).toBe(scenario);
    expect(simulate(scenario.run, catalog).expectations).toEqual([
      expect.objectContaining({ text: 'it is there', holds: true }),
    ]);
  });

  test('an own workload is in each plan of a campaign, drawn from a stream of its own', () => {
    const greet = define({
      programs: greeting,
      workloads: [
        {
          id: 'greetings',
          title: 'One or two who greet',
          clients: (random) =>
            Array.from({ length: 1 + random.below(2) }, () => ({ program: { name: 'greet' } })),
        },
      ],
    });
    const { workloads } = extend(fullCatalog, greet);
    const campaign = { seed: 1, profile: 'default' };
    const counts = new Set<number>();
    for (let run = 0; run < 20; run++) {
      const { clients, ...rest } = planOf(campaign, run);
      const { clients: more, ...same } = planOf(campaign, run, workloads);
      expect(same).toEqual(rest);
      expect(more.slice(0, clients.length)).toEqual(clients);
      expect(planOf(campaign, run, workloads).clients).toEqual(more);
      counts.add(more.length - clients.length);
    }
    expect([...counts].sort()).toEqual([1, 2]);
  });

  test('extensions add up, and a later one may build on an earlier one', () => {
    const first = extend(fullCatalog, { programs: greeting, properties: [property(commits('MINE-FEW', 1))] });
    const both = extend(first, { scenarios: [scenario], variants: [{ ...variant, expects: 'MINE-FEW' }] });
    expect(simulate(scenario.run, both).verdicts['MINE-FEW']).toBe('violated');
    expect(fullCatalog.scenarios).not.toContain(scenario);
  });
});

const fine = property(commits('MINE-FEW', 1));
const rules = variant.rules;

/** Each with the complaint it must get. */
const mistakes: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  'no object': [7, /^extension: is 7; allowed: an object$/],
  'a misspelt member': [
    { propertys: [] },
    /^extension\.propertys: is no field here \(did you mean "properties"\?\)/,
  ],
  'a list that is none': [{ properties: fine }, /^extension\.properties: is an object; allowed: an array$/],
  'a property without a statement': [
    { properties: [{ id: 'A', title: 'a', monitor: fine.monitor }] },
    /^extension\.properties\[0\]\.statement: is missing/,
  ],
  'handlers that never met property()': [
    { properties: [commits('MINE', 1)] },
    /^extension\.properties\[0\]\.state: is no field here/,
  ],
  'an id with blanks': [
    { variants: [{ ...variant, id: 'my own' }] },
    /^extension\.variants\[0\]\.id: is "my own"/,
  ],
  'a property that exists': [
    { properties: [{ ...fine, id: 'ZAB-PREFIX' }] },
    /^extension\.properties\[0\]\.id: is "ZAB-PREFIX", which exists already/,
  ],
  'a property that every run is checked for': [
    { properties: [{ ...fine, id: 'NO-CRASH' }] },
    /exists already/,
  ],
  'a property given twice': [
    { properties: [fine, fine] },
    /^extension\.properties\[1\]\.id: is "MINE-FEW", which exists already/,
  ],
  'a variant that exists': [
    { variants: [{ ...variant, id: 'two-phase-commit' }] },
    /^extension\.variants\[0\]\.id: is "two-phase-commit", which exists already/,
  ],
  'a scenario that exists': [{ scenarios: [healthyWrite] }, /"healthy-write", which exists already/],
  'a program that exists': [
    { programs: { mix: greeting.greet } },
    /^extension\.programs\.mix: is "mix", which exists already/,
  ],
  'a variant that expects a property nobody knows': [
    { variants: [{ ...variant, expects: 'ZAB-PREFIKS' }] },
    /^extension\.variants\[0\]\.expects: is "ZAB-PREFIKS" \(did you mean "ZAB-PREFIX"\?\)/,
  ],
  'a misspelt rule': [
    { variants: [{ ...variant, rules: { ...rules, zab: { ...rules.zab, comits: () => true } } }] },
    /^extension\.variants\[0\]\.rules\.zab\.comits: is no rule \(did you mean "commits"\?\)/,
  ],
  'rules in part': [
    { variants: [{ ...variant, rules: { zab: rules.zab } }] },
    /^extension\.variants\[0\]\.rules\.\w+: is missing; allowed: all members; changed/,
  ],
  'a rule of another type': [
    { variants: [{ ...variant, rules: changed({ zab: { commits: true as never } }) }] },
    /^extension\.variants\[0\]\.rules\.zab\.commits: is true; allowed: a function$/,
  ],
  'a program that is no definition': [
    { programs: { greet: () => null } },
    /^extension\.programs\.greet: is a function; allowed: an object$/,
  ],
  'a scenario with a wrong run': [
    { scenarios: [{ ...scenario, run: { ...scenario.run, sead: 1 } }] },
    /^extension\.scenarios\[0\]\.run\.sead: is no field here/,
  ],
  'a scenario with a program nobody knows': [
    { scenarios: [scenario] },
    /^extension\.scenarios\[0\]\.run\.clients\[0\]\.program\.name: "greet" is not in the catalog/,
  ],
  'a workload that throws': [
    {
      workloads: [
        {
          id: 'w',
          title: 'w',
          clients: () => {
            throw new Error('no idea\nat all');
          },
        },
      ],
    },
    /^workload w: throws: no idea; allowed: a list of clients$/,
  ],
  'a workload with a program nobody knows': [
    { workloads: [{ id: 'w', title: 'w', clients: () => [{ program: { name: 'greet' } }] }] },
    /^extension\.workloads\[0\]\.clients\[\d+\]\.program\.name: "greet" is not in the catalog/,
  ],
  'a monitor that is none': [
    { properties: [{ ...fine, monitor: () => 3 }] },
    /^the check of MINE-FEW is no monitor/,
  ],
  'a monitor that cannot be made': [
    {
      properties: [
        {
          ...fine,
          monitor: () => {
            throw new Error('not today');
          },
        },
      ],
    },
    /^the check of MINE-FEW throws: not today$/,
  ],
  'an event that does not exist': [
    { properties: [property({ ...commits('MINE-FEW', 1), on: { commited: () => {} } as never })] },
    /^the check of MINE-FEW wants events of the kind 'commited', which does not exist; did you mean 'committed'\?$/,
  ],
  'a monitor with an id of another property': [
    { properties: [{ ...fine, id: 'MINE-OTHER' }] },
    /^the check of MINE-OTHER has the ids \[MINE-FEW\]: it must have just this one$/,
  ],
  'a function in the state': [
    { properties: [property({ ...commits('MINE-FEW', 1), state: () => ({ count: 0, later: [() => 1] }) })] },
    /^extension\.properties: .* is a function: the state of a run must be plain data/,
  ],
};

describe('a mistake in an extension is answered with one line', () => {
  test.each(Object.keys(mistakes))('%s', (name) => {
    const [extension, complaint] = mistakes[name]!;
    let thrown: unknown;
    try {
      extend(fullCatalog, extension as Extension);
    } catch (error) {
      thrown = error;
    }
    expect(thrown instanceof SpecError || thrown instanceof CheckError, String(thrown)).toBe(true);
    expect((thrown as Error).message).toMatch(complaint);
    expect((thrown as Error).message).not.toContain('\n');
  });

  test('a check that throws in the middle of a run says which property it was', () => {
    const broken = property({
      ...commits('MINE-FEW', 1),
      on: {
        committed() {
          throw new TypeError('x is undefined');
        },
      },
    });
    expect(() => resultOf(healthyWrite.run, { properties: [broken] })).toThrow(
      new CheckError('MINE-FEW', 'throws: x is undefined'),
    );
  });
});
