/** What a campaign came to, for people: violations, coverage, figures. */
import pc from 'picocolors';
import { type CoverageCounts, neverReached } from '../../sim/fuzz/coverage.ts';
import { withArguments } from '../input/with-option.ts';
import { count } from '../report.ts';
import { wrap } from '../wrap.ts';
import type { CampaignResult } from './campaign.ts';
import type { FuzzResult, FuzzViolation } from './fuzz-result.ts';

const TEXT_WIDTH = 96;
const MOST_VIOLATIONS = 30;
const MOST_MISSING = 12;
const GOOD = pc.green('✓');
const BAD = pc.red('✗');

/** What a summary tells beside the result. */
export interface Telling {
  /** What the property's monitor said, by run; merged results do not have it. */
  readonly texts: ReadonlyMap<number, string>;
  readonly median?: CampaignResult['median'];
  readonly interrupted: boolean;
  /** Runs made twice, as a share; 0: none. */
  readonly checkDeterminism: number;
  /** Modules that were brought along, as they were given. */
  readonly with?: readonly string[];
  /** Shows every count of the coverage. */
  readonly counts: boolean;
}

/** The summary of a campaign. */
export function reportFuzz(result: FuzzResult, telling: Telling): string {
  const { runs, events, virtualMs, wallMs, violations, traceHash } = result;
  const parts: string[] = [];
  for (const violation of violations.slice(0, MOST_VIOLATIONS)) parts.push(violationText(violation, telling));
  if (violations.length > MOST_VIOLATIONS)
    parts.push(`  … and ${violations.length - MOST_VIOLATIONS} more violations\n`);
  if (violations.length > 0) parts.push('\n');
  parts.push(coverageText(result.coverage, telling.counts));
  const { median } = telling;
  if (median !== undefined)
    parts.push(
      `\nmedian run: ${count(median.events)} events, ${count(median.writes)} committed writes, ` +
        `${count(median.elections)} elections\n`,
    );
  const facts = [
    `${count(events)} events in ${count(Math.round(virtualMs / 1000))} virtual s`,
    `${(wallMs / 1000).toFixed(1)} s`,
    `${count(result.runsPerSecond)} runs/s`,
    `${count(Math.round(result.eventsPerSecond))} events/s`,
    `hash ${traceHash}`,
  ];
  const verdict = `${telling.interrupted ? 'interrupted after ' : ''}${count(runs)} runs, ${broken(violations.length)}`;
  const paint = violations.length > 0 ? pc.red : telling.interrupted ? pc.yellow : pc.green;
  parts.push(`${paint(pc.bold(verdict))}  ${pc.dim(facts.join(' · '))}\n`);
  if (telling.checkDeterminism > 0 && violations.every(({ property }) => property !== 'DETERMINISM'))
    parts.push(`${GOOD} deterministic: every run made twice was the same\n`);
  const file = violations.find((violation) => violation.file !== null)?.file;
  if (file !== undefined)
    parts.push(`replay one with: zab-lab replay ${file}${withArguments(telling.with)}\n`);
  return parts.join('');
}

function broken(violations: number): string {
  return violations === 1 ? '1 violation' : `${count(violations)} violations`;
}

function violationText({ property, run, seed, file, shrunk }: FuzzViolation, { texts }: Telling): string {
  const size =
    shrunk === null
      ? ''
      : pc.dim(
          ` (shrunk to ${amount(shrunk.faults, 'fault')}, ${amount(shrunk.operations, 'operation')}, ` +
            `${amount(shrunk.events, 'event')})`,
        );
  const text = texts.get(run);
  return (
    `  ${BAD} ${pc.red(property)} in run ${seed}${size}${file === null ? '' : `  ${file}`}\n` +
    `${text === undefined ? '' : `${wrap(text, TEXT_WIDTH, '      ')}\n`}`
  );
}

/** `1 fault`, `3 faults`. */
export function amount(number: number, what: string, plural = `${what}s`): string {
  return `${count(number)} ${number === 1 ? what : plural}`;
}

/** The counts of a group, the largest first. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const reached = Object.entries(counts).filter(([, times]) => times > 0);
  reached.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return reached.map(([name, times]) => `${name} ${count(times)}`).join('; ');
}

function neverText(missing: readonly string[], all: boolean): string {
  if (all || missing.length <= MOST_MISSING) return `never reached: ${missing.join('; ')}`;
  const shown = missing.slice(0, MOST_MISSING).join('; ');
  return `never reached: ${shown}; and ${missing.length - MOST_MISSING} more (--coverage names them)`;
}

/** Situations reached and never reached, by group. */
function coverageText(coverage: CoverageCounts, counts: boolean): string {
  const never = neverReached(coverage);
  const parts = [`${pc.bold('Coverage')}\n`];
  for (const [group, situations] of Object.entries(coverage)) {
    const all = Object.keys(situations).length;
    const missing = never[group] ?? [];
    parts.push(`  ${group}: ${all - missing.length} of ${all} situations reached\n`);
    if (counts && missing.length < all)
      parts.push(`${pc.dim(wrap(countsText(situations), TEXT_WIDTH, '    '))}\n`);
    if (missing.length > 0)
      parts.push(`${pc.yellow(wrap(neverText(missing, counts), TEXT_WIDTH, '    '))}\n`);
  }
  return parts.join('');
}
