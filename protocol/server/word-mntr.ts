/** The word mntr: a line for each figure (server.command.MonitorCommand, ZooKeeperServer.dumpMonitorValues, ServerMetrics). */
import type { DataTree } from '../tree/tree.ts';
import type { AskedWord } from './asked-word.ts';
import type { RoleFigures } from './context.ts';
import { doubleText } from './java-text.ts';
import { SERVER_VERSION } from './server-version.ts';
import { type ProcessStatistics, QuantileSummary, type Summary } from './statistics.ts';
import { SECOND_ROOT } from './words-of-service.ts';

/** A figure's name, without `zk_`, and its value. */
type Figure = readonly [name: string, value: number | string];

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const;

/** Of TLS and of connections dropped at random. */
const NEVER_HERE: readonly Figure[] = [
  ['non_mtls_local_conn_count', 0],
  ['non_mtls_remote_conn_count', 0],
  ['outstanding_tls_handshake', 0],
  ['connection_drop_probability', '0.0'],
];

/** A voting learner is told of proposals, so that Apache's kind of a follower without a vote does not occur. */
const NO_FOLLOWERS_WITHOUT_VOTE = 0;

export function monitor(asked: AskedWord): string {
  const { server, role } = asked;
  const figures = role.figures();
  const all = [
    ...partFigures(figures),
    ...dataFigures(server.database.tree),
    ...serviceFigures(asked),
    ['watch_count', server.clients.watches.count],
    ['local_sessions', role.localSessions?.tracker.size ?? 0],
    ...leaderFigures(asked, figures),
    ...processFigures(server.statistics),
  ] as const;
  return all.map(([name, value]) => `zk_${name}\t${value}\n`).join('');
}

function partFigures({ mode, leader }: RoleFigures): Figure[] {
  const figures: Figure[] = [
    ['version', SERVER_VERSION],
    ['server_state', mode],
  ];
  const doing = { leader: 'leading', follower: 'following', observer: 'observing' } as const;
  if (mode !== 'standalone' && mode !== 'read-only')
    figures.push(['peer_state', `${doing[mode]} - broadcast`]);
  if (mode === 'observer' && leader !== null) figures.push(['observer_master_id', leader]);
  return figures;
}

function dataFigures(tree: DataTree): Figure[] {
  let ephemerals = 0;
  for (const paths of tree.ephemerals.values()) ephemerals += paths.size;
  let size = 0;
  for (const [path, { data }] of tree.nodes) size += path.length + (data?.length ?? 0);
  return [
    ['znode_count', tree.nodes.size + SECOND_ROOT],
    ['ephemerals_count', ephemerals],
    ['approximate_data_size', size],
    ['global_sessions', tree.sessions.size],
  ];
}

function serviceFigures({ server, port }: AskedWord): Figure[] {
  const { latency, packetsReceived, packetsSent, responses, authFailed, startedAt } = port.traffic.service;
  return [
    ['min_latency', latency.least],
    ['avg_latency', doubleText(latency.average)],
    ['max_latency', latency.largest],
    ['packets_received', packetsReceived],
    ['packets_sent', packetsSent],
    ['num_alive_connections', port.traffic.connections.size],
    ['outstanding_requests', port.requestsInProcess],
    ['uptime', server.host.now() - startedAt],
    ['last_client_response_size', responses.last],
    ['min_client_response_size', responses.least],
    ['max_client_response_size', responses.largest],
    ['auth_failed_count', authFailed],
    ...NEVER_HERE,
  ];
}

function leaderFigures({ server, port }: AskedWord, { mode, leading }: RoleFigures): Figure[] {
  const figures: Figure[] = [];
  if (mode !== 'standalone' && mode !== 'read-only')
    figures.push(['quorum_size', server.quorum.participants.length]);
  if (leading === null) return figures;
  const { learners, followers, observers, pendingSyncs, servingSince } = leading;
  const { last, least, largest } = port.traffic.service.proposals;
  return [
    ...figures,
    ['learners', learners],
    ['synced_followers', followers],
    ['synced_non_voting_followers', NO_FOLLOWERS_WITHOUT_VOTE],
    ['synced_observers', observers],
    ['pending_syncs', pendingSyncs],
    ['leader_uptime', server.host.now() - servingSince],
    ['last_proposal_size', last],
    ['min_proposal_size', least],
    ['max_proposal_size', largest],
  ];
}

function processFigures(statistics: ProcessStatistics): Figure[] {
  return [
    ['bytes_received_count', statistics.bytesReceived],
    ['response_bytes', statistics.responseBytes],
    ['watch_bytes', statistics.watchBytes],
    ['connection_request_count', statistics.connectionRequests],
    ['connection_revalidate_count', statistics.connectionRevalidations],
    ['revalidate_count', statistics.revalidations],
    ['stale_sessions_expired', statistics.staleSessionsExpired],
    ['large_requests_rejected', statistics.largeRequestsRejected],
    ['looking_count', statistics.looking],
    ['diff_count', statistics.diffs],
    ['snap_count', statistics.snaps],
    ['proposal_count', statistics.proposals],
    ['commit_count', statistics.commits],
    ['learner_proposal_received_count', statistics.learnerProposals],
    ['learner_commit_received_count', statistics.learnerCommits],
    ...summaryFigures('readlatency', statistics.readLatency),
    ...summaryFigures('updatelatency', statistics.updateLatency),
    ...summaryFigures('propagation_latency', statistics.propagation),
    ...summaryFigures('election_time', statistics.election),
    ...summaryFigures('fsynctime', statistics.flush),
    ...summaryFigures('sync_processor_batch_size', statistics.batch),
    ...summaryFigures('snapshottime', statistics.snapshot),
  ];
}

function summaryFigures(name: string, summary: Summary): Figure[] {
  const figures: Figure[] = [
    [`avg_${name}`, doubleText(summary.average)],
    [`min_${name}`, summary.least],
    [`max_${name}`, summary.largest],
    [`cnt_${name}`, summary.count],
    [`sum_${name}`, summary.total],
  ];
  if (!(summary instanceof QuantileSummary)) return figures;
  const quantiles = QUANTILES.map(
    ([p, share]) => [`${p}_${name}`, Math.round(summary.quantile(share))] as const,
  );
  return [...figures, ...quantiles];
}
