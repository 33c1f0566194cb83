/** What GitHub Actions shows of a campaign: annotations of the job, and its summary as Markdown. */
import { neverReached } from '../../sim/fuzz/coverage.ts';
import { count } from '../report.ts';
import { amount } from './fuzz-report.ts';
import type { FuzzResult, FuzzViolation } from './fuzz-result.ts';

/** GitHub shows ten annotations of a step. */
const MOST_ANNOTATIONS = 10;
const MOST_ROWS = 100;

/** A workflow command per violation; `texts`: what its monitor said, by run. */
export function annotations({ violations }: FuzzResult, texts: ReadonlyMap<number, string>): string {
  return violations
    .slice(0, MOST_ANNOTATIONS)
    .map((violation) => {
      const { property, seed, file, run } = violation;
      const place = file === null ? '' : `file=${parameter(file)},`;
      const replay = file === null ? '' : ` Replay: npx zab-lab replay ${file}`;
      const text = `run ${seed}${texts.has(run) ? `: ${texts.get(run)}.` : '.'}${replay}`;
      return `::error ${place}title=${parameter(property)}::${data(text)}\n`;
    })
    .join('');
}

/** The summary of the job. */
export function jobSummary(result: FuzzResult): string {
  const { seed, runs, events, violations, runsPerSecond, traceHash, coverage } = result;
  const parts = [
    `### zab-lab fuzz, seed ${seed}: ${violations.length === 0 ? '✅ clean' : `❌ ${amount(violations.length, 'violation')}`}\n\n`,
    `${count(runs)} runs, ${count(events)} events, ${count(runsPerSecond)} runs/s, trace hash \`${traceHash}\`\n\n`,
  ];
  if (violations.length > 0) {
    parts.push('| property | run | faults | operations | events | file |\n|---|---|---|---|---|---|\n');
    for (const violation of violations.slice(0, MOST_ROWS)) parts.push(row(violation));
    if (violations.length > MOST_ROWS) parts.push(`\n… and ${violations.length - MOST_ROWS} more\n`);
    parts.push('\n');
  }
  parts.push('| coverage | reached | never reached |\n|---|---|---|\n');
  const never = neverReached(coverage);
  for (const [group, situations] of Object.entries(coverage)) {
    const all = Object.keys(situations).length;
    const missing = never[group] ?? [];
    parts.push(`| ${group} | ${all - missing.length} of ${all} | ${missing.join('; ')} |\n`);
  }
  return `${parts.join('')}\n`;
}

function row({ property, seed, file, shrunk }: FuzzViolation): string {
  const { faults = '', operations = '', events = '' } = shrunk ?? {};
  return `| ${property} | ${seed} | ${faults} | ${operations} | ${events} | ${file === null ? '' : `\`${file}\``} |\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function parameter(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
