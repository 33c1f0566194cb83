/** `zab-lab bench`: how fast the simulator is on this machine. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { measure, WARM_UP, warmUpOf } from '../benchmark.ts';
import { parseRounds } from '../input/input.ts';

const ROUNDS = '5';

function thousands(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Adds the command to the program. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .summary('measure the speed of the simulator')
    .description(
      `Measure the simulator with all properties checked (3 servers, 5 clients of 10 operations per second, ` +
        `half of them reads) beside its bare event queue, and drawn runs of the default profile: medians of some rounds in one process, after up to ${WARM_UP} to warm up.`,
    )
    .option('--rounds <n>', 'rounds that count; few tell little', ROUNDS)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  zab-lab bench\n  zab-lab bench --json')
    .action((options: { readonly rounds: string; readonly json?: true }) => {
      const rounds = parseRounds(options.rounds);
      const { isTTY } = process.stderr;
      const result = measure(rounds, (round) => {
        if (isTTY) process.stderr.write(`\r\x1b[Kround ${round} of ${warmUpOf(rounds) + rounds}`);
      });
      if (isTTY) process.stderr.write('\r\x1b[K');
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ format: 'zab-lab/bench@1', ...result }, null, 2)}\n`);
        return;
      }
      const rows: readonly (readonly [string, string])[] = [
        ['bare event queue', `${thousands(result.bareEventsPerSecond)} events/s`],
        ['simulator, all properties on', `${thousands(result.eventsPerSecond)} events/s`],
        ['ratio', result.ratio.toFixed(3)],
        ['virtual time per wall time', `${thousands(result.virtualPerWall)} ×`],
        ['runs of the default profile', `${result.runsPerSecond.toFixed(1)} runs/s`],
        ['peak memory', `${result.peakMemoryMb} MB`],
      ];
      for (const [label, value] of rows)
        process.stdout.write(`  ${label.padEnd(30)}${pc.bold(value.padStart(24))}\n`);
    });
}
