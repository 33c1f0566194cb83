/** `zab-lab run`: one run with its timeline, or a range of seeds with their summary. */
import type { Command } from 'commander';
import {
  defaultJobs,
  findSubject,
  InputError,
  parseJobs,
  parseName,
  parseSeed,
  parseSeeds,
  type Subject,
} from '../input/input.ts';
import { type LoadedCatalog, loadCatalog } from '../input/with.ts';
import { withArguments, withOption } from '../input/with-option.ts';
import { reportDivergence, reportRun, reportSeeds, resultJson, resultsJson } from '../report.ts';
import { divergenceAfterRestore, divergenceInFreshProcess } from '../work/determinism.ts';
import { passes, runOnce } from '../work/runner.ts';
import { runSeeds } from '../work/seeds.ts';

interface RunOptions {
  readonly seed?: string;
  readonly seeds?: string;
  readonly jobs?: string;
  readonly trace?: true;
  readonly checkDeterminism?: true;
  readonly json?: true;
  readonly variant?: string;
  readonly with?: readonly string[];
}

const EXAMPLES = `
Examples:
  zab-lab run healthy-write                    its story, then expectations and verdicts
  zab-lab run healthy-write --seed 7 --trace   every event of seed 7 with its cause
  zab-lab run healthy-write --seeds 1-200      200 runs on all cores
  zab-lab run my-run.json --json               a run file; the result as JSON
  zab-lab run herd-effect --variant two-phase-commit
                                               with a deviation of the protocol
  zab-lab run healthy-write --with ./mine.js   with properties of your own

Exit codes: 0 all hold, 1 a property or expectation fails or a run is not deterministic, 2 bad input.`;

/** Adds the command to the program. */
export function addRun(program: Command): void {
  program
    .command('run')
    .summary('run a scenario or a run file')
    .description('Run a scenario or a run file and check its expectations and all properties.')
    .argument('<scenario | file.json>', "a scenario's id (see 'zab-lab list') or a run file")
    .option('--seed <n>', "the seed of the run (default: the scenario's or file's own)")
    .option('--seeds <range>', 'run each seed of a range, such as 1-200')
    .option('--jobs <n>', 'with --seeds: workers (default: the cores)')
    .option('--variant <id>', 'the protocol with this deviation')
    .addOption(withOption())
    .option('--trace', 'show every event with its cause')
    .option('--check-determinism', 'run twice, once through a snapshot and restore, and compare')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: RunOptions) => {
      if (options.seed !== undefined && options.seeds !== undefined)
        throw new InputError('--seed and --seeds exclude each other: give one of the two');
      if (options.jobs !== undefined && options.seeds === undefined)
        throw new InputError('--jobs goes with --seeds: give a range of seeds, as in --seeds 1-200');
      if (options.trace && options.seeds !== undefined)
        throw new InputError('--trace shows one run: give --seed instead of --seeds');
      if (options.trace && options.json)
        throw new InputError('--trace and --json exclude each other: give one of the two');
      const holds =
        options.seeds === undefined ? await single(name, options) : await many(name, options.seeds, options);
      process.exitCode = holds ? 0 : 1;
    });
}

async function single(name: string, options: RunOptions): Promise<boolean> {
  const seed = options.seed === undefined ? undefined : parseSeed(options.seed);
  const catalog = await loadCatalog(options.with ?? []);
  const subject = withSeed(subjectOf(name, options, catalog), seed);
  const result = options.json
    ? runOnce(subject.run, catalog)
    : reportRun(subject, options.trace === true, (text) => process.stdout.write(text), catalog);
  const divergence = options.checkDeterminism
    ? (divergenceAfterRestore(subject.run, result, catalog) ??
      (await divergenceInFreshProcess(subject.run, result, catalog.files)))
    : null;
  if (options.json)
    process.stdout.write(`${JSON.stringify(resultJson(subject.name, subject.run.seed, result), null, 2)}\n`);
  if (options.checkDeterminism) {
    const out = options.json ? process.stderr : process.stdout;
    if (divergence !== null || !options.json) out.write(reportDivergence(divergence));
  }
  return passes(result) && divergence === null;
}

async function many(name: string, range: string, options: RunOptions): Promise<boolean> {
  const seeds = parseSeeds(range);
  const jobs = options.jobs === undefined ? defaultJobs() : parseJobs(options.jobs);
  const catalog = await loadCatalog(options.with ?? []);
  const summary = await runSeeds(subjectOf(name, options, catalog), seeds, {
    jobs,
    checkDeterminism: options.checkDeterminism === true,
    with: catalog.files,
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify(resultsJson(summary), null, 2)}\n`
      : reportSeeds(summary, argumentsOf(options)),
  );
  return summary.failed === 0;
}

/** The scenario or run file of that name, with the deviation asked for. */
function subjectOf(name: string, { variant }: RunOptions, catalog: LoadedCatalog): Subject {
  const subject = findSubject(name, catalog);
  if (variant === undefined) return subject;
  const known = parseName('--variant', variant, Object.keys(catalog.variants), 'zab-lab variants');
  return { ...subject, run: { ...subject.run, variant: { name: known } } };
}

/** What a suggested command needs besides the scenario and the seed. */
function argumentsOf({ variant, with: files }: RunOptions): string {
  return `${variant === undefined ? '' : ` --variant ${variant}`}${withArguments(files)}`;
}

function withSeed(subject: Subject, seed: number | undefined): Subject {
  return seed === undefined ? subject : { ...subject, run: { ...subject.run, seed } };
}
