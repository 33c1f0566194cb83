/** `zab-lab server`: one real server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../live/server/config-error.ts';
import { LiveServer } from '../../live/server/live-server.ts';
import { readZooCfg, type ServerConfig } from '../../live/server/zoo-cfg.ts';
import { InputError } from '../input/input.ts';
import { nearest } from '../input/nearest.ts';
import { readText } from '../input/read-file.ts';

const HELP = `
Examples:
  zab-lab server zoo.cfg

An ordinary zoo.cfg and, in an ensemble, the file myid in dataDir say what the server is. Files and ports are those of
Apache ZooKeeper: servers of both may form one ensemble, and take over each other's data directories. Without an address in the
configuration, clients are served on this machine only.

Ctrl-C (or SIGTERM) ends it. Exit codes: 0 ended so, 1 it could not go on, 2 bad input.`;

/** Adds the command to the program. */
export function addServer(program: Command): void {
  program
    .command('server')
    .summary('run one ZooKeeper server, configured by a zoo.cfg')
    .description('Run one ZooKeeper server over TCP and files: alone, or as a member of an ensemble.')
    .argument('<zoo.cfg>', 'configuration, as of Apache ZooKeeper')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(file: string): Promise<void> {
  const config = configOf(file);
  const log = (line: string): void => {
    process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  };
  let end: (reason: string | null) => void = () => {};
  const ended = new Promise<string | null>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(null));
  const server = serverOf(config, log, (reason) => end(reason));
  server.start();
  const reason = await ended;
  if (reason === null) {
    await server.stop();
    log('ended');
  } else log(`ends itself: ${reason}`);
  // A connection that a client does not close must not keep the process.
  process.exit(reason === null ? 0 : 1);
}

function configOf(file: string): ServerConfig {
  try {
    return readZooCfg(readText(file), file, myIdIn, nearest);
  } catch (error) {
    throw error instanceof ConfigError ? new InputError(error.message) : error;
  }
}

function serverOf(
  config: ServerConfig,
  log: (line: string) => void,
  onExit: (reason: string) => void,
): LiveServer {
  try {
    return new LiveServer(config, { log, onExit });
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

function myIdIn(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, 'myid'), 'utf8');
  } catch {
    return null;
  }
}
