/**
 * `npm run broken-runs -- [most] [property …]`: for each breakage the seed up to `most` at which it shows, the fewest other
 * properties fail with it, and the correct protocol violates nothing; shrunk, and written to `broken-runs/`. As those files
 * are whole runs, they outlive changes of what a seed means; needed again where the protocol itself takes other steps.
 */
import { writeFileSync } from 'node:fs';
import { catalog } from '../../scenarios/index.ts';
import type { Broken } from '../../sim/fuzz/candidates.ts';
import { execute } from '../../sim/fuzz/execute.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { judge, shrink } from '../../sim/fuzz/shrink.ts';
import { type RunSpec, simulate } from '../../sim/index.ts';
import { BREAKAGES, type Breakage, type BrokenRun, brokenRunFile } from './broken-properties.ts';

/** Candidates of the shrinker, at most. */
const MOST_CANDIDATES = 400;

const [most = '300', ...wanted] = process.argv.slice(2);

interface Shown {
  readonly broken: Broken;
  readonly drags: readonly string[];
}

/** What a breakage does to a run; null where the property holds, or the correct protocol is at fault too. */
function shown(run: RunSpec, breakage: Breakage, property: string): Shown | null {
  const broken = judge(run, breakage.catalog, property);
  if (broken === null) return null;
  const correct = simulate(run, catalog);
  if (correct.violations.length > 0 || correct.verdicts[property] !== 'holds') return null;
  const properties = execute(run, breakage.catalog).failures.map((failure) => failure.property);
  return { broken, drags: properties.filter((other) => other !== property).sort() };
}

/** The run with the fewest drags among the first seeds. */
function found(breakage: Breakage, property: string): (Shown & { readonly run: RunSpec }) | null {
  let best: (Shown & { readonly run: RunSpec }) | null = null;
  for (let seed = 1; seed <= Number(most) && best?.drags.length !== 0; seed++) {
    const run = (breakage.run ?? plan)(seed);
    const what = shown(run, breakage, property);
    if (what !== null && (best === null || what.drags.length < best.drags.length)) best = { ...what, run };
  }
  return best;
}

/** The run shrunk, with no more properties failing. */
function shrunk(first: Shown & { readonly run: RunSpec }, breakage: Breakage, property: string): BrokenRun {
  let { run, drags } = first;
  const candidates = shrink(run, property, first.broken.ms);
  let next = candidates.next();
  for (let tried = 0; next.done !== true && tried < MOST_CANDIDATES; tried++) {
    const what = shown(next.value, breakage, property);
    const kept = what?.drags.every((drag) => drags.includes(drag)) ? what : null;
    if (kept !== null) {
      run = next.value;
      drags = kept.drags;
    }
    next = candidates.next(kept?.broken ?? null);
  }
  return { drags, run };
}

for (const [property, breakage] of Object.entries(BREAKAGES)) {
  if (wanted.length > 0 && !wanted.includes(property)) continue;
  const first = found(breakage, property);
  if (first === null) {
    console.log(`${property.padEnd(26)} no seed up to ${most}`);
    continue;
  }
  const small = shrunk(first, breakage, property);
  writeFileSync(brokenRunFile(property), `${JSON.stringify(small, null, 2)}\n`);
  const { drags, run } = small;
  console.log(
    `${property.padEnd(26)} seed ${run.seed}, ${run.faults.length} faults, drags [${drags.join(', ')}]`,
  );
}
