import { describe, expect, test } from 'vitest';
import { recipePrograms } from '../../../sim/clients/recipes/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { parseRunSpec } from '../../../sim/validate.ts';

const plans = Array.from({ length: 300 }, (_, seed) => plan(seed));

describe('plans', () => {
  test('the same seed is the same plan, another one another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual({ ...plan(8), seed: 7 });
  });

  test('every plan is a valid run file', () => {
    for (const spec of plans) expect(parseRunSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test('the number of participants can be given', () => {
    expect(plan(7, { participants: 5 }).ensemble.participants).toBe(5);
  });

  test('faults of clients, their programs and all settings of the service are drawn', () => {
    const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    for (const kind of ['Crash', 'Restart', 'Pause', 'Disconnect', 'Cut'] as const)
      expect(kinds).toContain(`client${kind}`);
    const programs = new Set(plans.flatMap(({ clients }) => clients.map(({ program }) => program.name)));
    expect(programs).toContain('service');
    expect(programs).toContain('mix');
    for (const name of Object.keys(recipePrograms)) expect(programs).toContain(name);
    for (const name of [
      'localSessions',
      'localSessionsUpgrading',
      'readOnlyMode',
      'extendedTypes',
      'enforceQuota',
    ] as const) {
      const on = plans.filter(({ ensemble }) => ensemble[name] === true).length;
      expect([name, on > 10, on < 290]).toEqual([name, true, true]);
    }
  });

  test('what is broken is mended when liveness is demanded: links, servers and clients', () => {
    for (const { faults, end } of plans) {
      const last = faults.filter(({ at }) => at === end.healedAt).map(({ kind }) => kind);
      expect(last).toEqual(['loss', 'heal', 'restart', 'clientRestart']);
      for (const fault of faults)
        if (fault.at !== undefined) expect(fault.at).toBeLessThanOrEqual(end.healedAt!);
    }
  });

  test('sessions are long enough to be had, and short enough to expire before the end', () => {
    for (const { clients, ensemble, end } of plans) {
      for (const { program } of clients) {
        if (program.name === 'resource') continue;
        const { sessionTimeout } = program.params as { sessionTimeout: number };
        expect(sessionTimeout).toBeGreaterThanOrEqual(2 * ensemble.tickTime!);
        expect(sessionTimeout).toBeLessThanOrEqual(ensemble.maxSessionTimeout!);
        expect(end.at - end.healedAt!).toBeGreaterThan(sessionTimeout);
      }
    }
  });
});
