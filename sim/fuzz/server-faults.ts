/** What befalls servers and the links between them: single faults, and several that belong together. */
import type { RandomStream } from '../random.ts';
import type { Fault, Target, Trigger } from '../spec.ts';
import { after, later, one, shuffle } from './draw.ts';
import { catchingUp, strike } from './moments.ts';

type Draw = (random: RandomStream, servers: readonly number[], when: Trigger) => Fault[];

/** How each kind is drawn; what breaks something that stays broken also says when it ends. */
const FAULTS: { readonly [name: string]: Draw } = {
  crash: (random, servers, when) => {
    const server = target(random, servers, when);
    return [{ ...when, kind: 'crash', server }, ...restart(random, when, server)];
  },
  powerLoss: (random, servers, when) => {
    const server = target(random, servers, when);
    return [{ ...when, kind: 'powerLoss', server }, ...restart(random, when, server)];
  },
  /** One server dies again and again, hardly back. */
  crashLoop: (random, servers, when) => {
    const server: Target = when.at === undefined && random.below(2) === 0 ? 'it' : one(random, servers);
    const faults: Fault[] = [];
    let at = when;
    for (let i = 2 + random.below(2); i > 0; i--) {
      faults.push({ ...at, kind: random.below(3) === 0 ? 'powerLoss' : 'crash', server });
      at = after(at, 10 + random.below(150));
      faults.push({ ...at, kind: 'restart', server });
      at = after(at, 20 + random.below(400));
    }
    return faults;
  },
  /** A server dies and the leader with it; the server comes back, the leader stays away while others elect. */
  topple: (random, servers, when) =>
    topple(random, servers, when, when.at === undefined && random.below(4) > 0 ? 'it' : one(random, servers)),
  /** All die; they come back at once, or a part of them one after the other and the rest later. */
  blackout: (random, servers, when) => {
    const faults: Fault[] =
      random.below(3) > 0
        ? [{ ...when, kind: 'powerLoss', server: 'all' }]
        : servers.map((server) => ({ ...when, kind: 'crash', server }));
    let at = after(when, 10 + random.below(200));
    if (random.below(2) === 0) return [...faults, { ...at, kind: 'restart', server: 'all' }];
    const away = random.below(1 + (servers.length >> 1));
    const step = random.below(2) === 0 ? 1 : 100;
    for (const server of shuffle(random, servers).slice(away)) {
      faults.push({ ...at, kind: 'restart', server });
      at = after(at, random.below(step));
    }
    if (away > 0) faults.push({ ...later(random, at), kind: 'restart', server: 'all' });
    return faults;
  },
  /** The leader is cut off with what it has just proposed, and perhaps dies there; others elect without it. */
  strand: (random, servers, when) => {
    const at: Trigger =
      when.at === undefined && random.below(3) === 0
        ? when
        : { when: { on: 'proposed', nth: 1 + random.below(random.below(2) === 0 ? 10 : 100) } };
    const leader = at === when ? 'leader' : 'it';
    const faults: Fault[] = [{ ...at, kind: 'isolate', server: leader }];
    if (random.below(2) > 0) {
      const lost = at === when ? one(random, servers) : 'it';
      const dies = after(at, 10 + random.below(400));
      faults.push({ ...dies, kind: one(random, ['crash', 'powerLoss'] as const), server: lost });
      faults.push({ ...after(dies, 10 + random.below(300)), kind: 'restart', server: lost });
    }
    const next = { when: { on: 'established', where: { epoch: 2 + random.below(2) } } };
    const over = random.below(3) > 0 ? after(next, random.below(600)) : after(at, 200 + random.below(800));
    return [...faults, { ...over, kind: 'heal' }];
  },
  /** One server falls behind; when it comes back, the leader dies; and while it catches up, it dies itself. */
  laggard: (random, servers, when) => {
    const server = one(random, servers);
    const time = 50 + random.below(500);
    const back = after(when, time);
    const faults: Fault[] = [];
    const away = random.below(3);
    if (away === 0) faults.push({ ...when, kind: 'crash', server });
    else if (away === 1) faults.push({ ...when, kind: 'isolate', server });
    else faults.push({ ...when, kind: 'cut', from: 'leader', to: server });
    if (random.below(4) > 0) {
      const dies = after(when, Math.max(0, time + random.below(100) - 50));
      faults.push({ ...dies, kind: 'crash', server: 'leader' });
    }
    faults.push(away === 0 ? { ...back, kind: 'restart', server } : { ...back, kind: 'heal' });
    if (random.below(3) > 0) faults.push(...topple(random, servers, catchingUp(random, server), 'it'));
    else if (random.below(2) === 0) faults.push({ ...later(random, back), kind: 'restart', server: 'all' });
    return faults;
  },
  /** While other disks stand still, a server dies with what it has logged, and is back at once. */
  hiccup: (random, servers, _when) => {
    const on = one(random, ['logged', 'acked', 'flushed'] as const);
    const at: Trigger = { when: { on, nth: 1 + random.below(random.below(2) === 0 ? 20 : 200) } };
    const stalled: readonly Target[] = random.below(2) === 0 ? ['leader'] : ['leader', one(random, servers)];
    const dies = after(at, random.below(80));
    return [
      ...stalled.map((server): Fault => ({ ...at, kind: 'diskStall', server, for: 50 + random.below(400) })),
      { ...dies, kind: 'crash', server: 'it' },
      { ...after(dies, 1 + random.below(60)), kind: 'restart', server: 'it' },
    ];
  },
  pause: (random, servers, when) => [
    { ...when, kind: 'pause', server: target(random, servers, when), for: 20 + random.below(1000) },
  ],
  partition: (random, servers, when) => {
    const shuffled = shuffle(random, servers);
    const cut = 1 + random.below(servers.length - 1);
    const groups = [shuffled.slice(0, cut), shuffled.slice(cut)];
    return [{ ...when, kind: 'partition', groups }, healing(random, when)];
  },
  isolate: (random, servers, when) => [
    { ...when, kind: 'isolate', server: target(random, servers, when) },
    healing(random, when),
  ],
  bridge: (random, servers, when) => [
    { ...when, kind: 'bridge', server: target(random, servers, when) },
    healing(random, when),
  ],
  oneWay: (random, servers, when) => [
    { ...when, kind: 'cut', from: target(random, servers, when), to: 'all' },
    healing(random, when),
  ],
  swizzle: (random, servers, when) => [
    { ...when, kind: 'swizzle', servers: shuffle(random, servers), step: 5 + random.below(150) },
  ],
  drop: (random, servers, when) => [
    { ...when, kind: 'drop', from: target(random, servers, when), to: one(random, servers) },
  ],
  slow: (random, servers, when) => [
    { ...when, kind: 'slow', from: target(random, servers, when), to: 'all', by: 1 + random.below(150) },
  ],
  diskStall: (random, servers, when) => [
    { ...when, kind: 'diskStall', server: target(random, servers, when), for: 10 + random.below(600) },
  ],
  /** No write goes to disk for a while: the server ends itself. */
  diskFull: (random, servers, when) => {
    const server = one(random, servers);
    const free = later(random, when);
    return [
      { ...when, kind: 'diskFull', server },
      { ...free, kind: 'diskFree', server },
      { ...later(random, free), kind: 'restart', server },
    ];
  },
};

function topple(
  random: RandomStream,
  servers: readonly number[],
  when: Trigger,
  server: number | 'it',
): Fault[] {
  const kind = random.below(3) === 0 ? 'powerLoss' : 'crash';
  const back = after(when, 10 + random.below(200));
  const faults: Fault[] = [
    { ...when, kind, server },
    { ...after(when, random.below(random.below(2) === 0 ? 2 : 60)), kind, server: 'leader' },
    { ...back, kind: 'restart', server },
  ];
  const others = random.below(2) === 0 ? [] : shuffle(random, servers).slice(0, 1 + random.below(2));
  for (const id of others) faults.push({ ...back, kind: 'restart', server: id });
  if (random.below(2) === 0) faults.push({ ...later(random, back), kind: 'restart', server: 'all' });
  return faults;
}

/** What may befall servers and the links between them. */
export const SERVER_FAULTS: readonly string[] = Object.keys(FAULTS);

/** Kinds that are several faults in a row, as chance alone rarely brings them together. */
const SEQUENCES: readonly string[] = ['crashLoop', 'topple', 'blackout', 'strand', 'laggard', 'hiccup'];

/**
 * Faults of some of these kinds: each run uses a subset of its own, of single faults and of sequences.
 * @param swarm false: every run draws from all of them
 */
export function drawServerFaults(
  random: RandomStream,
  servers: readonly number[],
  from: readonly string[],
  swarm = true,
): Fault[] {
  const single = from.filter((kind) => !SEQUENCES.includes(kind));
  const sequences = from.filter((kind) => SEQUENCES.includes(kind));
  const some = (kinds: readonly string[], bound: number): readonly string[] => {
    const subset = shuffle(random, kinds).slice(0, random.below(bound));
    return swarm ? subset : kinds;
  };
  return [
    ...drawSome(random, servers, some(single, 5), 1 + random.below(6)),
    ...drawSome(random, servers, some(sequences, 4), 1 + random.below(4)),
  ];
}

function drawSome(
  random: RandomStream,
  servers: readonly number[],
  kinds: readonly string[],
  count: number,
): Fault[] {
  if (kinds.length === 0) return [];
  const faults: Fault[] = [];
  for (let i = count; i > 0; i--) {
    const draw = FAULTS[one(random, kinds)] as Draw;
    faults.push(...draw(random, servers, strike(random, servers)));
  }
  return faults;
}

/** Of one server: itself, where it can be named; else all. One in four stays away until others bring it back. */
function restart(random: RandomStream, when: Trigger, server: Target): Fault[] {
  if (random.below(4) === 0) return [];
  const named = typeof server === 'number' || server === 'it';
  return [{ ...later(random, when), kind: 'restart', server: named ? server : 'all' }];
}

function healing(random: RandomStream, when: Trigger): Fault {
  return { ...later(random, when), kind: 'heal' };
}

function target(random: RandomStream, servers: readonly number[], { when }: Trigger): Target {
  const choice = random.below(6);
  if (choice === 0) return 'leader';
  if (choice === 1) return 'follower';
  if (choice > 3 || when === undefined) return one(random, servers);
  const learner = when.where?.learner;
  return typeof learner === 'number' && random.below(2) === 0 ? learner : 'it';
}
