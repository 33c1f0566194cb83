/** What the workloads have in common: a handle, and a new session where one has expired. */
import type { ClientEvent, ClientListener, Ticket } from '../../protocol/client/index.ts';
import { type ClientOptions, ZooKeeperClient } from '../../protocol/client/index.ts';
import { WatchEventType } from '../../protocol/client-messages.ts';
import type { ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../protocol/host.ts';
import type { ClientOp, Result } from '../../protocol/request.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientActor, ClientSettings } from '../catalog.ts';
import { countAnswer, countEvent, noCounts } from './counting.ts';
import { type ClientParams, clientOptions } from './params.ts';

/** Calls its handle directly, without a program in between: workloads are the hot path of fuzzing. */
export abstract class Workload implements ClientActor, ClientListener {
  readonly counters = noCounts();
  readonly host: Host;
  readonly id: number;
  readonly settings: ClientSettings;
  readonly options: ClientOptions;
  readonly connectAt: number;
  /** Null before the first connect. */
  client: ZooKeeperClient | null = null;
  /** Requests without an answer. */
  unanswered = 0;
  /** Tickets of what was asked beside the workload. */
  readonly aside = new Set<Ticket>();

  /** @param connectAt ms of its machine's clock at which it begins to connect */
  constructor(host: Host, id: number, settings: ClientSettings, common: ClientParams, connectAt: number) {
    this.host = host;
    this.id = id;
    this.settings = settings;
    this.options = clientOptions(common, settings);
    this.connectAt = connectAt;
  }

  start(): void {
    const wait = this.connectAt - this.host.now();
    if (wait > 0) this.host.setTimer(wait, 'begin', 0);
    else this.begin();
  }

  private begin(): void {
    this.open(1);
    this.begun();
  }

  /** Begins a session. */
  protected open(firstTicket: Ticket): void {
    this.client = new ZooKeeperClient(this.host, this.id, { ...this.options, firstTicket }, this);
    this.client.start();
  }

  /** Whether it has a connection to ask on. */
  protected get connected(): boolean {
    return this.client?.connected === true && !this.client.closing;
  }

  protected request(op: ClientOp): void {
    this.counters.started++;
    this.unanswered++;
    this.client!.submit(op);
  }

  submit(request: ClientOp): void {
    if (this.client?.alive && !this.client.closing) this.aside.add(this.client.submit(request));
  }

  onAnswer(ticket: Ticket, result: Result, zxid: Zxid): void {
    if (this.aside.delete(ticket)) return;
    this.unanswered--;
    countAnswer(this.counters, result, zxid);
    this.answered(result, zxid);
  }

  onEvent(event: ClientEvent): void {
    countEvent(this.counters, event);
    if (event.type !== WatchEventType.None) return;
    if (event.state === 'EXPIRED') this.open(this.client!.nextTicket);
    else if (this.connected) this.ready();
  }

  onTimer(name: string, arg: number, id: TimerId): void {
    if (name === 'begin') this.begin();
    else if (name.startsWith('client.')) this.client!.onTimer(name, arg, id);
    else this.tick();
  }

  onStep(name: string, arg: number): void {
    this.client!.onStep(name, arg);
  }
  onConnected(channel: ChannelId): void {
    this.client!.onConnected(channel);
  }
  onMessage(channel: ChannelId, message: Message): void {
    this.client!.onMessage(channel, message);
  }
  onClosed(channel: ChannelId, _reason: CloseReason): void {
    this.client!.onClosed(channel);
  }
  onAccept(_channel: ChannelId, _port: Port): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}

  /** It has begun to connect. */
  protected abstract begun(): void;
  /** A connection is open. */
  protected abstract ready(): void;
  /** `zxid` −1: lost. */
  protected abstract answered(result: Result, zxid: Zxid): void;
  /** A timer of the workload fired. */
  protected abstract tick(): void;
}
