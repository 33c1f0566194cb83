import { describe, expect, test } from 'vitest';
import { catalog } from '../../../scenarios/index.ts';
import { recipePrograms } from '../../../sim/clients/recipes/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { parseRunSpec } from '../../../sim/validate.ts';
import type { SimEvent } from '../../../sim/world-event.ts';

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
      while (last[0] === 'diskFree') last.shift();
      expect(last.slice(0, 4)).toEqual(['loss', 'heal', 'restart', 'clientRestart']);
      // One participant may be gone for good: a quorum is there.
      expect([[], ['crash']]).toContainEqual(last.slice(4));
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

  test('sequences of faults and single ones are drawn, on times and on moments', () => {
    const all = plans.flatMap(({ faults }) => faults);
    const kinds = new Set(all.map(({ kind }) => kind));
    for (const kind of [
      'crash',
      'powerLoss',
      'isolate',
      'partition',
      'swizzle',
      'cut',
      'slow',
      'diskFull',
    ] as const)
      expect(kinds).toContain(kind);
    const moments = new Set(all.map(({ when }) => when?.on));
    for (const on of ['currentEpoch', 'newLeaderAcked', 'truncated', 'syncChosen', 'proposed', 'established'])
      expect(moments).toContain(on);
    expect(all.filter(({ when }) => when?.on === 'proposed').length).toBeGreaterThan(plans.length / 10);
  });

  test('the kinds of faults can be given, and that nothing is lost by chance', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { faults, world, end } = plan(seed, { serverFaults: ['pause'], clientFaults: [], lossy: false });
      const before = faults.filter(({ at }) => at !== end.healedAt).map(({ kind }) => kind);
      expect(before.filter((kind) => kind !== 'pause')).toEqual([]);
      expect(world.network).toMatchObject({ dropRate: 0, electionLossRate: 0 });
    }
  });

  test('half of the runs have 3,000 events, 30 committed writes and 2 elections, and all hold', () => {
    const sizes = plans.slice(0, 31).map((spec) => {
      const counts = { events: 0, committed: 0, established: 0 };
      const onProbe = ({ kind }: SimEvent) => {
        if (kind === 'committed' || kind === 'established') counts[kind]++;
      };
      const simulation = new Simulation(spec, catalog, { listener: { onEvent() {}, onProbe } });
      const { events, violations } = simulation.run().result();
      expect([spec.seed, violations]).toEqual([spec.seed, []]);
      return { ...counts, events };
    });
    const median = (of: (size: (typeof sizes)[number]) => number) =>
      sizes.map(of).sort((a, b) => a - b)[sizes.length >> 1]!;
    expect(median(({ events }) => events)).toBeGreaterThanOrEqual(3000);
    expect(median(({ events }) => events)).toBeLessThanOrEqual(6000);
    expect(median(({ committed }) => committed)).toBeGreaterThanOrEqual(30);
    expect(median(({ established }) => established)).toBeGreaterThanOrEqual(2);
  });
});
