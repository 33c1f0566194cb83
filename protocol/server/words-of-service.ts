/** Words about packets, latencies and connections: srvr, stat, cons, srst, crst (StatCommand, ConsCommand, ServerStats, ServerCnxn). */
import type { AskedWord, ListedConnection } from './asked-word.ts';
import { doubleText, idText, zxidText } from './java-text.ts';
import { SERVER_VERSION } from './server-version.ts';

/** Apache counts the root under two names. */
export const SECOND_ROOT = 1;

export function service(asked: AskedWord): string {
  return `${heading(asked)}${summary(asked)}`;
}

export function status(asked: AskedWord): string {
  const clients = asked.port.listed().map((connection) => `${brief(asked, connection)})\n`);
  return `${heading(asked)}Clients:\n${clients.join('')}\n${summary(asked)}`;
}

export function connections(asked: AskedWord): string {
  const lines = asked.port.listed().map((connection) => `${brief(asked, connection)}${full(connection)})\n`);
  return `${lines.join('')}\n`;
}

export function resetService({ server, port }: AskedWord): string {
  port.traffic.service.reset();
  server.statistics.reset();
  return 'Server stats reset.\n';
}

export function resetConnections({ port }: AskedWord): string {
  for (const { statistics } of port.listed()) statistics.reset();
  return 'Connection stats reset.\n';
}

function heading({ role }: AskedWord): string {
  const mode = role.readOnly ? 'READ-ONLY mode; serving only read-only clients\n' : '';
  return `Zookeeper version: ${SERVER_VERSION}\n${mode}`;
}

function summary({ server, port, role }: AskedWord): string {
  const { latency, packetsReceived, packetsSent, proposals } = port.traffic.service;
  const { mode } = role.figures();
  const lines = [
    `Latency min/avg/max: ${latency.least}/${doubleText(latency.average)}/${latency.largest}`,
    `Received: ${packetsReceived}`,
    `Sent: ${packetsSent}`,
    `Connections: ${port.traffic.connections.size}`,
    `Outstanding: ${port.requestsInProcess}`,
    `Zxid: 0x${zxidText(server.database.lastProcessedZxid)}`,
    `Mode: ${mode}`,
    `Node count: ${server.database.tree.nodes.size + SECOND_ROOT}`,
  ];
  if (mode === 'leader')
    lines.push(`Proposal sizes last/min/max: ${proposals.last}/${proposals.least}/${proposals.largest}`);
  return `${lines.join('\n')}\n`;
}

/** Up to what only `cons` tells. In brackets the java.nio operations that it waits for: 1 is reading. */
function brief({ server, channel }: AskedWord, connection: ListedConnection): string {
  const { heldUp, outstanding, statistics } = connection;
  const address = `/${server.host.remoteAddress(connection.channel)}:${server.host.remotePort(connection.channel)}`;
  const reads = connection.channel === channel || heldUp ? 0 : 1;
  return ` ${address}[${reads}](queued=${outstanding},recved=${statistics.received},sent=${statistics.sent}`;
}

function full({ session, timeout, statistics }: ListedConnection): string {
  if (session === null) return '';
  const { lastOp, established, lastCxid, lastZxid, lastResponse, lastLatency, latency } = statistics;
  const cxid = lastCxid < 0 ? '' : `,lcxid=0x${lastCxid.toString(16)}`;
  return (
    `,sid=0x${idText(session)},lop=${lastOp},est=${established},to=${timeout}${cxid}` +
    `,lzxid=0x${zxidText(lastZxid)},lresp=${lastResponse},llat=${lastLatency}` +
    `,minlat=${latency.least},avglat=${Math.floor(latency.average)},maxlat=${latency.largest}`
  );
}
