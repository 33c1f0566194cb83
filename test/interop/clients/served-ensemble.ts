// Three servers of `zab-lab serve`, in a process of their own, with faults as its users inject them.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ask } from '../four-letter-word.ts';
import type { Ensemble, ServerUnderTest } from './ensemble.ts';

/** The built command; `npm run build` renews it. */
export const COMMAND: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../../dist/bin/zab-lab.js', import.meta.url)),
];
const PATIENCE = 60_000;

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

  private constructor(process: ChildProcess, ports: readonly number[]) {
    this.process = process;
    this.servers = ports.map((port, i) => this.serverAt(i + 1, port));
    this.addresses = this.servers.map((server) => server.address).join(',');
  }

  /** Starts them on free ports and waits until all serve. @throws where they do not */
  static async start({ tickTime = 2000, options = [] }: ServeOptions = {}): Promise<ServedEnsemble> {
    const [node, script] = COMMAND as [string, string];
    const args = ['serve', '--json', '--client-port', '0', '--tick-time', String(tickTime), '--max-client-cnxns', '0'];
    const child = spawn(node, [script, ...args, '--4lw-whitelist', '*', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // A test run that ends early leaves no server behind.
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.removeListener('exit', end));
    const ports = await new Promise<number[]>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`zab-lab serve has ended with ${code}; see what it printed above`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as { event: string; servers?: { port: number }[] };
        if (event.event === 'listening') resolve((event.servers ?? []).map(({ port }) => port));
      });
    });
    const ensemble = new ServedEnsemble(child, ports);
    await ensemble.serving();
    return ensemble;
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
      kill: () => this.fault(`crash ${id}`),
      serving: () => mode(id, port),
    };
  }
}

async function mode(id: number, port: number): Promise<string> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const found = /^Mode: (leader|follower|observer)/m.exec(await ask(port, 'srvr'))?.[1];
    if (found !== undefined) return found;
    await wait(50);
  }
  throw new Error(`server ${id} of zab-lab serve does not serve after ${PATIENCE} ms`);
}
