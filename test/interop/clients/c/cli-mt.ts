// A session of the command line of Apache's C client, cli_mt: one command at a time, each with what it printed.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { missingProgram } from '../missing-program.ts';

/** Where Debian's package `zookeeper-bin` puts it. */
const CLI_MT = '/usr/lib/zookeeper/bin/cli_mt';
export const missing: string | null = missingProgram(CLI_MT, 'zookeeper-bin');

/** A node that is never there: what the client says of it ends the output of the command before it. */
const MARK = '/zab-lab-mark';
/** NONODE; where the connection is lost meanwhile, CONNECTIONLOSS. */
const MARKED = new RegExp(`^${MARK}: rc = -(101|4)\n(time = .*\n)?(time = .*\n)?`, 'm');

export class CliMt {
  private readonly folder = mkdtempSync(join(tmpdir(), 'zab-lab-cli-mt-'));
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;
  private read = 0;

  private constructor(addresses: string) {
    const output = openSync(this.output, 'a');
    this.child = spawn(CLI_MT, ['-h', addresses], { stdio: ['pipe', output, output] });
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

  /** Starts it and waits until it has a session. */
  static async connect(addresses: string): Promise<CliMt> {
    const cli = new CliMt(addresses);
    await cli.run('');
    return cli;
  }

  /** Types a line and returns what was printed until it had been answered. @throws after `patience` ms */
  async run(command: string, patience = 30_000): Promise<string[]> {
    this.child.stdin?.write(`${command}\n`);
    this.child.stdin?.write(`ls ${MARK}\n`);
    const until = Date.now() + patience;
    let end = MARKED.exec(this.unread());
    while (end === null) {
      if (Date.now() > until || this.child.exitCode !== null) {
        throw new Error(`cli_mt did not finish '${command}'. It printed:\n${this.unread()}`);
      }
      await wait(5);
      end = MARKED.exec(this.unread());
    }
    // What follows the mark is written with several calls.
    await wait(5);
    const text = this.unread();
    end = MARKED.exec(text) as RegExpExecArray;
    this.read += Buffer.byteLength(text.slice(0, end.index + end[0].length));
    return text
      .slice(0, end.index)
      .split('\n')
      .filter((line) => line !== '');
  }

  /** Ends the session; the exit code. */
  async quit(): Promise<number | null> {
    this.child.stdin?.end('quit\n');
    const code = await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  /** All that it has printed so far. */
  get printed(): string {
    return readFileSync(this.output, 'utf8');
  }

  private unread(): string {
    return readFileSync(this.output).subarray(this.read).toString();
  }

  private get output(): string {
    return join(this.folder, 'output');
  }
}
