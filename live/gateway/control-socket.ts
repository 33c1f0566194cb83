/** The control socket of a running ensemble, and how to speak on it: a line asks, a line of JSON answers. */
import { unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Control, ControlAnswer } from './control.ts';
import { ControlError, controlDirectory, controlledPorts, controlPath } from './control-directory.ts';

/** Longest command, bytes: a longer one ends the connection. */
const LONGEST_COMMAND = 4096;
/** Largest answer that is believed, bytes. */
const LONGEST_ANSWER = 1 << 20;
const MOST_CONNECTIONS = 8;
/** How long nothing may be said, ms: on a connection to us; and by what we ask. */
const SILENCE = 30_000;
const ANSWER_WITHIN = 60_000;
const NEWLINE = 0x0a;

/** Listens for commands until {@link close}. */
export class ControlSocket {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.server = server;
  }

  /**
   * @param clientPort names the socket: the port of the first server's clients
   * @throws ControlError where there is no place for it, or another ensemble has it
   */
  static async open(
    control: Control,
    clientPort: number,
    directory: string = controlDirectory(),
  ): Promise<ControlSocket> {
    const path = controlPath(clientPort, directory);
    if (!(await removeStale(path)))
      throw new ControlError(`another ensemble of yours already listens at ${path}`);
    const server = createServer();
    const opened = new ControlSocket(server);
    server.on('connection', (socket) => opened.serve(socket, control));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(new ControlError(`the control socket ${path} cannot be opened: ${error.message}`)),
      );
      server.listen(path, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', () => {});
    return opened;
  }

  /** Nobody is heard any more, and the socket is gone. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: Socket, control: Control): void {
    if (this.sockets.size >= MOST_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.setTimeout(SILENCE, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    let pending = Buffer.alloc(0);
    const next = (): void => {
      if (socket.destroyed) return;
      const end = pending.indexOf(NEWLINE);
      if (end < 0 && pending.length <= LONGEST_COMMAND) {
        socket.resume();
        return;
      }
      if (end < 0 || end > LONGEST_COMMAND) {
        refuse(socket);
        return;
      }
      const line = pending.subarray(0, end).toString('utf8');
      pending = pending.subarray(end + 1);
      void control.command(line).then((answer) => {
        if (socket.destroyed) return;
        // Who does not read answers is not heard either.
        if (socket.write(`${JSON.stringify(answer)}\n`)) next();
        else socket.once('drain', next);
      });
    };
    socket.on('data', (piece: Buffer) => {
      // One command at a time: what comes meanwhile stays in the network.
      socket.pause();
      pending = Buffer.concat([pending, piece]);
      next();
    });
  }
}

/** Says why, and hears nothing more. */
function refuse(socket: Socket): void {
  const text = `a command has at most ${LONGEST_COMMAND} bytes`;
  const answer: ControlAnswer = { ok: false, text, servers: [] };
  socket.removeAllListeners('data');
  socket.end(`${JSON.stringify(answer)}\n`);
  socket.resume();
}

/**
 * The answer of the ensemble at a socket.
 *
 * @throws ControlError where nobody answers
 */
export async function ask(
  command: string,
  clientPort: number,
  directory: string = controlDirectory(),
): Promise<ControlAnswer> {
  const socket = connect(controlPath(clientPort, directory));
  const text = await new Promise<string>((resolve, reject) => {
    const gone = (reason: string): void => {
      socket.destroy();
      reject(new ControlError(`the ensemble with client port ${clientPort} does not answer: ${reason}`));
    };
    let said = Buffer.alloc(0);
    socket.setTimeout(ANSWER_WITHIN, () => gone('it is silent'));
    socket.on('error', (error) => gone(error.message));
    socket.on('close', () => gone('it has closed the connection'));
    socket.on('data', (piece: Buffer) => {
      said = Buffer.concat([said, piece]);
      const end = said.indexOf(NEWLINE);
      if (end >= 0) resolve(said.subarray(0, end).toString('utf8'));
      else if (said.length > LONGEST_ANSWER) gone('it says too much');
    });
    socket.write(`${command.replaceAll(/[\r\n]+/g, ' ')}\n`);
  });
  socket.removeAllListeners();
  socket.on('error', () => {});
  socket.destroy();
  try {
    return JSON.parse(text) as ControlAnswer;
  } catch {
    throw new ControlError(`what listens for client port ${clientPort} does not speak as an ensemble`);
  }
}

/** Client ports of the ensembles that run; the sockets of dead ones are removed. */
export async function running(directory: string = controlDirectory()): Promise<number[]> {
  const ports: number[] = [];
  for (const port of controlledPorts(directory)) {
    if (!(await removeStale(controlPath(port, directory)))) ports.push(port);
  }
  return ports;
}

/** False where somebody listens there; else nothing is there any more. */
async function removeStale(path: string): Promise<boolean> {
  const listens = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (listens) return false;
  try {
    unlinkSync(path);
  } catch {
    // There was none, or it is a pipe, which ends with its process.
  }
  return true;
}
