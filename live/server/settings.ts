/** The keys of zoo.cfg (quorum.QuorumPeerConfig.parseProperties): what each means here. */
import type { EnsembleConfig } from '../../protocol/config.ts';

/** Writable, for a configuration that is being read. */
type Draft<T> = { -readonly [K in keyof T]?: T[K] };

/** What a file says, beyond the servers. */
export interface Settings {
  dataDir?: string;
  dataLogDir?: string;
  clientPort?: number;
  clientPortAddress?: string;
  quorumListenOnAllIPs?: boolean;
  standaloneEnabled?: boolean;
  observer?: boolean;
  preAllocSize?: number;
  snapRetainCount?: number;
  purgeInterval?: number;
  globalOutstandingLimit?: number;
  readonly config: Draft<EnsembleConfig>;
}

/** Takes one value. @throws Error whose message goes on from the key */
type Read = (settings: Settings, value: string) => void;

function whole(value: string, least: number, most = 0x7fff_ffff): number {
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < least || number > most) {
    throw new Error(`'${value}' is no whole number from ${least} to ${most}`);
  }
  return number;
}

/** Java's way, with what else people write. */
function flag(value: string): boolean {
  if (/^(true|yes)$/i.test(value)) return true;
  if (/^(false|no)$/i.test(value)) return false;
  throw new Error(`'${value}' is neither true nor false`);
}

type NumberKey = {
  [K in keyof EnsembleConfig]: EnsembleConfig[K] extends number ? K : never;
}[keyof EnsembleConfig];
type FlagKey = {
  [K in keyof EnsembleConfig]: EnsembleConfig[K] extends boolean ? K : never;
}[keyof EnsembleConfig];

const number =
  (key: NumberKey, least: number, most?: number): Read =>
  ({ config }, value) => {
    config[key] = whole(value, least, most);
  };
const boolean =
  (key: FlagKey): Read =>
  ({ config }, value) => {
    config[key] = flag(value);
  };

export const SETTINGS: Readonly<Record<string, Read>> = {
  dataDir: (settings, value) => {
    if (value === '') throw new Error('is empty');
    settings.dataDir = value;
  },
  dataLogDir: (settings, value) => {
    if (value === '') throw new Error('is empty');
    settings.dataLogDir = value;
  },
  clientPort: (settings, value) => {
    settings.clientPort = whole(value, 1, 65_535);
  },
  clientPortAddress: (settings, value) => {
    settings.clientPortAddress = value;
  },
  tickTime: number('tickTime', 1),
  initLimit: number('initLimit', 1),
  syncLimit: number('syncLimit', 1),
  minSessionTimeout: number('minSessionTimeout', -1),
  maxSessionTimeout: number('maxSessionTimeout', -1),
  maxClientCnxns: number('maxClientCnxns', 0),
  maxCnxns: number('maxCnxns', 0),
  snapCount: number('snapCount', 2),
  commitLogCount: number('commitLogCount', 1),
  snapshotSizeFactor: ({ config }, value) => {
    const factor = Number(value);
    if (value === '' || !Number.isFinite(factor)) throw new Error(`'${value}' is no number`);
    config.snapshotSizeFactor = factor;
  },
  maxBatchSize: number('maxBatchSize', 1),
  cnxTimeout: number('connectTimeout', 1),
  'nio.sessionlessCnxnTimeout': number('sessionlessTimeout', 1),
  'fastleader.minNotificationInterval': number('minNotificationInterval', 1),
  'fastleader.maxNotificationInterval': number('maxNotificationInterval', 1),
  'znode.container.checkIntervalMs': number('containerCheckInterval', 1),
  'znode.container.maxPerMinute': number('containerMaxPerMinute', 1),
  'jute.maxbuffer': ({ config }, value) => {
    config.maxBuffer = /^0x[0-9a-f]+$/i.test(value) ? Number(value) : whole(value, 1);
  },
  localSessionsEnabled: boolean('localSessions'),
  localSessionsUpgradingEnabled: boolean('localSessionsUpgrading'),
  'readonlymode.enabled': boolean('readOnlyMode'),
  extendedTypesEnabled: boolean('extendedTypes'),
  enforceQuota: boolean('enforceQuota'),
  'DigestAuthenticationProvider.superDigest': ({ config }, value) => {
    config.superDigest = value;
  },
  '4lw.commands.whitelist': ({ config }, value) => {
    config.fourLetterWords = value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  },
  globalOutstandingLimit: (settings, value) => {
    settings.globalOutstandingLimit = whole(value, 1);
  },
  quorumListenOnAllIPs: (settings, value) => {
    settings.quorumListenOnAllIPs = flag(value);
  },
  standaloneEnabled: (settings, value) => {
    settings.standaloneEnabled = flag(value);
  },
  peerType: (settings, value) => {
    if (!/^(participant|observer)$/i.test(value))
      throw new Error(`'${value}' is neither participant nor observer`);
    settings.observer = value.toLowerCase() === 'observer';
  },
  electionAlg: (_, value) => {
    if (value !== '3') throw new Error(`'${value}' is not supported, by Apache's server neither: only 3 is`);
  },
  preAllocSize: (settings, value) => {
    settings.preAllocSize = 1024 * whole(value, 0);
  },
  'autopurge.snapRetainCount': (settings, value) => {
    settings.snapRetainCount = Math.max(3, whole(value, 0));
  },
  'autopurge.purgeInterval': (settings, value) => {
    settings.purgeInterval = whole(value, 0);
  },
  reconfigEnabled: (_, value) => {
    if (flag(value)) throw new Error('is true, but configurations cannot be changed while servers run');
  },
  skipACL: (_, value) => {
    if (flag(value)) throw new Error('is set, but ACLs are always checked');
  },
  forceSync: (_, value) => {
    if (!flag(value)) throw new Error('is off, but what is acknowledged is always on disk');
  },
  leaderServes: (_, value) => {
    if (!flag(value)) throw new Error('is no, but leaders always serve clients');
  },
};

/** What Apache's server knows and this one has no part of: a start without it would not be what was asked for. */
export const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [
    /^(secureClientPort|secureClientPortAddress|sslQuorum.*|ssl\..*|portUnification|client\.portUnification)$/,
    'TLS',
  ],
  [
    /^(quorum\.auth\..*|quorum\.cnxn\.threads\.size|authProvider\..*|sessionRequireClientSASLAuth|enforce\.auth\..*)$/,
    'authentication by SASL or plug-ins',
  ],
  [/^dynamicConfigFile$/, 'a configuration that changes while servers run'],
  [/^observerMasterPort$/, 'observers behind a follower'],
  [/^multiAddress\.(?!enabled$).*$/, 'several addresses of one server'],
];

/** What Apache's server knows and makes no difference here. */
export const WITHOUT_EFFECT: RegExp =
  /^(admin\..*|metricsProvider\..*|jvm\.pause\..*|clientPortListenBacklog|connectToLearnerMasterLimit|syncEnabled|fsync\.warningthresholdms|flushDelay|maxWriteQueuePollTime|serverCnxnFactory|nio\.(?!sessionlessCnxnTimeout$).*|netty\..*|tcpKeepAlive|multiAddress\.enabled|snapshot\.(trust\.empty|compression\.method)|observer\..*|leader\..*|learner\..*|commitProcessor\..*|request.*|digest\..*|electionPortBindRetry|audit\..*|throttled.*|connection.*|largeRequest.*|warning.*|maxResponseCacheSize|maxGetChildrenResponseCacheSize|closeSessionTxn\.enabled|watchManagerName|watcherCleaner.*|bitHashCacheSize|allowSaslFailedClients|ssl|txnLogSizeLimitInKb|fastleader\..*|max[A-Z].*Limit|intBufferStartingSizeBytes|outstandingChanges.*|learner.*|quorum\.enableSasl)$/;
