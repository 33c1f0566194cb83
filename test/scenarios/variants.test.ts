import { describe, expect, test } from 'vitest';
import { defaultRules, type Rules } from '../../protocol/rules.ts';
import { catalog } from '../../scenarios/index.ts';
import { directed, inexpressible, variants } from '../../scenarios/variants/index.ts';
import { properties } from '../../sim/check/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { simulate } from '../../sim/index.ts';
import { parseRunSpec } from '../../sim/validate.ts';

const PARTS = Object.keys(defaultRules) as (keyof Rules)[];

/** Names of the rules that a variant replaces. */
function replaced(rules: Rules): string[] {
  return PARTS.flatMap((part) => {
    const [own, correct] = [rules[part], defaultRules[part]] as unknown as Record<string, unknown>[];
    expect(Object.keys(own!).sort()).toEqual(Object.keys(correct!).sort());
    return Object.keys(own!).filter((name) => own![name] !== correct![name]);
  });
}

/** The rules of known-bugs: every row of the historical bugs has its variant, or its reason for none. */
const HISTORICAL = [
  ...['ZK-1419', 'ZK-2845', 'ZK-3642', 'ZK-3911', 'ZK-4646', 'ZK-4643', 'ZK-4685', 'ZK-4394', 'ZK-3023'],
  ...['ZK-4785', 'ZK-4712', 'ZK-4925', 'ZK-4882', 'ZK-5094'],
];

describe('variants', () => {
  test.each(variants.map((variant) => [variant.id, variant] as const))(
    '%s replaces one to three decisions, and names a source and a property',
    (_, { rules, source, expects, title }) => {
      const names = replaced(rules);
      expect(names.length).toBeGreaterThanOrEqual(1);
      expect(names.length).toBeLessThanOrEqual(3);
      expect(title).not.toBe('');
      expect(source).not.toBe('');
      expect(['NO-CRASH', ...properties.map(({ id }) => id)]).toContain(expects);
    },
  );

  test('each has an id of its own, and the historical bugs theirs or a reason for none', () => {
    const ids = [...variants, ...inexpressible].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of HISTORICAL) expect(ids).toContain(id);
  });

  test('no two replace the same decisions by the same values', () => {
    const seen = new Map<string, string>();
    for (const { id, rules } of variants) {
      const key = PARTS.flatMap((part) => {
        const own = rules[part] as unknown as Record<string, unknown>;
        const correct = defaultRules[part] as unknown as Record<string, unknown>;
        return Object.keys(own)
          .filter((name) => own[name] !== correct[name])
          .map((name) => `${part}.${name}=${String(own[name])}`);
      }).join(';');
      expect([id, seen.get(key)]).toEqual([id, undefined]);
      seen.set(key, id);
    }
  });

  test('the canary fails in every run, at its first event', () => {
    for (const seed of [1, 2, 3]) {
      const { violations } = simulate({ ...plan(seed), variant: { name: 'canary' } }, catalog);
      expect(violations.map(({ property }) => property)).toContain('NO-CRASH');
      expect(violations[0]!.event).toBe(1);
    }
  });
});

describe('directed runs', () => {
  test.each(Object.entries(directed))(
    '%s breaks what it should, and the correct protocol holds',
    (name, spec) => {
      const { expects } = variants.find(({ id }) => id === name)!;
      expect(parseRunSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      const broken = simulate({ ...spec, variant: { name } }, catalog).violations;
      expect(broken.map(({ property }) => property)).toContain(expects);
      const correct = simulate(spec, catalog);
      expect(correct.violations).toEqual([]);
      expect(['holds', 'unchecked']).toContain(correct.verdicts[expects]);
      expect(spec.faults.length).toBeLessThanOrEqual(8);
    },
  );
});

describe('drawn runs kill', () => {
  /** Variant, seed of a plan. */
  const DEATHS: readonly (readonly [string, string])[] = [];
  test.each(DEATHS)('%s in the plan of seed %s, where the correct protocol holds', (name, seed) => {
    const { expects } = variants.find(({ id }) => id === name)!;
    const broken = simulate({ ...plan(seed), variant: { name } }, catalog).violations;
    expect(broken.map(({ property }) => property)).toContain(expects);
    expect(simulate(plan(seed), catalog).violations).toEqual([]);
  });
});
