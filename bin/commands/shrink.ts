/** `zab-lab shrink`: a finding or a run file made smaller, the same property still failing. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Execution, NO_ENDLESS_LOOP } from '../../sim/fuzz/execute.ts';
import { FINDING_FORMAT, type Finding, type FindingSize, findingOf, sizeOf } from '../../sim/fuzz/finding.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { findingText, writing } from '../fuzz/finding-files.ts';
import { amount } from '../fuzz/fuzz-report.ts';
import { MOST_CANDIDATES } from '../fuzz/shrink-findings.ts';
import { shrinkFinding } from '../fuzz/shrinking.ts';
import { InputError, parseDuration, readFinding } from '../input/input.ts';
import { loadCatalog, withModules } from '../input/with.ts';
import { withArguments, withOption } from '../input/with-option.ts';
import { version } from '../version.ts';
import { DETERMINISM } from '../work/fuzz-runs.ts';
import { interruptible } from '../work/interrupt.ts';
import { WatchedPool } from '../work/watched-pool.ts';

interface ShrinkOptions {
  readonly out?: string;
  readonly timeBudget: string;
  readonly with?: readonly string[];
}

const HELP = `
Without --out, my.json becomes my.shrunk.json.

Examples:
  zab-lab shrink zab-lab-findings/ZAB-PREFIX-1-42.json
  zab-lab shrink my-run.json --out small.json --time-budget 5m

Exit codes: 0 the file is written, 2 bad input (a run that breaks nothing is that too).`;

/** Adds the command to the program. */
export function addShrink(program: Command): void {
  program
    .command('shrink')
    .summary('make a failing run smaller')
    .description(
      'Make a finding, or a run file that breaks a property, smaller: fewer faults, clients, operations and servers, ' +
        'simpler latencies, the same property still failing.',
    )
    .argument('<file.json>', 'a finding or a run file')
    .option('--out <file>', 'where to write the result')
    .option('--time-budget <time>', 'stop after this time with what there is', '60s')
    .addOption(withOption())
    .addHelpText('after', HELP)
    .action(async (file: string, options: ShrinkOptions) => {
      const budgetMs = parseDuration('--time-budget', options.timeBudget);
      const out = options.out ?? file.replace(/(\.shrunk)?\.json$/, '.shrunk.json');
      const catalog = await loadCatalog(options.with ?? []);
      const { run, finding } = readFinding(file, catalog);
      const pool = new WatchedPool(1, catalog.files);
      try {
        const whole = await failing(pool, file, run, finding);
        // Before the work, so that it is not lost; appending nothing leaves what is there.
        writing(out, () => writeFileSync(out, '', { flag: 'a' }));
        const shrunk = await interruptible((signal) =>
          shrinkFinding(pool, whole, {
            runs: Math.max(MOST_CANDIDATES, budgetMs),
            budgetMs,
            program: version(),
            signal,
            onProgress: (tried, best) => {
              if (!process.stderr.isTTY) return;
              const so = `${tried} tries: ${amount(best.faults.length, 'fault')}, ${amount(best.clients.length, 'client')}`;
              process.stderr.write(`\r\x1b[K${so}, ends at ${Math.round(best.end.at)} ms`);
            },
          }),
        ).finally(() => process.stderr.isTTY && process.stderr.write('\r\x1b[K'));
        writing(out, () => writeFileSync(out, findingText(withModules(shrunk, catalog))));
        process.stdout.write(
          `${shrunk.failure.property} still fails in ${out}, after ${amount(shrunk.shrunk!.tried, 'try', 'tries')}\n` +
            `  from ${sizeText(whole.size)}\n    to ${sizeText(shrunk.size)}\n` +
            `replay it with: zab-lab replay ${out}${withArguments(options.with)}\n`,
        );
      } finally {
        await pool.destroy();
      }
    });
}

function sizeText({ faults, clients, servers, operations, events }: FindingSize): string {
  return [
    amount(faults, 'fault'),
    amount(clients, 'client'),
    amount(servers, 'server'),
    amount(operations, 'operation'),
    amount(events, 'event'),
  ].join(', ');
}

/** The finding as it fails with this program. @throws InputError where it does not */
async function failing(
  pool: WatchedPool,
  file: string,
  run: RunSpec,
  finding: Finding | null,
): Promise<Finding> {
  const property = finding?.failure.property;
  const checkDeterminism = property === DETERMINISM;
  const ended = await pool.run<Execution>({ kind: 'execute', run, checkDeterminism });
  const kept = {
    ...(finding?.found !== undefined && { found: finding.found }),
    ...(finding?.shrunk !== undefined && { shrunk: finding.shrunk }),
  };
  if ('value' in ended) {
    const now = findingOf(run, ended.value, version(), property);
    if (now !== null) return { ...now, ...kept };
    const what = property === undefined ? 'breaks no property' : `no longer breaks ${property}`;
    throw new InputError(`${file} ${what}: there is nothing to shrink`);
  }
  const { events, text } = ended.lost;
  const failure = { property: NO_ENDLESS_LOOP, event: events, ms: 0, text };
  const size = sizeOf(run, 0, events);
  return { format: FINDING_FORMAT, program: version(), failure, also: [], run, size, ...kept };
}
