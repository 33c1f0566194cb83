/** What a seed means: a whole run drawn from it, as data. Swarm testing: each plan uses a random subset of the faults. */

import { DEFAULT_CONFIG } from '../../protocol/config.ts';
import { liveBounds } from '../check/live-bounds.ts';
import { RandomStream } from '../random.ts';
import { type Fault, RUN_FORMAT, type RunSpec, type Target, type Trigger } from '../spec.ts';
import {
  CLIENT_FAULTS,
  drawClientFaults,
  drawClients,
  drawLoneServer,
  drawRecipe,
  drawSettings,
  longestSession,
} from './client-plan.ts';
import { FAULTY, later, one, shuffle, trigger } from './draw.ts';

type Draw = (random: RandomStream, servers: readonly number[], when: Trigger) => Fault[];

/** How each kind of fault is drawn; what breaks something that stays broken also says when it ends. */
const FAULTS: { readonly [name: string]: Draw } = {
  crash: (random, servers, when) => {
    const server = target(random, servers);
    return [{ ...when, kind: 'crash', server }, ...restart(random, when)];
  },
  powerLoss: (random, servers, when) => {
    const server = random.below(6) === 0 ? ('all' as const) : target(random, servers);
    return [{ ...when, kind: 'powerLoss', server }, ...restart(random, when)];
  },
  pause: (random, servers, when) => [
    { ...when, kind: 'pause', server: target(random, servers), for: 20 + random.below(1500) },
  ],
  partition: (random, servers, when) => {
    const shuffled = shuffle(random, servers);
    const cut = 1 + random.below(servers.length - 1);
    const groups = [shuffled.slice(0, cut), shuffled.slice(cut)];
    return [{ ...when, kind: 'partition', groups }, healing(random, when)];
  },
  isolate: (random, servers, when) => [
    { ...when, kind: 'isolate', server: target(random, servers) },
    healing(random, when),
  ],
  bridge: (random, servers, when) => [
    { ...when, kind: 'bridge', server: target(random, servers) },
    healing(random, when),
  ],
  oneWay: (random, servers, when) => [
    { ...when, kind: 'cut', from: target(random, servers), to: 'all' },
    healing(random, when),
  ],
  swizzle: (random, servers, when) => [
    { ...when, kind: 'swizzle', servers: shuffle(random, servers), step: 5 + random.below(200) },
  ],
  drop: (random, servers, when) => [
    { ...when, kind: 'drop', from: one(random, servers), to: one(random, servers) },
  ],
  slow: (random, servers, when) => [
    { ...when, kind: 'slow', from: one(random, servers), to: 'all', by: 1 + random.below(200) },
  ],
  diskStall: (random, servers, when) => [
    { ...when, kind: 'diskStall', server: target(random, servers), for: 10 + random.below(800) },
  ],
};

/** Moments that matter: a crash there is what random times rarely hit. */
const MOMENTS: readonly string[] = [
  'elected',
  'acceptedEpoch',
  'currentEpoch',
  'epochAcked',
  'syncChosen',
  'snapInstalled',
  'truncated',
  'newLeaderSent',
  'newLeaderAcked',
  'established',
  'serving',
  'proposed',
  'logged',
  'flushed',
  'acked',
  'committed',
  'logRolled',
  'snapshotStarted',
  'snapshotTaken',
];

/** What may befall servers and the links between them. */
export const SERVER_FAULTS: readonly string[] = Object.keys(FAULTS);

/** Options of a plan; everything else is drawn. */
export interface PlanOptions {
  readonly participants?: number;
  /** Kinds of faults of servers to draw from, by {@link SERVER_FAULTS}; default all. */
  readonly serverFaults?: readonly string[];
  /** Kinds of faults of clients to draw from, by {@link CLIENT_FAULTS}; default all. */
  readonly clientFaults?: readonly string[];
  /** Whether single messages may be lost; default true. */
  readonly lossy?: boolean;
}

/**
 * The plan of a seed: a phase under faults, then all heal, all servers run, and liveness is demanded.
 * Small limits bring SNAP, TRUNC, log rolls, purges and counter roll-over into a few virtual seconds.
 */
export function plan(seed: number | string, options: PlanOptions = {}): RunSpec {
  const { serverFaults = SERVER_FAULTS, clientFaults = CLIENT_FAULTS, lossy = true } = options;
  const random = new RandomStream(`plan/${seed}`);
  const participants = options.participants ?? (random.below(3) === 0 ? 5 : 3);
  const observers = random.below(4) === 0 ? 1 : 0;
  const servers = Array.from({ length: participants + observers }, (_, i) => i + 1);
  const tickTime = 40 + random.below(60);
  const ensemble: RunSpec['ensemble'] = {
    participants,
    observers,
    tickTime,
    initLimit: 5 + random.below(6),
    syncLimit: 2 + random.below(4),
    snapCount: 4 + random.below(60),
    commitLogCount: 1 + random.below(12),
    snapshotSizeFactor: [-1, 0.33, 5, 1000][random.below(4)] as number,
    snapRetainCount: 1 + random.below(3),
    maxBatchSize: [1, 3, 1000][random.below(3)] as number,
    counterLimit: random.below(4) === 0 ? 15 + random.below(60) : DEFAULT_CONFIG.counterLimit,
    minNotificationInterval: 20 + random.below(60),
    maxNotificationInterval: 400,
    finalizeWait: 20 + random.below(60),
    connectTimeout: 200 + random.below(300),
    snapshotStepNodes: 1 + random.below(8),
  };
  const slowest = [1, 3, 10, 25][random.below(4)] as number;
  const network = {
    latency: { uniform: [0.1, slowest] as const },
    retransmissionLimit: 200 + random.below(600),
    dropRate: lossy && random.below(3) === 0 ? random.next() * 0.003 : 0,
    electionLossRate: lossy && random.below(3) === 0 ? random.next() * 0.2 : 0,
    window: 1 + random.below(64),
  };
  // One record a flush on a slow disk would only measure the queue in front of it.
  const slowFlush = ensemble.maxBatchSize === 1 ? 3 : one(random, [1, 5, 30]);
  const slowStep = one(random, [0.05, 1, 5]);
  const world: RunSpec['world'] = {
    network,
    disk: { flush: { uniform: [0.1, slowFlush] } },
    step: { uniform: [0, slowStep] },
  };
  const faults = drawFaults(random, servers, serverFaults);
  // A stream of its own: what is drawn for clients shifts nothing that is drawn for servers.
  const draws = new RandomStream(`plan/${seed}/clients`);
  const settings = drawSettings(draws, tickTime, slowest);
  const handshake = 4 * slowest + slowFlush + 5 * slowStep;
  const around = { servers, settings, tickTime, handshake };
  const clients = drawClients(draws, around);
  clients.push(...drawRecipe(draws, around, clients.length));
  faults.push(...drawClientFaults(draws, clients.length, clientFaults));
  if (serverFaults.includes('isolate')) faults.push(...drawLoneServer(draws, around));
  faults.push(
    { at: FAULTY, kind: 'loss', dropRate: 0, electionLossRate: 0 },
    { at: FAULTY, kind: 'heal', speed: true },
    { at: FAULTY, kind: 'restart', server: 'all' },
    { at: FAULTY, kind: 'clientRestart', client: 'all' },
  );
  const draft: RunSpec = {
    format: RUN_FORMAT,
    seed,
    ensemble: { ...ensemble, ...settings },
    world,
    clients,
    faults,
    end: { at: FAULTY, healedAt: FAULTY },
    expectations: [],
  };
  const bounds = liveBounds(draft, { ...DEFAULT_CONFIG, ...ensemble, participants: servers, observers: [] });
  // Sessions of clients that died expire after the healing, and change the tree once more.
  const quiet = longestSession(clients) + 2 * tickTime + 200;
  // An epoch may be used up as long as clients write; those servers have to find each other once more.
  const again = ensemble.counterLimit === DEFAULT_CONFIG.counterLimit ? 0 : bounds.converge;
  return { ...draft, end: { at: FAULTY + bounds.converge + quiet + again, healedAt: FAULTY } };
}

function drawFaults(random: RandomStream, servers: readonly number[], from: readonly string[]): Fault[] {
  if (from.length === 0) return [];
  const kinds = shuffle(random, from).slice(0, 1 + random.below(4));
  const faults: Fault[] = [];
  const count = 1 + random.below(9);
  for (let i = 0; i < count; i++) {
    const draw = FAULTS[one(random, kinds)] as Draw;
    faults.push(...draw(random, servers, trigger(random, MOMENTS)));
  }
  return faults;
}

function restart(random: RandomStream, when: Trigger): Fault[] {
  return [{ ...later(random, when), kind: 'restart', server: 'all' }];
}

function healing(random: RandomStream, when: Trigger): Fault {
  return { ...later(random, when), kind: 'heal' };
}

function target(random: RandomStream, servers: readonly number[]): Target {
  const choice = random.below(6);
  if (choice === 0) return 'leader';
  if (choice === 1) return 'follower';
  if (choice === 2) return 'it';
  return one(random, servers);
}
