/** zoo.cfg: what one server is and where its ensemble's servers are (quorum.QuorumPeerConfig). */
import { resolve } from 'node:path';
import { DEFAULT_CONFIG, type EnsembleConfig, type QuorumSpec } from '../../protocol/config.ts';
import type { StoreFolders } from '../files/file-store.ts';
import type { BoundAddress } from '../sockets/listener.ts';
import type { Member, OwnPorts } from '../sockets/member.ts';
import { ConfigError } from './config-error.ts';
import { type Property, readProperties } from './properties.ts';
import { readServerId, readServerLine, type ServerLine } from './server-line.ts';
import { SETTINGS, type Settings, UNSUPPORTED, WITHOUT_EFFECT } from './settings.ts';

const LOOPBACK = '127.0.0.1';
/** Votes are bits of an integer. */
const MOST_PARTICIPANTS = 31;

export interface ServerConfig {
  readonly id: number;
  readonly config: EnsembleConfig;
  /** Empty for a server that is alone. */
  readonly members: readonly Member[];
  readonly ports: OwnPorts;
  readonly folders: StoreFolders;
  /** As servers tell it one another (QuorumMaj.toString, QuorumHierarchical.toString). */
  readonly configText: string;
  /** Lines about what was passed over. */
  readonly notices: readonly string[];
}

/** How a key that nobody knows may have been meant. */
export type Nearest = (key: string, known: readonly string[]) => string | undefined;

/**
 * @param text of the file, named `file`
 * @param readMyId gives the text of a server's myid file, from its dataDir; null where there is none
 * @throws ConfigError with one line that names file and line
 */
export function readZooCfg(
  text: string,
  file: string,
  readMyId: (dataDir: string) => string | null,
  nearest: Nearest,
): ServerConfig {
  const draft = new Draft(file, nearest);
  for (const property of readProperties(text)) draft.take(property);
  return draft.finish(readMyId);
}

/** A configuration that is being read. */
class Draft {
  private readonly file: string;
  private readonly nearest: Nearest;
  private readonly settings: Settings = { config: {} };
  private readonly servers: Map<number, ServerLine> = new Map();
  private readonly groups: Map<string, number[]> = new Map();
  private readonly weights: Map<number, number> = new Map();
  private readonly notices: string[] = [];
  /** Where each key stood. */
  private readonly lines: Map<string, number> = new Map();

  constructor(file: string, nearest: Nearest) {
    this.file = file;
    this.nearest = nearest;
  }

  take({ key, value, line }: Property): void {
    this.lines.set(key, line);
    const read = SETTINGS[key];
    try {
      if (read !== undefined) read(this.settings, value);
      else if (key.startsWith('server.')) {
        const server = readServerLine(key, value);
        this.servers.set(server.id, server);
      } else if (key.startsWith('group.')) {
        this.groups.set(key.slice('group.'.length), value.split(':').map(readServerId));
      } else if (key.startsWith('weight.')) {
        if (!/^\d+$/.test(value)) throw new Error(`'${value}' is no weight: a whole number from 0 on`);
        this.weights.set(readServerId(key.slice('weight.'.length)), Number(value));
      } else this.takeUnknown(key, line);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw new ConfigError(`${this.file}:${line}: ${key}: ${(error as Error).message}`);
    }
  }

  private takeUnknown(key: string, line: number): void {
    const at = `${this.file}:${line}`;
    for (const [pattern, what] of UNSUPPORTED) {
      if (pattern.test(key)) throw new ConfigError(`${at}: ${key}: ${what} is not supported`);
    }
    if (WITHOUT_EFFECT.test(key)) {
      this.notices.push(`${at}: ${key} has no effect here`);
      return;
    }
    const near = this.nearest(key, [...Object.keys(SETTINGS), 'server.1', 'group.1', 'weight.1']);
    throw new ConfigError(`${at}: there is no key '${key}'${near === undefined ? '' : `; is it '${near}'?`}`);
  }

  finish(readMyId: (dataDir: string) => string | null): ServerConfig {
    const { settings, servers } = this;
    const { dataDir, dataLogDir = dataDir, preAllocSize } = settings;
    if (dataDir === undefined || dataLogDir === undefined) throw this.error('dataDir', 'dataDir is missing');
    const folders: StoreFolders = {
      dataDir: resolve(dataDir),
      dataLogDir: resolve(dataLogDir),
      ...(preAllocSize !== undefined && { preAllocSize }),
    };
    const { standaloneEnabled = true } = settings;
    const replicated = servers.size > 1 || (servers.size === 1 && !standaloneEnabled);
    if (replicated) return this.replicated(folders, readMyId(folders.dataDir));
    if (servers.size === 1) {
      this.notices.push(`${this.file}: with only one server it runs standalone`);
    } else if (settings.observer) throw this.error('peerType', 'an observer needs an ensemble');
    const id = servers.keys().next().value ?? 1;
    const config = this.ensemble([id], [], 1);
    return {
      id,
      config,
      members: [],
      ports: { client: this.clientAddress(servers.get(id)), quorum: null, election: null },
      folders,
      configText: 'version=0',
      notices: this.notices,
    };
  }

  private replicated(folders: StoreFolders, myId: string | null): ServerConfig {
    const { settings, servers } = this;
    for (const key of ['initLimit', 'syncLimit'] as const) {
      if (settings.config[key] === undefined) throw this.error(key, `${key} is missing`);
    }
    const id = this.ownId(folders.dataDir, myId);
    const own = servers.get(id) as ServerLine;
    if (settings.observer !== undefined && settings.observer !== own.observer) {
      this.notices.push(`${this.file}: peerType differs from what server.${id} says, which counts`);
    }
    const members = [...servers.values()].sort((a, b) => a.id - b.id);
    const participants = members.filter(({ observer }) => !observer).map((member) => member.id);
    const observers = members.filter(({ observer }) => observer).map((member) => member.id);
    if (participants.length === 0) throw this.error('server.', 'every server is an observer: none can lead');
    if (participants.length > MOST_PARTICIPANTS) {
      throw this.error(
        'server.',
        `${participants.length} participants: at most ${MOST_PARTICIPANTS} can vote`,
      );
    }
    const config = this.ensemble(participants, observers, participants.length);
    const everywhere = settings.quorumListenOnAllIPs === true;
    const bound = (port: number): BoundAddress => ({ host: everywhere ? null : own.host, port });
    return {
      id,
      config,
      members,
      ports: {
        client: this.clientAddress(own),
        quorum: bound(own.quorumPort),
        election: bound(own.electionPort),
      },
      folders,
      configText: this.configText(members, config),
      notices: this.notices,
    };
  }

  private ownId(dataDir: string, myId: string | null): number {
    const path = `${dataDir}/myid`;
    if (myId === null)
      throw new ConfigError(`${path} is missing: it holds the number of this server, as in server.1`);
    let id: number;
    try {
      id = readServerId(myId.trim());
    } catch (error) {
      throw new ConfigError(`${path}: ${(error as Error).message}`);
    }
    if (!this.servers.has(id))
      throw new ConfigError(`${path} says ${id}, but ${this.file} has no server.${id}`);
    return id;
  }

  private ensemble(participants: number[], observers: number[], voters: number): EnsembleConfig {
    const { settings } = this;
    const { globalOutstandingLimit = 1000, snapRetainCount = 3, purgeInterval = 0 } = settings;
    const config: EnsembleConfig = {
      ...DEFAULT_CONFIG,
      tickTime: 3000,
      ...settings.config,
      participants,
      observers,
      quorum: this.quorum(participants),
      // QuorumZooKeeperServer.getGlobalOutstandingLimit.
      outstandingLimit: Math.max(1, Math.floor(globalOutstandingLimit / (voters > 2 ? voters - 1 : 1))),
      snapRetainCount: purgeInterval === 0 ? Number.MAX_SAFE_INTEGER : snapRetainCount,
      clientPorts: [...participants, ...observers].map(
        (id) => this.servers.get(id)?.client?.port ?? settings.clientPort ?? 0,
      ),
    };
    const { tickTime, minSessionTimeout: least, maxSessionTimeout: most } = config;
    if ((least < 0 ? 2 * tickTime : least) > (most < 0 ? 20 * tickTime : most)) {
      throw this.error('minSessionTimeout', 'minSessionTimeout is above maxSessionTimeout');
    }
    return config;
  }

  private quorum(participants: readonly number[]): QuorumSpec {
    const { groups, weights } = this;
    if (groups.size === 0) {
      if (weights.size > 0) throw this.error('weight.', 'weights need groups: group.1=1:2:3');
      return {};
    }
    const seen = new Set<number>();
    for (const id of [...groups.values()].flat()) {
      if (!participants.includes(id))
        throw this.error('group.', `server ${id} is in a group and no participant`);
      if (seen.has(id)) throw this.error('group.', `server ${id} is in two groups`);
      seen.add(id);
    }
    const missing = participants.find((id) => !seen.has(id));
    if (missing !== undefined) throw this.error('group.', `server ${missing} is in no group`);
    return {
      groups: [...groups.values()],
      weights: Object.fromEntries(participants.map((id) => [String(id), weights.get(id) ?? 1])),
    };
  }

  private clientAddress(own: ServerLine | undefined): BoundAddress {
    const { clientPort, clientPortAddress } = this.settings;
    const port = own?.client?.port ?? clientPort;
    if (port === undefined) throw this.error('clientPort', 'clientPort is missing');
    return { host: own?.client?.host ?? clientPortAddress ?? LOOPBACK, port };
  }

  private configText(members: readonly ServerLine[], { quorum, participants }: EnsembleConfig): string {
    let text = '';
    for (const { id, host, quorumPort, electionPort, observer, client } of members) {
      const name = host.includes(':') ? `[${host}]` : host;
      text += `server.${id}=${name}:${quorumPort}:${electionPort}:${observer ? 'observer' : 'participant'}`;
      text += client === null ? '\n' : `;${client.host ?? '0.0.0.0'}:${client.port}\n`;
    }
    for (const [name, ids] of this.groups) text += `group.${name}=${ids.join(':')}\n`;
    if (quorum.groups !== undefined) {
      for (const id of participants) text += `weight.${id}=${quorum.weights?.[String(id)] ?? 1}\n`;
    }
    return `${text}version=0`;
  }

  /** @param key of the line to name, or how keys of it begin; the last one counts */
  private error(key: string, message: string): ConfigError {
    const lines = [...this.lines].filter(
      ([each]) => each === key || (key.endsWith('.') && each.startsWith(key)),
    );
    const line = lines.at(-1)?.[1];
    return new ConfigError(`${this.file}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
}
