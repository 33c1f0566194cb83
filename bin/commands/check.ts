/** `zab-lab check`: whether histories from elsewhere are linearizable, and why not. */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type Command, Option } from 'commander';
import { check, explained } from '../../sim/check/linearizability/index.ts';
import { checkPage } from '../check/check-page.ts';
import { CheckProgress } from '../check/check-progress.ts';
import { reportCheck } from '../check/check-report.ts';
import type { CheckedFile } from '../history/checked-file.ts';
import { MODELS, type ModelName, modelOf } from '../history/history.ts';
import { FORMATS, type Format, readHistory } from '../history/read-history.ts';
import { InputError } from '../input/input.ts';

interface CheckOptions {
  readonly model: ModelName;
  readonly format?: Format;
  readonly timeout: string;
  readonly json?: true;
  readonly html?: string;
}

export const CHECK_FORMAT = 'zab-lab/check@1';

const EXIT = { linearizable: 0, 'not-linearizable': 1, unknown: 3 } as const;

const HELP = `
Examples:
  zab-lab check etcd_*.log --model cas-register          Jepsen's logs
  zab-lab check c01-bad.txt --model kv --html why.html   EDN maps; a page that shows why not
  zab-lab check run.json --model znode --timeout 60s     zab-lab/history@1

Formats (guessed from the file where --format is not given):
  jepsen   lines such as: INFO  jepsen.util - 4⇥:invoke⇥:cas⇥[2 4]
  kv-edn   maps such as: {:process 0, :type :ok, :f :append, :key "k", :value "v"}
  json     {"format": "zab-lab/history@1", "operations": [
             {"process": 0, "call": 3, "return": 7, "input": {"f": "write", "value": 1}, "output": null}, …]}
           "return": null for an operation that was never answered; the README has the inputs of each model

Exit codes: 0 linearizable, 1 not linearizable, 2 bad input, 3 unknown (the budget was spent).`;

/** Reads `500ms`, `10s`, `2m`; a bare number means seconds. @throws InputError on anything else */
export function parseTimeout(text: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(digits) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
  if (!(ms > 0)) throw new InputError(`--timeout is '${text}': give a time such as 10s, 500ms or 2m`);
  return ms;
}

/** Adds the command to the program. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .summary('check whether a history is linearizable')
    .description('Check whether histories are linearizable: whether some order explains every answer.')
    .argument('<file...>', 'histories')
    .addOption(
      new Option('--model <model>', 'what the history is of')
        .choices(Object.keys(MODELS))
        .makeOptionMandatory(),
    )
    .addOption(new Option('--format <format>', 'how it is written').choices(FORMATS))
    .option('--timeout <time>', 'the budget of each file', '60s')
    .option('--json', 'print the verdicts as JSON')
    .option('--html <file>', 'write a page with the operations around the failure')
    .addHelpText('after', HELP)
    .action((files: string[], options: CheckOptions) => {
      const timeout = parseTimeout(options.timeout);
      const checked = files.map((file) => checkFile(file, options, timeout));
      if (options.json) process.stdout.write(`${JSON.stringify(checkJson(checked), null, 2)}\n`);
      if (options.html !== undefined) writePage(options.html, checked);
      process.exitCode = exitCodeOf(checked);
    });
}

function checkFile(file: string, { model, format, json, html }: CheckOptions, timeout: number): CheckedFile {
  const start = performance.now();
  const history = readHistory(file, model, format);
  const progress = new CheckProgress(file, start);
  const expired = (soFar: { partitions: number; decided: number }): boolean => {
    const now = performance.now();
    progress.show(now, soFar);
    return now - start >= timeout;
  };
  const started = performance.now();
  const found = check(modelOf(history), history.operations, { expired, keep: html !== undefined });
  const wallMs = performance.now() - started;
  // The operation without a place is sought without looking ahead: that takes longer, at most as long again.
  const end = performance.now() + Math.max(100, Math.min(timeout, 4 * wallMs));
  const result = explained(modelOf(history), found, { expired: () => performance.now() >= end });
  progress.end();
  const checked = { file, history, result, wallMs };
  if (!json) process.stdout.write(reportCheck(checked));
  return checked;
}

function checkJson(checked: readonly CheckedFile[]): object {
  return {
    format: CHECK_FORMAT,
    files: checked.map(({ file, history, result, wallMs }) => ({
      file,
      verdict: result.verdict,
      operations: history.invoked,
      wallMs: Math.round(wallMs * 1000) / 1000,
      partitions: result.partitions.length,
    })),
  };
}

function exitCodeOf(checked: readonly CheckedFile[]): number {
  const codes = new Set(checked.map(({ result }) => EXIT[result.verdict]));
  return codes.has(1) ? 1 : codes.has(3) ? 3 : 0;
}

function writePage(path: string, checked: readonly CheckedFile[]): void {
  const page = checkPage(checked);
  try {
    writeFileSync(path, page);
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
  }
}
