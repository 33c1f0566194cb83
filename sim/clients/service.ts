/** The workload that asks for everything a client can ask for: all operations, right and wrong, on a small tree. */
import type { ClientEvent, ZooKeeperClient } from '../../protocol/client/index.ts';
import { WatchEventType } from '../../protocol/client-messages.ts';
import type { Host, TimerId } from '../../protocol/host.ts';
import { OpCode } from '../../protocol/txn.ts';
import type { ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { field, numberIn, object, optional, type Shape } from '../shape.ts';
import { CLIENT_MEMBERS, type ClientParams } from './params.ts';
import { type OperationShares, RandomOperations } from './random-operations.ts';
import { Workload } from './workload.ts';

/** Times in virtual ms. */
interface ServiceParams extends ClientParams, Partial<OperationShares> {
  /** Operations per second. */
  readonly rate: number;
  /** Share of operations in whose place the session is closed, or the connection given up. Default 0.01. */
  readonly churn?: number;
  /** Operations under way at once; a tick beyond that is skipped. Default 8. */
  readonly outstanding?: number;
  /** It connects then; default 0. */
  readonly from?: number;
  readonly until?: number;
}

const share = optional(numberIn(0, 1));

const SERVICE: Shape = object({
  ...CLIENT_MEMBERS,
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
  from: optional(numberIn(0, 1e12)),
  until: optional(numberIn(0, 1e12)),
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

const SESSION = 'session';

class ServiceClient extends Workload {
  readonly operations: RandomOperations;
  readonly rate: number;
  readonly churn: number;
  /** Share of operations before which it authenticates as another user. */
  readonly authentications: number;
  readonly outstanding: number;
  readonly until: number;

  constructor(host: Host, id: number, settings: ClientSettings, params: ServiceParams) {
    super(host, id, settings, params, params.from ?? 0);
    const shares = { ...SHARES, ...params };
    this.operations = new RandomOperations(host, shares);
    this.rate = params.rate;
    this.churn = params.churn ?? 0.01;
    this.authentications = shares.acl / 5;
    this.outstanding = params.outstanding ?? 8;
    this.until = Math.min(params.until ?? settings.stopAt, settings.stopAt);
  }

  protected begun(): void {
    this.host.setTimer(0, 'operation', 0);
  }

  /** Another session follows one that is over, whatever ended it, unless the time of requests is over too. */
  override onEvent(event: ClientEvent): void {
    const { type, state } = event;
    if (type !== WatchEventType.None || state === 'CONNECTING' || state.startsWith('CONNECTED')) {
      super.onEvent(event);
      return;
    }
    const { host } = this;
    const pause = Math.floor((host.random() * (this.options.reconnectDelay ?? 0)) / 2);
    if (host.now() + pause < this.until) host.setTimer(pause, SESSION, 0);
  }

  override onTimer(name: string, arg: number, id: TimerId): void {
    if (name === SESSION) this.open(this.client!.nextTicket);
    else super.onTimer(name, arg, id);
  }

  protected tick(): void {
    const { host } = this;
    if (host.now() >= this.until) return;
    // Exponential gaps would need a logarithm; uniform ones around the mean do as well.
    host.setTimer((host.random() * 2000) / this.rate, 'operation', 0);
    if (!this.connected || this.unanswered >= this.outstanding) return;
    const client = this.client!;
    const choice = host.random();
    if (choice < this.churn) this.leave(client);
    else if (host.random() < this.authentications) client.addAuth('digest', this.operations.credentials());
    else this.request(this.operations.next());
  }

  /** Gives up the connection, or (one time in three) the session. */
  private leave(client: ZooKeeperClient): void {
    if (this.host.random() * 3 < 1) {
      this.request({ type: OpCode.closeSession });
      return;
    }
    const { channel } = client;
    this.host.close(channel);
    client.onClosed(channel);
  }

  protected ready(): void {}
  protected answered(): void {}
}

/**
 * A random mix of all operations over `/s0`…`/sn`, their children and grandchildren, at `rate` per second, several under
 * way at once; see {@link ServiceParams}. When its session ends it opens another.
 */
export const service: ClientProgramFactory = (host, id, params, settings) => {
  SERVICE(params, 'params');
  return new ServiceClient(host, id, settings, params as unknown as ServiceParams);
};
