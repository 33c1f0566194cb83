/** What `replay` shows: whence the finding, its story, the diagram, whether it is the same trace, the verdict. */
import pc from 'picocolors';
import { type Execution, type Failure, NO_ENDLESS_LOOP } from '../sim/fuzz/execute.ts';
import type { Comparison, Finding } from '../sim/fuzz/finding.ts';
import type { RunSpec } from '../sim/spec.ts';
import { amount } from './fuzz/fuzz-report.ts';
import type { Told } from './replay.ts';
import { count, resultJson, storyText } from './report.ts';
import { wrap } from './wrap.ts';

const TEXT_WIDTH = 96;
const MOST_LINES = 60;
const GOOD = pc.green('✓');
const BAD = pc.red('✗');

/** All that is known of a replay. */
export interface Replayed {
  readonly file: string;
  readonly run: RunSpec;
  /** Null for a plain run file. */
  readonly finding: Finding | null;
  /** Null where the run got stuck again. */
  readonly execution: Execution | null;
  /** The failure that is shown: of the recorded property, else of any; null: all hold. */
  readonly failure: Failure | null;
  readonly comparison: Comparison;
  readonly told: Told;
}

/** The replay for people; `full`: the whole story. */
export function reportReplay(replayed: Replayed, full: boolean): string {
  const { file, finding, run, told, failure } = replayed;
  const parts = [`${pc.bold(file)}  ${pc.dim(`seed ${run.seed}${variantText(run)}`)}\n`];
  if (finding !== null) parts.push(originText(finding));
  const { lines } = told;
  const shown = full ? lines : lines.slice(-MOST_LINES);
  parts.push(`\n${pc.bold('What happened')}\n`);
  if (shown.length < lines.length)
    parts.push(pc.dim(`  … ${lines.length - shown.length} earlier lines (--full shows them)\n`));
  parts.push(storyText(shown));
  parts.push(`\n${pc.bold('Space and time')}  ${pc.dim(DIAGRAM)}\n`);
  for (const line of told.diagram) parts.push(`${line.includes('✗') ? pc.red(line) : line}\n`);
  parts.push('\n', comparisonText(replayed.comparison));
  parts.push(verdictText(finding, failure));
  return parts.join('');
}

const DIAGRAM = 'messages where they arrive; * what the failure follows from, ✗ the failure';

function variantText({ variant }: RunSpec): string {
  return variant === undefined ? '' : ` · variant ${variant.name}`;
}

/** What the file says of itself. */
function originText({ failure, found, program, size, shrunk, also }: Finding): string {
  const where =
    found === undefined ? '' : ` in run ${found.run} of seed ${found.seed}, profile ${found.profile}`;
  const text = `breaks ${failure.property}: ${failure.text}`;
  const sizes = [
    `${amount(size.faults, 'fault')}, ${amount(size.clients, 'client')}, ${amount(size.servers, 'server')}, ` +
      `${amount(size.operations, 'operation')}, ${amount(size.events, 'event')}`,
  ];
  if (shrunk !== undefined)
    sizes.push(
      `shrunk from ${amount(shrunk.from.faults, 'fault')}, ${amount(shrunk.from.clients, 'client')}, ` +
        `${amount(shrunk.from.operations, 'operation')}, ${amount(shrunk.from.events, 'event')} in ${count(shrunk.tried)} tries`,
    );
  const parts = [wrap(`${text}; found by zab-lab ${program}${where}`, TEXT_WIDTH, '  ')];
  parts.push(pc.dim(wrap(sizes.join('; '), TEXT_WIDTH, '  ')));
  if (also.length > 0) parts.push(pc.dim(`  breaks ${also.join(', ')} too`));
  return `${parts.join('\n')}\n`;
}

/** How the trace compares with the recording, in words. */
function comparisonText(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'same':
      return `${GOOD} the trace is the recorded one, event for event\n`;
    case 'parted': {
      const { from, to } = comparison.stretch;
      return `${pc.yellow('≠')} the trace leaves the recording between events ${count(from)} and ${count(to)}: the code has changed since\n`;
    }
    case 'incomparable':
      return (
        `${pc.yellow('?')} the trace cannot be compared: the recording's hashes are of version ` +
        `${comparison.recorded}, those of this program of version ${comparison.current}\n`
      );
    case 'none':
      return `${pc.dim('–')} nothing was recorded to compare the trace with\n`;
  }
}

function verdictText(finding: Finding | null, failure: Failure | null): string {
  const recorded = finding?.failure.property;
  if (failure === null) {
    const what =
      recorded === undefined ? 'all properties hold' : `${recorded} holds now, and so does all else`;
    return `${GOOD} ${pc.green(pc.bold(what))}\n`;
  }
  const { property, event, ms } = failure;
  const again = recorded === undefined || recorded === property;
  const what = again ? `${property} is violated` : `${recorded} holds now, but ${property} is violated`;
  const place =
    property === NO_ENDLESS_LOOP
      ? `after about ${count(event)} events`
      : `at event ${count(event)}, ${ms} ms`;
  return `${BAD} ${pc.red(pc.bold(what))} ${place}: ${failure.text}\n`;
}

/** The replay as JSON. */
export function replayJson({ file, run, finding, execution, failure, comparison, told }: Replayed): object {
  const result = execution?.result ?? null;
  return {
    format: 'zab-lab/replay@1',
    file,
    seed: run.seed,
    recorded: finding === null ? null : finding.failure,
    failure,
    /** The recorded property is violated again. */
    reproduced: failure !== null && failure.property === finding?.failure.property,
    comparison,
    timeline: told.lines.map(({ time, subjects, text, tone }) => ({ time, subjects, text, tone })),
    diagram: told.diagram,
    result: result === null ? null : resultJson(file, run.seed, result),
  };
}
