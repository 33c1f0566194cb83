/** One server of an ensemble as a process: the protocol's server on a live host. */
import { join } from 'node:path';
import type { ServerPlace } from '../../protocol/config.ts';
import type { ProbeEvent } from '../../protocol/probe.ts';
import { Peer } from '../../protocol/server/index.ts';
import { NO_DIGEST } from '../../protocol/wire/index.ts';
import { formatZxid } from '../../protocol/zxid.ts';
import { VERSION_FOLDER } from '../files/data-files.ts';
import { environmentOf } from '../gateway/environment.ts';
import { LiveHost } from '../host.ts';
import { eventLine } from './event-line.ts';
import type { ServerConfig } from './zoo-cfg.ts';

export interface LiveServerOptions {
  /** Takes a line of the log, without time. */
  readonly log: (line: string) => void;
  /** The server ends by itself. */
  readonly onExit: (reason: string) => void;
  /** Hears of everything that happens. */
  readonly onProbe?: (event: ProbeEvent) => void;
}

export class LiveServer {
  readonly peer: Peer;
  private readonly host: LiveHost;
  private readonly server: ServerConfig;
  private readonly options: LiveServerOptions;
  /** It was said that digests differ; once in a role is enough. */
  private digestsDiffer = false;

  /** @throws Error in one sentence where the data directory cannot be used */
  constructor(server: ServerConfig, options: LiveServerOptions) {
    this.server = server;
    this.options = options;
    const { id, members, ports, folders, configText } = server;
    const config = { ...server.config, environment: environmentOf(), place: placeOf(server) };
    const { log, onExit } = options;
    const onProbe = (event: ProbeEvent): void => this.onProbe(event);
    this.host = new LiveHost({
      id,
      config,
      members,
      ports,
      folders,
      configText,
      onProbe,
      onNotice: log,
      onExit,
    });
    this.peer = new Peer(this.host, id, config);
  }

  start(): void {
    const { id, ports, notices, folders, config } = this.server;
    const { log } = this.options;
    for (const notice of notices) log(notice);
    const { client } = ports;
    log(
      `server ${id} of ${[...config.participants, ...config.observers].join(', ')}; data in ${folders.dataDir}`,
    );
    if (client !== null) {
      const loopback = client.host === '127.0.0.1' ? ' (clientPortAddress opens it to others)' : '';
      log(`clients at ${client.host ?? '*'}:${client.port}${loopback}`);
    }
    this.host.run(this.peer);
  }

  /** Ends it in order; everything that was written is on disk then. */
  stop(): Promise<void> {
    return this.host.stop();
  }

  /** The leader tells with each transaction what the tree's digest is behind it (DataTree.compareDigest). */
  private compare({ zxid, digest, txnDigest }: Extract<ProbeEvent, { kind: 'applied' }>): void {
    if (txnDigest === NO_DIGEST || txnDigest === digest) return;
    this.digestsDiffer = true;
    this.options.log(`its tree's digest at ${formatZxid(zxid)} is ${digest}, its leader's ${txnDigest}`);
  }

  private onProbe(event: ProbeEvent): void {
    const line = eventLine(event);
    if (line !== null) this.options.log(line);
    if (event.kind === 'role') this.digestsDiffer = false;
    else if (event.kind === 'applied' && event.delivered && !this.digestsDiffer) this.compare(event);
    this.options.onProbe?.(event);
  }
}

function placeOf({ folders, ports, configText }: ServerConfig): ServerPlace {
  return {
    dataDir: join(folders.dataDir, VERSION_FOLDER),
    dataLogDir: join(folders.dataLogDir, VERSION_FOLDER),
    quorumPort: ports.quorum?.port ?? 0,
    electionPort: ports.election?.port ?? 0,
    membership: configText,
  };
}
