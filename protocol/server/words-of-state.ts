/** Words about what a server is and holds: conf, envi, dirs, dump, hash, wchs, wchc, wchp (server.command). */
import { type EnsembleConfig, serversOf } from '../config.ts';
import type { ChannelId, Store } from '../host.ts';
import type { SessionId } from '../txn.ts';
import { CLIENT_PORT, configText, ELECTION_PORT, QUORUM_PORT } from '../wire/config-text.ts';
import type { AskedWord } from './asked-word.ts';
import { dateText, idText, zxidText } from './java-text.ts';
import { SERVER_VERSION } from './server-version.ts';
import type { SessionTracker } from './session-tracker.ts';

export function configuration({ server, role }: AskedWord): string {
  const { config, id, host } = server;
  const { mode } = role.figures();
  const alone = mode === 'standalone';
  const directory = `/simulated/${id}/version-2`;
  const { place } = config;
  const size = diskSize(host.store);
  const lines = [
    `clientPort=${config.clientPorts[serversOf(config).indexOf(id)] ?? CLIENT_PORT}`,
    'secureClientPort=-1',
    `dataDir=${place?.dataDir ?? directory}`,
    `dataDirSize=${size}`,
    `dataLogDir=${place?.dataLogDir ?? directory}`,
    `dataLogSize=${size}`,
    `tickTime=${config.tickTime}`,
    `maxClientCnxns=${config.maxClientCnxns}`,
    `minSessionTimeout=${config.minSessionTimeout < 0 ? 2 * config.tickTime : config.minSessionTimeout}`,
    `maxSessionTimeout=${config.maxSessionTimeout < 0 ? 20 * config.tickTime : config.maxSessionTimeout}`,
    'clientPortListenBacklog=-1',
    // A server alone has none in Apache's configuration.
    `serverId=${alone ? 0 : id}`,
  ];
  if (!alone) {
    lines.push(
      `initLimit=${config.initLimit}`,
      `syncLimit=${config.syncLimit}`,
      'electionAlg=3',
      `electionPort=${place?.electionPort ?? ELECTION_PORT}`,
      `quorumPort=${place?.quorumPort ?? QUORUM_PORT}`,
      `peerType=${config.observers.includes(id) ? 1 : 0}`,
    );
  }
  const text = `${lines.join('\n')}\n`;
  if (alone || role.readOnly) return text;
  const membership = place?.membership ?? configText(config, (server) => `10.0.0.${server}`);
  return `${text}membership: \n${membership}`;
}

export function environment(config: EnsembleConfig): string {
  const lines = Object.entries(config.environment).map(([name, value]) => `${name}=${value}\n`);
  return `Environment:\nzookeeper.version=${SERVER_VERSION}\n${lines.join('')}`;
}

export function directories({ server }: AskedWord): string {
  const size = diskSize(server.host.store);
  return `datadir_size: ${size}\nlogdir_size: ${size}\n`;
}

/** Log and snapshots are in one place. */
function diskSize(store: Store): number {
  return store.list().reduce((size, file) => size + store.size(file), 0);
}

export function sessions(asked: AskedWord): string {
  const { server, role } = asked;
  const { globalSessions } = role.figures();
  const { host } = server;
  const dateOf = (expiry: number): string => dateText(host.wallClock() - host.now() + expiry);
  const local = role.localSessions?.tracker ?? null;
  return [
    'SessionTracker dump:\n',
    local === null ? '' : `Local ${trackedText(local, dateOf)}`,
    globalSessions === null
      ? globalText(server.database.tree.sessions)
      : `${local === null ? '' : 'Global '}${trackedText(globalSessions, dateOf)}`,
    'ephemeral nodes dump:\n',
    ephemeralsText(server.database.tree.ephemerals),
    'Connections dump:\n',
    connectionsText(asked, dateOf),
  ].join('');
}

type DateOf = (expiry: number) => string;

function trackedText(tracker: SessionTracker, dateOf: DateOf): string {
  const buckets = tracker.expiries().map(([end, ids]) => [end, ids.map((id) => `0x${idText(id)}`)] as const);
  return `Session ${bucketsText(buckets, tracker.size, dateOf)}`;
}

/** ExpiryQueue.dump. */
function bucketsText(
  buckets: readonly (readonly [number, readonly string[]])[],
  count: number,
  dateOf: DateOf,
): string {
  const texts = buckets.map(
    ([end, names]) =>
      `${names.length} expire at ${dateOf(end)}:\n${names.map((name) => `\t${name}\n`).join('')}`,
  );
  return `Sets (${buckets.length})/(${count}):\n${texts.join('')}`;
}

/** LearnerSessionTracker.dumpSessions. */
function globalText(sessions: ReadonlyMap<SessionId, number>): string {
  const lines = [...sessions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([session, timeout]) => `0x${idText(session)}\t${timeout}ms\n`);
  return `Global Sessions(${sessions.size}):\n${lines.join('')}`;
}

function ephemeralsText(ephemerals: ReadonlyMap<SessionId, ReadonlySet<string>>): string {
  const texts = [...ephemerals]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([session, paths]) => {
      const lines = [...paths].sort().map((path) => `\t${path}\n`);
      return `0x${idText(session)}:\n${lines.join('')}`;
    });
  return `Sessions with Ephemerals (${ephemerals.size}):\n${texts.join('')}`;
}

function connectionsText({ server, port }: AskedWord, dateOf: DateOf): string {
  const { host, config } = server;
  // Buckets are as long as the timeout that all begin with (NIOServerCnxnFactory).
  const interval = config.sessionlessTimeout;
  const listed = port.listed();
  const buckets = new Map<number, string[]>();
  for (const { channel, session, timeout, statistics } of listed) {
    const end = (Math.floor((statistics.heardAt + timeout) / interval) + 1) * interval;
    const address = `/${host.remoteAddress(channel)}:${host.remotePort(channel)}`;
    const text = `ip: ${address} sessionId: 0x${session === null ? 0 : idText(session)}`;
    const bucket = buckets.get(end);
    if (bucket === undefined) buckets.set(end, [text]);
    else bucket.push(text);
  }
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  return `Connections ${bucketsText(sorted, listed.length, dateOf)}`;
}

export function digests({ server }: AskedWord): string {
  return server.database.digests.map(({ zxid, digest }) => `${zxidText(zxid)}: ${digest}\n`).join('');
}

export function watchSummary({ server }: AskedWord): string {
  const { watchers, paths, watches } = server.clients.watches.summary();
  return `${watchers} connections watching ${paths} paths\nTotal watches:${watches}\n`;
}

export function watchesByConnection({ server, port }: AskedWord): string {
  const texts = server.clients.watches
    .listByWatcher()
    .map(
      ([watcher, paths]) => `${sessionText(port, watcher)}\n${paths.map((path) => `\t${path}\n`).join('')}`,
    );
  return `${texts.join('')}\n`;
}

export function watchesByPath({ server, port }: AskedWord): string {
  const texts = server.clients.watches.listByPath().map(([path, watchers]) => {
    const lines = watchers.map((watcher) => `\t${sessionText(port, watcher)}\n`);
    return `${path}\n${lines.join('')}`;
  });
  return `${texts.join('')}\n`;
}

function sessionText(port: AskedWord['port'], channel: ChannelId): string {
  return `0x${idText(port.sessionOf(channel) ?? '0')}`;
}
