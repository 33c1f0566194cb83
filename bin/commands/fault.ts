/** `zab-lab fault`: breaks an ensemble that `zab-lab serve` runs. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type ControlAnswer, helpText } from '../../live/gateway/control.ts';
import { ControlError } from '../../live/gateway/control-directory.ts';
import { ask, running } from '../../live/gateway/control-socket.ts';
import type { ServerStatus } from '../../live/gateway/gateway.ts';
import { InputError } from '../input/input.ts';

interface FaultOptions {
  readonly clientPort?: string;
  readonly json?: true;
}

const HELP = `
Examples:
  zab-lab fault                     what can be said, and what the servers do
  zab-lab fault 'crash leader'
  zab-lab fault 'partition 1 | 2 3'
  zab-lab fault heal
  zab-lab fault 'pause 3 5s'
  zab-lab fault save session.json

Exit codes: 0 done, 2 bad input, or no ensemble.`;

/** Adds the command to the program. */
export function addFault(program: Command): void {
  program
    .command('fault')
    .summary("break an ensemble that 'zab-lab serve' runs")
    .description("Let a fault strike an ensemble that 'zab-lab serve' runs on this machine, or ask about it.")
    .argument('[text...]', "a fault, 'status' or 'save FILE'; without it: what can be said")
    .option('--client-port <n>', "the port of the ensemble's first server, where several run")
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: FaultOptions) => {
      try {
        await fault(words.join(' ').trim(), options);
      } catch (error) {
        if (error instanceof ControlError) throw new InputError(error.message);
        throw error;
      }
    });
}

async function fault(text: string, options: FaultOptions): Promise<void> {
  if (text === '' && options.json !== true) process.stdout.write(`${helpText()}\n\n`);
  const port = await ensemble(options.clientPort);
  const answer = await ask(text === '' ? 'status' : withPath(text), port);
  if (options.json === true) process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  else if (answer.ok) process.stdout.write(report(text, answer));
  else throw new InputError(answer.text);
  if (!answer.ok) process.exitCode = 2;
}

/** The client port of the ensemble that is meant. */
async function ensemble(wished: string | undefined): Promise<number> {
  const ports = await running();
  if (wished === undefined) {
    if (ports.length === 1) return ports[0]!;
    throw new InputError(
      ports.length === 0
        ? "no ensemble of yours runs on this machine: start one with 'zab-lab serve'"
        : `several ensembles run: say which, with --client-port ${ports.join(' or --client-port ')}`,
    );
  }
  const port = /^\d{1,5}$/.test(wished) ? Number(wished) : Number.NaN;
  if (ports.includes(port)) return port;
  throw new InputError(
    ports.length === 0
      ? `--client-port is '${wished}', and no ensemble of yours runs on this machine: start one with 'zab-lab serve'`
      : `--client-port is '${wished}', where none runs: give ${ports.join(' or ')}`,
  );
}

/** A file is meant from here, and not from where the ensemble runs. */
function withPath(text: string): string {
  const file = /^save\s+(.+)$/is.exec(text)?.[1];
  return file === undefined ? text : `save ${resolve(file.trim())}`;
}

function report(text: string, { text: said, servers }: ControlAnswer): string {
  return text === '' || text.toLowerCase() === 'status' ? `${said}\n${table(servers)}` : `${said}\n`;
}

function table(servers: readonly ServerStatus[]): string {
  const lines = servers.map(({ server, host, port, state, role, serving, epoch, connections }) => {
    const part = state !== 'up' ? state : serving ? `${role}, epoch ${epoch}` : 'not serving';
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return `  server ${server}  ${address.padEnd(21)}  ${part.padEnd(20)}  ${pc.dim(`${connections} connections`)}`;
  });
  return `${lines.join('\n')}\n`;
}
