import { describe, expect, it } from 'vitest';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import { findScenario } from '../../scenarios/index.ts';
import type { Line } from '../../viz/model/edits.ts';
import { Film } from '../../viz/model/film.ts';
import type { ViolationFrame } from '../../viz/model/frame.ts';
import { openScenario } from '../../viz/model/opening.ts';
import { Tapes } from '../../viz/model/tapes.ts';
import { STANDARD, sitting } from './sitting.ts';

describe('what is expected and what is violated', () => {
  it('expectations are open until they are met, and at the end met or missed', async () => {
    const lab = (await sitting()).record();
    const { expectations } = findScenario(STANDARD)!.run;
    expect(lab.frame.expectations).toEqual(expectations.map(({ text }) => ({ text, state: 'open' })));
    await lab.ask({ kind: 'seek', event: 1e9 });
    expect(lab.frame.expectations).toEqual(expectations.map(({ text }) => ({ text, state: 'met' })));
    await lab.ask({ kind: 'setup', setup: { variant: 'canary' } });
    lab.record();
    await lab.ask({ kind: 'seek', event: 1e9 });
    expect(lab.frame.expectations.map(({ state }) => state)).toContain('missed');
  });

  it('a violation names the events that show it: where what its text speaks of came about', async () => {
    const lab = await sitting();
    const violation = async (variant: string, run: number): Promise<ViolationFrame> => {
      await lab.ask({ kind: 'setup', setup: { drawing: { seed: 1, run, profile: 'default' }, variant } });
      lab.record();
      await lab.ask({ kind: 'seek', event: 1e9 });
      return lab.frame.violations[0]!;
    };
    const said = async (event: number): Promise<string> => {
      await lab.ask({ kind: 'seek', event });
      return lab.frame.step!.sentences.map(({ who, text }) => `${who} ${text}`).join('; ');
    };
    const prefix = await violation('delivers-out-of-order', 0);
    const [, at, , others] =
      /delivered (\[\S+\]) right after (\[\S+\]), where others delivered (\[\S+\])/.exec(prefix.text)!;
    const all: string[] = [];
    for (const event of prefix.events) all.push(await said(event));
    const hex = (pair: string): string => {
      const [epoch, counter] = pair.slice(1, -1).split(',').map(Number);
      return `0x${(epoch! * 2 ** 32 + counter!).toString(16)}`;
    };
    expect(prefix.events.at(-1)).toBe(prefix.event);
    expect(all.at(-1)).toContain(`applies ${hex(at!)}`);
    expect(all.slice(0, -1).join('\n')).toMatch(new RegExp(`\\d (applies|commits) ${hex(others!)}`));

    // What is found at the end of the run has no cause in its last event.
    const elects = await violation('never-changes-its-vote', 0);
    expect(elects).toMatchObject({ property: 'LIVE-ELECTS', events: [elects.event] });
  });
});

describe('what is kept of a run', () => {
  it('frames on film are those that one finds by going there', async () => {
    const lab = (await sitting()).record();
    const film = lab.replies.flatMap((reply) => (reply.kind === 'progress' ? reply.film : []));
    expect(film.length).toBeGreaterThan(100);
    for (const [event, text] of film.filter((_, i) => i % 40 === 7)) {
      await lab.ask({ kind: 'seek', event });
      expect(JSON.parse(text)).toEqual(lab.frame);
    }
  });

  it('a film has no more text than it may, and is then evenly thinner', () => {
    const film = new Film(10_000);
    for (let event = 1; event <= 32_000; event++)
      if (film.wants(event)) film.add(event, `{"event":${event},"pad":"${'x'.repeat(80)}"}`);
    expect(film.size).toBeLessThanOrEqual(10_000);
    const kept = film.since(0).map(([event]) => event);
    expect(kept.length).toBeGreaterThan(40);
    const distance = kept[1]! - kept[0]!;
    kept.forEach((event, i) => {
      if (i > 0) expect(event - kept[i - 1]!).toBe(distance);
    });
    expect(film.at(kept[5]! + 3, 3)?.event).toBe(kept[5]);
    expect(film.at(kept[5]! + 3, 2)).toBeNull();
  });

  it('snapshots hold no more than they may, however long the run and however many its branches', () => {
    const { run } = findScenario('far-behind-snap-near-behind-diff')!;
    const opened = { ...openScenario(fullCatalog, STANDARD), run: { ...run, end: { at: 60_000 } } };
    const tapes = new Tapes(opened, fullCatalog);
    const line = (id: number): Line => ({
      id,
      name: '',
      parent: 0,
      edits: id === 0 ? [] : [{ kind: 'crash', server: 1, afterEvent: 20_000 + id }],
    });
    for (let id = 0; id < 8; id++) {
      const { recording } = tapes.load(line(id), id);
      for (let events = recording.length; events < 30_000; events += 1000) recording.advance(1000);
      expect(recording.kept.values).toBeLessThanOrEqual(1_500_000);
      expect(recording.kept.text).toBeLessThanOrEqual(16_000_000);
      tapes.load(line(id), id);
      expect(tapes.kept.values).toBeLessThanOrEqual(3_000_000);
    }
  });
});
