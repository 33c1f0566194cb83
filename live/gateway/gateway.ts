/** A simulated ensemble that real clients use: its servers' client ports are TCP ports, its clock follows the real one. */
import { createServer, type Server as TcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Role } from '../../protocol/probe.ts';
import type { Catalog } from '../../sim/catalog.ts';
import type { Outlet } from '../../sim/outlet.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { Mishap, Outside, RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import type { Listener, Violation } from '../../sim/world.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { ClientSocket, Hold, type SocketListener } from '../sockets/client-socket.ts';
import { remoteAddress } from '../sockets/remote-address.ts';
import { Pace } from './pace.ts';
import { Recording } from './recording.ts';

/** How far virtual time goes on at most between two looks at it, ms. */
const LONGEST_STEP = 100;
/** Events of one turn, after which sockets get their turn. */
const MOST_EVENTS = 20_000;
/** A platform timer is late by up to this, ms: what is due sooner is waited for in turns of the event loop. */
const TIMER_SLACK = 2;
/** Longest a platform timer may be asked to wait, ms. */
const LONGEST_WAIT = 1000;
const BACKLOG = 511;

export type ServerRole = 'looking' | 'leading' | 'following' | 'observing' | 'standalone';

/** One server as it is now. */
export interface ServerStatus {
  readonly server: number;
  readonly host: string;
  /** Of its clients. */
  readonly port: number;
  readonly observer: boolean;
  /** `down`: no process; `paused`: it stands still. */
  readonly state: 'up' | 'paused' | 'down';
  readonly role: ServerRole;
  /** Clients are served (not only read-only). */
  readonly serving: boolean;
  readonly epoch: number;
  /** Connections of clients. */
  readonly connections: number;
}

/** What a gateway tells whoever runs it. */
export type GatewayEvent =
  /** A server's part changed, or whether it runs. */
  | { readonly kind: 'server'; readonly status: ServerStatus }
  | { readonly kind: 'violation'; readonly violation: Violation }
  /** The session has become too long to be saved. */
  | { readonly kind: 'recordingFull'; readonly limit: number }
  /** A client port cannot be opened again. */
  | { readonly kind: 'portLost'; readonly server: number; readonly reason: string }
  /** A server threw, which ends the session. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What to serve. */
export interface GatewayOptions {
  readonly catalog: Catalog;
  /** What the ensemble and its world are; no clients, and nothing from outside yet. */
  readonly run: RunSpec;
  /** Address to listen at. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port of the first server's clients, the next ones behind it; 0: any that are free. */
  readonly clientPort: number;
  /** Watch the catalog's properties. Default false: it takes time, and memory that grows. */
  readonly check?: boolean;
  /** Largest run file that the session may become, bytes; 0: it is not kept. Default 64 MB. */
  readonly recordLimit?: number;
  /** Keep the trace hash, to be compared with that of the saved run. Default false. */
  readonly hash?: boolean;
  readonly onEvent?: (event: GatewayEvent) => void;
  /** Called for everything that happens in the simulation: it must be quick. The event may be reused afterwards. */
  readonly onProbe?: (event: SimEvent) => void;
}

export const RECORD_LIMIT = 64 << 20;

/** As far as a change of it is told. */
interface Seen {
  readonly running: boolean;
  readonly paused: boolean;
  readonly role: Role;
  readonly serving: boolean;
  readonly listens: boolean;
}

const NOTHING_SEEN: Seen = { running: false, paused: false, role: 'LOOKING', serving: false, listens: false };

/** A port of one server's clients. */
interface ClientPort {
  readonly server: number;
  port: number;
  /** Null: closed, because no process listens. */
  tcp: TcpServer | null;
  /** What was last seen of its server; the port is open before the process has booted for the first time. */
  seen: Seen;
}

/**
 * Starts to serve; resolved once all ports are open, before a leader is elected (see {@link Gateway.serving}).
 *
 * @throws NodeJS.ErrnoException where a port cannot be opened
 */
export async function serve(options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(options);
  try {
    await gateway.open();
  } catch (error) {
    await gateway.close();
    throw error;
  }
  return gateway;
}

/** An ensemble that is being served. */
export class Gateway implements Outlet, SocketListener, Listener {
  readonly simulation: Simulation;
  readonly host: string;
  private readonly options: GatewayOptions;
  private readonly spec: RunSpec;
  private readonly pace = new Pace(() => performance.now(), LONGEST_STEP);
  private readonly recording: Recording;
  private readonly clientPorts: ClientPort[] = [];
  /** Of an ensemble at any free ports, as its servers know them: filled in once they are open, before a server starts. */
  private readonly found: number[] = [];
  private readonly sockets = new Map<number, ClientSocket>();
  /** Sockets with something to be sent at the end of this turn. */
  private readonly unflushed = new Set<ClientSocket>();
  private readonly servingNow = new Set<number>();
  private readonly waiting: (() => void)[] = [];
  private nextConnection = 1;
  private violationsTold = 0;
  private immediate: NodeJS.Immediate | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** When the timer is due, virtual ms. */
  private wakesAt = 0;
  private ended = false;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.host = options.host ?? '127.0.0.1';
    this.recording = new Recording(options.recordLimit ?? RECORD_LIMIT);
    const { catalog, check, run, hash = false } = options;
    const watched: Catalog = check ? catalog : { ...catalog, monitors: () => [] };
    this.spec =
      options.clientPort === 0 ? { ...run, ensemble: { ...run.ensemble, clientPorts: this.found } } : run;
    this.simulation = new Simulation(this.spec, watched, { outlet: this, listener: this, hash });
    for (const server of this.simulation.world.servers) {
      const port = options.clientPort === 0 ? 0 : options.clientPort + this.clientPorts.length;
      this.clientPorts.push({ server, port, tcp: null, seen: NOTHING_SEEN });
    }
  }

  /** Opens all ports and starts the clock. */
  async open(): Promise<void> {
    for (const port of this.clientPorts) await this.listen(port);
    this.turn();
  }

  // --- for whoever runs it

  /** Ports of the servers' clients, in the order of the servers. */
  get ports(): readonly number[] {
    return this.clientPorts.map(({ port }) => port);
  }

  /** All servers as they are now, ascending. */
  status(): ServerStatus[] {
    return this.clientPorts.map((port) => this.statusOf(port));
  }

  /** Resolved when all servers that run serve clients. */
  async serving(): Promise<void> {
    if (this.allServe) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** A fault strikes now. @throws SpecError where it is none */
  fault(fault: Mishap): void {
    parseRunSpec({ ...this.spec, outside: [{ kind: 'fault', after: 0, at: 0, fault }] });
    this.input({ kind: 'fault', fault }, null);
  }

  /** Whether the session can be saved. */
  get recorded(): boolean {
    return !this.recording.full;
  }

  /** Writes the session so far as a run file. @throws Error where it is not kept any more, or the file not writable */
  async save(path: string): Promise<void> {
    if (this.recording.full)
      throw new Error('the session is not recorded, or has become too long to be saved');
    await this.recording.save(path, this.run());
  }

  /** The session so far as a run, without what came from outside. */
  private run(): RunSpec {
    const { now, events } = this.simulation;
    return { ...this.spec, end: { at: now, maxEvents: Math.max(1, events) } };
  }

  /** Ends the session: ports and connections are closed. */
  async close(): Promise<void> {
    this.stop();
    const servers = this.clientPorts.map(({ tcp }) => tcp).filter((tcp) => tcp !== null);
    const closed = servers.map((tcp) => new Promise<void>((resolve) => tcp.close(() => resolve())));
    for (const socket of this.sockets.values()) socket.end('closed');
    const rest = [...this.sockets.values()];
    this.sockets.clear();
    // A client that does not read must not keep us here.
    const patience = setTimeout(() => {
      for (const socket of rest) socket.destroy();
    }, 500);
    await Promise.all(closed);
    clearTimeout(patience);
  }

  private stop(): void {
    this.ended = true;
    if (this.immediate !== null) clearImmediate(this.immediate);
    if (this.timer !== null) clearTimeout(this.timer);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  // --- the loop

  private readonly turn = (): void => {
    this.immediate = null;
    if (this.ended) return;
    const { simulation, pace } = this;
    const target = pace.now();
    const goesOn = simulation.runUntil(target, MOST_EVENTS);
    this.look();
    this.flush();
    if (!goesOn) {
      this.fail();
      return;
    }
    const due = simulation.nextDue;
    if (due === null) return;
    if (due <= target) pace.slipTo(Math.max(simulation.now, due));
    if (due - target < TIMER_SLACK) this.soon();
    else {
      pace.restFor(due - target);
      this.wake(target, due);
    }
  };

  /** A turn at a virtual time to come. One that comes sooner sees for itself: most turns leave the timer alone. */
  private wake(now: number, due: number): void {
    if (this.timer !== null) {
      if (this.wakesAt <= due) return;
      clearTimeout(this.timer);
    }
    const wait = Math.min(LONGEST_WAIT, Math.floor(due - now - TIMER_SLACK / 2));
    this.wakesAt = now + wait;
    this.timer = setTimeout(this.wakeUp, wait);
  }

  private readonly wakeUp = (): void => {
    this.timer = null;
    this.turn();
  };

  /** The next turn comes once the sockets that can be read have been. */
  private soon(): void {
    if (this.immediate !== null || this.ended) return;
    this.immediate = setImmediate(this.turn);
  }

  private input(outside: Outside, bytes: Uint8Array | null): void {
    if (this.ended) return;
    const input = this.simulation.input(this.pace.now(), outside, bytes);
    if (input !== null && this.recording.add(input, bytes)) {
      this.tell({ kind: 'recordingFull', limit: this.options.recordLimit ?? RECORD_LIMIT });
    }
    this.soon();
  }

  private flush(): void {
    for (const socket of this.unflushed) socket.flush();
    this.unflushed.clear();
  }

  private fail(): void {
    const { failure } = this.simulation;
    this.stop();
    this.tell({ kind: 'failed', reason: failure?.message ?? 'the run is over' });
  }

  private tell(event: GatewayEvent): void {
    this.options.onEvent?.(event);
  }

  /** Takes notice of what became of the servers. */
  private look(): void {
    const { world } = this.simulation;
    for (const port of this.clientPorts) {
      const machine = world.machine(port.server)!;
      const listens = machine.running && machine.isListening('client');
      const { running, paused, role } = machine;
      const serving = this.servingNow.has(port.server);
      const { seen } = port;
      if (
        running === seen.running &&
        paused === seen.paused &&
        role === seen.role &&
        serving === seen.serving &&
        listens === seen.listens
      )
        continue;
      const listened = seen.listens;
      port.seen = { running, paused, role, serving, listens };
      this.changed(port, listens, listened, paused);
    }
    const { violations } = world;
    while (this.violationsTold < violations.length) {
      this.tell({ kind: 'violation', violation: violations[this.violationsTold++]! });
    }
    if (this.waiting.length > 0 && this.allServe) for (const resolve of this.waiting.splice(0)) resolve();
  }

  private changed(port: ClientPort, listens: boolean, listened: boolean, paused: boolean): void {
    for (const socket of this.sockets.values()) {
      if (socket.server === port.server) socket.hold(Hold.STOPPED, paused);
    }
    if (listens && port.tcp === null) {
      this.listen(port).catch((error: Error) => {
        this.tell({ kind: 'portLost', server: port.server, reason: error.message });
      });
    } else if (!listens && listened) {
      port.tcp?.close();
      port.tcp = null;
    }
    this.tell({ kind: 'server', status: this.statusOf(port) });
  }

  private get allServe(): boolean {
    const { world } = this.simulation;
    const running = world.servers.filter((id) => world.machine(id)!.running);
    return running.length > 0 && running.every((id) => this.servingNow.has(id));
  }

  private statusOf({ server, port }: ClientPort): ServerStatus {
    const { world, config } = this.simulation;
    const machine = world.machine(server)!;
    return {
      server,
      host: this.host,
      port,
      observer: config.observers.includes(server),
      state: !machine.running ? 'down' : machine.paused ? 'paused' : 'up',
      role: roleOf(machine.role, world.servers.length),
      serving: this.servingNow.has(server),
      epoch: machine.epoch,
      connections: machine.guests?.gate.size ?? 0,
    };
  }

  // --- sockets

  private async listen(port: ClientPort): Promise<void> {
    const tcp = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const connection = this.nextConnection++;
      const { remoteAddress: address = '', remotePort = 0 } = socket;
      const client = new ClientSocket(socket, connection, port.server, this);
      this.sockets.set(connection, client);
      if (this.simulation.world.machine(port.server)!.paused) client.hold(Hold.STOPPED, true);
      this.input(
        { kind: 'open', connection, server: port.server, address: remoteAddress(address), port: remotePort },
        null,
      );
    });
    port.tcp = tcp;
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen({ host: this.host, port: port.port, backlog: BACKLOG }, () => {
        tcp.off('error', reject);
        resolve();
      });
    });
    const address = tcp.address();
    if (address === null || typeof address !== 'object') return;
    port.port = address.port;
    if (this.options.clientPort === 0) this.found[this.clientPorts.indexOf(port)] = address.port;
  }

  onBytes(connection: number, bytes: Uint8Array): void {
    this.input({ kind: 'bytes', connection, bytes: '' }, bytes);
  }

  onDrained(connection: number): void {
    this.input({ kind: 'drained', connection }, null);
  }

  onGone(connection: number, reset: boolean): void {
    this.input(reset ? { kind: 'close', connection, reset } : { kind: 'close', connection }, null);
    const socket = this.sockets.get(connection);
    // A server without power does not answer a client that leaves.
    if (socket !== undefined && reset) this.forget(socket);
  }

  private forget(socket: ClientSocket): void {
    this.sockets.delete(socket.connection);
    this.unflushed.delete(socket);
  }

  // --- from the simulation

  bytes(connection: number, bytes: Uint8Array): void {
    const socket = this.sockets.get(connection);
    if (socket === undefined) return;
    socket.write(bytes);
    this.unflushed.add(socket);
  }

  closed(connection: number, reason: 'closed' | 'reset'): void {
    const socket = this.sockets.get(connection);
    if (socket === undefined) return;
    this.forget(socket);
    socket.end(reason);
  }

  full(connection: number): void {
    this.sockets.get(connection)?.tellDrained();
  }

  reading(connection: number, on: boolean): void {
    this.sockets.get(connection)?.hold(Hold.SERVER, !on);
  }

  onEvent(): void {}

  onProbe(event: SimEvent): void {
    this.options.onProbe?.(event);
    switch (event.kind) {
      case 'established':
      case 'serving':
        this.servingNow.add(event.server);
        return;
      case 'role':
      case 'crashed':
        this.servingNow.delete(event.server);
    }
  }
}

function roleOf(role: Role, servers: number): ServerRole {
  // A server by itself has nobody to lead.
  return servers === 1 && role === 'LEADING' ? 'standalone' : (role.toLowerCase() as ServerRole);
}
