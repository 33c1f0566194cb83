/**
 * Requests per second of kazoo with three servers of ours, of Apache's, and of Apache's with forceSync=no (ours keep their
 * disks in memory, too), in turn on one machine:
 *
 *     npm run bench:interop -- [rounds]
 *
 * The client is one Python process, so its own speed bounds what can be seen of pipelined requests; it is the same for
 * all three.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ApacheEnsemble } from '../../apache/ensemble.ts';
import { missing } from '../../apache/installed.ts';
import type { Ensemble } from '../ensemble.ts';
import { PYTHON } from '../kazoo/kazoo.ts';
import { ServedEnsemble } from '../served-ensemble.ts';

const PROGRAM = fileURLToPath(new URL('kazoo_bench.py', import.meta.url));
const [REQUESTS, SYNCHRONOUS, BYTES, WINDOW] = [20_000, 2000, 100, 500];
/** A server machine's defaults: what starts a test quickly would make Apache's servers slow here. */
const JVM: readonly string[] = ['-Xmx512m'];

type Rates = Readonly<Record<string, number>>;

interface Contestant {
  readonly name: string;
  start(): Promise<Ensemble>;
}

const apache = (name: string, properties: Readonly<Record<string, string>>): Contestant => ({
  name,
  start: () => ApacheEnsemble.start({ participants: 3, properties, jvm: JVM }),
});

const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'ours',
    start: () => ServedEnsemble.start({ options: ['--latency', '0', '--flush', '0', '--record-limit', '0'] }),
  },
  apache('Apache', {}),
  apache('Apache, forceSync=no', { 'zookeeper.forceSync': 'no' }),
];

if (missing !== null) {
  console.error(missing);
  process.exit(2);
}
const rounds = Number(process.argv[2] ?? 5);
const ensembles: Ensemble[] = [];
try {
  for (const { start } of CONTESTANTS) ensembles.push(await start());
  const rates: Rates[][] = CONTESTANTS.map(() => []);
  // The first round warms them up.
  for (let round = 0; round <= rounds; round++) {
    process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
    for (let turn = 0; turn < ensembles.length; turn++) {
      // Nobody is always the first, or always behind the same one.
      const i = (turn + round) % ensembles.length;
      const measured = await measure(ensembles[i]!);
      if (round > 0) rates[i]!.push(measured);
    }
  }
  report(rates);
} finally {
  await Promise.all(ensembles.map((ensemble) => ensemble.remove()));
}

async function measure(ensemble: Ensemble): Promise<Rates> {
  const numbers = [REQUESTS, SYNCHRONOUS, BYTES, WINDOW].map(String);
  const { stdout } = await promisify(execFile)(PYTHON, [PROGRAM, ensemble.addresses, ...numbers]);
  return JSON.parse(stdout) as Rates;
}

function report(rates: readonly (readonly Rates[])[]): void {
  const cells = (first: string, rest: readonly string[]): void => {
    console.log([first.padEnd(22), ...rest.map((cell) => cell.padStart(22))].join(' '));
  };
  console.log(
    `kazoo, requests/s of ${BYTES} bytes, ${WINDOW} at a time where pipelined; median of ${rounds} rounds in turn (ours / theirs)`,
  );
  cells(
    '',
    CONTESTANTS.map(({ name }) => name),
  );
  for (const measure of Object.keys(rates[0]![0]!)) {
    const medians = rates.map((all) => median(all.map((one) => one[measure]!)));
    const [ours = 0] = medians;
    cells(
      measure,
      medians.map((rate, i) =>
        i === 0 ? rate.toFixed(0) : `${rate.toFixed(0)} (${(ours / rate).toFixed(2)})`,
      ),
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
