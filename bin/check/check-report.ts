/** What `check` says of a history, for people. */
import pc from 'picocolors';
import { explanationOf, type PartitionResult, type Verdict } from '../../sim/check/linearizability/index.ts';
import type { CheckedFile } from '../history/checked-file.ts';
import { modelOf } from '../history/history.ts';

const MOST_PARTITIONS = 5;
const MOST_PLACED = 4;
const MOST_CONCURRENT = 6;
const TEXT_WIDTH = 100;

const TITLES: Readonly<Record<Verdict, string>> = {
  linearizable: pc.green('✓ linearizable'),
  'not-linearizable': pc.red('✗ not linearizable'),
  unknown: pc.yellow('? unknown'),
};

export function reportCheck(checked: CheckedFile): string {
  const { file, history, result, wallMs } = checked;
  const { partitions } = result;
  const facts = [
    count(history.invoked, 'operation'),
    ...(partitions.length === 1 ? [] : [count(partitions.length, 'partition')]),
    `${wallMs < 10 ? wallMs.toFixed(1) : Math.round(wallMs)} ms`,
  ];
  const parts = [`${TITLES[result.verdict]}  ${pc.bold(file)}  ${pc.dim(facts.join(' · '))}\n`];
  if (result.verdict === 'linearizable') return parts[0]!;
  if (result.verdict === 'unknown') {
    const what = result.spent === 'memory' ? 'The memory' : 'The time';
    parts.push(
      `    ${what} given to it is spent${result.spent === 'time' ? ' (--timeout 10m gives more)' : ''}.\n`,
    );
  }
  const open = partitions.filter(({ verdict }) => verdict === result.verdict);
  for (const partition of open.slice(0, MOST_PARTITIONS)) parts.push(reportPartition(checked, partition));
  if (open.length > MOST_PARTITIONS)
    parts.push(`    … and ${count(open.length - MOST_PARTITIONS, 'partition')} more\n`);
  return parts.join('');
}

function reportPartition(
  { history }: CheckedFile,
  { name, verdict, search, operations }: PartitionResult<unknown, unknown, unknown>,
): string {
  const title = name === '' ? '' : `${pc.bold(shorten(name))}: `;
  if (search === null) return `    ${title}not begun\n`;
  const { timeline } = search;
  const { order, stuck } = explanationOf(search);
  const model = modelOf(history);
  const say = (i: number): string => {
    const { input, output } = timeline.operations[i]!;
    return shorten(model.describe(input, output));
  };
  const when = (i: number): string => {
    const { process, call, return: end } = timeline.operations[i]!;
    const until = Number.isFinite(end) ? `to ${end}` : 'on';
    return pc.dim(`process ${process}, ${history.unit} ${call} ${until}`);
  };
  const lines = [
    `    ${title}the longest linearizable prefix has ${order.length} of ${count(operations.length, 'operation')}`,
  ];
  const last = order.slice(-MOST_PLACED);
  if (order.length > last.length) lines.push(pc.dim('      …'));
  for (const { operation, state } of last) {
    lines.push(
      `      ${say(operation)}  ${when(operation)}  ${pc.dim('then:')} ${shorten(model.describeState(state))}`,
    );
  }
  if (stuck === null) return `${lines.join('\n')}\n`;
  const verb = verdict === 'unknown' ? 'no place was found for' : 'no order has a place for';
  lines.push(`    ${verb} ${pc.red(say(stuck))}  ${when(stuck)}`);
  const placed = new Set(order.map(({ operation }) => operation));
  const open: number[] = [];
  for (let i = 0; i < timeline.operations.length; i++) {
    if (i === stuck || placed.has(i) || timeline.callEvent[i]! > timeline.returnEvent[stuck]!) continue;
    open.push(i);
  }
  if (open.length > 0) lines.push('    open at the same time, and not in this order:');
  for (const i of open.slice(-MOST_CONCURRENT)) lines.push(`      ${say(i)}  ${when(i)}`);
  return `${lines.join('\n')}\n`;
}

function count(n: number, noun: string): string {
  return `${String(n).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Long texts keep their end: that is where they differ. */
function shorten(text: string): string {
  if (text.length <= TEXT_WIDTH) return text;
  return `${text.slice(0, TEXT_WIDTH / 4)} … ${text.slice(-(TEXT_WIDTH * 3) / 4)}`;
}
