// Three servers of ours beside three of Apache's: writes per second, and how long a commit takes, with the same clients and real
// syncs to disk. `npm run bench:quorum`; with `-- <seconds> <rounds>`.
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { missing } from '../apache/installed.ts';
import { type Kind, MixedEnsemble } from './mixed-ensemble.ts';
import { RawClient } from './raw-client.ts';

/** Connections under load, and writes of each that are under way. */
const CLIENTS = 24;
const WINDOW = 8;
const DATA = Buffer.alloc(100, 'x');
/** Java as it comes, which compiles what runs often. */
const JVM = ['-Xms256m', '-Xmx512m'];
const WARM_UP_SECONDS = 5;

interface Measured {
  readonly writesPerSecond: number;
  /** ms under load. */
  readonly loadedP50: number;
  readonly loadedP99: number;
  /** ms of one write alone. */
  readonly aloneP50: number;
  readonly aloneP99: number;
}

const [seconds = 10, rounds = 2] = process.argv.slice(2).map(Number);

if (missing !== null) {
  console.error(missing);
  process.exit(2);
}
const results: Record<Kind, Measured[]> = { apache: [], ours: [] };
for (let round = 1; round <= rounds; round++) {
  for (const kind of ['apache', 'ours'] as const) {
    console.error(`round ${round} of ${rounds}: ${kind}`);
    results[kind].push(await measure(kind));
  }
}
const theirs = medians(results.apache);
const own = medians(results.ours);
console.log(`${''.padEnd(34)}${"Apache's".padStart(12)}${'ours'.padStart(12)}${'ratio'.padStart(9)}`);
line('writes per second', theirs.writesPerSecond, own.writesPerSecond, false);
line('median commit under load, ms', theirs.loadedP50, own.loadedP50, true);
line('99th of 100 under load, ms', theirs.loadedP99, own.loadedP99, true);
line('median commit of one client, ms', theirs.aloneP50, own.aloneP50, true);
line('99th of 100 of one client, ms', theirs.aloneP99, own.aloneP99, true);
console.log(`${CLIENTS} clients with ${WINDOW} writes of ${DATA.length} bytes under way each; medians of ${rounds} rounds of ${seconds} s.
A ratio above 1 is in favour of ours.`);

function line(label: string, apache: number, ours: number, lessIsBetter: boolean): void {
  const ratio = lessIsBetter ? apache / ours : ours / apache;
  const digits = lessIsBetter ? 2 : 0;
  console.log(
    `${label.padEnd(34)}${apache.toFixed(digits).padStart(12)}${ours.toFixed(digits).padStart(12)}${ratio.toFixed(2).padStart(9)}`,
  );
}

async function measure(kind: Kind): Promise<Measured> {
  const ensemble = await MixedEnsemble.start({
    participants: [kind, kind, kind],
    settings: { tickTime: 2000, initLimit: 10, syncLimit: 5 },
    jvm: JVM,
  });
  try {
    await ensemble.leader();
    const ports = ensemble.servers.map((server) => server.clientPort);
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) =>
        RawClient.connect(ports[i % ports.length] as number, { timeout: 30_000 }),
      ),
    );
    await Promise.all(
      clients.map((client, i) =>
        client.do({ type: OpCode.create, path: `/c${i}`, data: DATA, acl: OPEN_ACL_UNSAFE, flags: 0 }),
      ),
    );
    await load(clients, WINDOW, WARM_UP_SECONDS);
    const loaded = await load(clients, WINDOW, seconds);
    const alone = await load(clients.slice(0, 1), 1, Math.max(2, seconds / 3));
    await Promise.all(clients.map((client) => client.close()));
    return {
      writesPerSecond: loaded.length / seconds,
      loadedP50: quantile(loaded, 0.5),
      loadedP99: quantile(loaded, 0.99),
      aloneP50: quantile(alone, 0.5),
      aloneP99: quantile(alone, 0.99),
    };
  } finally {
    await ensemble.remove();
  }
}

/** How long each write took, ms. */
async function load(clients: readonly RawClient[], window: number, duration: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + 1000 * duration;
  const writer = async (client: RawClient, path: string): Promise<void> => {
    for (;;) {
      const begin = performance.now();
      if (begin >= end) return;
      await client.do({ type: OpCode.setData, path, data: DATA, version: -1 });
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(
    clients.flatMap((client, i) => Array.from({ length: window }, () => writer(client, `/c${i}`))),
  );
  return times;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function medians(measured: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number =>
    quantile(
      measured.map((one) => one[key]),
      0.5,
    );
  return {
    writesPerSecond: of('writesPerSecond'),
    loadedP50: of('loadedP50'),
    loadedP99: of('loadedP99'),
    aloneP50: of('aloneP50'),
    aloneP99: of('aloneP99'),
  };
}
