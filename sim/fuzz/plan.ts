/** What a seed means: a whole run drawn from it, as data. Swarm testing: each plan uses a random subset of the faults. */

import { DEFAULT_CONFIG } from '../../protocol/config.ts';
import { liveBounds } from '../check/live-bounds.ts';
import { RandomStream } from '../random.ts';
import { type Fault, RUN_FORMAT, type RunSpec } from '../spec.ts';
import {
  CLIENT_FAULTS,
  drawBurst,
  drawClientFaults,
  drawClients,
  drawRecipe,
  drawSettings,
  longestSession,
} from './client-plan.ts';
import { FAULTY, one } from './draw.ts';
import { drawServerFaults, SERVER_FAULTS } from './server-faults.ts';

/** Options of a plan; everything else is drawn. */
export interface PlanOptions {
  readonly participants?: number;
  /** Kinds of faults of servers to draw from, by {@link SERVER_FAULTS}; default all. */
  readonly serverFaults?: readonly string[];
  /** Kinds of faults of clients to draw from, by {@link CLIENT_FAULTS}; default all. */
  readonly clientFaults?: readonly string[];
  /** Whether single messages may be lost; default true. */
  readonly lossy?: boolean;
  /** Whether each run draws from a subset of the kinds of its own, rather than from all; default true. */
  readonly swarm?: boolean;
}

/**
 * The plan of a seed: a phase under faults, then all heal, all servers run, and liveness is demanded.
 * Small limits bring SNAP, TRUNC, log rolls, purges and counter roll-over into a few virtual seconds.
 */
export function plan(seed: number | string, options: PlanOptions = {}): RunSpec {
  const { serverFaults = SERVER_FAULTS, clientFaults = CLIENT_FAULTS, lossy = true, swarm = true } = options;
  const random = new RandomStream(`plan/${seed}`);
  const participants = options.participants ?? (random.below(4) === 0 ? 5 : 3);
  const observers = random.below(6) === 0 ? 1 : 0;
  const servers = Array.from({ length: participants + observers }, (_, i) => i + 1);
  const tickTime = 50 + random.below(50);
  const initLimit = 4 + random.below(4);
  const syncLimit = 2 + random.below(2);
  const ensemble: RunSpec['ensemble'] = {
    participants,
    observers,
    tickTime,
    initLimit,
    syncLimit,
    snapCount: 4 + random.below(random.below(3) === 0 ? 16 : 100),
    commitLogCount: 1 + random.below(random.below(2) === 0 ? 10 : 200),
    snapshotSizeFactor: one(random, [-1, 0.33, 5, 1000]),
    snapRetainCount: 1 + random.below(3),
    maxBatchSize: one(random, [1, 3, 1000]),
    counterLimit: random.below(5) === 0 ? 15 + random.below(60) : DEFAULT_CONFIG.counterLimit,
    minNotificationInterval: 20 + random.below(40),
    maxNotificationInterval: 200,
    finalizeWait: 20 + random.below(40),
    connectTimeout: 100 + random.below(150),
    snapshotStepNodes: 1 + random.below(8),
  };
  const slowest = one(random, [1, 3, 10, 20]);
  const network = {
    latency: { uniform: [0.1, slowest] as const },
    retransmissionLimit: 100 + random.below(300),
    dropRate: lossy && random.below(4) === 0 ? random.next() * 0.003 : 0,
    electionLossRate: lossy && random.below(4) === 0 ? random.next() * 0.2 : 0,
    window: 1 + random.below(64),
  };
  // One record a flush on a slow disk would only measure the queue in front of it.
  const slowFlush = ensemble.maxBatchSize === 1 ? 3 : one(random, [1, 5, 20]);
  const slowStep = one(random, [0.05, 1, 3]);
  const world: RunSpec['world'] = {
    network,
    disk: { flush: { uniform: [0.1, slowFlush] } },
    step: { uniform: [0, slowStep] },
    // Of a stream of its own, and without effect on anything but how messages travel.
    ...(new RandomStream(`plan/${seed}/wire`).below(16) === 0 ? { wire: 'bytes' } : {}),
  };
  // A stream of its own: what is drawn for clients shifts nothing that is drawn for servers.
  const draws = new RandomStream(`plan/${seed}/clients`);
  const settings = drawSettings(draws, tickTime, slowest);
  const lone =
    serverFaults.includes('isolate') && settings.readOnlyMode === true ? drawLone(draws, servers) : [];
  const healedAt = lone.length === 0 ? FAULTY : FAULTY + READ_ONLY;
  // What heals other faults would heal this one too.
  const apart = (kinds: readonly string[]) =>
    lone.length === 0 ? kinds : kinds.filter((kind) => !HEALING.includes(kind));
  const faults = [...drawServerFaults(random, servers, apart(serverFaults), swarm), ...lone];
  const handshake = 4 * slowest + slowFlush + 5 * slowStep;
  const around = { servers, settings, tickTime, handshake };
  const clients = drawClients(draws, around);
  clients.push(...drawRecipe(draws, around, clients.length));
  clients.push(...drawBurst(draws, around));
  faults.push(...drawClientFaults(draws, clients.length, apart(clientFaults), swarm));
  faults.push(...freed(faults, healedAt), ...drawHealing(random, participants, serverFaults, healedAt));
  const draft: RunSpec = {
    format: RUN_FORMAT,
    seed,
    ensemble: { ...ensemble, ...settings },
    world,
    clients,
    faults,
    end: { at: healedAt, healedAt },
    expectations: [],
  };
  const bounds = liveBounds(draft, { ...DEFAULT_CONFIG, ...ensemble, participants: servers, observers: [] });
  // Sessions of clients that died expire under the new leader, and change the tree once more.
  const expired = bounds.commit + longestSession(clients) + (2 + syncLimit) * tickTime;
  const quiet = Math.max(bounds.converge, expired) + 100;
  // An epoch may be used up as long as clients write; those servers have to find each other once more.
  const again = ensemble.counterLimit === DEFAULT_CONFIG.counterLimit ? 0 : bounds.converge;
  return { ...draft, end: { at: healedAt + quiet + again, healedAt } };
}

/** Kinds whose end is that all links pass again. */
const HEALING: readonly string[] = [
  ...['strand', 'laggard', 'partition', 'isolate', 'bridge', 'oneWay', 'swizzle'],
  'cut',
];
/** ms that a server which serves reads on its own has for that. */
const READ_ONLY = 1000;

/** In half of the runs where it may, cuts a server off for so long that it serves reads on its own (2000 ms of looking). */
function drawLone(random: RandomStream, servers: readonly number[]): Fault[] {
  if (random.below(2) === 0) return [];
  return [{ at: 200 + random.below(400), kind: 'isolate', server: one(random, servers) }];
}

/** Disks that were full, and whose end may come too late to happen at all. */
function freed(faults: readonly Fault[], at: number): Fault[] {
  const full = new Set(faults.flatMap((fault) => (fault.kind === 'diskFull' ? [fault.server] : [])));
  return [...full].map((server) => ({ at, kind: 'diskFree', server }));
}

/** Everything is mended. In some runs all begin anew then, in some one participant is gone for good. */
function drawHealing(
  random: RandomStream,
  participants: number,
  kinds: readonly string[],
  at: number,
): Fault[] {
  const anew = kinds.includes('blackout') && random.below(5) === 0;
  const gone = kinds.includes('crash') && random.below(6) === 0;
  return [
    ...(anew ? [{ at: at - 1 - random.below(100), kind: 'powerLoss', server: 'all' } as const] : []),
    { at, kind: 'loss', dropRate: 0, electionLossRate: 0 },
    { at, kind: 'heal', speed: true },
    { at, kind: 'restart', server: 'all' },
    { at, kind: 'clientRestart', client: 'all' },
    ...(gone ? [{ at, kind: 'crash', server: 1 + random.below(participants) } as const] : []),
  ];
}
