import { type EnsembleConfig, serversOf } from '../config.ts';

/** Port numbers of the sample configuration: for clients, of the leader, of elections. */
export const CLIENT_PORT = 2181;
export const QUORUM_PORT = 2888;
export const ELECTION_PORT = 3888;

/**
 * An ensemble's configuration as NEWLEADER and election notifications carry it (QuorumMaj.toString,
 * QuorumHierarchical.toString): lines `server.N=host:port:port:role`, groups and weights where there are any, version 0.
 *
 * @param host a server's host name or address
 */
export function configText(config: EnsembleConfig, host: (server: number) => string): string {
  const { observers, quorum, participants } = config;
  let text = '';
  for (const id of serversOf(config)) {
    const role = observers.includes(id) ? 'observer' : 'participant';
    text += `server.${id}=${host(id)}:${QUORUM_PORT}:${ELECTION_PORT}:${role}\n`;
  }
  quorum.groups?.forEach((members, i) => {
    text += `group.${i + 1}=${members.join(':')}\n`;
  });
  if (quorum.weights !== undefined || quorum.groups !== undefined) {
    for (const id of participants) text += `weight.${id}=${quorum.weights?.[String(id)] ?? 1}\n`;
  }
  return `${text}version=0`;
}
