/** A run: the loop over events, and what comes of it. */
import { DEFAULT_CONFIG, type EnsembleConfig, serversOf } from '../protocol/config.ts';
import type { Zxid } from '../protocol/zxid.ts';
import type { Catalog } from './catalog.ts';
import { liveBounds } from './check/live-bounds.ts';
import { cloneGraph, markConstant } from './clone.ts';
import { Duration } from './distribution.ts';
import { KIND_NUMBERS } from './event-fields.ts';
import { armFaults, faultsByEvent, strikeFault, triggerFault } from './fault.ts';
import { Machine } from './machine.ts';
import { type ChannelEnd, FIRST_CLIENT } from './network.ts';
import type { Outlet } from './outlet.ts';
import { BY_TIME, EVENT_NAMES, EventKind, type Policy, type QueuedEvent } from './queue.ts';
import type { EnsembleSpec, Expectation, Outside, OutsideInput, RunSpec } from './spec.ts';
import { SpecError } from './spec-error.ts';
import { hashGraph } from './state-hash.ts';
import type { HashLadder } from './trace-hash.ts';
import { type Listener, type Violation, World } from './world.ts';

const DEFAULT_MAX_EVENTS = 5_000_000;
const DEFAULT_WALL_CLOCK = 1_700_000_000_000;

export type Verdict = 'holds' | 'violated' | 'unchecked';

/** How an expectation stands during a run: nothing can change it any more, or it depends on what is to come. */
export type ExpectationState = 'met' | 'open' | 'missed';

/** What a run came to. */
export interface RunResult {
  readonly traceHash: string;
  readonly ladder: HashLadder;
  readonly events: number;
  readonly virtualMs: number;
  /** The established leader at the end; null where there is none. */
  readonly leader: number | null;
  /** Its epoch; without a leader the highest epoch any server was served in. */
  readonly epoch: number;
  /** The highest zxid applied on a running server. */
  readonly lastZxid: Zxid;
  /** By property id; `NO-CRASH` included. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly violations: readonly Violation[];
  readonly expectations: readonly { readonly text: string; readonly holds: boolean }[];
}

/** Settings that do not change what happens. */
export interface SimulationOptions {
  readonly listener?: Listener;
  /** Gets what servers say to connections from outside; without it, it is dropped. */
  readonly outlet?: Outlet;
  /** Default true; without it the trace hash is empty. */
  readonly hash?: boolean;
  /** Which pending event comes next; default by time. Any other is a different run. */
  readonly policy?: Policy;
}

/** A state of a run, to return to any number of times. */
export interface Snapshot {
  readonly events: number;
  /** How much it holds: members of its objects, arrays, maps and sets. */
  readonly values: number;
  readonly world: World;
}

/** The ensemble's configuration with defaults filled in. */
export function configOf(spec: EnsembleSpec): EnsembleConfig {
  const { participants, observers, initialEpoch: _e, initialWallClock: _w, down: _d, ...rest } = spec;
  const voters = typeof participants === 'number' ? range(1, participants) : [...participants];
  const first = Math.max(0, ...voters) + 1;
  const watching = typeof observers === 'number' ? range(first, observers) : [...(observers ?? [])];
  return { ...DEFAULT_CONFIG, ...rest, participants: voters, observers: watching };
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The run as the properties of liveness are to judge it. */
function promised(spec: RunSpec): RunSpec {
  if (spec.end.live !== false) return spec;
  const { healedAt: _, ...end } = spec.end;
  return { ...spec, end };
}

/** A run under way. */
export class Simulation {
  readonly spec: RunSpec;
  readonly config: EnsembleConfig;
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** The state; replaced by {@link restore}. */
  world: World;
  /** What a server or client threw, where the run ended by it. */
  failure: Error | null = null;
  private readonly faults: ReadonlyMap<number, readonly number[]>;
  private readonly shared: ReadonlySet<object>;
  private readonly listener: Listener | null;
  private readonly outlet: Outlet | null;
  private readonly inputs: readonly OutsideInput[];
  private readonly endTime: number;
  private readonly maxEvents: number;
  private readonly stopAt: number;

  /** @throws SpecError where the spec names something that the catalog does not hold. */
  constructor(spec: RunSpec, catalog: Catalog, options: SimulationOptions = {}) {
    this.spec = spec;
    this.catalog = catalog;
    this.policy = options.policy ?? BY_TIME;
    this.config = configOf(spec.ensemble);
    this.faults = faultsByEvent(spec.faults);
    this.endTime = Math.round(spec.end.at * 1000);
    this.maxEvents = spec.end.maxEvents ?? DEFAULT_MAX_EVENTS;
    const bounds = liveBounds(spec, this.config);
    const healedAt = spec.end.healedAt;
    this.stopAt = healedAt === undefined ? spec.end.at : Math.min(spec.end.at, healedAt + bounds.commit);
    const listener = options.listener ?? null;
    this.listener = listener;
    this.outlet = options.outlet ?? null;
    this.inputs = spec.outside ?? [];
    const shared = new Set<object>([catalog]);
    if (listener !== null) shared.add(listener);
    if (this.outlet !== null) shared.add(this.outlet);
    this.shared = shared;
    if (spec.variant !== undefined && !Object.hasOwn(catalog.variants, spec.variant.name)) {
      throw new SpecError(
        'variant.name',
        `"${spec.variant.name}" is not in the catalog`,
        Object.keys(catalog.variants),
      );
    }
    this.world = new World(spec, this.config, options.hash ?? true, listener);
    this.world.outlet = this.outlet;
    this.build();
  }

  private build(): void {
    const { spec, world, catalog } = this;
    const monitors = catalog.monitors(world.context);
    world.monitors = monitors;
    for (const monitor of monitors) {
      for (const kind of monitor.kinds) world.monitorsByKind[KIND_NUMBERS.get(kind)!]!.push(monitor);
    }
    const start = spec.ensemble.initialWallClock ?? DEFAULT_WALL_CLOCK;
    const flush = new Duration(spec.world.disk?.flush ?? 1);
    const step = new Duration(spec.world.step ?? { uniform: [0, 0.05] });
    const initialEpoch = spec.ensemble.initialEpoch ?? 0;
    const down = spec.ensemble.down ?? [];
    for (const id of serversOf(this.config).sort((a, b) => a - b)) {
      const clock = spec.world.clocks?.[String(id)];
      const machine = new Machine(
        world,
        id,
        'host',
        { offset: clock?.offset ?? 0, drift: clock?.drift ?? 0 },
        start,
        flush,
        step,
      );
      if (initialEpoch > 0) {
        machine.disk.values.set('acceptedEpoch', initialEpoch);
        machine.disk.values.set('currentEpoch', initialEpoch);
      }
      world.machines.set(id, machine);
      world.servers.push(id);
    }
    spec.expectations.forEach((expectation) => {
      world.expected.push(
        expectation.probe === undefined ? null : world.predicates.add(expectation.probe, -1),
      );
    });
    armFaults(world);
    for (const id of world.servers) if (!down.includes(id)) world.start(world.machines.get(id)!);
    spec.clients.forEach((client, i) => {
      if (!Object.hasOwn(catalog.programs, client.program.name)) {
        const known = Object.keys(catalog.programs);
        throw new SpecError(
          `clients[${i}].program.name`,
          `"${client.program.name}" is not in the catalog`,
          known,
        );
      }
      const id = FIRST_CLIENT + 1 + i;
      const machine = new Machine(world, id, 'client', { offset: 0, drift: 0 }, start, flush, step);
      world.machines.set(id, machine);
      world.clients.push(id);
      // Parameters are checked here, before the first event.
      this.client(machine);
      world.start(machine);
    });
  }

  private client(machine: Machine) {
    const client = this.spec.clients[machine.id - FIRST_CLIENT - 1]!;
    const make = this.catalog.programs[client.program.name]!;
    return make(machine, machine.id, client.program.params ?? {}, {
      servers: client.servers ?? this.world.servers,
      startAnywhere: client.servers === undefined,
      stopAt: this.stopAt,
    });
  }

  /** Virtual time, ms. */
  get now(): number {
    return this.world.now / 1000;
  }

  /** Events handled so far. */
  get events(): number {
    return this.world.events;
  }

  /** Handles one event; false where the run is over. */
  step(): boolean {
    const world = this.world;
    while (!world.ended) {
      if (world.outside.taken < this.inputs.length && this.inputIsDue()) {
        if (!this.takeInput()) continue;
        if (world.events >= this.maxEvents) this.finish(world.now);
        return true;
      }
      const event = this.policy.next(world.queue);
      if (event === null) {
        this.finish(this.endTime);
        return false;
      }
      if (event.time > this.endTime) {
        world.queue.push(event);
        this.finish(this.endTime);
        return false;
      }
      if (event.time > world.now) world.now = event.time;
      if (!this.handle(event)) {
        world.outside.idle++;
        continue;
      }
      if (world.events >= this.maxEvents) this.finish(world.now);
      return true;
    }
    return false;
  }

  /** Handles what is due up to a time, ms; the clock does not go on without it. False where the run is over. */
  runUntil(ms: number, mostEvents: number): boolean {
    const { world } = this;
    const time = ms * 1000;
    const last = world.events + mostEvents;
    while (!world.ended && world.events < last) {
      const next = world.queue.peek();
      if (next === null || next.time > time) break;
      world.queue.pop();
      if (next.time > world.now) world.now = next.time;
      if (!this.handle(next)) world.outside.idle++;
    }
    return !world.ended;
  }

  /** When the next event is due, ms; null: none is. */
  get nextDue(): number | null {
    const next = this.world.queue.peek();
    return next === null ? null : next.time / 1000;
  }

  /**
   * Something comes from outside: it is handled at once, as the next event. The answer, put into a run's `outside` in
   * order, makes the same run again. Null: it concerned nobody, and nothing happened.
   *
   * @param at virtual ms; earlier than now means now
   * @param bytes those of the input, which must not change any more, in place of its `bytes`
   */
  input(at: number, outside: Outside, bytes: Uint8Array | null = null): OutsideInput | null {
    const { world } = this;
    if (world.ended) return null;
    const now = Math.max(world.now, Math.round(at * 1000));
    const { idle } = world.outside;
    const after = world.events;
    const before = world.now;
    world.now = now;
    const event = world.outside.eventOf(world, outside, bytes);
    if (event === null) {
      world.now = before;
      return null;
    }
    if (!this.handle(event)) world.outside.idle++;
    return { after, ...(idle > 0 ? { idle } : {}), at: now / 1000, ...outside };
  }

  private inputIsDue(): boolean {
    const { outside, queue } = this.world;
    const input = this.inputs[outside.taken]!;
    if (outside.isDue(this.world, input)) return true;
    // In an edited run the events that it was to follow need not happen. In the run as it was, they are not later than it.
    const next = queue.peek();
    return next === null || next.time > Math.round(input.at * 1000);
  }

  /** False where it was no event. */
  private takeInput(): boolean {
    const { world } = this;
    const { outside } = world;
    const input = this.inputs[outside.taken++]!;
    if (input.at * 1000 > world.now) world.now = Math.round(input.at * 1000);
    const event = outside.eventOf(world, input, null);
    if (event === null) return false;
    if (this.handle(event)) return true;
    outside.idle++;
    return false;
  }

  /** Handles events to the end of the run. */
  run(): this {
    while (this.step()) {
      // The loop is all there is.
    }
    return this;
  }

  /** Runs while the next event index stays at or below `events`; for going to a place in the run. */
  runTo(events: number): this {
    while (this.world.events < events && this.step()) {
      // The loop is all there is.
    }
    return this;
  }

  /** False for what turned out to be no event: addressed to a process that is gone, held back, deferred. */
  private handle(event: QueuedEvent<ChannelEnd>): boolean {
    const world = this.world;
    const kind = event.kind;
    const machine = event.owner === 0 ? undefined : world.machines.get(event.owner);
    if (machine !== undefined) {
      if (event.end !== null) {
        if (event.arg === 0 && world.network.intercept(event)) return false;
        if (machine.off) {
          world.network.vanish(event);
          return false;
        }
      } else if (kind !== EventKind.TIMER && event.id !== machine.incarnation) {
        return false;
      }
      if (machine.paused && kind !== EventKind.RESUME) {
        machine.deferred.push(event);
        return false;
      }
    }
    world.events++;
    world.outside.idle = 0;
    if (world.hash !== null) world.hash.event(event);
    if (world.listener !== null) world.listener.onEvent(event, world.events);
    try {
      if (machine === undefined) strikeFault(world, event.arg, event.name, event.id);
      else this.dispatch(event, machine);
    } catch (error) {
      this.fail(error, event);
      return true;
    }
    const after = this.faults.get(world.events);
    if (after !== undefined) for (const index of after) triggerFault(world, index, 0);
    // A fault may fulfil the predicate of the next.
    for (let i = 0; i < world.struck.length; i++) {
      const struck = world.struck[i]!;
      triggerFault(world, struck.fault, struck.it);
    }
    if (world.struck.length > 0) world.struck = [];
    if (world.hash !== null) world.hash.handled(world.events);
    return true;
  }

  private dispatch(event: QueuedEvent<ChannelEnd>, machine: Machine): void {
    const world = this.world;
    switch (event.kind) {
      case EventKind.TIMER:
        machine.timers.delete(event.id);
        machine.actor!.onTimer(event.name, event.arg, event.id);
        return;
      case EventKind.STEP:
        machine.actor!.onStep(event.name, event.arg);
        return;
      case EventKind.DURABLE:
        machine.disk.complete();
        return;
      case EventKind.START: {
        machine.running = true;
        const server = machine.id < FIRST_CLIENT;
        const { catalog, config, spec } = this;
        const actor = server
          ? catalog.server(machine, machine.id, config, spec.variant)
          : this.client(machine);
        machine.actor = actor;
        if (server) world.emit({ kind: 'restarted', server: machine.id });
        else world.emit({ kind: 'clientStarted', server: 0, client: machine.id });
        actor.start();
        return;
      }
      case EventKind.RESUME:
        world.resume(machine);
        return;
      case EventKind.OUTSIDE:
        world.outside.arrive(world, machine, event);
        return;
      case EventKind.SILENCE:
        machine.guests?.gate.expire();
        return;
      case EventKind.SERVED: {
        const served = machine.inbox.shift()!;
        const next = machine.inbox[0];
        if (next !== undefined) this.serve(next, machine);
        world.network.arrive(served);
        return;
      }
      default:
        if (world.service === null || machine.id >= FIRST_CLIENT || !machine.running) {
          world.network.arrive(event);
          return;
        }
        machine.inbox.push(event);
        if (machine.inbox.length === 1) this.serve(event, machine);
    }
  }

  private serve(event: QueuedEvent<ChannelEnd>, machine: Machine): void {
    const world = this.world;
    const service = world.service!;
    const message = event.message;
    const cost = message === null ? 0 : (service.get(message.kind) ?? service.get('*') ?? 0);
    world.schedule(EventKind.SERVED, machine.id, world.now + cost, 0, null, null, '', 0, machine.incarnation);
  }

  private fail(thrown: unknown, event: QueuedEvent): void {
    const world = this.world;
    // A monitor's own failure is a defect of the check and must not pass for a verdict.
    if (world.monitoring) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.failure = error;
    const who = event.owner >= FIRST_CLIENT ? `client ${event.owner}` : `server ${event.owner}`;
    const what = event.message?.kind ?? (event.name === '' ? '' : event.name);
    const place = what === '' ? EVENT_NAMES[event.kind] : `${EVENT_NAMES[event.kind]} ${what}`;
    const text = `${who} threw while handling ${place}: ${error.message}`;
    world.violations.push({ property: 'NO-CRASH', event: world.events, text });
    this.finish(world.now);
  }

  private finish(time: number): void {
    const world = this.world;
    if (world.ended) return;
    world.now = Math.max(world.now, time);
    world.ended = true;
    const end = { spec: promised(this.spec), nowMs: this.now, running: this.running() };
    for (const monitor of world.monitors) monitor.finish?.(end);
  }

  private running(): number[] {
    return this.world.servers.filter((id) => this.world.machines.get(id)!.running);
  }

  /** Copies the state, monitors included. */
  snapshot(): Snapshot {
    // Not before: most runs are never copied.
    markConstant(this.spec);
    markConstant(this.config);
    const tally = { values: 0 };
    const world = cloneGraph(this.world, this.shared, { tally });
    // Whoever goes on with it listens.
    world.listener = null;
    world.outlet = null;
    return { events: world.events, values: tally.values, world };
  }

  /**
   * Returns to a snapshot; the snapshot stays good. It is of this simulation or of one whose run is the same up to there:
   * the two may differ in faults `afterEvent` an event to come, behind those that they share.
   */
  restore(snapshot: Snapshot): void {
    const { listener } = this;
    this.world = cloneGraph(snapshot.world, this.shared, { copied: true });
    this.world.spec = this.spec;
    this.world.listener = listener;
    this.world.outlet = this.outlet;
    this.failure = null;
    listener?.onRestore?.(snapshot.events);
  }

  /**
   * Hash of all that decides what may still happen and of the monitors; the trace hash is left out. 16 hex
   * digits.
   */
  stateHash(): string {
    const ignored = new Set<object>([...this.shared, this.spec, this.config]);
    if (this.world.hash !== null) ignored.add(this.world.hash);
    return hashGraph(this.world, ignored);
  }

  /** By property id, as far as the run has come; `NO-CRASH` included. */
  verdicts(): Readonly<Record<string, Verdict>> {
    const { monitors, violations } = this.world;
    const verdicts: Record<string, Verdict> = { 'NO-CRASH': 'holds' };
    for (const monitor of monitors) {
      for (const id of monitor.ids) verdicts[id] = monitor.checked?.(id) === false ? 'unchecked' : 'holds';
    }
    for (const violation of violations) verdicts[violation.property] = 'violated';
    return verdicts;
  }

  /** What the run came to so far; final once {@link step} returned false. */
  result(): RunResult {
    const world = this.world;
    const leader = world.leader();
    const established = leader?.established === true ? leader : null;
    const servers = world.servers.map((id) => world.machines.get(id)!);
    return {
      traceHash: world.hash?.hex() ?? '',
      ladder: world.hash?.ladder() ?? { every: 1, rungs: [] },
      events: world.events,
      virtualMs: this.now,
      leader: established?.id ?? null,
      epoch: established?.epoch ?? Math.max(0, ...servers.map((machine) => machine.epoch)),
      lastZxid: Math.max(
        0,
        ...servers.filter((machine) => machine.running).map((machine) => machine.lastZxid),
      ),
      verdicts: this.verdicts(),
      violations: world.violations.slice(),
      expectations: this.spec.expectations.map((expectation, i) => ({
        text: expectation.text,
        holds: this.holds(expectation, i, established),
      })),
    };
  }

  /** How each expectation stands now, in the spec's order. */
  expectations(): { readonly text: string; readonly state: ExpectationState }[] {
    const { world, spec } = this;
    const leader = world.leader();
    const established = leader?.established === true ? leader : null;
    return spec.expectations.map((expectation, i) => {
      const { text, atMost, end } = expectation;
      if (world.ended) return { text, state: this.holds(expectation, i, established) ? 'met' : 'missed' };
      const held = world.expected[i]?.held ?? 0;
      if (atMost !== undefined && held > atMost) return { text, state: 'missed' };
      const settled = end === undefined && atMost === undefined && held >= (expectation.atLeast ?? 1);
      return { text, state: settled ? 'met' : 'open' };
    });
  }

  private holds(expectation: Expectation, index: number, leader: Machine | null): boolean {
    const match = this.world.expected[index];
    if (match) {
      const { atLeast, atMost } = expectation;
      if (match.held < (atLeast ?? (atMost === undefined ? 1 : 0))) return false;
      if (atMost !== undefined && match.held > atMost) return false;
    }
    const end = expectation.end;
    if (end === undefined) return true;
    const running = this.running().map((id) => this.world.machines.get(id)!);
    if (end.leader !== undefined && end.leader !== (leader?.id ?? null)) return false;
    if (end.epoch !== undefined && end.epoch !== leader?.epoch) return false;
    if (end.running !== undefined && end.running.join() !== running.map((machine) => machine.id).join())
      return false;
    if (end.converged !== undefined) {
      const first = running[0];
      // Digests that are told of where the servers stand now; LIVE-CONVERGES compares them likewise.
      const shown = running.filter((m) => m.digestZxid === m.lastZxid);
      const same =
        running.every((m) => m.lastZxid === first?.lastZxid) &&
        shown.every((m) => m.digest === shown[0]?.digest);
      if (same !== end.converged) return false;
    }
    const has = (path: string, machine: Machine): boolean | undefined =>
      this.catalog.hasNode?.(machine.actor!, path);
    if (end.exists?.some((path) => running.some((machine) => has(path, machine) !== true))) return false;
    return !end.absent?.some((path) => running.some((machine) => has(path, machine) !== false));
  }
}

/** Runs a spec to its end. @throws SpecError as {@link Simulation} does. */
export function simulate(spec: RunSpec, catalog: Catalog, options: SimulationOptions = {}): RunResult {
  return new Simulation(spec, catalog, options).run().result();
}
