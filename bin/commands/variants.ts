/** `zab-lab variants`: the deliberate mistakes, where each comes from, what it should break; and whether fuzzing finds them. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { budgets, directed, inexpressible, type Variant } from '../../scenarios/variants/index.ts';
import { CampaignProgress } from '../fuzz/campaign-progress.ts';
import { FindingFiles } from '../fuzz/finding-files.ts';
import { hunt, type Prey } from '../fuzz/hunt.ts';
import { defaultJobs, parseDuration, parseJobs, parseName, parseRuns, parseSeed } from '../input/input.ts';
import { type LoadedCatalog, loadCatalog, withModules } from '../input/with.ts';
import { withOption } from '../input/with-option.ts';
import { version } from '../version.ts';
import { interruptible } from '../work/interrupt.ts';
import { WatchedPool } from '../work/watched-pool.ts';

export const VARIANTS_FORMAT = 'zab-lab/variants@1';

/** What `variants --json` prints. */
export interface VariantListing {
  readonly format: typeof VARIANTS_FORMAT;
  readonly variants: readonly (Pick<Variant, 'id' | 'title' | 'source' | 'expects'> & {
    /** Runs of the default profile in which it falls; null: only the run directed at it kills it. */
    readonly budget: number | null;
  })[];
  /** Historical bugs without a variant. */
  readonly inexpressible: typeof inexpressible;
}

/** What `variants --hunt --json` tells of one. */
export interface HuntedVariant {
  readonly id: string;
  readonly source: string;
  readonly expects: string;
  readonly killed: Prey['killed'];
  /** The property that it broke; null where it broke none. */
  readonly property: string | null;
  /** Drawn runs up to the one that killed it, or all that were made. */
  readonly runs: number;
  readonly wallMs: number;
  readonly shrunk: { readonly faults: number; readonly operations: number; readonly events: number } | null;
  readonly file: string | null;
}

interface VariantsOptions {
  readonly hunt?: true;
  readonly only?: readonly string[];
  readonly seed: string;
  readonly maxRuns: string;
  readonly jobs?: string;
  readonly shrinkBudget: string;
  readonly out: string;
  readonly with?: readonly string[];
  readonly json?: true;
}

const HELP = `
Examples:
  zab-lab variants
  zab-lab variants --hunt                             each until a drawn run breaks a property
  zab-lab variants --hunt --only ZK-4643 --seed 7     one, in other runs
  zab-lab fuzz --variant ZK-2845                      a whole campaign of it

Exit codes: 0 listed, or all killed; 1 a variant lives, or the correct protocol breaks a property too; 2 bad input.`;

/** All variants, without the rules that make them. */
function variantListing(variants: readonly Variant[]): VariantListing {
  const listed = variants.map(({ id, title, source, expects }) => {
    return { id, title, source, expects, budget: budgets[id] ?? null };
  });
  return { format: VARIANTS_FORMAT, variants: listed, inexpressible };
}

/** Adds the command to the program. */
export function addVariants(program: Command): void {
  program
    .command('variants')
    .summary('show the deliberate mistakes, or hunt them')
    .description(
      'Show the variants of the protocol (historical ZooKeeper bugs and textbook mistakes), their sources and the ' +
        'property that each should break; a run file names one under "variant". With --hunt, make runs of the ' +
        'default profile with each until one breaks a property, and shrink that one to a file.',
    )
    .option('--hunt', 'hunt the variants')
    .option('--only <ids...>', 'these variants only')
    .option('--seed <n>', 'the seed that all runs follow from', '1')
    .option('--max-runs <n>', 'runs after which a variant is taken for not found by chance', '3000')
    .option('--jobs <n>', 'workers (default: the cores)')
    .option('--shrink-budget <time>', 'time for shrinking each finding', '20s')
    .option('--out <dir>', 'folder for the files of findings', 'zab-lab-findings')
    .addOption(withOption())
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (options: VariantsOptions) => {
      const catalog = await loadCatalog(options.with ?? []);
      const variants = Object.values(catalog.variants);
      if (options.hunt) process.exitCode = await huntAll(catalog, options);
      else if (options.json) process.stdout.write(`${JSON.stringify(variantListing(variants), null, 2)}\n`);
      else list(variants);
    });
}

function list(variants: readonly Variant[]): void {
  const width = Math.max(...variants.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 4);
  for (const { id, title, source, expects } of variants) {
    process.stdout.write(`  ${pc.cyan(id.padEnd(width))}  ${title} ${pc.dim('→')} ${pc.red(expects)}\n`);
    const budget = budgets[id];
    const falls = budget === undefined ? 'falls in the run directed at it' : `falls within ${budget} runs`;
    process.stdout.write(`${indent}${pc.dim(`${source}; ${falls}`)}\n`);
  }
  process.stdout.write('\nNot variants of their own:\n');
  for (const { id, title, why } of inexpressible) {
    process.stdout.write(`  ${pc.cyan(id.padEnd(width))}  ${title}\n`);
    process.stdout.write(`${indent}${pc.dim(why)}\n`);
  }
}

async function huntAll(catalog: LoadedCatalog, options: VariantsOptions): Promise<number> {
  const variants = Object.values(catalog.variants);
  const ids = variants.map(({ id }) => id);
  const wanted = options.only?.map((name) => parseName('--only', name, ids)) ?? ids;
  const seed = parseSeed(options.seed);
  const maxRuns = parseRuns(options.maxRuns, '--max-runs');
  const shrinkMs = parseDuration('--shrink-budget', options.shrinkBudget);
  const jobs = options.jobs === undefined ? defaultJobs() : parseJobs(options.jobs);
  const files = new FindingFiles(options.out);
  const pool = new WatchedPool(jobs, catalog.files);
  // What is hunted is told as it falls; JSON comes whole in the end.
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const width = Math.max(...wanted.map((id) => id.length));
  const hunted: HuntedVariant[] = [];
  let guilty = false;
  try {
    await interruptible(async (signal) => {
      for (const variant of variants.filter(({ id }) => wanted.includes(id))) {
        if (signal.aborted) return;
        const progress = new CampaignProgress(Number.POSITIVE_INFINITY);
        const prey = await hunt(pool, variant, {
          seed,
          maxRuns,
          shrinkMs,
          directed: directed[variant.id],
          program: version(),
          workloads: catalog.workloads,
          signal,
          onProgress: progress.show,
        }).finally(() => progress.stop());
        const file = prey.finding === null ? null : files.save(withModules(prey.finding, catalog));
        const told = toldOf(variant, prey, file);
        hunted.push(told);
        say(lineOf(told, width));
        if (prey.brokenByCorrect.length === 0) continue;
        guilty = true;
        say(`    the correct protocol breaks ${prey.brokenByCorrect.join(', ')} in the same run`);
      }
    });
    const killed = hunted.filter((one) => one.killed !== 'no').length;
    if (options.json)
      process.stdout.write(`${JSON.stringify({ format: VARIANTS_FORMAT, variants: hunted }, null, 2)}\n`);
    else say(`${killed} of ${wanted.length} killed, ${count(hunted, 'fuzz')} of them by drawn runs`);
    return killed === wanted.length && !guilty ? 0 : 1;
  } finally {
    files.close();
    await pool.destroy();
  }
}

function count(hunted: readonly HuntedVariant[], killed: Prey['killed']): number {
  return hunted.filter((one) => one.killed === killed).length;
}

function toldOf({ id, source, expects }: Variant, prey: Prey, file: string | null): HuntedVariant {
  const { killed, runs, wallMs, finding } = prey;
  if (finding === null)
    return { id, source, expects, killed, property: null, runs, wallMs, shrunk: null, file };
  const { faults, operations, events } = finding.size;
  const { property } = finding.failure;
  return {
    id,
    source,
    expects,
    killed,
    property,
    runs,
    wallMs,
    shrunk: { faults, operations, events },
    file,
  };
}

/** Variant, property found, runs, seconds, faults after shrinking. */
function lineOf(
  { id, killed, property, runs, wallMs, shrunk, expects }: HuntedVariant,
  width: number,
): string {
  const after = `${runs} ${runs === 1 ? 'run' : 'runs'}, ${(wallMs / 1000).toFixed(1)} s`;
  const name = pc.cyan(id.padEnd(width));
  if (shrunk === null) return `  ${name}  ${pc.red('lives')} after ${after} (should break ${expects})`;
  const { faults, operations, events } = shrunk;
  const size = `${faults} ${faults === 1 ? 'fault' : 'faults'}, ${operations} operations, ${events} events`;
  const how = killed === 'fuzz' ? after : `the run directed at it; not found in ${after}`;
  return `  ${name}  ${pc.red(property!)}  ${how}; ${pc.dim(size)}`;
}
