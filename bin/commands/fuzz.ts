/** `zab-lab fuzz`: a campaign of drawn runs, each checked for every property, each failure shrunk to a file. */
import { appendFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import type { FullCatalog } from '../../scenarios/index.ts';
import { watched } from '../../sim/fuzz/execute.ts';
import type { Finding } from '../../sim/fuzz/finding.ts';
import { type Campaign, profiles } from '../../sim/fuzz/profile.ts';
import { type CampaignResult, runCampaign } from '../fuzz/campaign.ts';
import { CampaignProgress } from '../fuzz/campaign-progress.ts';
import { FindingFiles, writing } from '../fuzz/finding-files.ts';
import { reportFuzz } from '../fuzz/fuzz-report.ts';
import {
  FUZZ_FORMAT,
  type FuzzResult,
  mergeFuzzResults,
  parseFuzzResult,
  perSecond,
} from '../fuzz/fuzz-result.ts';
import { annotations, jobSummary } from '../fuzz/github.ts';
import { junitXml } from '../fuzz/junit.ts';
import { shrinkFindings } from '../fuzz/shrink-findings.ts';
import {
  checking,
  defaultJobs,
  InputError,
  parseDuration,
  parseJobs,
  parseName,
  parseRatio,
  parseRuns,
  parseSeed,
  parseShard,
  readJson,
} from '../input/input.ts';
import { loadCatalog, withModules } from '../input/with.ts';
import { withOption } from '../input/with-option.ts';
import { version } from '../version.ts';
import { DETERMINISM } from '../work/fuzz-runs.ts';
import { interruptible } from '../work/interrupt.ts';
import { WatchedPool } from '../work/watched-pool.ts';

interface FuzzOptions {
  readonly runs?: string;
  readonly seed: string;
  readonly profile: string;
  readonly variant?: string;
  readonly jobs?: string;
  readonly shard: string;
  readonly timeBudget?: string;
  readonly shrinkBudget: string;
  readonly out: string;
  readonly junit?: string;
  readonly checkDeterminism: string;
  readonly coverage?: true;
  readonly merge?: readonly string[];
  readonly with?: readonly string[];
  readonly json?: true;
}

/** Runs where neither their number nor a time is given. */
const DEFAULT_RUNS = 1000;
/** Findings that become files; of more only the run is told. */
const MOST_FILES = 100;

const HELP = `
Profiles:
${profiles.map(({ name, text }) => `  ${name.padEnd(10)} ${text}`).join('\n')}

Examples:
  zab-lab fuzz                                      ${DEFAULT_RUNS} runs of seed 1 on all cores
  zab-lab fuzz --runs 20000 --seed 7                the same runs on every machine
  zab-lab fuzz --time-budget 5m --out findings      as many as five minutes allow
  zab-lab fuzz --runs 9000 --shard 2/3 --json       every third run, for another machine
  zab-lab fuzz --merge 1.json 2.json 3.json         the three parts as one
  zab-lab fuzz --variant two-phase-commit           a protocol with a mistake
  zab-lab fuzz --with ./mine.js --variant mine      with properties and mistakes of your own

Ctrl-C ends a campaign as its time budget does: with what it has found.
Exit codes: 0 all hold, 1 a property is violated, 2 bad input.`;

/** Adds the command to the program. */
export function addFuzz(program: Command): void {
  program
    .command('fuzz')
    .summary('check drawn runs for every property')
    .description(
      'Draw runs from a seed, check every property in each, and shrink each failure to a file that replays it.',
    )
    .option('--runs <n>', `runs, of all shards together (default: ${DEFAULT_RUNS}, or what the time allows)`)
    .option('--seed <n>', 'the seed that all runs follow from', '1')
    .option('--profile <name>', 'what may go wrong: one of the profiles below', profiles[0]!.name)
    .option('--variant <name>', 'a deviation of the protocol instead of the correct one')
    .addOption(withOption())
    .option('--jobs <n>', 'workers (default: the cores)')
    .option('--shard <i/n>', 'only the runs of part i of n', '1/1')
    .option('--time-budget <time>', 'begin no further runs after this time, such as 60s or 10m')
    .option('--shrink-budget <time>', 'time for shrinking what was found, on top', '90s')
    .option('--out <dir>', 'folder for the files of findings', 'zab-lab-findings')
    .option('--junit <file>', "write a report in JUnit's XML")
    .option('--check-determinism <ratio>', 'make this share of the runs twice and compare, 0 to 1', '0')
    .option('--coverage', 'show how often each situation was reached')
    .option('--merge <files...>', 'combine the JSON results of shards; runs nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: FuzzOptions) => {
      process.exitCode = options.merge === undefined ? await fuzz(options) : merge(options.merge, options);
    });
}

async function fuzz(options: FuzzOptions): Promise<number> {
  const catalog = await loadCatalog(options.with ?? []);
  const campaign: Campaign = {
    seed: parseSeed(options.seed),
    profile: parseName(
      '--profile',
      options.profile,
      profiles.map(({ name }) => name),
    ),
    ...(options.variant !== undefined && {
      variant: {
        name: parseName('--variant', options.variant, Object.keys(catalog.variants), 'zab-lab variants'),
      },
    }),
  };
  const budgetMs =
    options.timeBudget === undefined
      ? Number.POSITIVE_INFINITY
      : parseDuration('--time-budget', options.timeBudget);
  const shrinkMs = parseDuration('--shrink-budget', options.shrinkBudget);
  const runs =
    options.runs !== undefined
      ? parseRuns(options.runs)
      : options.timeBudget === undefined
        ? DEFAULT_RUNS
        : Number.POSITIVE_INFINITY;
  const { index: shard, count: shards } = parseShard(options.shard);
  const checkDeterminism = parseRatio('--check-determinism', options.checkDeterminism);
  const jobs = Math.min(options.jobs === undefined ? defaultJobs() : parseJobs(options.jobs), runs);
  // So that a campaign of hours does not end in a report that cannot be written.
  if (options.junit !== undefined)
    writing(options.junit, () => writeFileSync(options.junit!, '', { flag: 'a' }));
  const files = new FindingFiles(options.out);

  const pool = new WatchedPool(jobs, catalog.files);
  const found = new Map<number, Finding>();
  const keep = (bare: Finding): void => {
    const finding = withModules(bare, catalog);
    files.save(finding);
    found.set(finding.found!.run, finding);
  };
  const shared = { program: version(), workloads: catalog.workloads };
  try {
    const result = await interruptible(async (signal) => {
      const progress = new CampaignProgress(budgetMs);
      const ran = await runCampaign(pool, {
        ...shared,
        campaign,
        runs,
        shard,
        shards,
        budgetMs,
        checkDeterminism,
        stopAfter: Number.POSITIVE_INFINITY,
        signal,
        keep: MOST_FILES,
        onProgress: progress.show,
        onFinding: keep,
        onDropped: (finding) => {
          files.drop(finding);
          found.delete(finding.found!.run);
        },
      }).finally(() => progress.stop());
      await shrinkFindings(pool, ran.findings, {
        ...shared,
        budgetMs: shrinkMs,
        signal,
        onShrunk: (finding, left) => {
          keep(finding);
          if (process.stderr.isTTY)
            process.stderr.write(`\r\x1b[Kshrinking: ${left} left${left === 0 ? '\r\x1b[K' : ''}`);
        },
      });
      return ran;
    });
    const fuzzed = resultOf(campaign.seed, result, found, files);
    const texts = new Map([...found].map(([run, { failure }]) => [run, failure.text]));
    publish(fuzzed, texts, options, catalog);
    if (!options.json)
      process.stdout.write(
        reportFuzz(fuzzed, {
          texts,
          median: result.median,
          interrupted: result.interrupted,
          checkDeterminism,
          counts: options.coverage === true,
          with: options.with ?? [],
        }),
      );
    return fuzzed.violations.length === 0 ? 0 : 1;
  } finally {
    files.close();
    await pool.destroy();
  }
}

function resultOf(
  seed: number,
  result: CampaignResult,
  found: ReadonlyMap<number, Finding>,
  files: FindingFiles,
): FuzzResult {
  const { runs, events, operations, virtualMs, wallMs, traceHash, coverage } = result;
  return {
    format: FUZZ_FORMAT,
    seed,
    runs,
    events,
    operations,
    virtualMs,
    wallMs,
    runsPerSecond: perSecond(runs, wallMs),
    eventsPerSecond: perSecond(events, wallMs),
    traceHash,
    coverage,
    violations: result.violations.map(({ property, run, seed }) => {
      const finding = found.get(run);
      const file = finding === undefined ? null : files.path(finding);
      if (finding?.shrunk === undefined) return { property, run, seed, file, shrunk: null };
      const { faults, operations, events } = finding.size;
      return { property, run, seed, file, shrunk: { faults, operations, events } };
    }),
  };
}

/** The result where machines read it. */
function publish(
  result: FuzzResult,
  texts: ReadonlyMap<number, string>,
  options: FuzzOptions,
  { properties }: FullCatalog = fullCatalog,
): void {
  const ids = ['NO-CRASH', ...[...watched, ...properties].map(({ id }) => id), DETERMINISM];
  if (options.junit !== undefined)
    writing(options.junit, () => writeFileSync(options.junit!, junitXml(result, ids)));
  if (process.env.GITHUB_ACTIONS !== undefined) {
    // Annotations are read from both; stdout may hold JSON.
    process.stderr.write(annotations(result, texts));
    const summary = process.env.GITHUB_STEP_SUMMARY;
    if (summary !== undefined && summary !== '')
      writing(summary, () => appendFileSync(summary, jobSummary(result)));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

function merge(files: readonly string[], options: FuzzOptions): number {
  const results = files.map((file) => {
    const json = readJson(file);
    return checking(file, () => parseFuzzResult(json));
  });
  const merged = mergeOrSay(results);
  const texts = new Map<number, string>();
  publish(merged, texts, options);
  if (!options.json)
    process.stdout.write(
      reportFuzz(merged, {
        texts,
        interrupted: false,
        checkDeterminism: 0,
        counts: options.coverage === true,
        with: options.with ?? [],
      }),
    );
  return merged.violations.length === 0 ? 0 : 1;
}

function mergeOrSay(results: readonly FuzzResult[]): FuzzResult {
  try {
    return mergeFuzzResults(results);
  } catch (error) {
    throw new InputError(`--merge: ${error instanceof Error ? error.message : String(error)}`);
  }
}
