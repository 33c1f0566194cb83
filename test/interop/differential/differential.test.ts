import { afterAll, describe, expect, it } from 'vitest';
import { describeWithApache } from '../apache/describe.ts';
import { startApache } from './apache-target.ts';
import { sequences } from './arbitrary.ts';
import { check, codeOf } from './check.ts';
import { lineOf } from './compare.ts';
import { DIFFERENCES } from './differences.ts';
import { startOurs } from './our-target.ts';
import { Pair } from './pair.ts';
import { REGRESSIONS } from './regressions.ts';
import type { TargetOptions } from './target.ts';

/** Operations in all, spread over the ensembles; ZAB_LAB_INTEROP_OPERATIONS says otherwise. */
const OPERATIONS = Number(process.env.ZAB_LAB_INTEROP_OPERATIONS ?? 20_000);
/** Which sequences are drawn; ZAB_LAB_INTEROP_SEED says otherwise. */
const SEED = Number(process.env.ZAB_LAB_INTEROP_SEED ?? 1);
const MINUTE = 60_000;
/** How often what depends on a race is tried. */
const RACES = 100;

const ENSEMBLES: readonly {
  readonly title: string;
  readonly share: number;
  readonly options: TargetOptions;
}[] = [
  { title: 'a standalone server', share: 0.5, options: {} },
  {
    title: 'a standalone server with TTL nodes and hard quotas',
    share: 0.2,
    options: { extendedTypes: true, enforceQuota: true },
  },
  { title: 'three servers', share: 0.3, options: { servers: 3 } },
];

describeWithApache('beside Apache ZooKeeper 3.8.0', () => {
  for (const { title, share, options } of ENSEMBLES) {
    const { servers = 1 } = options;
    const plain = options.enforceQuota !== true;
    const pair = new Pair(
      () => startApache(options),
      () => startOurs(options),
    );
    describe(title, () => {
      afterAll(() => pair.stop());

      for (const [name, sequence] of plain ? Object.entries(REGRESSIONS) : []) {
        it(`answers alike: ${name}`, async () => {
          const { unexplained } = await pair.play(sequence);
          expect(unexplained.map(lineOf)).toEqual([]);
        });
      }

      for (const known of plain ? DIFFERENCES : []) {
        if (known.servers !== undefined && known.servers !== servers) continue;
        it(`still differs: ${known.id}`, async () => {
          const shown = new Set<string>();
          for (let plays = known.race === true ? RACES : 1; plays > 0 && !shown.has(known.id); plays--) {
            const { unexplained, explained } = await pair.play(known.example);
            expect(unexplained.map(lineOf)).toEqual([]);
            for (const id of explained.keys()) shown.add(id);
          }
          expect([...shown]).toContain(known.id);
        });
      }

      it(
        'answers random operations alike',
        async () => {
          const before = pair.operations;
          const started = Date.now();
          const count = Math.ceil(OPERATIONS * share);
          const { explained } = await check(pair, sequences(servers), before + count, SEED);
          const seconds = Math.round((Date.now() - started) / 1000);
          const { starts } = pair;
          const known = [...explained].map(([id, times]) => `${id} ${times}×`).join(', ');
          console.log(
            `${title}: ${pair.operations - before} operations in ${seconds} s, ${starts} starts, no unexplained difference; known ones: ${known}`,
          );
          for (const { sequence, what } of pair.races) {
            console.log(`did not show again:\n${what.join('\n')}\n${codeOf(sequence)}`);
          }
        },
        60 * MINUTE,
      );
    });
  }
});
