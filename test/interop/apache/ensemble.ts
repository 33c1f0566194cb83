// An ensemble of Apache ZooKeeper on free ports of 127.0.0.1, in a temporary folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../free-ports.ts';
import { ApacheServer } from './server.ts';

export interface ApacheOptions {
  /** Servers that vote, default 1: a standalone server, unless there are observers. */
  readonly participants?: number;
  /** Servers behind them that do not, default 0. */
  readonly observers?: number;
  /** Keys of zoo.cfg beyond or instead of {@link SETTINGS}. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Java system properties of every server, without -D. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Flags of the Java machine, instead of those that start it quickly. */
  readonly jvm?: readonly string[];
}

const SETTINGS: Readonly<Record<string, string | number | boolean>> = {
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  maxClientCnxns: 0,
  clientPortAddress: '127.0.0.1',
  'admin.enableServer': false,
  '4lw.commands.whitelist': '*',
};

export class ApacheEnsemble {
  /** In the order of their ids, which count from 1; observers last. */
  readonly servers: readonly ApacheServer[];
  private readonly folder: string;

  private constructor(servers: readonly ApacheServer[], folder: string) {
    this.servers = servers;
    this.folder = folder;
  }

  /** Starts all servers and waits until every one serves. @throws with the end of a log where one does not */
  static async start(options: ApacheOptions = {}): Promise<ApacheEnsemble> {
    const { participants = 1, observers = 0, settings = {}, properties = {}, jvm } = options;
    const count = participants + observers;
    const ports = await freePorts(3 * count);
    const folder = mkdtempSync(join(tmpdir(), 'zab-lab-apache-'));
    const members: string[] = [];
    for (let i = 0; count > 1 && i < count; i++) {
      const role = i < participants ? '' : ':observer';
      members.push(`server.${i + 1}=127.0.0.1:${ports[count + 2 * i]}:${ports[count + 2 * i + 1]}${role}`);
    }
    const servers = Array.from({ length: count }, (_, i) => {
      const home = join(folder, String(i + 1));
      mkdirSync(join(home, 'data'), { recursive: true });
      writeFileSync(join(home, 'data', 'myid'), String(i + 1));
      const clientPort = ports[i] as number;
      const keys = { ...SETTINGS, dataDir: join(home, 'data'), clientPort, ...settings };
      const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}`);
      if (i >= participants) lines.push('peerType=observer');
      const config = `${[...lines, ...members].join('\n')}\n`;
      return new ApacheServer({
        id: i + 1,
        clientPort,
        folder: home,
        config,
        properties,
        ...(jvm && { jvm }),
      });
    });
    const ensemble = new ApacheEnsemble(servers, folder);
    try {
      for (const server of servers) server.start();
      await ensemble.serving();
    } catch (error) {
      await ensemble.remove();
      throw error;
    }
    return ensemble;
  }

  /** `host:port,host:port`, as clients take it. */
  get addresses(): string {
    return this.servers.map((server) => server.address).join(',');
  }

  /** A server by its id. */
  server(id: number): ApacheServer {
    const server = this.servers[id - 1];
    if (server === undefined) throw new RangeError(`there is no server ${id}`);
    return server;
  }

  /** Waits until every running server serves; what each is, by its place in {@link servers}. */
  serving(): Promise<(string | null)[]> {
    return Promise.all(this.servers.map((server) => (server.running ? server.serving() : null)));
  }

  /** Ends every server and deletes all they wrote. */
  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
