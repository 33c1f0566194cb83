// Speed of the checker beside porcupine's, as far as can be: `npm run bench:check`. Porcupine (Go) is said to need 0.38 s for 102
// Jepsen logs of at most 90 operations and 0.18 s for a 50-client key-value history of 2,024 operations. Six of those logs are here;
// the rest are generated after their kind: five processes, timeouts that leave a process behind, reads that may be stale.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { modelOf } from '../../../../bin/history/history.ts';
import { readHistory } from '../../../../bin/history/read-history.ts';
import {
  casRegister,
  check,
  keyValue,
  NEVER,
  type Operation,
  type RegisterInput,
  type Value,
  type Verdict,
} from '../../../../sim/check/linearizability/index.ts';
import { RandomStream } from '../../../../sim/random.ts';
import { generate } from './generate.ts';
import { type Below, subjects } from './objects.ts';

const LOGS = 102;
const REAL = ['000', '001', '002', '003', '005', '007'];

function belowOf(seed: string): Below {
  const random = new RandomStream(seed);
  return (bound) => random.below(bound);
}

/** A log like those of etcd without quorum reads: a follower answers some reads from before. */
function jepsenLike(below: Below): Operation<RegisterInput, Value>[] {
  const operations: Operation<RegisterInput, Value>[] = [];
  const free = [0, 1, 2, 3, 4].map((process) => ({ process, at: below(4) }));
  const held: Value[] = [null];
  let next = 5;
  const wanted = 60 + below(31);
  for (let n = 0; n < wanted; n++) {
    free.sort((a, b) => a.at - b.at);
    const client = free[0]!;
    const { process, at } = client;
    const kind = below(3);
    const input: RegisterInput =
      kind === 0
        ? { f: 'read' }
        : kind === 1
          ? { f: 'write', value: below(5) }
          : { f: 'cas', from: below(5), to: below(5) };
    const now = held[held.length - 1]!;
    const lost = input.f !== 'read' && below(100) < 22;
    let output: Value = null;
    if (input.f === 'read') output = below(100) < 6 ? held[Math.max(0, held.length - 2)]! : now;
    else if (input.f === 'cas' && input.from !== now) output = false;
    else if (!lost || below(2) === 0) {
      held.push(input.f === 'cas' ? input.to : input.value);
      output = input.f === 'cas' ? true : null;
    }
    const end = at + 1 + below(6);
    // As the command reads logs, a failed operation is left out.
    if (lost || output !== false) {
      operations.push({
        process,
        call: at,
        return: lost ? NEVER : end,
        input,
        output: lost ? undefined : output,
      });
    }
    if (lost) client.process = next++;
    client.at = end + 1 + below(4);
  }
  return operations;
}

/** Milliseconds of a pass over all (on a busy machine those of the processor tell more), and what came of it. */
function time(checks: readonly (() => Verdict)[]): string {
  const before = process.cpuUsage();
  const start = performance.now();
  const verdicts = checks.map((run) => run());
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1000).toFixed(1);
  const of = (verdict: Verdict): number => verdicts.filter((found) => found === verdict).length;
  return `${ms.toFixed(1).padStart(8)} ms, ${cpu.padStart(6)} of processor  (${of('linearizable')} linearizable, ${of('not-linearizable')} not, ${of('unknown')} unknown)`;
}

const folder = 'test/histories';
const real = REAL.map((number) => readHistory(join(folder, `etcd_${number}.log`), 'cas-register', 'jepsen'));
const logs = Array.from({ length: LOGS }, (_, i) => jepsenLike(belowOf(`log ${i}`)));
// As many puts and appends as in c01, all fifty clients busy all the time.
const store = subjects(1_000_000, 10).kv!;
const kv = generate(store, { processes: 50, operations: 2024, delay: 50, pause: 0 }, belowOf('c50'));

const passes: readonly (readonly [string, readonly (() => Verdict)[]])[] = [
  [
    '6 logs of etcd, 17 times each',
    Array.from({ length: LOGS }, (_, i) => () => {
      const history = real[i % real.length]!;
      return check(modelOf(history), history.operations).verdict;
    }),
  ],
  ['102 generated logs', logs.map((log) => () => check(casRegister, log).verdict)],
  ['key-value, 50 clients, 2,024 operations', [() => check(keyValue, kv as never).verdict]],
];
for (const round of ['first time', 'once warm']) {
  for (const [name, checks] of passes) process.stdout.write(`${name.padEnd(42)}${round}  ${time(checks)}\n`);
}
