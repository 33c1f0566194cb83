/** Which situations of the protocol a campaign has reached: counts, those never reached among them. */
import { WatchEventType } from '../../protocol/client-messages.ts';
import type { Phase, Role } from '../../protocol/probe.ts';
import { EventKind, type QueuedEvent } from '../queue.ts';
import type { Listener } from '../world.ts';
import type { SimEvent } from '../world-event.ts';
import { DURABLE_STEPS, type DurableStep, type Write } from './durable-steps.ts';
import { messageSituations, ROLES } from './message-situations.ts';

/** Counts by situation, by group: `messages`, `syncs`, `crashes`, `watches`, `sessions`, `limits`. */
export type CoverageCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const PHASES: readonly Phase[] = ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];
const MESSAGES = messageSituations();
/** Messages that reach a server in a role in which nobody sends it such: they come on a channel of an earlier one. */
const LATE = 'on a channel of an earlier role';

const WATCHES: readonly string[] = Object.entries(WatchEventType)
  .filter(([name]) => name.startsWith('Node'))
  .flatMap(([name]) => [name, `${name}, caught up`]);

const SESSIONS: readonly string[] = [
  'opened',
  'opened by a read-only server',
  'resumed',
  'resumed by a read-only server',
  'turned away: gone, or another password',
  'turned away: has seen more than the server',
  'turned away: too many requests',
  'turned away: a read-only server',
  'expired',
  'expired, local',
  'moved to another server',
  'closed by the client',
  'closed for the client: expired',
  'request refused by the client: connection lost',
  'watches set again',
];

const SYNCS: readonly string[] = [
  'DIFF',
  'DIFF from disk',
  'TRUNC',
  'TRUNC+DIFF',
  'TRUNC+DIFF from disk',
  'SNAP',
  'snapshot changed while it was sent',
  'snapshot taken over',
  'epoch acknowledged, not counted',
];

const LIMITS: readonly string[] = [
  'log rolled',
  'snapshot taken',
  'snapshot changed while it was taken',
  'old files purged',
  'log cut',
  'epoch used up',
  'no quorum of epochs in time',
  'no quorum of epoch acks in time',
  'no quorum of NEWLEADER acks in time',
  'quorum of learners lost',
  'leader not heard from in time',
  'link to the leader lost',
  'start refused',
  'server ended itself',
  'reads served without a quorum',
];

const HOW = ['killed', 'power lost'] as const;
const CRASHES: readonly string[] = HOW.flatMap((how) => [
  ...DURABLE_STEPS.flatMap(({ name, writes }) =>
    writes.map((write) => `${how} after ${name}, ${write} under way`),
  ),
  ...ROLES.flatMap((role) =>
    PHASES.filter((phase) => (phase === 'ELECTION') === (role === 'LOOKING')).map(
      (phase) => `${how} ${role} in ${phase}`,
    ),
  ),
]);

/** A leader's reasons to look for another, as {@link LIMITS} calls them. */
const REASONS: Readonly<Record<string, string>> = {
  'no quorum within initLimit (epoch)': 'no quorum of epochs in time',
  'no quorum within initLimit (epochAcks)': 'no quorum of epoch acks in time',
  'no quorum within initLimit (newLeaderAcks)': 'no quorum of NEWLEADER acks in time',
  'a quorum of learners has not been heard from': 'quorum of learners lost',
  'its leader has not been heard from in time': 'leader not heard from in time',
  'the link to its leader is gone': 'link to the leader lost',
};

const REFUSALS: readonly (readonly [string, string])[] = [
  ['gone', 'turned away: gone, or another password'],
  ['seen more', 'turned away: has seen more than the server'],
  ['too many', 'turned away: too many requests'],
  ['read-only', 'turned away: a read-only server'],
];

const WATCH_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(WatchEventType).map(([name, code]) => [code, name]),
);

/** What is known of a server within a run. */
class Server {
  role: Role = 'LOOKING';
  phase: Phase = 'ELECTION';
  /** Numbers of the situations of that role and phase, by message. */
  slots: ReadonlyMap<string, number> = MESSAGES.of('LOOKING', 'ELECTION');
  step: DurableStep = 'the start';
  logged = 0;
  flushed = 0;
  snapshot = false;
  cut = false;
  epoch: 'acceptedEpoch' | 'currentEpoch' | null = null;

  /** What it is writing and has not on disk yet. */
  writes(): Write[] {
    const under: Write[] = [];
    if (this.logged > this.flushed) under.push('log');
    if (this.snapshot) under.push('snapshot');
    if (this.cut) under.push('truncation');
    if (this.epoch !== null) under.push(this.epoch);
    return under.length === 0 ? ['nothing'] : under;
  }
}

function zeros(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

/** Listens to one run after the other; call {@link begin} before each. */
export class Coverage implements Listener {
  private servers = new Map<number, Server>();
  private readonly received: Float64Array = new Float64Array(MESSAGES.size);
  private readonly syncs = zeros(SYNCS);
  private readonly crashes = zeros(CRASHES);
  private readonly watches = zeros(WATCHES);
  private readonly sessions = zeros(SESSIONS);
  private readonly limits = zeros(LIMITS);

  /** A run begins. */
  begin(): void {
    this.servers = new Map();
  }

  onEvent(event: QueuedEvent, _index: number): void {
    const { message } = event;
    if (event.kind !== EventKind.MESSAGE || message === null) return;
    const server = this.servers.get(event.owner);
    if (server === undefined) return;
    this.received[server.slots.get(message.kind) ?? 0]!++;
    // From here to the probe that says so, the file is being written.
    if (message.kind === 'LEADERINFO' && server.phase === 'DISCOVERY') server.epoch = 'acceptedEpoch';
    else if (message.kind === 'NEWLEADER' && server.phase === 'SYNCHRONIZATION')
      server.epoch = 'currentEpoch';
  }

  onProbe(event: SimEvent, _index: number): void {
    switch (event.kind) {
      case 'logged':
        this.server(event.server).logged = event.zxid;
        return;
      case 'flushed': {
        const server = this.server(event.server);
        server.flushed = event.zxid;
        server.step = 'flushed';
        return;
      }
      case 'role': {
        const server = this.server(event.server);
        server.role = event.role;
        server.slots = MESSAGES.of(server.role, server.phase);
        if (event.role === 'LOOKING') server.epoch = null;
        const reason = REASONS[event.reason];
        if (reason !== undefined) count(this.limits, reason);
        return;
      }
      case 'phase': {
        const server = this.server(event.server);
        server.phase = event.phase;
        server.slots = MESSAGES.of(server.role, server.phase);
        return;
      }
      case 'acceptedEpoch':
      case 'currentEpoch': {
        const server = this.server(event.server);
        server.step = event.kind;
        if (server.epoch === event.kind) server.epoch = null;
        return;
      }
      case 'epochAcked':
        if (event.currentEpoch < 0) count(this.syncs, 'epoch acknowledged, not counted');
        this.server(event.server).epoch = null;
        return;
      case 'truncated': {
        const server = this.server(event.server);
        server.cut = !event.durable;
        server.logged = Math.min(server.logged, event.zxid);
        if (event.durable) {
          server.step = 'truncated';
          count(this.limits, 'log cut');
        }
        return;
      }
      case 'snapshotStarted':
        this.server(event.server).snapshot = true;
        return;
      case 'snapshotTaken': {
        const server = this.server(event.server);
        server.snapshot = false;
        server.step = 'snapshotTaken';
        count(this.limits, 'snapshot taken');
        if (event.endZxid !== event.zxid) count(this.limits, 'snapshot changed while it was taken');
        return;
      }
      case 'restarted':
        this.servers.set(event.server, new Server());
        return;
      case 'crashed':
        this.crashed(this.server(event.server), HOW[event.power ? 1 : 0]);
        return;
      case 'syncChosen':
        count(this.syncs, event.fromDisk ? `${event.sync} from disk` : event.sync);
        return;
      case 'snapStreamed':
        if (event.endZxid !== event.zxid) count(this.syncs, 'snapshot changed while it was sent');
        return;
      case 'snapInstalled':
        count(this.syncs, 'snapshot taken over');
        return;
      case 'watchFired': {
        const name = WATCH_NAMES.get(event.type) ?? `type ${event.type}`;
        count(this.watches, event.zxid < 0 ? `${name}, caught up` : name);
        return;
      }
      case 'logRolled':
        count(this.limits, 'log rolled');
        return;
      case 'purged':
        count(this.limits, 'old files purged');
        return;
      case 'counterExhausted':
        count(this.limits, 'epoch used up');
        return;
      case 'refused':
        count(this.limits, 'start refused');
        return;
      case 'exited':
        count(this.limits, 'server ended itself');
        return;
      case 'readOnly':
        if (event.serving) count(this.limits, 'reads served without a quorum');
        return;
      default:
        this.ofSession(event);
    }
  }

  private ofSession(event: SimEvent): void {
    switch (event.kind) {
      case 'sessionOpened': {
        const what = event.resumed ? 'resumed' : 'opened';
        count(this.sessions, event.readOnly ? `${what} by a read-only server` : what);
        return;
      }
      case 'sessionRefused': {
        const refusal = REFUSALS.find(([word]) => event.reason.includes(word));
        count(this.sessions, refusal?.[1] ?? `turned away: ${event.reason}`);
        return;
      }
      case 'expired':
        count(this.sessions, event.local ? 'expired, local' : 'expired');
        return;
      case 'sessionMoved':
        count(this.sessions, 'moved to another server');
        return;
      case 'clientState':
        if (event.state === 'CLOSED') count(this.sessions, 'closed by the client');
        else if (event.state === 'EXPIRED') count(this.sessions, 'closed for the client: expired');
        return;
      case 'answered':
        if (event.zxid < 0) count(this.sessions, 'request refused by the client: connection lost');
        return;
      case 'housekeeping':
        if (event.answer && SET_WATCHES.includes(event.op)) count(this.sessions, 'watches set again');
        return;
    }
  }

  private crashed(server: Server, how: (typeof HOW)[number]): void {
    for (const write of server.writes())
      count(this.crashes, `${how} after ${server.step}, ${write} under way`);
    count(this.crashes, `${how} ${server.role} in ${server.phase}`);
  }

  private server(id: number): Server {
    let server = this.servers.get(id);
    if (server === undefined) {
      server = new Server();
      this.servers.set(id, server);
    }
    return server;
  }

  /** All counts so far; of situations that were never reached: 0. */
  counts(): CoverageCounts {
    const messages: Record<string, number> = {};
    MESSAGES.names.forEach((name, slot) => {
      messages[name === '' ? LATE : name] = this.received[slot]!;
    });
    const { syncs, crashes, watches, sessions, limits } = this;
    return {
      messages,
      syncs: Object.fromEntries(syncs),
      crashes: Object.fromEntries(crashes),
      watches: Object.fromEntries(watches),
      sessions: Object.fromEntries(sessions),
      limits: Object.fromEntries(limits),
    };
  }
}

/** OpCodes of setWatches and setWatches2. */
const SET_WATCHES: readonly number[] = [101, 105];

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The counts of both, in an order that depends on neither. */
export function addCoverage(a: CoverageCounts, b: CoverageCounts): CoverageCounts {
  const sum: Record<string, Record<string, number>> = {};
  for (const counts of [a, b]) {
    for (const [group, situations] of Object.entries(counts)) {
      sum[group] ??= {};
      for (const [name, times] of Object.entries(situations))
        sum[group][name] = (sum[group][name] ?? 0) + times;
    }
  }
  for (const [group, situations] of Object.entries(sum))
    sum[group] = Object.fromEntries(Object.entries(situations).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sum;
}

/** Situations never reached, by group; groups without any are left out. */
export function neverReached(counts: CoverageCounts): Readonly<Record<string, readonly string[]>> {
  const never: Record<string, string[]> = {};
  for (const [group, situations] of Object.entries(counts)) {
    const names = Object.keys(situations).filter((name) => situations[name] === 0);
    if (names.length > 0) never[group] = names;
  }
  return never;
}
