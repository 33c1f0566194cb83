/** `zab-lab list`: what can be run, what is checked and what can go wrong. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import type { FullCatalog } from '../../scenarios/index.ts';
import { faultCatalog } from '../fault-catalog.ts';
import { loadCatalog } from '../input/with.ts';
import { withOption } from '../input/with-option.ts';
import { wrap } from '../wrap.ts';

/** Characters to a line of running text. */
const WIDTH = 96;

/** What `list --json` prints. */
export interface Listing {
  readonly scenarios: readonly {
    readonly id: string;
    readonly title: string;
    readonly story: string;
    /** Of a system built on ZooKeeper only. */
    readonly system?: { readonly name: string; readonly same: string };
  }[];
  readonly properties: readonly { readonly id: string; readonly title: string; readonly statement: string }[];
  readonly faults: readonly {
    readonly id: string;
    readonly text: string;
    readonly fields: Readonly<Record<string, string>>;
  }[];
}

/** The property that the simulation itself checks. */
const NO_CRASH = { id: 'NO-CRASH', title: 'No crash', statement: 'no server and no client throws an error' };

/** Everything there is to list. */
export function listing({ scenarios, properties }: FullCatalog = fullCatalog): Listing {
  return {
    scenarios: scenarios.map(({ id, title, story, system }) => ({
      id,
      title,
      story,
      ...(system === undefined ? {} : { system }),
    })),
    properties: [NO_CRASH, ...properties].map(({ id, title, statement }) => ({ id, title, statement })),
    faults: faultCatalog.map(({ id, text, fields }) => ({ id, text, fields })),
  };
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([id]) => id.length));
  const lines = rows.map(([id, text]) => `  ${pc.cyan(id.padEnd(width))}  ${text}`);
  return `${pc.bold(title)}\n${lines.join('\n')}\n`;
}

/** Stories of systems built on ZooKeeper: each with what the real system does the same way. */
function systems(all: Listing['scenarios']): string {
  const stories = all.flatMap(({ id, title, system }) =>
    system === undefined ? [] : [`  ${pc.cyan(id)}  ${title}\n${wrap(system.same, WIDTH, '    ')}`],
  );
  return `${pc.bold('Systems built on ZooKeeper (scenarios too)')}\n${stories.join('\n')}\n`;
}

/** Adds the command to the program. */
export function addList(program: Command): void {
  program
    .command('list')
    .summary('show scenarios, properties and faults')
    .description(
      'Show the scenarios that can be run, the properties that are checked and the kinds of faults.',
    )
    .option('--json', 'print JSON: {"scenarios": […], "properties": […], "faults": […]}')
    .addOption(withOption())
    .addHelpText('after', '\nExamples:\n  zab-lab list\n  zab-lab list --json')
    .action(async (options: { readonly json?: true; readonly with?: readonly string[] }) => {
      const all = listing(await loadCatalog(options.with ?? []));
      if (options.json) {
        process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const parts = [
        section(
          "Scenarios (run one with 'zab-lab run <scenario>')",
          all.scenarios
            .filter(({ system }) => system === undefined)
            .map(({ id, title }) => [id, title] as const),
        ),
        systems(all.scenarios),
        section(
          'Properties (checked in every run)',
          all.properties.map(({ id, statement }) => [id, statement] as const),
        ),
        section(
          'Faults (in a scenario or a run file)',
          all.faults.map(({ id, text, fields }) => {
            const names = Object.keys(fields);
            return [id, `${text}${names.length === 0 ? '' : pc.dim(` — ${names.join(', ')}`)}`] as const;
          }),
        ),
      ];
      process.stdout.write(parts.join('\n'));
    });
}
