/** What `run` shows: the timeline, then expectations and verdicts; and the same as JSON. */
import pc from 'picocolors';
import { formatZxid } from '../protocol/zxid.ts';
import type { Catalog } from '../sim/catalog.ts';
import type { RunResult, Verdict } from '../sim/simulation.ts';
import type { Subject } from './input/input.ts';
import type { StoryLine } from './story.ts';
import { describe, formatTime, subjectName, subjectOf } from './timeline.ts';
import { traceColumns } from './trace-line.ts';
import type { Divergence } from './work/determinism.ts';
import { runWithStory, runWithTrace, type TraceSink } from './work/runner.ts';
import type { SeedSummary } from './work/seeds.ts';
import type { SeedOutcome } from './work/worker.ts';
import { wrap } from './wrap.ts';

type Paint = (text: string) => string;
type Write = (text: string) => void;

const PAINTS: Readonly<Record<StoryLine['tone'], Paint>> = {
  role: pc.cyan,
  election: pc.blue,
  epoch: pc.blue,
  sync: pc.magenta,
  traffic: (text) => text,
  disk: pc.dim,
  client: pc.green,
  fault: pc.red,
  repair: pc.yellow,
  service: pc.green,
  narration: (text) => pc.bold(pc.yellow(text)),
};

const TIME_WIDTH = 10;
const SUBJECT_WIDTH = 9;
const TEXT_WIDTH = 96;
const INDEX_WIDTH = 7;
const MOST_FAILURES = 20;
const MOST_VIOLATIONS = 5;

const GOOD = pc.green('✓');
const BAD = pc.red('✗');

/** Runs and writes the timeline (`trace`: every event with its cause), then the outcome. */
export function reportRun(subject: Subject, trace: boolean, write: Write, catalog?: Catalog): RunResult {
  const title = subject.title === '' ? '' : `  ${subject.title}`;
  write(`${pc.bold(subject.name)}${title}  ${pc.dim(`seed ${subject.run.seed}`)}\n`);
  if (subject.story !== '') write(`\n${wrap(subject.story, TEXT_WIDTH, '  ')}\n`);
  const result = trace ? writeTrace(subject, write, catalog) : writeStory(subject, write, catalog);
  write(outcome(result));
  return result;
}

function writeStory(subject: Subject, write: Write, catalog?: Catalog): RunResult {
  const { lines, result } = runWithStory(subject.run, subject.narration, catalog);
  write(`\n${storyText(lines)}`);
  return result;
}

/** A story under its heading. */
export function storyText(lines: readonly StoryLine[]): string {
  const head = `${'ms'.padStart(TIME_WIDTH)}  ${'who'.padEnd(SUBJECT_WIDTH)}  what happened`;
  return `${pc.dim(head)}\n${lines.map(storyLine).join('')}`;
}

function storyLine({ time, subjects, text, tone }: StoryLine): string {
  const indent = ' '.repeat(TIME_WIDTH + SUBJECT_WIDTH + 4);
  const paint = PAINTS[tone];
  if (tone === 'narration') {
    const lines = wrap(text, TEXT_WIDTH - 2, '').split('\n');
    return lines.map((line) => `${indent}${pc.yellow('│')} ${paint(line)}\n`).join('');
  }
  const when = pc.dim(formatTime(time).padStart(TIME_WIDTH));
  return `${when}  ${pc.bold(subjects.map(subjectName).join(',').padEnd(SUBJECT_WIDTH))}  ${paint(text)}\n`;
}

function writeTrace(subject: Subject, write: Write, catalog?: Catalog): RunResult {
  const indent = ' '.repeat(TIME_WIDTH + 2 * INDEX_WIDTH + 6);
  const head = [
    'ms'.padStart(TIME_WIDTH),
    'event'.padStart(INDEX_WIDTH),
    'cause'.padStart(INDEX_WIDTH),
    'what happened',
  ];
  write(pc.dim(`\n${head.join('  ')}\n`));
  const sink: TraceSink = {
    event: (event, index) => {
      const [time, number, cause, text] = traceColumns(event, index);
      write(
        `${pc.dim(time.padStart(TIME_WIDTH))}  ${number.padStart(INDEX_WIDTH)}  ` +
          `${pc.dim(cause.padStart(INDEX_WIDTH))}  ${text}\n`,
      );
    },
    probe: (event) => {
      const { text, tone } = describe(event);
      const subject = subjectOf(event);
      write(`${indent}${subject === 0 ? '' : pc.bold(`${subjectName(subject)} `)}${PAINTS[tone](text)}\n`);
    },
    narrate: (text) => write(`${indent}${pc.yellow('│')} ${PAINTS.narration(text)}\n`),
  };
  return runWithTrace(subject.run, subject.narration, sink, catalog);
}

function idsWith(result: RunResult, verdict: Verdict): string[] {
  return Object.keys(result.verdicts).filter((id) => result.verdicts[id] === verdict);
}

/** Expectations, properties, facts of the end. */
function outcome(result: RunResult): string {
  const parts: string[] = [];
  if (result.expectations.length > 0) {
    parts.push(`\n${pc.bold('Expectations')}\n`);
    for (const { text, holds } of result.expectations) parts.push(`  ${holds ? GOOD : BAD} ${text}\n`);
  }
  parts.push(`\n${pc.bold('Properties')}\n`);
  const holding = idsWith(result, 'holds');
  if (holding.length > 0) parts.push(verdictLine(GOOD, `${holding.length} hold`, holding));
  const unchecked = idsWith(result, 'unchecked');
  if (unchecked.length > 0)
    parts.push(verdictLine(pc.dim('–'), `${unchecked.length} not put to the test by this run`, unchecked));
  for (const id of idsWith(result, 'violated')) {
    const found = result.violations.filter(({ property }) => property === id);
    for (const { event, text } of found.slice(0, MOST_VIOLATIONS))
      parts.push(`  ${BAD} ${pc.red(id)} at event ${event}: ${text}\n`);
  }
  const { leader, epoch, lastZxid, events, virtualMs, traceHash } = result;
  const end = [
    leader === null ? 'no leader' : `leader ${leader}`,
    `epoch ${epoch}`,
    `last zxid ${hexZxid(lastZxid)}`,
    `${count(events)} events in ${count(virtualMs)} virtual ms`,
    `trace hash ${traceHash}`,
  ];
  parts.push(`\n${passText(result)}  ${pc.dim(end.join(' · '))}\n`);
  return parts.join('');
}

function passText(result: RunResult): string {
  const broken = idsWith(result, 'violated').length;
  const unmet = result.expectations.filter(({ holds }) => !holds).length;
  if (broken === 0 && unmet === 0) return pc.green(pc.bold('all hold'));
  const parts: string[] = [];
  if (broken > 0) parts.push(`${broken} ${broken === 1 ? 'property is' : 'properties are'} violated`);
  if (unmet > 0) parts.push(`${unmet} ${unmet === 1 ? 'expectation fails' : 'expectations fail'}`);
  return pc.red(pc.bold(parts.join(', ')));
}

function verdictLine(mark: string, title: string, ids: readonly string[]): string {
  return `  ${mark} ${title}: ${wrap(ids.join(', '), TEXT_WIDTH, '    ', title.length + 6)}\n`;
}

/** With thousands separators, the same in every locale; at most three decimals. */
export function count(value: number): string {
  const [whole, fraction] = String(Math.round(value * 1000) / 1000).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function hexZxid(zxid: number): string {
  return formatZxid(Math.max(0, zxid));
}

/** What `--check-determinism` found about a single run. */
export function reportDivergence(divergence: Divergence | null): string {
  if (divergence === null)
    return `${GOOD} deterministic: the same after restore from a snapshot and in a fresh process\n`;
  return `${BAD} ${pc.red('not deterministic')}: ${divergence.how}, ${divergence.text}\n`;
}

/** The result of one run as `--json` prints it. */
export function resultJson(name: string, seed: number | string, result: RunResult): object {
  const { traceHash, events, virtualMs, leader, epoch, lastZxid, verdicts, violations, expectations } =
    result;
  return {
    format: 'zab-lab/result@1',
    scenario: name,
    seed,
    traceHash,
    events,
    virtualMs,
    leader,
    epoch,
    lastZxid: hexZxid(lastZxid),
    verdicts,
    violations: violations.map(({ property, event, text }) => ({ property, event, text })),
    expectations: expectations.map(({ text, holds }) => ({ text, holds })),
  };
}

/** A range of seeds as `--json` prints it; `results` holds the failing ones. */
export function resultsJson(summary: SeedSummary): object {
  const { scenario, seeds, runs, passed, failed, events, virtualMs, traceHash } = summary;
  const results = summary.failures.map(({ seed, result, divergence }) => ({
    ...resultJson(scenario, seed, result!),
    ...(divergence === null ? {} : { divergence }),
  }));
  return {
    format: 'zab-lab/results@1',
    scenario,
    seeds,
    runs,
    passed,
    failed,
    events,
    virtualMs,
    traceHash,
    results,
  };
}

/** Why a seed failed, in one line. */
function reasons({ result, divergence }: SeedOutcome): string {
  const parts: string[] = [];
  if (divergence !== null) parts.push(`not deterministic (${divergence.how}, ${divergence.text})`);
  if (result !== null) {
    for (const id of idsWith(result, 'violated')) {
      const first = result.violations.find(({ property }) => property === id)!;
      parts.push(`${id} at event ${first.event}: ${first.text}`);
    }
    for (const { text, holds } of result.expectations) if (!holds) parts.push(`expectation fails: ${text}`);
  }
  return parts.join('; ');
}

/** A range of seeds for people; `more`: arguments that a suggested command needs. */
export function reportSeeds(summary: SeedSummary, more = ''): string {
  const { scenario, seeds, runs, passed, failed, events, virtualMs, failures, unchecked, seconds } = summary;
  const parts = [`${pc.bold(scenario)}  seeds ${seeds}\n`];
  for (const failure of failures.slice(0, MOST_FAILURES))
    parts.push(`  ${BAD} seed ${failure.seed}: ${reasons(failure)}\n`);
  if (failed > MOST_FAILURES) parts.push(`  … and ${failed - MOST_FAILURES} more seeds\n`);
  if (unchecked.length > 0) parts.push(verdictLine(pc.dim('–'), 'not put to the test by any run', unchecked));
  const verdict =
    failed === 0
      ? pc.green(pc.bold(`${passed} passed, 0 failed`))
      : pc.red(pc.bold(`${passed} passed, ${failed} failed`));
  const facts = [
    `${count(runs)} ${runs === 1 ? 'run' : 'runs'}`,
    `${count(events)} events in ${count(virtualMs)} virtual ms`,
    `${seconds.toFixed(1)} s`,
    `hash ${summary.traceHash}`,
  ];
  parts.push(`${verdict}  ${pc.dim(facts.join(' · '))}\n`);
  if (summary.determinism && failures.every(({ divergence }) => divergence === null))
    parts.push(`${GOOD} deterministic: every run the same after restore from a snapshot\n`);
  const first = failures[0];
  if (first !== undefined) {
    const again = first.divergence === null ? '' : ' --check-determinism';
    parts.push(`replay one with: zab-lab run ${scenario} --seed ${first.seed}${again}${more}\n`);
  }
  return parts.join('');
}
