// One server process of Apache ZooKeeper, from a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../four-letter-word.ts';
import { classpath } from './installed.ts';

const MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
/** Without them a server takes several seconds to start and a quarter of the memory; benchmarks replace them. */
const QUICK_START: readonly string[] = ['-Xms32m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const LOG_TAIL = 4000;

/** A test run that ends early leaves no server behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface ServerSettings {
  readonly id: number;
  readonly clientPort: number;
  /** Holds zoo.cfg, data, and the log of all starts; removed by who made it. */
  readonly folder: string;
  /** The text of zoo.cfg. */
  readonly config: string;
  /** Java system properties, without -D. */
  readonly properties: Readonly<Record<string, string>>;
  /** Flags of the Java machine. */
  readonly jvm?: readonly string[];
}

export class ApacheServer {
  readonly id: number;
  readonly clientPort: number;
  private readonly settings: ServerSettings;
  private process: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();

  constructor(settings: ServerSettings) {
    this.settings = settings;
    this.id = settings.id;
    this.clientPort = settings.clientPort;
    writeFileSync(this.configFile, settings.config);
  }

  /** `host:port` of its clients. */
  get address(): string {
    return `127.0.0.1:${this.clientPort}`;
  }

  get running(): boolean {
    return this.process !== null;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Starts the process, with the data it had; returns before it serves ({@link serving}). */
  start(): void {
    if (this.process !== null) return;
    const { properties, jvm = QUICK_START } = this.settings;
    const defines = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    const log = openSync(this.logFile, 'a');
    const child = spawn('java', [...jvm, ...defines, '-cp', classpath, MAIN, this.configFile], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.add(child);
    this.process = child;
    this.exited = new Promise((done) => {
      const gone = (): void => {
        running.delete(child);
        if (this.process === child) this.process = null;
        done();
      };
      child.once('exit', gone).once('error', gone);
    });
  }

  /** Waits until it serves clients, and says as what: leader, follower, observer, standalone. @throws after `patience` ms */
  async serving(patience = 60_000): Promise<string> {
    const until = Date.now() + patience;
    while (Date.now() < until && this.process !== null) {
      const mode = /^Mode: (\S+)/m.exec(await ask(this.clientPort, 'srvr'))?.[1];
      if (mode !== undefined) return mode;
      await wait(50);
    }
    const what = this.process === null ? 'has ended' : `does not serve after ${patience} ms`;
    throw new Error(`Apache server ${this.id} ${what}. The end of its log:\n${this.log().slice(-LOG_TAIL)}`);
  }

  /** Ends it as an operator does (SIGTERM). */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private end(signal: NodeJS.Signals): Promise<void> {
    this.process?.kill(signal);
    return this.exited;
  }

  /** What it has written since its first start. */
  log(): string {
    try {
      return readFileSync(this.logFile, 'utf8');
    } catch {
      return '';
    }
  }

  private get configFile(): string {
    return join(this.settings.folder, 'zoo.cfg');
  }

  private get logFile(): string {
    return join(this.settings.folder, 'server.log');
  }
}
