/**
 * `npm run seeds -- [most] [property …]`: the seed up to `most` at which each breakage shows and the fewest other
 * properties fail with it, and the correct protocol violates nothing. Prints what to put into `broken-properties.ts`.
 */
import { catalog } from '../../scenarios/index.ts';
import { simulate } from '../../sim/index.ts';
import { BREAKAGES, runOf } from './broken-properties.ts';

const [most = '200', ...wanted] = process.argv.slice(2);

for (const [property, breakage] of Object.entries(BREAKAGES)) {
  if (wanted.length > 0 && !wanted.includes(property)) continue;
  let best: { readonly seed: number; readonly drags: readonly string[] } | null = null;
  let shown = 0;
  let seed = 1;
  for (; seed <= Number(most) && best?.drags.length !== 0; seed++) {
    const spec = runOf(breakage, seed);
    const violated = new Set(
      simulate(spec, breakage.catalog).violations.map((violation) => violation.property),
    );
    if (!violated.delete(property)) continue;
    shown++;
    if (best !== null && violated.size >= best.drags.length) continue;
    const correct = simulate(spec, catalog);
    if (correct.violations.length > 0 || correct.verdicts[property] !== 'holds') continue;
    best = { seed, drags: [...violated].sort() };
  }
  const found = best === null ? 'no seed' : `seed: ${best.seed}, drags: [${best.drags.join(', ')}]`;
  console.log(`${property.padEnd(26)} ${found} (shows in ${shown} of ${seed - 1})`);
}
