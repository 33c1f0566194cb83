/** One port of a server: open or not, as the protocol asks. */
import { createServer, type Server, type Socket } from 'node:net';

export interface BoundAddress {
  /** Null: every address of this machine. */
  readonly host: string | null;
  readonly port: number;
}

/** Attempts to bind, and the pause between them in ms: the process before may just be ending. */
const TRIES = 10;
const PAUSE = 300;

export class Listener {
  private readonly address: BoundAddress;
  private readonly onSocket: (socket: Socket) => void;
  private readonly onFailed: (reason: string) => void;
  private server: Server | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(address: BoundAddress, onSocket: (socket: Socket) => void, onFailed: (reason: string) => void) {
    this.address = address;
    this.onSocket = onSocket;
    this.onFailed = onFailed;
  }

  set open(open: boolean) {
    if (open === (this.server !== null)) return;
    if (open) this.listen(1);
    else this.close();
  }

  private listen(attempt: number): void {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    this.server = server;
    const { host, port } = this.address;
    server.on('connection', (socket) => {
      if (this.server === server) this.onSocket(socket);
      else socket.destroy();
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (this.server !== server) return;
      if (error.code === 'EADDRINUSE' && attempt < TRIES) {
        this.timer = setTimeout(() => {
          if (this.server === server) this.listen(attempt + 1);
        }, PAUSE);
      } else this.onFailed(`cannot listen at ${host ?? '*'}:${port}: ${wordsFor(error)}`);
    });
    if (host === null) server.listen(port);
    else server.listen(port, host);
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    const { server } = this;
    this.server = null;
    if (server?.listening) server.close();
    else server?.once('listening', () => server.close());
  }
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program listens there';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    case 'EACCES':
      return 'this port needs more rights';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    default:
      return message;
  }
}
