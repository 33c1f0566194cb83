// Three servers of `zab-lab serve`, in a process of their own, with faults as its users inject them.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build, root } from '../../bin/command.ts';
import type { Ensemble, ServerUnderTest } from './ensemble.ts';

/** The built command, before its first argument; {@link build} renews it. */
export const COMMAND: readonly string[] = [process.execPath, join(root, 'dist/bin/zab-lab.js')];
const PATIENCE = 60_000;

/** As `serve --json` prints it. */
interface Status {
  readonly server: number;
  readonly port: number;
  readonly state: string;
  readonly role: string;
  readonly serving: boolean;
}

interface Told {
  readonly event: string;
  readonly status?: Status;
  readonly servers?: readonly Status[];
}

/** What Apache calls each role. */
const MODES: Readonly<Record<string, string>> = {
  leading: 'leader',
  following: 'follower',
  observing: 'observer',
};

export interface ServeOptions {
  /** In ms, default 2000. */
  readonly tickTime?: number;
  /** Further options of the command. */
  readonly options?: readonly string[];
}

export class ServedEnsemble implements Ensemble {
  readonly servers: readonly ServerUnderTest[];
  readonly addresses: string;
  private readonly process: ChildProcess;
  /** What it told last of each server. */
  private readonly told: Map<number, Status>;

  private constructor(process: ChildProcess, told: Map<number, Status>) {
    this.process = process;
    this.told = told;
    this.servers = [...told.values()].map(({ server, port }) => this.serverAt(server, port));
    this.addresses = this.servers.map((server) => server.address).join(',');
  }

  /** Starts them on free ports and waits until all serve. @throws where they do not */
  static async start({ tickTime = 2000, options = [] }: ServeOptions = {}): Promise<ServedEnsemble> {
    build();
    const [node, script] = COMMAND as [string, string];
    const args = [
      'serve',
      '--json',
      '--client-port',
      '0',
      '--tick-time',
      String(tickTime),
      '--max-client-cnxns',
      '0',
    ];
    const child = spawn(node, [script, ...args, '--4lw-whitelist', '*', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // A test run that ends early leaves no server behind.
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.removeListener('exit', end));
    const told = new Map<number, Status>();
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`zab-lab serve has ended with ${code}; see what it printed above`)),
      );
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { event, status, servers = [] } = JSON.parse(line) as Told;
        for (const one of status === undefined ? servers : [status]) told.set(one.server, one);
        if (event === 'serving') resolve();
      });
    });
    return new ServedEnsemble(child, told);
  }

  server(id: number): ServerUnderTest {
    const server = this.servers[id - 1];
    if (server === undefined) throw new RangeError(`there is no server ${id}`);
    return server;
  }

  serving(): Promise<string[]> {
    return Promise.all(this.servers.map((server) => server.serving()));
  }

  /** Injects a fault, as in `zab-lab fault 'partition 1 | 2 3'`. */
  async fault(text: string): Promise<void> {
    const [node, script] = COMMAND as [string, string];
    const port = String(this.server(1).clientPort);
    await promisify(execFile)(node, [script, 'fault', text, '--client-port', port]);
  }

  async remove(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }

  private serverAt(id: number, port: number): ServerUnderTest {
    return {
      id,
      clientPort: port,
      address: `127.0.0.1:${port}`,
      start: () => this.fault(`restart ${id}`),
      kill: async () => {
        await this.fault(`crash ${id}`);
        await this.until(id, ({ state }) => state === 'down');
      },
      serving: async () => MODES[(await this.until(id, ({ serving }) => serving)).role] ?? '',
    };
  }

  private async until(id: number, holds: (status: Status) => boolean): Promise<Status> {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(10)) {
      const status = this.told.get(id);
      if (status !== undefined && holds(status)) return status;
    }
    throw new Error(
      `after ${PATIENCE} ms server ${id} of zab-lab serve is still ${JSON.stringify(this.told.get(id))}`,
    );
  }
}
