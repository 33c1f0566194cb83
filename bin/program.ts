/** What the `zab-lab` command does with its arguments. */
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { CheckError } from '../sim/check/own-property.ts';
import { addBench } from './commands/bench.ts';
import { addCheck } from './commands/check.ts';
import { addFault } from './commands/fault.ts';
import { addFuzz } from './commands/fuzz.ts';
import { addLab } from './commands/lab.ts';
import { addList } from './commands/list.ts';
import { addReplay } from './commands/replay.ts';
import { addRun } from './commands/run.ts';
import { addServe } from './commands/serve.ts';
import { addServer } from './commands/server.ts';
import { addShrink } from './commands/shrink.ts';
import { addVariants } from './commands/variants.ts';
import { InputError } from './input/input.ts';
import { version } from './version.ts';

const BAD_INPUT = 2;

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
  zab-lab fuzz --time-budget 60s

Exit codes: 0 all hold, 1 a property or expectation fails, 2 bad input.`,
    );
  addList(program);
  addRun(program);
  addCheck(program);
  addFuzz(program);
  addShrink(program);
  addReplay(program);
  addVariants(program);
  addLab(program);
  addServe(program);
  addServer(program);
  addFault(program);
  addBench(program);
  return program;
}

/** Runs the command. Its exit code: 0 all hold, 1 a property or expectation fails, 2 bad input. */
export async function execute(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
    if (error instanceof InputError || error instanceof CheckError) {
      process.stderr.write(`${pc.red('error')}: ${error.message}\n`);
      return BAD_INPUT;
    }
    throw error;
  }
}
