/** What `serve` prints while it serves: for people, or one JSON object a line. */
import pc from 'picocolors';
import type { GatewayEvent, ServerStatus } from '../../live/gateway/gateway.ts';

type Write = (line: string) => void;

/** Host and port, as a client is given them. */
function addressOf({ host, port }: ServerStatus): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** All servers, as a client is given them. */
export function connectString(servers: readonly ServerStatus[]): string {
  return servers.map(addressOf).join(',');
}

export class ServeReport {
  private readonly write: Write;
  private readonly json: boolean;
  /** What was last told of each server. */
  private readonly last = new Map<number, string>();

  constructor(write: Write, json: boolean) {
    this.write = write;
    this.json = json;
  }

  /** Ports are open; a leader is still to be elected. */
  listening(servers: readonly ServerStatus[]): void {
    if (this.json) {
      this.line('listening', { connect: connectString(servers), servers });
      return;
    }
    for (const status of servers) {
      this.write(
        `server ${status.server}  ${addressOf(status)}  ${status.observer ? 'observer' : 'participant'}`,
      );
    }
  }

  /** All servers serve. */
  serving(servers: readonly ServerStatus[]): void {
    const connect = connectString(servers);
    for (const status of servers) this.last.set(status.server, describe(status));
    if (this.json) {
      this.line('serving', { connect, servers });
      return;
    }
    for (const status of servers) this.write(`server ${status.server} is ${describe(status)}`);
    this.write(`serving ${connect} (Ctrl-C ends it)`);
  }

  event(event: GatewayEvent): void {
    switch (event.kind) {
      case 'server': {
        const { status } = event;
        const text = describe(status);
        if (this.last.get(status.server) === text) return;
        this.last.set(status.server, text);
        if (this.json) this.line('server', { status });
        else this.write(`server ${status.server} is ${text}`);
        return;
      }
      case 'violation': {
        const { property, text } = event.violation;
        if (this.json) this.line('violation', { violation: event.violation });
        else this.write(`${pc.red('violated')} ${property}: ${text}`);
        return;
      }
      case 'recordingFull':
        if (this.json) this.line('recordingFull', { limit: event.limit });
        else
          this.write(
            `The session can no longer be saved: as a run file it would be larger than ${event.limit >> 20} MB (--record-limit).`,
          );
        return;
      case 'portLost':
        if (this.json) this.line('portLost', { server: event.server, reason: event.reason });
        else this.write(`server ${event.server} runs, but its port cannot be opened again: ${event.reason}`);
        return;
      case 'failed':
        if (this.json) this.line('failed', { reason: event.reason });
        else this.write(`${pc.red('failed')}: ${event.reason}`);
    }
  }

  /** Something that is to be known, and no failure. */
  note(text: string): void {
    if (this.json) this.line('note', { text });
    else this.write(`${pc.yellow('note')}: ${text}`);
  }

  saved(path: string): void {
    if (this.json) this.line('saved', { path });
    else this.write(`The session is in ${path}: 'zab-lab run ${path}' repeats it.`);
  }

  private line(event: string, members: object): void {
    this.write(JSON.stringify({ event, ...members }));
  }
}

function describe({ state, role, serving, epoch }: ServerStatus): string {
  if (state !== 'up') return state;
  if (role === 'looking') return 'looking for a leader';
  if (role === 'standalone') return role;
  return serving ? `${role}, epoch ${epoch}` : `${role}, not serving yet`;
}
