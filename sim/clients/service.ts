/** The workload that asks for everything a client can ask for: all operations, right and wrong, on a small tree. */

import type { ClientEvent, Ticket } from '../../protocol/client/api.ts';
import { ZooKeeperClient } from '../../protocol/client/zookeeper-client.ts';
import type { ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../protocol/host.ts';
import type { ClientOp, Result } from '../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientActor, ClientCounters, ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { field, flag, numberIn, object, optional, type Shape } from '../shape.ts';
import { type OperationShares, RandomOperations } from './random-operations.ts';

/** Parameters of {@link service}; times in virtual ms. */
interface ServiceParams extends Partial<OperationShares> {
  /** Operations per second. */
  readonly rate: number;
  /** Share of operations in whose place the session is closed, or the connection given up. Default 0.01. */
  readonly churn?: number;
  /** Operations under way at once; a tick beyond that is skipped. Default 8. */
  readonly outstanding?: number;
  /** Wished. Default 4000. */
  readonly sessionTimeout?: number;
  /** Bound of the random pause before a reconnect. Default 100. */
  readonly reconnectDelay?: number;
  /** Content with servers that are cut off from their quorum. Default false. */
  readonly readOnly?: boolean;
  readonly from?: number;
  readonly until?: number;
}

const share = optional(numberIn(0, 1));
const time = optional(numberIn(0, 1e12));

const SERVICE: Shape = object({
  rate: field(numberIn(0.001, 1_000_000)),
  keys: optional(numberIn(0, 1_000_000, true)),
  reads: share,
  watches: share,
  sequential: share,
  ephemerals: share,
  expiring: share,
  multi: share,
  acl: share,
  quota: share,
  invalid: share,
  churn: share,
  outstanding: optional(numberIn(1, 10_000, true)),
  dataBytes: optional(numberIn(0, 1_000_000, true)),
  sessionTimeout: optional(numberIn(1, 1e9, true)),
  reconnectDelay: optional(numberIn(1, 1e9, true)),
  readOnly: optional(flag),
  from: time,
  until: time,
});

/** Shares where the parameters say nothing. */
const SHARES: OperationShares = {
  keys: 6,
  reads: 0.5,
  watches: 0.2,
  sequential: 0.15,
  ephemerals: 0.2,
  expiring: 0.1,
  multi: 0.1,
  acl: 0.05,
  quota: 0,
  invalid: 0.02,
  dataBytes: 8,
};

const OPEN = 'open';
const OPERATION = 'operation';

class ServiceClient implements ClientActor {
  readonly counters: ClientCounters = { started: 0, ok: 0, errors: {}, lost: 0, connects: 0 };
  readonly host: Host;
  readonly id: number;
  readonly settings: ClientSettings;
  readonly params: Required<ServiceParams>;
  readonly operations: RandomOperations;
  /** Its present session; null before the first and between two. */
  client: ZooKeeperClient | null = null;
  /** Operations under way. */
  waiting = 0;
  nextTicket: Ticket = 1;

  constructor(host: Host, id: number, settings: ClientSettings, params: ServiceParams) {
    this.host = host;
    this.id = id;
    this.settings = settings;
    this.params = {
      ...SHARES,
      churn: 0.01,
      outstanding: 8,
      sessionTimeout: 4000,
      reconnectDelay: 100,
      readOnly: false,
      from: 0,
      ...params,
      until: Math.min(params.until ?? settings.stopAt, settings.stopAt),
    };
    this.operations = new RandomOperations(host, this.params);
  }

  start(): void {
    this.open();
    this.host.setTimer(Math.max(0, this.params.from - this.host.now()), OPERATION, 0);
  }

  /** A new session, by a handle of its own. */
  private open(): void {
    const { host, params } = this;
    const { servers, startAnywhere } = this.settings;
    const { sessionTimeout, reconnectDelay, readOnly: canBeReadOnly } = params;
    const startAt = startAnywhere ? this.below(servers.length) : 0;
    const { nextTicket: firstTicket } = this;
    const options = { servers, startAt, sessionTimeout, reconnectDelay, canBeReadOnly, firstTicket };
    this.client = new ZooKeeperClient(host, this.id, options, this);
    this.client.start();
  }

  // --- what its session tells it

  onAnswer(_ticket: Ticket, result: Result, zxid: Zxid): void {
    const { counters } = this;
    this.waiting--;
    if (result.err === ErrorCode.OK) counters.ok++;
    else if (zxid < 0 && result.err === ErrorCode.CONNECTIONLOSS) counters.lost++;
    else counters.errors[result.err] = (counters.errors[result.err] ?? 0) + 1;
  }

  onEvent(event: ClientEvent): void {
    if (event.path !== '' || this.client === null) return;
    if (event.state === 'CONNECTED' || event.state === 'CONNECTEDREADONLY') this.counters.connects++;
    else if (event.state !== 'CONNECTING') this.over(this.client);
  }

  /** The session is over: another one follows, unless the time of requests is over too. */
  private over(client: ZooKeeperClient): void {
    this.nextTicket = client.nextTicket;
    this.client = null;
    this.waiting = 0;
    const pause = this.below(this.params.reconnectDelay);
    if (this.host.now() + pause < this.params.until) this.host.setTimer(pause, OPEN, 0);
  }

  // --- what the host tells it, passed on

  onTimer(name: string, arg: number, id: TimerId): void {
    if (name === OPERATION) this.tick();
    else if (name === OPEN) this.open();
    else this.client?.onTimer(name, arg, id);
  }

  onStep(name: string, arg: number): void {
    this.client?.onStep(name, arg);
  }

  onConnected(channel: ChannelId): void {
    this.client?.onConnected(channel);
  }

  onMessage(channel: ChannelId, message: Message): void {
    this.client?.onMessage(channel, message);
  }

  onClosed(channel: ChannelId, _reason: CloseReason): void {
    this.client?.onClosed(channel);
  }

  onAccept(_channel: ChannelId, _port: Port): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}

  // --- what it asks for

  private tick(): void {
    const { host, params, client } = this;
    if (host.now() >= params.until) return;
    // Exponential gaps would need a logarithm; uniform ones around the mean do as well.
    host.setTimer((host.random() * 2000) / params.rate, OPERATION, 0);
    if (client === null || client.closing || !client.connected || this.waiting >= params.outstanding) return;
    if (host.random() < params.churn) {
      this.leave(client);
      return;
    }
    if (host.random() < params.acl * 0.2) {
      client.addAuth('digest', this.operations.credentials());
      return;
    }
    this.submit(client, this.operations.next());
  }

  private submit(client: ZooKeeperClient, op: ClientOp): void {
    this.counters.started++;
    this.waiting++;
    client.submit(op);
  }

  /** Gives up the connection, or (one time in three) the session. */
  private leave(client: ZooKeeperClient): void {
    if (this.below(3) === 0) {
      this.submit(client, { type: OpCode.closeSession });
      return;
    }
    const { channel } = client;
    this.host.close(channel);
    client.onClosed(channel);
  }

  private below(bound: number): number {
    return Math.floor(this.host.random() * bound);
  }
}

/**
 * A random mix of all operations over `/s0`…`/sn`, their children and grandchildren, at `rate` per second, several under
 * way at once; see {@link ServiceParams}. When its session ends it opens another.
 */
export const service: ClientProgramFactory = (host, id, params, settings) => {
  SERVICE(params, 'params');
  return new ServiceClient(host, id, settings, params as unknown as ServiceParams);
};
