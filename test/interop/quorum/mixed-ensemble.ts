// An ensemble of Apache's servers and ours, on free ports of 127.0.0.1, in a temporary folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApacheServer } from '../apache/server.ts';
import { freePorts } from '../free-ports.ts';
import { OwnServer } from './own-server.ts';

export type Kind = 'apache' | 'ours';
export type Member = ApacheServer | OwnServer;

export interface MixedOptions {
  /** Servers that vote, with the ids 1, 2, …. */
  readonly participants: readonly Kind[];
  /** Behind them, servers that do not. */
  readonly observers?: readonly Kind[];
  /** Keys of zoo.cfg that both know. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Keys of ours, which Apache's take as Java properties `zookeeper.<key>`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Flags of the Java machine, instead of those that start it quickly. */
  readonly jvm?: readonly string[];
}

const SETTINGS: Readonly<Record<string, string | number | boolean>> = {
  tickTime: 500,
  initLimit: 20,
  syncLimit: 8,
  maxClientCnxns: 0,
  clientPortAddress: '127.0.0.1',
  'admin.enableServer': false,
  '4lw.commands.whitelist': '*',
};

export class MixedEnsemble {
  readonly servers: Member[];
  readonly folder: string;
  private readonly make: (id: number, kind: Kind) => Member;

  private constructor(kinds: readonly Kind[], make: (id: number, kind: Kind) => Member, folder: string) {
    this.make = make;
    this.servers = kinds.map((kind, i) => make(i + 1, kind));
    this.folder = folder;
  }

  /** From its next start on a server that does not run is of this kind, on the same data. */
  become(id: number, kind: Kind): void {
    if (this.server(id).running) throw new Error(`server ${id} runs`);
    this.servers[id - 1] = this.make(id, kind);
  }

  /** Makes the servers; none is started. */
  static async prepare({
    participants,
    observers = [],
    settings = {},
    properties = {},
    jvm,
  }: MixedOptions): Promise<MixedEnsemble> {
    const kinds = [...participants, ...observers];
    const ports = await freePorts(3 * kinds.length);
    const folder = mkdtempSync(join(tmpdir(), 'zab-lab-mixed-'));
    const members = kinds.map((_, i) => {
      const role = i < participants.length ? '' : ':observer';
      const [quorum, election] = ports.slice(kinds.length + 2 * i);
      return `server.${i + 1}=127.0.0.1:${quorum}:${election}${role}`;
    });
    const make = (id: number, kind: Kind): Member => {
      const home = join(folder, String(id));
      mkdirSync(join(home, 'data'), { recursive: true });
      writeFileSync(join(home, 'data', 'myid'), String(id));
      const clientPort = ports[id - 1] as number;
      const keys = {
        ...SETTINGS,
        dataDir: join(home, 'data'),
        clientPort,
        ...settings,
        ...(kind === 'ours' && properties),
      };
      const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}`);
      if (id > participants.length) lines.push('peerType=observer');
      const config = `${[...lines, ...(kinds.length > 1 ? members : [])].join('\n')}\n`;
      const common = { id, clientPort, folder: home, config };
      if (kind === 'ours') return new OwnServer(common);
      const defines = Object.entries(properties).map(([key, value]) => [`zookeeper.${key}`, value]);
      return new ApacheServer({ ...common, properties: Object.fromEntries(defines), ...(jvm && { jvm }) });
    };
    return new MixedEnsemble(kinds, make, folder);
  }

  /** Makes and starts them, and waits until all serve. */
  static async start(options: MixedOptions): Promise<MixedEnsemble> {
    const ensemble = await MixedEnsemble.prepare(options);
    try {
      for (const server of ensemble.servers) server.start();
      await ensemble.serving();
    } catch (error) {
      await ensemble.remove();
      throw error;
    }
    return ensemble;
  }

  server(id: number): Member {
    const server = this.servers[id - 1];
    if (server === undefined) throw new RangeError(`there is no server ${id}`);
    return server;
  }

  /** Waits until every running server serves; what each is, by its place. */
  async serving(): Promise<(string | null)[]> {
    return Promise.all(this.servers.map((server) => (server.running ? server.serving() : null)));
  }

  /** The id of the one that leads, once all that run serve and exactly one does. */
  async leader(patience = 60_000): Promise<number> {
    const until = Date.now() + patience;
    for (;;) {
      const roles = await this.serving();
      const leaders = roles.flatMap((role, i) => (role === 'leader' ? [i + 1] : []));
      if (leaders.length === 1) return leaders[0] as number;
      if (Date.now() > until) throw new Error(`roles: ${roles.join(', ')}\n${this.logs()}`);
      await wait(200);
    }
  }

  /** Ids of the servers that run. */
  get running(): number[] {
    return this.servers.filter((server) => server.running).map((server) => server.id);
  }

  /** The ends of all logs. */
  logs(): string {
    return this.servers.map((server) => `--- ${server.id}\n${server.log().slice(-3000)}`).join('\n');
  }

  /** Ends every server and deletes all they wrote. */
  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    if (process.env.ZAB_LAB_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}
