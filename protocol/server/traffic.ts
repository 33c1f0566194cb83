/** What goes between a server and its clients, counted (ServerStats, ServerCnxn). */
import type { ChannelId } from '../host.ts';
import { isWrite, type Reply, type Result } from '../request.ts';
import { ErrorCode, OpCode, type TxnRecord } from '../txn.ts';
import { replySize, watchEventSize } from '../wire/reply-size.ts';
import { txnRecordSize } from '../wire/txn.ts';
import type { LocalRequest, Server, TrafficCounter } from './context.ts';
import { operationName } from './operation-name.ts';
import { ConnectionStatistics, ServiceStatistics } from './statistics.ts';

/** Bytes of the length before a frame. */
export const LENGTH_SIZE = 4;

const NO_PARTS: readonly { readonly type: number }[] = [];

/** Of one server. Nothing depends on it but what four-letter words tell. */
export class Traffic implements TrafficCounter {
  private readonly server: Server;
  /** All connections, those without a session included, in the order in which they came. */
  readonly connections: Map<ChannelId, ConnectionStatistics> = new Map();
  /** While the server takes its present part. */
  service = new ServiceStatistics(0);

  constructor(server: Server) {
    this.server = server;
  }

  /** The server takes another part: figures begin anew. */
  begin(): void {
    this.service = new ServiceStatistics(this.server.host.now());
  }

  opened(channel: ChannelId): void {
    const { host } = this.server;
    this.connections.set(channel, new ConnectionStatistics(host.wallClock(), host.now()));
  }

  closed(channel: ChannelId): void {
    this.connections.delete(channel);
  }

  /** A packet has come. @param serving whether it is the server's, and not only the connection's */
  received(channel: ChannelId, bytes: number, serving = true): void {
    const { host, statistics } = this.server;
    const connection = this.connections.get(channel);
    if (connection !== undefined) {
      connection.received++;
      connection.heardAt = host.now();
    }
    if (serving) this.service.packetsReceived++;
    statistics.bytesReceived += bytes;
  }

  /** A packet goes out. */
  sent(channel: ChannelId): void {
    const connection = this.connections.get(channel);
    if (connection !== undefined) connection.sent++;
    this.service.packetsSent++;
  }

  notified(path: string): void {
    const size = watchEventSize(path);
    this.service.responses.add(size);
    this.server.statistics.watchBytes += size;
  }

  /** A request has its reply, which is sent. */
  replied({ op }: LocalRequest, result: Result): void {
    const size = replySize(op.type, result, op.type === OpCode.multi ? op.ops : NO_PARTS);
    this.service.responses.add(size);
    if (op.type !== OpCode.ping) this.server.statistics.responseBytes += size;
  }

  authenticated({ result }: Reply): void {
    this.service.responses.add(replySize(OpCode.auth, result, NO_PARTS));
    if (result.err !== ErrorCode.OK) this.service.authFailed++;
  }

  /** A request has its result, whether anybody hears of it or not (FinalRequestProcessor.updateStats). */
  answered(request: LocalRequest, result: Result): void {
    const { host, statistics, database } = this.server;
    const { op, local, error, arrived, cxid } = request;
    const now = host.now();
    this.service.latency.add(now - arrived);
    const update = isWrite(op) && !local && error === ErrorCode.OK;
    (update ? statistics.updateLatency : statistics.readLatency).add(now - arrived);
    const connection = this.connections.get(request.channel);
    const name = operationName(request, result);
    connection?.answered(cxid, database.lastProcessedZxid, name, arrived, now);
  }

  proposed(record: TxnRecord): void {
    this.server.statistics.proposals++;
    this.service.proposals.add(txnRecordSize(record));
  }
}
