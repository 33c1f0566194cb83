/** What a fault did to a running ensemble, in a sentence. */
import type { Mishap, Target } from '../../sim/spec.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import type { ServerRole, ServerStatus } from './gateway.ts';

/** Faults of servers and their network: clients are real here, and nobody sees messages by name. */
export type ServerFault = Exclude<Mishap, { readonly client: unknown } | { readonly message: unknown }>;

type Servers = readonly ServerStatus[];

/**
 * A sentence without a capital letter or full stop, as `server 2 is killed`: what happened, or why nothing did.
 *
 * @param fault as it was written
 * @param before the servers when it struck
 * @param seen what the world told of while it struck; with `faulted` first, which names the server that was meant
 */
export function faultAnswer(fault: ServerFault, before: Servers, seen: readonly SimEvent[]): string {
  const nobody = missing(fault, before);
  if (nobody !== null) return nobody;
  const struck = seen.find(({ kind }) => kind === 'faulted')?.server;
  if (struck === undefined) return 'it has not struck yet';
  const server = `server ${struck}`;
  const was = before.find((status) => status.server === struck)?.state ?? 'up';
  switch (fault.kind) {
    case 'crash':
      return was === 'down' ? `${server} is down already` : `${server} is killed`;
    case 'powerLoss':
      if (fault.server === 'all') return 'all servers lose power';
      return was === 'down' ? `${server}, which is down, has no power any more` : `${server} loses power`;
    case 'restart':
      return restarted(fault.server === 'all' ? before : [], struck, was, seen);
    case 'pause':
      if (was === 'down') return `${server} is down, and so cannot be paused`;
      if (was === 'paused') return `${server} stands still already, for as long as it was to`;
      return `${server} stands still for ${time(fault.for)}`;
    case 'partition':
      return `the network splits into ${splitOf(seen, before)}`;
    case 'cut': {
      const [from, to] = [
        nameOf(fault.from, before),
        fault.to === 'all' ? 'any other server' : nameOf(fault.to, before),
      ];
      if (links(seen, 'linkCut').length === 0) return `${from} has no link to itself`;
      return fault.both === true
        ? `${from} and ${to} do not reach one another`
        : `${from} does not reach ${to}`;
    }
    case 'isolate':
      return `${server} reaches no other server, and none reaches it`;
    case 'bridge':
      return `the network splits into ${splitOf(seen, before)}, where ${server} is in both`;
    case 'swizzle': {
      const first = seen.find(({ kind }) => kind === 'partitioned')?.server ?? struck;
      if (new Set(fault.servers).size === 1)
        return `server ${first} is cut off from the others for ${time(fault.step)}`;
      return `servers are cut off from the others one after the other, ${time(fault.step)} apart, server ${first} first, and then let back in another order`;
    }
    case 'heal':
      return fault.speed === true ? 'all links pass again, and none is slow' : 'all links pass again';
    case 'drop': {
      const [from, to] = [nameOf(fault.from, before), nameOf(fault.to, before)];
      return from === to && from.startsWith('server')
        ? `${from} has no stream to itself`
        : `the streams between ${from} and ${to} break at their next message`;
    }
    case 'slow':
      return slowed(fault, before, links(seen, 'slowed').length);
    case 'loss': {
      const set = seen.find((event) => event.kind === 'lossChanged');
      if (set?.kind !== 'lossChanged') return 'it will be lost at random';
      return `from now on ${share(set.dropRate)} of all messages are lost at random, and ${share(set.electionLossRate)} of those of elections besides`;
    }
    case 'diskStall':
      return `what ${server} writes is not on its disk for ${time(fault.for)}`;
    case 'diskFull':
      return `the disk of ${server} is full`;
    case 'diskFree':
      return `the disk of ${server} has room`;
    case 'corrupt': {
      const flipped = seen.find((event) => event.kind === 'corrupted');
      if (flipped?.kind === 'corrupted')
        return `a byte of record ${flipped.record} in ${flipped.file} on the disk of ${server} flips`;
      return fault.record === 0
        ? `the log of ${server} has no record that could be damaged`
        : `the log of ${server} has no record ${fault.record} before the last`;
    }
    case 'clockJump':
      return `the wall clock of ${server} jumps ${fault.by < 0 ? 'back' : 'ahead'} by ${time(Math.abs(fault.by))}`;
  }
}

/** Why a fault finds nobody. */
function missing(fault: ServerFault, before: Servers): string | null {
  for (const target of targetsOf(fault)) {
    const role = ROLES.get(target);
    if (
      role === undefined ||
      before.some(({ state, role: has }) => state !== 'down' && role.roles.includes(has))
    )
      continue;
    return `nothing happens, since no server ${role.does}`;
  }
  return null;
}

const ROLES: ReadonlyMap<Target | 'all', { readonly roles: readonly ServerRole[]; readonly does: string }> =
  new Map([
    ['leader', { roles: ['leading', 'standalone'], does: 'leads' }],
    ['follower', { roles: ['following'], does: 'follows' }],
    ['observer', { roles: ['observing'], does: 'observes' }],
  ]);

/** Servers without which it is nothing. */
function targetsOf(fault: ServerFault): readonly (Target | 'all')[] {
  if ('server' in fault) return [fault.server];
  return 'from' in fault ? [fault.from, fault.to] : [];
}

function restarted(all: Servers, struck: number, was: string, seen: readonly SimEvent[]): string {
  const started = seen.filter(({ kind }) => kind === 'restarted').map(({ server }) => server);
  if (started.length > 0)
    return `${started.length === 1 ? 'server' : 'servers'} ${listed(started)} ${started.length === 1 ? 'starts' : 'start'}`;
  if (all.length > 0)
    return all.some(({ state }) => state === 'down')
      ? 'servers are about to start'
      : 'all servers run already';
  return was === 'down' ? `server ${struck} is about to start` : `server ${struck} runs already`;
}

/** The groups that reach one another; who is in none is by itself. */
function splitOf(seen: readonly SimEvent[], before: Servers): string {
  const event = seen.find(({ kind }) => kind === 'partitioned');
  if (event?.kind !== 'partitioned') return 'its parts';
  const groups = event.groups
    .split('|')
    .map((group) => [...new Set(group.split(',').filter((id) => id !== '0'))]);
  const alone = before.map(({ server }) => String(server)).filter((id) => !groups.flat().includes(id));
  return [...groups.filter((group) => group.length > 0), ...alone.map((id) => [id])]
    .map((group) => group.toSorted((a, b) => Number(a) - Number(b)).join(','))
    .join(' | ');
}

function slowed(
  fault: Extract<ServerFault, { readonly kind: 'slow' }>,
  before: Servers,
  count: number,
): string {
  if (count === 0) return `${nameOf(fault.from, before)} sends no messages to itself`;
  const from = fault.from === 'all' ? 'all servers' : nameOf(fault.from, before);
  const to = fault.to === 'all' ? 'all others' : nameOf(fault.to, before);
  return `messages from ${from} to ${to} take ${time(fault.by)} longer`;
}

function links(seen: readonly SimEvent[], kind: SimEvent['kind']): readonly SimEvent[] {
  return seen.filter((event) => event.kind === kind);
}

/** A target in words; what was drawn when the fault struck is not known. */
function nameOf(target: Target | 'all', before: Servers): string {
  if (typeof target === 'number') return `server ${target}`;
  const leaders = before.filter(({ role, state }) => role === 'leading' && state !== 'down');
  if (target === 'leader') return leaders.length === 1 ? `server ${leaders[0]?.server}` : 'the leader';
  return target === 'random' ? 'a random server' : `a ${target}`;
}

function listed(servers: readonly number[]): string {
  const sorted = servers.toSorted((a, b) => a - b);
  return sorted.length < 2 ? sorted.join('') : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}

function share(rate: number): string {
  return `${Math.round(rate * 1e6) / 1e4}%`;
}

function time(ms: number): string {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}
