/** `server.N=host:port:port[:role][;[host:]port]` (quorum.QuorumPeer.QuorumServer). */
import type { BoundAddress } from '../sockets/listener.ts';
import type { Member } from '../sockets/member.ts';

export interface ServerLine extends Member {
  /** Behind a semicolon: where its clients connect; its host is null where only a port is given. */
  readonly client: BoundAddress | null;
}

const FORM = 'host:quorumPort:electionPort[:participant|:observer][;[address:]clientPort]';
/** A name, an IPv4 address, or an IPv6 address in brackets. */
const HOST = String.raw`(\[[0-9a-fA-F:.%\w]+\]|[^:;|\s\[\]]+)`;
const SERVER = new RegExp(String.raw`^${HOST}:(\d+):(\d+)(?::(\w+))?(?:;(?:${HOST}:)?(\d+))?$`);

/** The largest id: one more would make session ids that look like TTLs. */
const MAX_ID = 254;

/** @throws Error whose message goes on from the place of the line */
export function readServerLine(key: string, value: string): ServerLine {
  const id = readServerId(key.slice(key.indexOf('.') + 1));
  const [, host, quorum, election, role = 'participant', clientHost, client] = SERVER.exec(value) ?? [];
  if (host === undefined) {
    const several = value.includes('|') ? '; several addresses of one server are not supported' : '';
    throw new Error(`'${value}' is not of the form ${FORM}${several}`);
  }
  if (!/^(participant|observer)$/i.test(role)) {
    throw new Error(`'${role}' is neither participant nor observer`);
  }
  return {
    id,
    host: bare(host),
    quorumPort: readPort(quorum),
    electionPort: readPort(election),
    observer: role.toLowerCase() === 'observer',
    client:
      client === undefined
        ? null
        : { host: clientHost === undefined ? null : bare(clientHost), port: readPort(client) },
  };
}

/** An id of a server. @throws Error as {@link readServerLine} */
export function readServerId(text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || id < 1 || id > MAX_ID) {
    throw new Error(`'${text}' is no server id: whole numbers from 1 to ${MAX_ID}`);
  }
  return id;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function readPort(text = ''): number {
  const port = Number(text);
  if (port < 1 || port > 65_535) throw new Error(`${text} is no port: 1 to 65535`);
  return port;
}
