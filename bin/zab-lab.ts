#!/usr/bin/env node
/** The `zab-lab` command. Exit codes: 0 all hold, 1 a property or expectation fails, 2 bad input. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { addBench } from './commands/bench.ts';
import { addCheck } from './commands/check.ts';
import { addList } from './commands/list.ts';
import { addRun } from './commands/run.ts';
import { InputError } from './input.ts';

const BAD_INPUT = 2;

/** The version in the nearest package.json: two folders up in the built package, one from the sources. */
function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const json = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version?: string };
      if (json.version !== undefined) return json.version;
    } catch {
      // Not there: the next one is.
    }
  }
  return 'unknown';
}

function createProgram(): Command {
  const program = new Command('zab-lab')
    .description(
      "ZooKeeper's leader election and Zab in a deterministic simulator: replay a failure, check it.",
    )
    .version(version())
    .exitOverride()
    .showHelpAfterError("(see '--help')")
    .addHelpText(
      'after',
      `
Examples:
  zab-lab list
  zab-lab run healthy-write
  zab-lab run healthy-write --seeds 1-200 --check-determinism

Exit codes: 0 all hold, 1 a property or expectation fails, 2 bad input.`,
    );
  addList(program);
  addRun(program);
  addCheck(program);
  addBench(program);
  return program;
}

async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
    if (error instanceof InputError) {
      process.stderr.write(`${pc.red('error')}: ${error.message}\n`);
      return BAD_INPUT;
    }
    throw error;
  }
}

// Whoever reads us may stop early (`zab-lab run … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await main();
