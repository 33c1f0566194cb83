/** The clients' part of a plan: the service's settings, who asks for what, and what befalls clients. */
import type { RandomStream } from '../random.ts';
import type { ClientReach, ClientSpec, ClientTarget, EnsembleSpec, Fault, Json, Trigger } from '../spec.ts';
import { FAULTY, later, one, shuffle, trigger } from './draw.ts';

/** Ticks of the longest session, where it need not be longer; maxSessionTimeout is twice that, as by default. */
const MOST_TICKS = 10;

/** Settings of the service: short pauses and small limits, each in some runs. */
export function drawSettings(random: RandomStream, tickTime: number, slowest: number): Partial<EnsembleSpec> {
  const local = random.below(5) === 0;
  const extendedTypes = random.below(3) === 0;
  return {
    // A slow network needs sessions that outlast a handshake with each server.
    maxSessionTimeout: Math.max(2 * MOST_TICKS * tickTime, 80 * slowest),
    localSessions: local,
    localSessionsUpgrading: local && random.below(3) > 0,
    readOnlyMode: random.below(4) === 0,
    extendedTypes,
    containerCheckInterval: extendedTypes || random.below(2) === 0 ? 200 + random.below(1800) : 60_000,
    enforceQuota: random.below(8) === 0,
    outstandingLimit: random.below(4) === 0 ? 1 + random.below(random.below(2) === 0 ? 8 : 1000) : 1000,
  };
}

/** What the drawing of clients needs to know of the ensemble. */
export interface Surroundings {
  readonly servers: readonly number[];
  readonly settings: Partial<EnsembleSpec>;
  readonly tickTime: number;
  /** ms that a new session may take on this network and these disks. */
  readonly handshake: number;
}

/**
 * 1…3 clients: most ask for everything, some for simple operations only. They ask while faults strike; one goes on slowly
 * behind that, so that there is something to commit.
 */
export function drawClients(random: RandomStream, around: Surroundings): ClientSpec[] {
  const keys = 1 + random.below(random.below(2) === 0 ? 3 : 20);
  // What a write costs grows with the servers it goes to.
  const share = Math.min(1, 3 / around.servers.length);
  return Array.from({ length: 1 + random.below(3) }, (_, place) => {
    const servers = random.below(4) === 0 ? someServers(random, around.servers) : undefined;
    const common = {
      rate: Math.ceil(share * (place === 0 ? 8 + random.below(16) : 15 + random.below(50))),
      ...(place > 0 && { until: FAULTY + 300 }),
      reads: random.next() * 0.6,
      keys,
      dataBytes: random.below(40),
      sessionTimeout: sessionTimeout(random, around, servers ?? around.servers),
    };
    const simple = random.below(4) === 0;
    const params = simple ? common : { ...common, ...everything(random, around.settings) };
    return { program: { name: simple ? 'mix' : 'service', params }, ...(servers && { servers }) };
  });
}

/** In one run of three, many writes at once for a while: only then is much proposed and not yet committed. */
export function drawBurst(random: RandomStream, around: Surroundings): ClientSpec[] {
  if (random.below(3) > 0) return [];
  const from = 200 + random.below(FAULTY - 700);
  const params = {
    rate: 100 + random.below(300),
    reads: 0,
    keys: 3,
    outstanding: 10 + random.below(40),
    from,
    until: from + 100 + random.below(300),
    sessionTimeout: sessionTimeout(random, around, around.servers),
  };
  return [{ program: { name: 'mix', params } }];
}

/** In one run of four, two or three clients of one recipe; a fenced resource goes with what guards one. */
export function drawRecipe(random: RandomStream, around: Surroundings, before: number): ClientSpec[] {
  if (random.below(4) > 0) return [];
  const name = one(random, RECIPES);
  const count = 2 + random.below(2);
  const common = {
    pause: 50 + random.below(200),
    hold: 1 + random.below(150),
    within: 100 + random.below(1500),
    sessionTimeout: sessionTimeout(random, around, around.servers),
    reconnectDelay: 1 + random.below(200),
  };
  const params = (place: number): Json => {
    if (GUARDS.includes(name)) return { ...common, resource: before + count + 1 };
    if (name === 'barrier') return { ...common, keeper: place === 0 };
    return name === 'doubleBarrier' ? { ...common, count } : common;
  };
  const clients: ClientSpec[] = Array.from({ length: count }, (_, place) => ({
    program: { name, params: params(place) },
  }));
  return GUARDS.includes(name) ? [...clients, { program: { name: 'resource' } }] : clients;
}

function everything(
  random: RandomStream,
  settings: Partial<EnsembleSpec>,
): { readonly [name: string]: Json } {
  return {
    watches: random.next() * 0.5,
    sequential: random.next() * 0.4,
    ephemerals: random.next() * 0.6,
    expiring: random.next() * (settings.extendedTypes === true ? 0.5 : 0.1),
    multi: random.next() * 0.4,
    acl: random.below(2) === 0 ? random.next() * 0.3 : 0,
    quota: settings.enforceQuota === true ? 0.05 : 0,
    invalid: random.below(2) === 0 ? random.next() * 0.1 : 0,
    churn: random.below(2) === 0 ? random.next() * 0.15 : 0,
    outstanding: 1 + random.below(random.below(2) === 0 ? 4 : 30),
    // A quick return finds requests of the old connection still under way.
    reconnectDelay: 1 + random.below(random.below(3) > 0 ? 4 : 200),
    readOnly: settings.readOnlyMode === true && random.below(2) === 0,
  };
}

function someServers(random: RandomStream, servers: readonly number[]): number[] {
  return shuffle(random, servers).slice(0, 1 + random.below(servers.length));
}

/** 2…10 ticks; but for one client in eight, enough that a session can be opened at each of its servers in turn. */
function sessionTimeout(random: RandomStream, around: Surroundings, servers: readonly number[]): number {
  const drawn = around.tickTime * (2 + random.below(MOST_TICKS - 1));
  const enough = random.below(8) === 0 ? 0 : Math.ceil(servers.length * around.handshake);
  return Math.min(Math.max(drawn, enough), around.settings.maxSessionTimeout!);
}

/** Recipes that guard something, and those that do not. */
const GUARDS: readonly string[] = ['lock', 'readWriteLock', 'leader'];
const RECIPES: readonly string[] = [
  ...GUARDS,
  'queue',
  'priorityQueue',
  'barrier',
  'doubleBarrier',
  'counter',
  'group',
  'configuration',
  'uniqueNames',
];

/** The longest any session of these clients lives without them, ms. */
export function longestSession(clients: readonly ClientSpec[]): number {
  let longest = 0;
  for (const { program } of clients) {
    const params = program.params as { readonly sessionTimeout?: number } | undefined;
    longest = Math.max(longest, params?.sessionTimeout ?? 0);
  }
  return longest;
}

type Draw = (random: RandomStream, client: ClientTarget, when: Trigger) => Fault[];

/** How each kind of fault is drawn; what breaks something that stays broken also says when it ends. */
const FAULTS: { readonly [name: string]: Draw } = {
  crash: (random, client, when) => [
    { ...when, kind: 'clientCrash', client },
    { ...later(random, when), kind: 'clientRestart', client: 'all' },
  ],
  pause: (random, client, when) => [{ ...when, kind: 'clientPause', client, for: 20 + random.below(1000) }],
  disconnect: (_random, client, when) => [{ ...when, kind: 'clientDisconnect', client }],
  cut: (random, client, when) => [
    { ...when, kind: 'clientCut', client, to: one(random, REACH) },
    { ...later(random, when), kind: 'heal' },
  ],
};

/** What may befall clients. */
export const CLIENT_FAULTS: readonly string[] = Object.keys(FAULTS);

const REACH: readonly ClientReach[] = ['connected', 'connected', 'leader', 'random', 'all'];

/** Moments that matter to a client and have one; the faults of the others strike a client named otherwise. */
const OWN_MOMENTS: readonly string[] = [
  'clientState',
  'invoked',
  'sent',
  'answered',
  'notified',
  'housekeeping',
];
const MOMENTS: readonly string[] = [
  ...OWN_MOMENTS,
  'sessionOpened',
  'touched',
  'expired',
  'replied',
  'watchFired',
  'proposed',
  'committed',
  'established',
];

/**
 * Faults of clients by a random subset of the kinds; none in a quarter of the runs.
 * @param swarm false: of all kinds, in every run
 */
export function drawClientFaults(
  random: RandomStream,
  clients: number,
  from: readonly string[],
  swarm = true,
): Fault[] {
  if (from.length === 0 || (random.below(4) === 0 && swarm)) return [];
  const subset = shuffle(random, from).slice(0, 1 + random.below(3));
  const kinds = swarm ? subset : from;
  return Array.from({ length: 1 + random.below(5) }, () => {
    const draw = FAULTS[one(random, kinds)] as Draw;
    const when = trigger(random, MOMENTS);
    return draw(random, target(random, clients, when), when);
  }).flat();
}

function target(random: RandomStream, clients: number, when: Trigger): ClientTarget {
  const choice = random.below(4);
  if (choice === 0) return 'random';
  if (choice > 1 && OWN_MOMENTS.includes(when.when?.on ?? '')) return 'it';
  return 1 + random.below(clients);
}
