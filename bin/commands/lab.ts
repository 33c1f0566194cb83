/** `zab-lab lab`: the browser lab, served on this machine. */
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { InputError, parsePort, readFinding } from '../input/input.ts';
import { isSite, serve } from '../site.ts';

interface LabOptions {
  readonly port: string;
}

const HELP = `
Examples:
  zab-lab lab                            the lab, at http://localhost:4180
  zab-lab lab zab-lab-findings/ZAB-PREFIX-1-42.json
                                         opens the run of a finding where it fails

Ctrl-C ends it. Exit codes: 0 ended so, 2 bad input.`;

/** Folder of the site beside the built command. */
const SITE = fileURLToPath(new URL('../../lab', import.meta.url));

/** Adds the command to the program. */
export function addLab(program: Command): void {
  program
    .command('lab')
    .summary('show runs in the browser, and break them by hand')
    .description(
      'Serve the browser lab on this machine; nobody else can reach it, and it asks for nothing elsewhere.',
    )
    .argument('[file.json]', 'a run file or finding to open')
    .option('--port <n>', 'port to serve at; 0: any that is free', '4180')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, { port }: LabOptions) => {
      const wished = parsePort(port);
      const run = file === undefined ? null : readRun(file);
      if (!isSite(SITE)) throw new InputError(`the lab is not built: run 'npm run build:lab' first`);
      const site = await serve(SITE, wished, run).catch((error: NodeJS.ErrnoException) => {
        throw new InputError(
          error.code === 'EADDRINUSE'
            ? `port ${wished} is in use: give another one, as in --port ${wished < 65_535 ? wished + 1 : wished - 1}`
            : `cannot serve at port ${wished}: ${error.message}`,
        );
      });
      const asked = new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      });
      process.stdout.write(`The lab is at http://localhost:${site.port} (Ctrl-C ends it).\n`);
      await asked;
      site.server.close();
      site.server.closeAllConnections();
    });
}

/** The text of a run file or finding that the lab can open. */
function readRun(file: string): string {
  const { run, finding } = readFinding(file);
  return JSON.stringify(finding ?? run);
}
