/** Shrinks the findings of a campaign within one budget of time: of each property one first. */
import type { Finding } from '../../sim/fuzz/finding.ts';
import type { WatchedPool } from '../work/watched-pool.ts';
import type { CampaignOptions } from './campaign.ts';
import { shrinkFinding } from './shrinking.ts';

/** Candidates and wall ms for one finding, at most. */
export const MOST_CANDIDATES = 4000;
const FOR_ONE_MS = 45_000;

/** Bounds, and what to do with what comes out. */
export interface ShrinkFindingsOptions extends Pick<CampaignOptions, 'program' | 'signal'> {
  /** Wall ms for all of them. */
  readonly budgetMs: number;
  /** Called with each that was shrunk, and how many are left. */
  readonly onShrunk: (shrunk: Finding, left: number) => void;
}

/** Shrinks as many as the budget allows. */
export async function shrinkFindings(
  pool: WatchedPool,
  findings: readonly Finding[],
  options: ShrinkFindingsOptions,
): Promise<void> {
  const { budgetMs, signal, onShrunk, ...rest } = options;
  const deadline = performance.now() + budgetMs;
  const waiting = firstOfEach(findings);
  let left = waiting.length;
  const loop = async (): Promise<void> => {
    for (;;) {
      const leftMs = deadline - performance.now();
      const finding = leftMs > 0 && !signal.aborted ? waiting.shift() : undefined;
      if (finding === undefined) return;
      const bounds = { runs: MOST_CANDIDATES, budgetMs: Math.min(FOR_ONE_MS, leftMs) };
      const shrunk = await shrinkFinding(pool, finding, { ...rest, signal, ...bounds });
      left--;
      onShrunk(shrunk, left);
    }
  };
  await Promise.all(Array.from({ length: pool.jobs }, loop));
}

/** The same findings: of each property the first, then the second of each, and so on. */
function firstOfEach(findings: readonly Finding[]): Finding[] {
  const nth = new Map<string, number>();
  const ranked = findings.map((finding) => {
    const { property } = finding.failure;
    const rank = nth.get(property) ?? 0;
    nth.set(property, rank + 1);
    return { finding, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ finding }) => finding);
}
