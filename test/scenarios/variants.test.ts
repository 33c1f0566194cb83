import { describe, expect, test } from 'vitest';
import { defaultRules, type Rules } from '../../protocol/rules.ts';
import { catalog } from '../../scenarios/index.ts';
import { budgets, directed, inexpressible, variants } from '../../scenarios/variants/index.ts';
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

  test('each has a budget of runs or a run directed at it; three quarters fall to drawn runs', () => {
    for (const { id } of variants) expect([id, id in budgets || id in directed]).toEqual([id, true]);
    expect(Object.keys(budgets).length).toBeGreaterThanOrEqual(0.75 * variants.length);
    for (const id of [...Object.keys(budgets), ...Object.keys(directed)])
      expect(variants.map((variant) => variant.id)).toContain(id);
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
  /** Variant, and the first run of seed 1 in which it breaks what it should: `zab-lab variants --hunt --only …`. */
  const DEATHS: readonly (readonly [string, string])[] = [
    ['never-changes-its-vote', '1-0'],
    ['elects-by-id', '1-0'],
    ['elects-by-zxid', '1-68'],
    ['elects-by-id-compares-nothing', '1-0'],
    ['reuses-epoch', '1-0'],
    ['forgets-accepted-epoch', '1-2'],
    ['serves-before-quorum', '1-0'],
    ['keeps-uncommitted-suffix', '1-14'],
    ['acks-newleader-first', '1-0'],
    ['ZK-3911', '1-11'],
    ['ZK-4646', '1-12'],
    ['ZK-4394', '1-3'],
    ['ZK-4925', '1-63'],
    ['commits-on-minority', '1-0'],
    ['commits-on-own-ack', '1-0'],
    ['never-commits', '1-3'],
    ['acks-before-flush', '1-0'],
    ['delivers-out-of-order', '1-0'],
    ['never-steps-down', '1-11'],
    ['ZK-2845', '1-0'],
    ['ZK-4882', '1-12'],
    ['ZK-4712', '1-50'],
    ['refuses-adoptable-epoch', '1-36'],
    ['reads-overtake-own-writes', '1-1'],
    ['expires-early', '1-0'],
    ['followers-expire-sessions', '1-0'],
    ['leaves-ephemerals', '1-0'],
    ['ignores-pending-changes', '1-0'],
    ['sequence-from-children', '1-1'],
    ['multi-leaves-parts', '1-0'],
    ['fires-watches-late', '1-8'],
    ['fires-watches-twice', '1-10'],
    ['misses-events-while-away', '1-42'],
  ];
  test.each(DEATHS)('%s in the plan of seed %s, where the correct protocol holds', (name, seed) => {
    const { expects } = variants.find(({ id }) => id === name)!;
    const broken = simulate({ ...plan(seed), variant: { name } }, catalog).violations;
    expect(broken.map(({ property }) => property)).toContain(expects);
    expect(simulate(plan(seed), catalog).violations).toEqual([]);
  });
});
