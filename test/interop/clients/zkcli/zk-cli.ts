// A session of Apache's Java command line, zkCli.sh: one command at a time, each with what it printed.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { missingProgram } from '../missing-program.ts';

/** Where Debian's package `zookeeper` puts it. */
const ZK_CLI = '/usr/share/zookeeper/bin/zkCli.sh';
export const missing: string | null = missingProgram(ZK_CLI, 'zookeeper');

/** A command that asks no server, and what it answers: the end of the output of the command before it. */
const MARK = 'printwatches';
const MARK_ANSWER = 'printwatches is on\n';
const MARKED = new RegExp(`^${MARK_ANSWER}`, 'm');
const EVENT = /\nWatchedEvent (.*)\n/g;

export interface Answer {
  readonly command: string;
  /** Lines of both outputs, in the order in which they were written. */
  readonly lines: readonly string[];
}

export class ZkCli {
  /** Events of watches and of the session, as they came. */
  readonly events: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'zab-lab-zkcli-'));
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;
  private read = 0;

  private constructor(addresses: string) {
    const output = openSync(this.output, 'a');
    this.child = spawn(ZK_CLI, ['-server', addresses, '-waitforconnection'], {
      // One file for both outputs, or their order would be lost.
      stdio: ['pipe', output, output],
      env: {
        ...process.env,
        CLIENT_JVMFLAGS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1',
        TZ: 'UTC',
        LC_ALL: 'C.UTF-8',
      },
    });
    closeSync(output);
    const end = (): boolean => this.child.kill('SIGKILL');
    process.once('exit', end);
    this.exited = new Promise((done) => {
      const gone = (code: number | null): void => {
        process.removeListener('exit', end);
        done(code);
      };
      this.child.once('exit', gone).once('error', () => gone(null));
    });
    this.child.stdin?.on('error', () => {}); // It may end before it has read everything.
  }

  /** Starts it and waits until it is connected. */
  static async connect(addresses: string): Promise<ZkCli> {
    const cli = new ZkCli(addresses);
    await cli.run('');
    return cli;
  }

  /** Types a line and waits until it has been executed. @throws after `patience` ms, with what was printed */
  async run(command: string, patience = 60_000): Promise<Answer> {
    this.child.stdin?.write(`${command}\n${MARK}\n`);
    const until = Date.now() + patience;
    let end = this.unread().search(MARKED);
    while (end < 0) {
      if (Date.now() > until || this.child.exitCode !== null) {
        throw new Error(`zkCli.sh did not finish '${command}'. It printed:\n${this.unread()}`);
      }
      await wait(5);
      end = this.unread().search(MARKED);
    }
    const text = this.unread().slice(0, end);
    this.read += Buffer.byteLength(text + MARK_ANSWER);
    return { command, lines: this.lines(text) };
  }

  /** Waits until an event has come whose text holds `what`. @throws after `patience` ms */
  async event(what: string, patience = 30_000): Promise<void> {
    const until = Date.now() + patience;
    while (!this.events.some((event) => event.includes(what))) {
      if (Date.now() > until)
        throw new Error(`no event '${what}' came; there were: ${this.events.join('; ')}`);
      await wait(20);
      await this.run('');
    }
  }

  /** Ends the session as `quit` does; its exit code. */
  async quit(): Promise<number | null> {
    this.child.stdin?.end('quit\n');
    const code = await this.exited;
    this.lines(this.unread());
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  /** The lines of what was printed, without those of events, which are put with the {@link events}. */
  private lines(text: string): string[] {
    return text
      .replaceAll('\nWATCHER::\n', '')
      .replaceAll(EVENT, (_, event: string) => {
        this.events.push(event);
        return '';
      })
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('SLF4J'));
  }

  private unread(): string {
    return readFileSync(this.output).subarray(this.read).toString();
  }

  private get output(): string {
    return join(this.folder, 'output');
  }
}
