/** `zab-lab variants`: the deliberate mistakes, where each comes from, and what it should break. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { variants } from '../../scenarios/variants/index.ts';

/** What `variants --json` prints. */
export interface VariantListing {
  readonly variants: readonly {
    readonly id: string;
    readonly title: string;
    readonly source: string;
    readonly expects: string;
  }[];
}

/** All variants, without the rules that make them. */
export function variantListing(): VariantListing {
  return { variants: variants.map(({ id, title, source, expects }) => ({ id, title, source, expects })) };
}

/** Adds the command to the program. */
export function addVariants(program: Command): void {
  program
    .command('variants')
    .summary('show the deliberate mistakes')
    .description(
      'Show the variants of the protocol (historical ZooKeeper bugs and textbook mistakes), their sources and the ' +
        'property that each should break. A run file names one under "variant".',
    )
    .option('--json', 'print JSON: {"variants": [{"id", "title", "source", "expects"}, …]}')
    .addHelpText('after', '\nExamples:\n  zab-lab variants\n  zab-lab variants --json')
    .action((options: { readonly json?: true }) => {
      const listing = variantListing();
      if (options.json) {
        process.stdout.write(`${JSON.stringify(listing, null, 2)}\n`);
        return;
      }
      const width = Math.max(...listing.variants.map(({ id }) => id.length));
      const indent = ' '.repeat(width + 4);
      for (const { id, title, source, expects } of listing.variants) {
        process.stdout.write(`  ${pc.cyan(id.padEnd(width))}  ${title} ${pc.dim('→')} ${pc.red(expects)}\n`);
        process.stdout.write(`${indent}${pc.dim(source)}\n`);
      }
    });
}
