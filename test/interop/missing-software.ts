// Vitest's global setup: says once, before the tests, which of them are skipped and what they want.
import { missing as apache } from './apache/installed.ts';
import { missing as cliMt } from './clients/c/cli-mt.ts';
import { missing as kazoo } from './clients/kazoo/kazoo.ts';
import { missing as zkCli } from './clients/zkcli/zk-cli.ts';

export function setup(): void {
  const reasons = [...new Set([apache, zkCli, cliMt, kazoo])].filter((reason) => reason !== null);
  if (reasons.length > 0) console.warn(`Tests are skipped: ${reasons.join(' ')}`);
}
