/** `zab-lab replay`: what a finding does, event by event, and whether it still does. */
import type { Command } from 'commander';
import { type Execution, type Failure, NO_ENDLESS_LOOP } from '../../sim/fuzz/execute.ts';
import { compare, type Finding } from '../../sim/fuzz/finding.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { readFinding } from '../input/input.ts';
import { changedModules, type LoadedCatalog, loadCatalog } from '../input/with.ts';
import { withOption } from '../input/with-option.ts';
import { tell } from '../replay.ts';
import { type Replayed, replayJson, reportReplay } from '../replay-report.ts';
import { DETERMINISM } from '../work/fuzz-runs.ts';
import { WatchedPool } from '../work/watched-pool.ts';

interface ReplayOptions {
  readonly full?: true;
  readonly json?: true;
  readonly with?: readonly string[];
}

const HELP = `
Examples:
  zab-lab replay zab-lab-findings/ZAB-PREFIX-1-42.json
  zab-lab replay finding.json --json

Exit codes: 0 all hold, 1 a property is violated, 2 bad input.`;

/** Adds the command to the program. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .summary('show a finding again')
    .description(
      'Run a finding again: its timeline and a space-time diagram up to the failure, whether the trace is still the ' +
        'recorded one, and the verdict.',
    )
    .argument('<file.json>', 'a finding (or a run file)')
    .option('--full', 'show the whole timeline')
    .option('--json', 'print JSON')
    .addOption(withOption())
    .addHelpText('after', HELP)
    .action(async (file: string, options: ReplayOptions) => {
      const replayed = await replay(file, await loadCatalog(options.with ?? []));
      process.stdout.write(
        options.json
          ? `${JSON.stringify(replayJson(replayed), null, 2)}\n`
          : reportReplay(replayed, options.full === true),
      );
      const unmet = replayed.execution?.result?.expectations.some(({ holds }) => !holds) ?? false;
      process.exitCode = replayed.failure === null && !unmet ? 0 : 1;
    });
}

async function replay(file: string, catalog: LoadedCatalog): Promise<Replayed> {
  const { run, finding } = readFinding(file, catalog);
  for (const name of finding === null ? [] : changedModules(finding, catalog))
    process.stderr.write(`note: it was found with another ${name} than it is replayed with\n`);
  const { execution, failures } = await executed(run, finding, catalog.files);
  const property = finding?.failure.property;
  const failure = failures.find((one) => one.property === property) ?? failures[0] ?? null;
  const result = execution?.result ?? null;
  return {
    file,
    run,
    finding,
    execution,
    failure,
    comparison: result === null ? { kind: 'none' } : compare(finding?.recording, result),
    told: tell(run, failure, execution?.size.events ?? 0, catalog),
  };
}

/** The run in a worker first: it may not come to an end. */
async function executed(
  run: RunSpec,
  finding: Finding | null,
  files: readonly string[],
): Promise<{ execution: Execution | null; failures: readonly Failure[] }> {
  const pool = new WatchedPool(1, files);
  try {
    const checkDeterminism = finding?.failure.property === DETERMINISM;
    const ended = await pool.run<Execution>({ kind: 'execute', run, checkDeterminism });
    if ('value' in ended) return { execution: ended.value, failures: ended.value.failures };
    const { events, text } = ended.lost;
    return { execution: null, failures: [{ property: NO_ENDLESS_LOOP, event: events, ms: 0, text }] };
  } finally {
    await pool.destroy();
  }
}
