// Two machines under the port of protocol/host.ts: of the simulator, or of this computer. The same claims are made of both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LiveHost } from '../../live/host.ts';
import { DEFAULT_CONFIG } from '../../protocol/config.ts';
import type { Actor, ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../protocol/host.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { Mishap } from '../../sim/spec.ts';
import { freePorts } from '../interop/free-ports.ts';
import { catalog, spec } from '../sim/actors.ts';

/** Notes every call of its host, and that none comes within one of its own calls to the host. */
export class Probe implements Actor {
  host!: Host;
  /** What happened, in order. */
  readonly calls: string[] = [];
  readonly messages: Message[] = [];
  /** Channels that were accepted, in order. */
  readonly accepted: ChannelId[] = [];
  private busy = false;
  /** A call came while the host was being called. */
  nested = false;
  onMessageDo: (channel: ChannelId, message: Message) => void = () => {};

  /** Calls the host, as an actor does. */
  ask<T>(what: (host: Host) => T): T {
    this.busy = true;
    try {
      return what(this.host);
    } finally {
      this.busy = false;
    }
  }

  /** How often something happened. */
  count(call: string): number {
    return this.calls.filter((each) => each === call).length;
  }

  private note(call: string): void {
    if (this.busy) this.nested = true;
    this.calls.push(call);
  }

  start(): void {
    this.note('start');
  }
  onTimer(name: string, arg: number, id: TimerId): void {
    this.note(`timer ${name} ${arg}`);
    if (id <= 0) throw new Error(`timer ${id}`);
  }
  onStep(name: string, arg: number): void {
    this.note(`step ${name} ${arg}`);
  }
  onAccept(channel: ChannelId, port: Port): void {
    this.accepted.push(channel);
    this.note(`accept ${port}`);
  }
  onConnected(channel: ChannelId): void {
    this.note(`connected ${channel}`);
  }
  onMessage(channel: ChannelId, message: Message): void {
    this.note('message');
    this.messages.push(message);
    this.onMessageDo(channel, message);
  }
  onClosed(channel: ChannelId, reason: CloseReason): void {
    this.note(`${reason} ${channel}`);
  }
  onDrained(channel: ChannelId): void {
    this.note(`drained ${channel}`);
  }
  onDurable(token: number): void {
    this.note(`durable ${token}`);
  }
  onStoreFailed(token: number): void {
    this.note(`failed ${token}`);
  }
}

export interface PortWorld {
  /** Servers 1 and 2. */
  readonly actors: readonly [Probe, Probe];
  /** Lets time pass until something holds. @throws after ten seconds */
  until(holds: () => boolean): Promise<void>;
  /** Lets so many ms pass. */
  pass(ms: number): Promise<void>;
  /** Server 2's process dies with what it had not flushed, and a new one starts on its disk: its actor. */
  restart(): Promise<Probe>;
  close(): Promise<void>;
}

const LIMIT = 10_000;

export async function simulatedWorld(): Promise<PortWorld> {
  const made = new Map<number, Probe>();
  const server = catalog((host, id) => {
    const probe = new Probe();
    probe.host = host;
    made.set(id, probe);
    return probe;
  });
  const parts = { ensemble: { participants: 2 }, end: { at: 1_000_000 } };
  const simulation = new Simulation(spec(parts), server);
  let passed = 0;
  const run = (ms: number): void => {
    passed += ms;
    simulation.runUntil(passed, 1_000_000);
  };
  const strike = (fault: Mishap): void => {
    simulation.input(passed, { kind: 'fault', fault });
  };
  run(1);
  const actor = (id: number): Probe => made.get(id) as Probe;
  return {
    actors: [actor(1), actor(2)],
    until: async (holds) => {
      for (let ms = 0; !holds(); ms++) {
        if (ms > LIMIT) throw new Error('nothing comes');
        run(1);
      }
    },
    pass: async (ms) => run(ms),
    restart: async () => {
      strike({ kind: 'crash', server: 2 });
      run(5);
      strike({ kind: 'restart', server: 2 });
      run(50);
      return actor(2);
    },
    close: async () => {},
  };
}

export async function liveWorld(): Promise<PortWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'zab-lab-port-'));
  const ports = await freePorts(4);
  const members = [1, 2].map((id) => ({
    id,
    host: '127.0.0.1',
    quorumPort: ports[2 * id - 2] as number,
    electionPort: ports[2 * id - 1] as number,
    observer: false,
  }));
  const start = (id: number): { host: LiveHost; probe: Probe } => {
    const probe = new Probe();
    const { quorumPort, electionPort } = members[id - 1] as (typeof members)[0];
    const host = new LiveHost({
      id,
      config: { ...DEFAULT_CONFIG, participants: [1, 2] },
      members,
      ports: {
        client: null,
        quorum: { host: '127.0.0.1', port: quorumPort },
        election: { host: '127.0.0.1', port: electionPort },
      },
      folders: { dataDir: join(folder, String(id)), dataLogDir: join(folder, String(id)) },
      configText: 'version=0',
      onProbe: null,
      onNotice: () => {},
      onExit: () => {},
    });
    probe.host = host;
    host.run(probe);
    return { host, probe };
  };
  const first = start(1);
  let second = start(2);
  return {
    actors: [first.probe, second.probe],
    until: async (holds) => {
      const end = Date.now() + LIMIT;
      while (!holds()) {
        if (Date.now() > end) throw new Error('nothing comes');
        await wait(2);
      }
    },
    pass: (ms) => wait(ms),
    restart: async () => {
      await second.host.stop();
      second = start(2);
      return second.probe;
    },
    close: async () => {
      await Promise.all([first.host.stop(), second.host.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
