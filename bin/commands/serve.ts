/** `zab-lab serve`: a simulated ensemble for real clients. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Control } from '../../live/gateway/control.ts';
import { ControlSocket } from '../../live/gateway/control-socket.ts';
import { type Gateway, serve } from '../../live/gateway/gateway.ts';
import { Keyboard } from '../../live/gateway/keyboard.ts';
import { InputError } from '../input/input.ts';
import { loadCatalog } from '../input/with.ts';
import { type ServeOptions, servingOf } from '../serve/serve-options.ts';
import { ServeReport } from '../serve/serve-report.ts';

const HELP = `
Examples:
  zab-lab serve                              three servers at 127.0.0.1:2181, 2182 and 2183
  zab-lab serve --servers 5 --observers 1    six servers
  zab-lab serve --latency 5-20 --flush 2     a slow network, and a disk that takes 2 ms to flush
  zab-lab serve --save session.json          keeps the session: 'zab-lab run session.json' repeats it

Any ZooKeeper client can connect, as with: zkCli.sh -server 127.0.0.1:2181,127.0.0.1:2182,127.0.0.1:2183

Break it with 'zab-lab fault', or with keys: ? shows them.
All is kept in memory and gone at the end. Ctrl-C (or SIGTERM) ends it.
Exit codes: 0 ended so, 1 a server failed or a property did not hold, 2 bad input.`;

/** Adds the command to the program. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('serve a simulated ensemble to real ZooKeeper clients')
    .description(
      'Serve a simulated ensemble to real ZooKeeper clients: each server has a TCP port, and time passes as outside.',
    )
    .option('--servers <n>', 'servers that vote, 1 to 13', '3')
    .option('--observers <n>', 'servers that do not', '0')
    .option('--client-port <n>', "the first server's port, the others behind it; 0: any free ones", '2181')
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option('--seed <n>', 'decides every random draw', '1')
    .option('--tick-time <ms>', 'length of a tick; sessions last 2 to 20 ticks', '2000')
    .option('--init-limit <ticks>', 'time for a server to connect to its leader and catch up', '10')
    .option('--sync-limit <ticks>', 'time that a server may lag behind its leader', '5')
    .option('--latency <ms>', 'between servers, one way: a number, or a range as in 0.5-3', '0.1-0.3')
    .option('--flush <ms>', 'that a disk takes to flush: a number, or a range', '0.1-0.3')
    .option('--snap-count <n>', 'transactions after which a server takes a snapshot', '10000')
    .option('--max-client-cnxns <n>', 'connections from one address to one server; 0: any number', '60')
    .option('--4lw-whitelist <words>', "four-letter words to answer, as in 'srvr,mntr'; '*': all", 'srvr')
    .option('--local-sessions', 'sessions are known to their server alone until they make an ephemeral')
    .option(
      '--read-only-mode',
      'servers without a leader serve reads to clients that accept it (to new ones with --local-sessions only)',
    )
    .option('--variant <id>', 'the protocol with this deviation')
    .option('--check', 'watch all properties (slower, and memory grows with the session)')
    .option('--save <file.json>', 'write the session as a run file when it ends')
    .option('--record-limit <MB>', 'largest run file a session may become; 0: none is kept', '64')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: ServeOptions): Promise<void> {
  const catalog = await loadCatalog([]);
  const { run, clientPort, recordLimit } = servingOf(options, Object.keys(catalog.variants), Date.now());
  if (options.save !== undefined) checkPlace(options.save);
  let keyboard: Keyboard | null = null;
  const print = (line: string): void => {
    if (keyboard === null) process.stdout.write(`${line}\n`);
    else keyboard.print(line);
  };
  const report = new ServeReport(print, options.json === true);
  let told = false;
  let failed = false;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  const control = new Control(() => gateway);
  const gateway: Gateway = await serve({
    catalog,
    run,
    host: options.host,
    clientPort,
    check: options.check === true,
    recordLimit,
    onEvent: (event) => {
      if (event.kind === 'failed' || event.kind === 'violation') failed = true;
      // Until all serve, servers that look for a leader are no news.
      if (told || event.kind !== 'server') report.event(event);
      if (event.kind === 'failed') end();
    },
    onProbe: (event) => control.onProbe(event),
  }).catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, options);
  });
  report.listening(gateway.status());
  const socket = await ControlSocket.open(control, gateway.ports[0]!).catch((error: Error) => {
    report.note(`'zab-lab fault' will not find this ensemble: ${error.message}`);
    return null;
  });
  if (process.stdin.isTTY && process.stdout.isTTY && options.json !== true) {
    keyboard = new Keyboard(process.stdin, process.stdout, control, end);
    keyboard.start();
    print('Press ? for keys that break it.');
  }
  await Promise.race([gateway.serving(), ended]);
  told = true;
  if (gateway.status().every(({ serving }) => serving)) report.serving(gateway.status());
  await ended;
  keyboard?.close();
  keyboard = null;
  await socket?.close();
  await gateway.close();
  if (options.save !== undefined) {
    await gateway.save(options.save).catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`cannot write ${options.save}: ${error.message}`);
    });
    report.saved(options.save);
  }
  if (failed) process.exitCode = 1;
}

/** A file can be written there: it is too late to find out when the session is over. @throws InputError */
function checkPlace(path: string): void {
  const folder = dirname(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--save is '${path}', which is a folder: give a file, as in --save session.json`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--save is '${path}', and there is no folder ${folder}: make it first`);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new InputError(`--save is '${path}', and you may not write into ${folder}: give another file`);
  }
}

function cannotListen(error: NodeJS.ErrnoException & { port?: number }, { host }: ServeOptions): Error {
  const { code, port } = error;
  if (code === 'EADDRINUSE')
    return new InputError(
      `port ${port} is in use: give another first port with --client-port, or 0 for free ones`,
    );
  if (code === 'EACCES')
    return new InputError(`port ${port} is not yours to open: give --client-port from 1024 on`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new InputError(`--host is '${host}', which is no address of this machine`);
  return error;
}
