import { describe, expect, it } from 'vitest';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import { planOf } from '../../sim/fuzz/profile.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { Setup } from '../../viz/model/messages.ts';
import { openScenario } from '../../viz/model/opening.ts';
import { setUp, setupOf } from '../../viz/model/set-up.ts';
import { sitting } from './sitting.ts';

describe('setting up a run', () => {
  it('a run of the fuzzer is drawn by seed, number and profile, and is the one that zab-lab fuzz makes', async () => {
    const lab = await sitting();
    const drawing = { seed: 7, run: 12, profile: 'crash' };
    await lab.ask({ kind: 'setup', setup: { drawing } });
    expect(lab.opened.setup).toMatchObject({ seed: '7-12', scenario: '', drawing });
    await lab.ask({ kind: 'share' });
    const made = planOf({ seed: 7, profile: 'crash' }, 12, fullCatalog.workloads);
    expect(JSON.parse(lab.last('shared').file)).toEqual(made);
    // A link knows how it was drawn, with a variant as well; a run that was changed was not drawn so.
    await lab.ask({ kind: 'setup', setup: { variant: 'two-phase-commit' } });
    await lab.ask({ kind: 'share' });
    const other = await sitting(lab.last('shared').fragment);
    expect(other.opened.setup).toMatchObject({ variant: 'two-phase-commit', drawing });
    await other.ask({ kind: 'setup', setup: { latency: [1, 2] } });
    expect(other.opened.setup.drawing).toBeNull();
  });

  it('every scenario takes every setting, or says why not', () => {
    for (const scenario of fullCatalog.scenarios) {
      const opened = openScenario(fullCatalog, scenario.id);
      const { fixedEnsemble, least } = setupOf(fullCatalog, opened);
      const made = (setup: Setup): RunSpec => setUp(fullCatalog, opened, setup).run;
      expect(made({ seed: 99 }).seed).toBe(99);
      expect(made({ latency: [1, 20] }).world.network?.latency).toEqual({ uniform: [1, 20] });
      expect(made({ flush: [0, 5] }).world.disk?.flush).toEqual({ uniform: [0, 5] });
      expect(made({ variant: 'canary' }).variant).toEqual({ name: 'canary' });
      if (fixedEnsemble !== '') {
        expect(() => made({ participants: 7 }), scenario.id).toThrow(/number is fixed/);
        continue;
      }
      expect(made({ participants: 7 }).ensemble.participants).toBe(7);
      expect(made({ observers: 2 }).ensemble.observers).toBe(2);
      expect(made({ participants: least.participants }).ensemble.participants).toBe(least.participants);
      if (least.participants > 1)
        expect(() => made({ participants: least.participants - 1 }), scenario.id).toThrow(/needs at least/);
    }
  });

  it.each([
    ['latency', { latency: [5, 1] as const }],
    ['participants', { participants: 0 }],
    ['variant', { variant: 'no such' }],
    ['profile', { drawing: { seed: 1, run: 0, profile: 'no such' } }],
  ])('a %s that cannot be is answered with a sentence, and nothing changes', async (what, setup) => {
    const lab = await sitting();
    const { opened } = lab;
    await lab.ask({ kind: 'setup', setup });
    expect(lab.last('problem').text).toMatch(new RegExp(what === 'participants' ? 'at least' : what));
    expect(lab.opened).toEqual(opened);
  });
});
