import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CampaignOptions, CampaignResult } from '../../bin/fuzz/campaign.ts';
import type { Finding } from '../../sim/fuzz/finding.ts';
import { build, root } from './command.ts';
import { oddCatalog } from './odd-catalog.ts';

// Workers are threads of the built program.
let campaigns: typeof import('../../bin/fuzz/campaign.ts');
let pools: typeof import('../../bin/work/watched-pool.ts');
let shrinking: typeof import('../../bin/fuzz/shrinking.ts');
let catalog: string;

beforeAll(async () => {
  build();
  const load = (path: string) => import(pathToFileURL(join(root, 'dist/bin', path)).href);
  campaigns = await load('fuzz/campaign.js');
  pools = await load('work/watched-pool.js');
  shrinking = await load('fuzz/shrinking.js');
  catalog = oddCatalog();
});

/** Long for a run of these, even on a busy machine. */
const STUCK_MS = 1500;

async function campaign(
  variant: string,
  options: Partial<CampaignOptions> = {},
): Promise<{ result: CampaignResult; shrunk: Finding | null }> {
  const pool = new pools.WatchedPool(2, [catalog], STUCK_MS);
  const shared = { program: 'test', signal: new AbortController().signal };
  try {
    const result = await campaigns.runCampaign(pool, {
      ...shared,
      campaign: { seed: 3, profile: 'calm', variant: { name: variant } },
      runs: 6,
      shard: 1,
      shards: 1,
      budgetMs: Number.POSITIVE_INFINITY,
      checkDeterminism: 0,
      stopAfter: Number.POSITIVE_INFINITY,
      keep: 100,
      ...options,
    });
    const first = result.findings[0];
    const bounds = { ...shared, runs: 400, budgetMs: variant === 'loops' ? 3000 : 30_000 };
    const shrunk = first === undefined ? null : await shrinking.shrinkFinding(pool, first, bounds);
    return { result, shrunk };
  } finally {
    await pool.destroy();
  }
}

describe('a campaign', () => {
  test('finds a crash in protocol code and goes on; shrunk, it still crashes', async () => {
    const { result, shrunk } = await campaign('throws');
    expect(result.runs).toBe(6);
    expect(result.violations.length).toBeGreaterThan(1);
    for (const { property, seed, run } of result.violations) {
      expect([property, seed]).toEqual(['NO-CRASH', `3-${run}`]);
    }
    expect(shrunk).toMatchObject({ failure: { property: 'NO-CRASH' }, run: { variant: { name: 'throws' } } });
    expect(shrunk!.failure.text).toContain('ten is too many');
    expect(shrunk!.size.events).toBeLessThan(shrunk!.shrunk!.from.events);
    expect(shrunk!.size.faults).toBeLessThanOrEqual(8);
  });

  test('finds an endless loop with its seed, gets the other runs done, and shrinks it', async () => {
    const { result, shrunk } = await campaign('loops', { runs: 2 });
    expect(result.runs).toBe(2);
    expect(result.violations.map(({ property, run }) => [property, run])).toContainEqual([
      'NO-ENDLESS-LOOP',
      0,
    ]);
    expect(result.findings[0]!.failure.text).toContain('a handler does not return');
    expect(shrunk!.failure.property).toBe('NO-ENDLESS-LOOP');
    expect(shrunk!.run.faults.length).toBeLessThanOrEqual(8);
  });

  test('survives a handler that takes all memory', async () => {
    const { result } = await campaign('eats', { runs: 1, keep: 0 });
    expect(result.violations).toEqual([{ property: 'NO-ENDLESS-LOOP', run: 0, seed: '3-0' }]);
  });

  test('finds a run that is not the same twice', async () => {
    const { result } = await campaign('drifts', { runs: 3, checkDeterminism: 1, keep: 0 });
    expect(result.violations.map(({ property }) => property)).toContain('DETERMINISM');
  });

  test('finds a wrong commit, and shrinks faults, clients, operations and servers', async () => {
    const { result, shrunk } = await campaign('own-ack', { stopAfter: 1 });
    expect(result.violations[0]).toMatchObject({ property: 'LOG-DURABILITY', run: 0 });
    const { size, run, recording } = shrunk!;
    expect(size.faults).toBe(0);
    expect(size.clients).toBeLessThanOrEqual(2);
    expect(size.operations).toBeLessThanOrEqual(2);
    expect(run.world.network ?? {}).toEqual({});
    expect(recording).toMatchObject({
      events: size.events,
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('interrupted, it brings to an end what runs and loses no finding', async () => {
    const stop = new AbortController();
    const kept: Finding[] = [];
    const { result } = await campaign('throws', {
      runs: 1000,
      signal: stop.signal,
      onFinding: (finding) => {
        kept.push(finding);
        stop.abort();
      },
    });
    expect(result.interrupted).toBe(true);
    expect(result.runs).toBeLessThan(1000);
    expect(result.violations.length).toBeGreaterThan(0);
    expect(result.findings).toHaveLength(result.violations.length);
    expect(new Set(result.findings)).toEqual(new Set(kept));
  });

  test('keeps as many findings as asked for, those of the first runs', async () => {
    const dropped: Finding[] = [];
    const { result } = await campaign('throws', { keep: 2, onDropped: (finding) => dropped.push(finding) });
    expect(result.violations.length).toBeGreaterThan(2);
    expect(result.findings.map(({ found }) => found!.run)).toEqual(
      result.violations.slice(0, 2).map(({ run }) => run),
    );
    for (const finding of dropped) expect(result.findings).not.toContain(finding);
  });
});
