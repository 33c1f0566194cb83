/** Configuration of an ensemble and of one server in it (zoo.cfg; org.apache.zookeeper.server.quorum.QuorumPeerConfig). */

/** How a set of servers becomes a quorum: see `quorum.ts`. Observers belong to no quorum. */
export interface QuorumSpec {
  /** Voting weight per participant, by id; absent: majority of all participants. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Groups of participants for hierarchical quorums (QuorumHierarchical); needs no weights (default 1). */
  readonly groups?: readonly (readonly number[])[];
}

/** Settings shared by all servers of an ensemble. */
export interface EnsembleConfig {
  /** Ids of the voting servers, 1…254 (255 would collide with TTL owners), ascending. A single participant without observers runs standalone. */
  readonly participants: readonly number[];
  readonly observers: readonly number[];
  readonly quorum: QuorumSpec;
  /** Length of a tick, ms. */
  readonly tickTime: number;
  /** Ticks a learner may take to connect and synchronize. */
  readonly initLimit: number;
  /** Ticks a learner may lag behind its leader. */
  readonly syncLimit: number;
  /** Transactions after which a snapshot is taken, jittered to (1/2, 1] of it. At least 2. */
  readonly snapCount: number;
  /** Committed proposals kept in memory for DIFF (zookeeper.commitLogCount). At least 1. */
  readonly commitLogCount: number;
  /** Largest log size as a share of the snapshot size for DIFF from disk; negative: never from disk. */
  readonly snapshotSizeFactor: number;
  /** Snapshots kept by purge; at least 1 (Apache's minimum is 3). */
  readonly snapRetainCount: number;
  /** Requests appended before a flush is forced (zookeeper.maxBatchSize). */
  readonly maxBatchSize: number;
  /** Requests in process beyond which connections are held up (globalOutstandingLimit, already divided per server). */
  readonly outstandingLimit: number;
  /** The counter at which a leader gives up its epoch; Apache's is 0xffffffff. */
  readonly counterLimit: number;
  /** Election notification back-off, ms: first and largest interval (fastleader.min/maxNotificationInterval). */
  readonly minNotificationInterval: number;
  readonly maxNotificationInterval: number;
  /** How long an election waits for a better vote before it ends, ms (FastLeaderElection.finalizeWait). */
  readonly finalizeWait: number;
  /** How long an election connection may take to open, ms (zookeeper.cnxTimeout). */
  readonly connectTimeout: number;
  /** Nodes written per step of the snapshot writer. */
  readonly snapshotStepNodes: number;
  /** Bounds of session timeouts, ms; −1: 2 and 20 ticks (minSessionTimeout, maxSessionTimeout). */
  readonly minSessionTimeout: number;
  readonly maxSessionTimeout: number;
  /** Sessions begin as local ones, known to their server only (localSessionsEnabled). */
  readonly localSessions: boolean;
  /** A local session becomes global when it creates an ephemeral (localSessionsUpgradingEnabled). */
  readonly localSessionsUpgrading: boolean;
  /** A server without a quorum serves reads to clients that accept it (readonlymode.enabled). */
  readonly readOnlyMode: boolean;
  /** TTL nodes (zookeeper.extendedTypesEnabled). */
  readonly extendedTypes: boolean;
  /** Pause between searches for containers and TTL nodes to delete, ms (znode.container.checkIntervalMs). */
  readonly containerCheckInterval: number;
  /** Deletions of such nodes per minute at most (znode.container.maxPerMinute). */
  readonly containerMaxPerMinute: number;
  /** Hard quotas are enforced (zookeeper.enforceQuota). */
  readonly enforceQuota: boolean;
  /** Largest request, bytes of its frame; a longer one ends the connection (jute.maxbuffer). */
  readonly maxBuffer: number;
  /** Connections of clients from one address to one server; 0: any number (maxClientCnxns). */
  readonly maxClientCnxns: number;
  /** Connections of clients to one server; 0: any number (zookeeper.maxCnxns). */
  readonly maxCnxns: number;
  /** How long a connection may be without a session, ms (zookeeper.nio.sessionlessCnxnTimeout). */
  readonly sessionlessTimeout: number;
  /** Four-letter words that are answered; `*`: all. So are always `srvr`, and `isro` with read-only mode (4lw.commands.whitelist). */
  readonly fourLetterWords: readonly string[];
  /** `super:` and the digest that makes a client omnipotent, or empty (DigestAuthenticationProvider.superDigest). */
  readonly superDigest: string;
  /** Ports for clients as `conf` tells them, in the order of {@link serversOf}; where there is none, 2181. */
  readonly clientPorts: readonly number[];
  /** What the four-letter word `envi` tells of the host behind the version, in this order: names and values. */
  readonly environment: Readonly<Record<string, string>>;
  /** What `conf` tells of a server's folders and ports; null: it is in a simulation, and has none. */
  readonly place: ServerPlace | null;
}

/** Where a server is. */
export interface ServerPlace {
  readonly dataDir: string;
  readonly dataLogDir: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  /** All servers, as in the configuration that servers tell one another. */
  readonly membership: string;
}

/** Apache's defaults, with the sample configuration's tickTime, initLimit and syncLimit. */
export const DEFAULT_CONFIG: EnsembleConfig = {
  participants: [1, 2, 3],
  observers: [],
  quorum: {},
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  snapCount: 100_000,
  commitLogCount: 500,
  snapshotSizeFactor: 0.33,
  snapRetainCount: 3,
  maxBatchSize: 1000,
  outstandingLimit: 1000,
  counterLimit: 0xffff_ffff,
  minNotificationInterval: 200,
  maxNotificationInterval: 60_000,
  finalizeWait: 200,
  connectTimeout: 5000,
  snapshotStepNodes: 64,
  minSessionTimeout: -1,
  maxSessionTimeout: -1,
  localSessions: false,
  localSessionsUpgrading: false,
  readOnlyMode: false,
  extendedTypes: false,
  containerCheckInterval: 60_000,
  containerMaxPerMinute: 10_000,
  enforceQuota: false,
  maxBuffer: 0xfffff,
  maxClientCnxns: 60,
  maxCnxns: 0,
  sessionlessTimeout: 10_000,
  fourLetterWords: ['srvr'],
  superDigest: '',
  clientPorts: [],
  environment: {},
  place: null,
};

/** All servers, participants first, each part ascending. */
export function serversOf(config: EnsembleConfig): number[] {
  return [...config.participants, ...config.observers];
}
