/** Checks that JSON is a run, with messages for people. */
import { DEFAULT_CONFIG } from '../protocol/config.ts';
import { isBase64 } from '../protocol/wire/base64.ts';
import { FOUR_LETTER_WORDS } from '../protocol/wire/four-letter-word.ts';
import { EVENT_KINDS, fieldsOf } from './event-fields.ts';
import { checkPaths, OPERATION_MEMBERS, type Operation } from './operation.ts';
import {
  anything,
  arrayOf,
  asObject,
  describe,
  field,
  flag,
  join,
  type Member,
  numberIn,
  object,
  oneOf,
  optional,
  recordOf,
  type Shape,
  text,
} from './shape.ts';
import { type FaultKind, type Mishap, type Outside, RUN_FORMAT, type RunSpec } from './spec.ts';
import { SpecError } from './spec-error.ts';

const MOST_MS = 1e12;
const ms = numberIn(0, MOST_MS);
const signedMs = numberIn(-MOST_MS, MOST_MS);
const rate = numberIn(0, 1);
const serverId = numberIn(1, 254, true);
const count = numberIn(0, 0x1f_ffff_ffff_ffff, true);
const named = object({ name: field(text), params: optional(anything) });

const TARGETS = ['leader', 'follower', 'observer', 'random', 'it'];

function target(words: readonly string[]): Shape {
  const word = oneOf(words);
  return (value, path) => {
    if (typeof value === 'string') word(value, path);
    else if (typeof value === 'number') serverId(value, path);
    else throw new SpecError(path, `is ${describe(value)}`, `a server id or one of ${words.join(', ')}`);
  };
}

const one = target(TARGETS);
const oneOrAll = target([...TARGETS, 'all']);
const reach = target(['leader', 'follower', 'observer', 'random', 'connected', 'all']);

function clientTarget(all: boolean): Shape {
  const words = ['random', 'it', ...(all ? ['all'] : [])];
  const word = oneOf(words);
  return (value, path) => {
    if (typeof value === 'string') word(value, path);
    else if (typeof value === 'number') numberIn(1, 10_000, true)(value, path);
    else
      throw new SpecError(path, `is ${describe(value)}`, `a client's number or one of ${words.join(', ')}`);
  };
}

const client = clientTarget(false);

const operation = object(OPERATION_MEMBERS);
const request: Shape = (value, path) => {
  operation(value, path);
  checkPaths(value as Operation, path);
};

const ordinal = numberIn(1, 1e12, true);
const message = object({ channel: field(ordinal), dialler: field(flag), ordinal: field(ordinal) });

const distribution: Shape = (value, path) => {
  if (typeof value === 'number') {
    ms(value, path);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    throw new SpecError(
      path,
      `is ${describe(value)}`,
      'milliseconds, {"uniform": [min, max]} or {"lognormal": {median, sigma}}',
    );
  }
  object({
    uniform: optional((range, at) => {
      arrayOf(ms, 2)(range, at);
      const [low, high] = range as number[];
      if ((range as number[]).length !== 2 || low! > high!) {
        throw new SpecError(at, `is [${(range as number[]).join(', ')}]`, '[min, max] with min ≤ max');
      }
    }),
    lognormal: optional(object({ median: field(ms), sigma: field(numberIn(0, 10)) })),
  })(value, path);
  if (Object.keys(value).length !== 1)
    throw new SpecError(path, 'is not one distribution', 'just one of uniform, lognormal');
};

/** A condition on what happened. */
export const predicate: Shape = (value, path) => {
  object({
    on: field(oneOf(EVENT_KINDS)),
    where: optional(recordOf(scalar)),
    nth: optional(numberIn(1, 1e9, true)),
  })(value, path);
  const { on, where } = value as { on: string; where?: object };
  const fields = fieldsOf(on)!;
  for (const name of Object.keys(where ?? {}))
    oneOf(fields)(name, `${join(path, 'where')}, field of "${on}"`);
};

function scalar(value: unknown, path: string): void {
  if (typeof value === 'object')
    throw new SpecError(path, `is ${describe(value)}`, 'a number, string or boolean');
}

const FAULTS: Readonly<Record<FaultKind, Readonly<Record<string, Member>>>> = {
  crash: { server: field(one) },
  powerLoss: { server: field(oneOrAll) },
  restart: { server: field(oneOrAll) },
  pause: { server: field(one), for: field(ms) },
  partition: { groups: field(arrayOf(arrayOf(one), 1)) },
  cut: { from: field(one), to: field(oneOrAll), both: optional(flag) },
  isolate: { server: field(one) },
  bridge: { server: field(one) },
  swizzle: { servers: field(arrayOf(one, 1)), step: field(ms) },
  heal: { speed: optional(flag) },
  drop: { from: field(one), to: field(one) },
  slow: { from: field(oneOrAll), to: field(oneOrAll), by: field(ms) },
  loss: { dropRate: optional(rate), electionLossRate: optional(rate) },
  diskStall: { server: field(one), for: field(ms) },
  diskFull: { server: field(one) },
  diskFree: { server: field(one) },
  corrupt: { server: field(one), record: field(count) },
  clockJump: { server: field(one), by: field(signedMs) },
  clientCrash: { client: field(client) },
  clientRestart: { client: field(clientTarget(true)) },
  clientPause: { client: field(client), for: field(ms) },
  clientDisconnect: { client: field(client) },
  clientCut: { client: field(client), to: field(reach) },
  clientRequest: { client: field(client), request: field(request) },
  messageDrop: { message: field(message) },
  messageDelay: { message: field(message), by: field(ms) },
  messageDeliver: { message: field(message) },
};

const TRIGGERS = ['at', 'when', 'afterEvent'];

const fault: Shape = (value, path) => {
  const found = asObject(value, path);
  oneOf(Object.keys(FAULTS))(found.kind, join(path, 'kind'));
  object({
    kind: field(text),
    at: optional(ms),
    when: optional(predicate),
    delay: optional(ms),
    afterEvent: optional(numberIn(1, 1e12, true)),
    ...FAULTS[found.kind as FaultKind],
  })(value, path);
  const given = TRIGGERS.filter((name) => found[name] !== undefined);
  if (given.length !== 1) {
    throw new SpecError(
      path,
      `has ${given.length === 0 ? 'no trigger' : given.join(' and ')}`,
      'exactly one of at, when, afterEvent',
    );
  }
};

/** A fault that strikes because somebody outside says so. */
const mishap: Shape = (value, path) => {
  const found = asObject(value, path);
  oneOf(Object.keys(FAULTS))(found.kind, join(path, 'kind'));
  object({ kind: field(text), ...FAULTS[found.kind as FaultKind] })(value, path);
};

const base64: Shape = (value, path) => {
  text(value, path);
  if (!isBase64(value as string)) throw new SpecError(path, 'is not base64', 'base64 with padding');
};

const number = numberIn(1, 1e12, true);
const OUTSIDE: Readonly<Record<Outside['kind'], Readonly<Record<string, Member>>>> = {
  open: {
    connection: field(number),
    server: field(serverId),
    address: field(text),
    port: field(numberIn(0, 65_535, true)),
  },
  bytes: { connection: field(number), bytes: field(base64) },
  drained: { connection: field(number) },
  close: { connection: field(number), reset: optional(flag) },
  fault: { fault: field(mishap) },
};
const OUTSIDE_SHAPES = Object.fromEntries(
  Object.entries(OUTSIDE).map(([kind, members]) => [
    kind,
    object({ kind: field(text), after: field(count), idle: optional(count), at: field(ms), ...members }),
  ]),
);

/** Something that came from outside. */
const outside: Shape = (value, path) => {
  const { kind } = asObject(value, path);
  oneOf(Object.keys(OUTSIDE))(kind, join(path, 'kind'));
  OUTSIDE_SHAPES[kind as string]!(value, path);
};

const servers: Shape = (value, path) => {
  if (typeof value === 'number') {
    numberIn(1, 13, true)(value, path);
    return;
  }
  arrayOf(serverId, 1)(value, path);
  ascending(value as number[], path);
};

const observers: Shape = (value, path) => {
  if (typeof value === 'number') {
    numberIn(0, 100, true)(value, path);
    return;
  }
  arrayOf(serverId)(value, path);
  ascending(value as number[], path);
};

function ascending(ids: readonly number[], path: string): void {
  for (let i = 1; i < ids.length; i++) {
    if (ids[i]! <= ids[i - 1]!)
      throw new SpecError(path, `is [${ids.join(', ')}]`, 'server ids in ascending order, each once');
  }
}

const limit = numberIn(1, 1_000_000_000, true);

/** A bound of session timeouts, ms, or −1 for Apache's default. */
const sessionBound: Shape = (value, path) => {
  if (value !== -1) limit(value, path);
};

const ensemble = object({
  participants: field(servers),
  observers: optional(observers),
  quorum: optional(
    object({ weights: optional(recordOf(numberIn(0, 1e6))), groups: optional(arrayOf(arrayOf(serverId))) }),
  ),
  tickTime: optional(limit),
  initLimit: optional(limit),
  syncLimit: optional(limit),
  snapCount: optional(numberIn(2, 1e9, true)),
  commitLogCount: optional(limit),
  snapshotSizeFactor: optional(numberIn(-1, 1e6)),
  snapRetainCount: optional(limit),
  maxBatchSize: optional(limit),
  outstandingLimit: optional(limit),
  counterLimit: optional(numberIn(1, 0xffff_ffff, true)),
  minNotificationInterval: optional(limit),
  maxNotificationInterval: optional(limit),
  finalizeWait: optional(numberIn(0, 1e9, true)),
  connectTimeout: optional(limit),
  snapshotStepNodes: optional(limit),
  minSessionTimeout: optional(sessionBound),
  maxSessionTimeout: optional(sessionBound),
  localSessions: optional(flag),
  localSessionsUpgrading: optional(flag),
  readOnlyMode: optional(flag),
  extendedTypes: optional(flag),
  containerCheckInterval: optional(limit),
  containerMaxPerMinute: optional(limit),
  enforceQuota: optional(flag),
  maxClientCnxns: optional(count),
  maxCnxns: optional(count),
  sessionlessTimeout: optional(limit),
  maxBuffer: optional(numberIn(64, 0x7fff_ffff, true)),
  superDigest: optional(text),
  fourLetterWords: optional(arrayOf(oneOf([...FOUR_LETTER_WORDS, '*']))),
  clientPorts: optional(arrayOf(numberIn(1, 65_535, true))),
  environment: optional(recordOf(text)),
  initialEpoch: optional(numberIn(0, 0x1f_ffff, true)),
  initialWallClock: optional(numberIn(0, 1e15)),
  down: optional(arrayOf(serverId)),
});

function linkName(name: string, path: string): void {
  if (/^(\d+>\d+|\d+>\*|\*>\d+)$/.test(name)) return;
  throw new SpecError(join(path, name), 'is no link', '"1>2", "1>*" or "*>2"');
}

function idName(name: string, path: string): void {
  if (!/^[1-9]\d{0,2}$/.test(name) || Number(name) > 254)
    throw new SpecError(join(path, name), 'is no server id', 'a number from 1 to 254');
}

const world = object({
  network: optional(
    object({
      latency: optional(distribution),
      links: optional(recordOf(distribution, linkName)),
      dropRate: optional(rate),
      electionLossRate: optional(rate),
      retransmissionLimit: optional(numberIn(0.001, MOST_MS)),
      window: optional(numberIn(1, 1e9, true)),
    }),
  ),
  wire: optional(oneOf(['values', 'bytes'])),
  disk: optional(object({ flush: optional(distribution) })),
  step: optional(distribution),
  clocks: optional(
    recordOf(object({ offset: optional(signedMs), drift: optional(numberIn(-0.9, 10)) }), idName),
  ),
  cost: optional(object({ service: optional(recordOf(ms)), bandwidth: optional(numberIn(0.001, 1e12)) })),
});

const expectation = object({
  text: field(text),
  probe: optional(predicate),
  atLeast: optional(count),
  atMost: optional(count),
  end: optional(
    object({
      leader: optional((value, path) => {
        if (value !== null) serverId(value, path);
      }),
      epoch: optional(count),
      converged: optional(flag),
      running: optional(arrayOf(serverId)),
      exists: optional(arrayOf(text)),
      absent: optional(arrayOf(text)),
    }),
  ),
});

const run = object({
  format: field(text),
  title: optional(text),
  seed: field((value, path) => {
    if (typeof value !== 'string') numberIn(-0x1f_ffff_ffff_ffff, 0x1f_ffff_ffff_ffff)(value, path);
  }),
  ensemble: field(ensemble),
  world: field(world),
  clients: field(arrayOf(object({ program: field(named), servers: optional(arrayOf(serverId, 1)) }))),
  faults: field(arrayOf(fault)),
  outside: optional(arrayOf(outside)),
  variant: optional(named),
  end: field(
    object({
      at: field(ms),
      maxEvents: optional(numberIn(1, 1e12, true)),
      healedAt: optional(ms),
      live: optional(flag),
      electWithin: optional(ms),
      commitWithin: optional(ms),
    }),
  ),
  expectations: field(arrayOf(expectation)),
});

/**
 * The run that JSON describes; names in it are resolved later, in the catalog.
 * @throws SpecError with one line that names the first field at fault, what is wrong, and what is allowed
 */
export function parseRunSpec(json: unknown): RunSpec {
  const found = asObject(json, '');
  if (found.format !== RUN_FORMAT)
    throw new SpecError('format', `is ${describe(found.format)}`, `"${RUN_FORMAT}"`);
  run(json, '');
  const spec = json as RunSpec;
  sessionBounds(spec);
  knownServers(spec);
  knownClients(spec);
  knownOutside(spec);
  return spec;
}

/** The least session timeout must not exceed the largest (QuorumPeerConfig refuses such a configuration). */
function sessionBounds(spec: RunSpec): void {
  const {
    minSessionTimeout = -1,
    maxSessionTimeout = -1,
    tickTime = DEFAULT_CONFIG.tickTime,
  } = spec.ensemble;
  const least = minSessionTimeout === -1 ? 2 * tickTime : minSessionTimeout;
  const most = maxSessionTimeout === -1 ? 20 * tickTime : maxSessionTimeout;
  if (least > most) {
    const name = minSessionTimeout === -1 ? 'maxSessionTimeout' : 'minSessionTimeout';
    throw new SpecError(
      `ensemble.${name}`,
      `makes sessions last from ${least} to ${most} ms`,
      'a least timeout that does not exceed the largest',
    );
  }
}

/** Faults must name clients of the run. */
function knownClients(spec: RunSpec): void {
  const count = spec.clients.length;
  const check = (item: Mishap, path: string): void => {
    if (!('client' in item) || typeof item.client !== 'number' || item.client <= count) return;
    throw new SpecError(
      `${path}.client`,
      `is ${item.client}, which is no client here`,
      count === 0 ? 'none: the run has no clients' : `a number from 1 to ${count}`,
    );
  };
  spec.faults.forEach((item, i) => {
    check(item, `faults[${i}]`);
  });
  spec.outside?.forEach((input, i) => {
    if (input.kind === 'fault') check(input.fault, `outside[${i}].fault`);
  });
}

/** Inputs come in order, and connections open once, before anything else is heard of them. */
function knownOutside({ outside = [] }: RunSpec): void {
  const opened = new Set<number>();
  let last = 0;
  outside.forEach((input, i) => {
    if (input.after < last)
      throw new SpecError(
        `outside[${i}].after`,
        `is ${input.after}`,
        `at least ${last}, as the input before it`,
      );
    last = input.after;
    if (input.kind === 'fault') return;
    const { connection } = input;
    if (opened.has(connection) === (input.kind === 'open')) {
      const known = input.kind === 'open' ? 'which is open' : 'which was never opened';
      throw new SpecError(
        `outside[${i}].connection`,
        `is ${connection}, ${known}`,
        'a connection is opened once, first',
      );
    }
    opened.add(connection);
  });
}

/** Ids that faults and clients name must be servers of the ensemble. */
function knownServers(spec: RunSpec): void {
  const { participants, observers } = spec.ensemble;
  const voters =
    typeof participants === 'number' ? Array.from({ length: participants }, (_, i) => i + 1) : participants;
  const first = Math.max(...voters) + 1;
  const rest =
    typeof observers === 'number'
      ? Array.from({ length: observers }, (_, i) => first + i)
      : (observers ?? []);
  const all = [...voters, ...rest];
  if (new Set(all).size !== all.length)
    throw new SpecError('ensemble.observers', 'names a participant', 'other ids');
  const check = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const [i, entry] of value.entries()) check(entry, `${path}[${i}]`);
    else if (typeof value === 'number' && !all.includes(value)) {
      throw new SpecError(path, `is ${value}, which is no server here`, `one of ${all.join(', ')}`);
    }
  };
  const checkFault = (fault: Mishap, path: string): void => {
    for (const name of ['server', 'from', 'to', 'servers', 'groups']) {
      check((fault as unknown as Record<string, unknown>)[name], `${path}.${name}`);
    }
  };
  check(spec.ensemble.down, 'ensemble.down');
  spec.clients.forEach((client, i) => {
    check(client.servers, `clients[${i}].servers`);
  });
  spec.outside?.forEach((input, i) => {
    if (input.kind === 'open') check(input.server, `outside[${i}].server`);
    if (input.kind === 'fault') checkFault(input.fault, `outside[${i}].fault`);
  });
  spec.faults.forEach((item, i) => {
    checkFault(item, `faults[${i}]`);
  });
}
