// One server process of ours, with the same handles as Apache's.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerSettings } from '../apache/server.ts';
import { ask } from '../four-letter-word.ts';
import { build, entry } from './build.ts';

const LOG_TAIL = 4000;
const ROLES = ['LOOKING', 'LEADING', 'FOLLOWING', 'OBSERVING'];

export class OwnServer {
  readonly id: number;
  readonly clientPort: number;
  readonly kind = 'ours';
  private readonly settings: Pick<ServerSettings, 'id' | 'clientPort' | 'folder' | 'config'>;
  private process: ChildProcess | null = null;
  /** Where in its log this process begins. */
  private started = 0;
  private exited: Promise<void> = Promise.resolve();

  constructor(settings: Pick<ServerSettings, 'id' | 'clientPort' | 'folder' | 'config'>) {
    build();
    this.settings = settings;
    this.id = settings.id;
    this.clientPort = settings.clientPort;
    writeFileSync(this.configFile, settings.config);
  }

  get running(): boolean {
    return this.process !== null;
  }

  /** Starts the process, with the data it had; returns before it serves. */
  start(): void {
    if (this.process !== null) return;
    this.started = this.log().length;
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [entry, 'server', this.configFile], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    this.process = child;
    this.exited = new Promise((done) => {
      const gone = (): void => {
        process.removeListener('exit', end);
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
      const role = this.servingAs;
      // What it has said it is, it may be about to be.
      if (role !== null && (await this.answers())) return role;
      await wait(50);
    }
    const what = this.process === null ? 'has ended' : `does not serve after ${patience} ms`;
    throw new Error(`Our server ${this.id} ${what}. The end of its log:\n${this.log().slice(-LOG_TAIL)}`);
  }

  /** By the lines of its log since its start: a client that asks would write a transaction, its session. */
  private get servingAs(): string | null {
    const log = this.log().slice(this.started);
    const state = log.slice(Math.max(...ROLES.map((role) => log.lastIndexOf(`Z ${role}`))) + 2);
    if (state.startsWith('LEADING (standalone)')) return 'standalone';
    if (state.startsWith('LEADING')) return state.includes(' leads epoch ') ? 'leader' : null;
    if (!state.includes(' serves clients ')) return null;
    return state.startsWith('FOLLOWING') ? 'follower' : 'observer';
  }

  /** Whether it says at its client port that it serves; no transaction comes of that. */
  private async answers(): Promise<boolean> {
    const answer = await ask(this.clientPort, 'srvr');
    return answer.includes('Mode: ');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

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
