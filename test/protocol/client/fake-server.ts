import type { Program } from '../../../protocol/client/api.ts';
import type { ClientEvent, ClientListener, ClientOptions, Ticket } from '../../../protocol/client/index.ts';
import { ProgramClient, ZooKeeperClient } from '../../../protocol/client/index.ts';
import type { ClientRequest, ConnectRequest, ConnectResponse } from '../../../protocol/client-messages.ts';
import type { Actor, ChannelId, CloseReason, Message, Port, TimerId } from '../../../protocol/host.ts';
import type { Reply, Result } from '../../../protocol/request.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import { ScriptedHost } from '../scripted-host.ts';

export const SESSION = '01000000000000a1';
export const PASSWD = 'f'.repeat(32);

/** A handle whose user only listens. */
export class Listening implements Actor, ClientListener {
  readonly host: ScriptedHost;
  readonly client: ZooKeeperClient;
  readonly answers: { readonly ticket: Ticket; readonly result: Result; readonly zxid: Zxid }[] = [];
  readonly events: ClientEvent[] = [];

  constructor(host: ScriptedHost, options: ClientOptions) {
    this.host = host;
    this.client = new ZooKeeperClient(host, 1001, options, this);
  }
  start(): void {
    this.client.start();
  }
  onAnswer(ticket: Ticket, result: Result, zxid: Zxid): void {
    this.answers.push({ ticket, result, zxid });
  }
  onEvent(event: ClientEvent): void {
    this.events.push(event);
  }
  onTimer(name: string, arg: number, id: TimerId): void {
    this.client.onTimer(name, arg, id);
  }
  onStep(name: string, arg: number): void {
    this.client.onStep(name, arg);
  }
  onConnected(channel: ChannelId): void {
    this.client.onConnected(channel);
  }
  onMessage(channel: ChannelId, message: Message): void {
    this.client.onMessage(channel, message);
  }
  onClosed(channel: ChannelId, _reason: CloseReason): void {
    this.client.onClosed(channel);
  }
  onAccept(_channel: ChannelId, _port: Port): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}

  /** [ticket, err] of every answer. */
  errors(): number[][] {
    return this.answers.map(({ ticket, result }) => [ticket, result.err]);
  }
  /** What its user heard of the handle's state. */
  states(): string[] {
    return this.events.filter(({ type }) => type === -1).map(({ state }) => state);
  }
}

/** Plays the servers towards the last channel that was dialled. */
export class FakeServer {
  readonly host: ScriptedHost;
  zxid = 100;

  constructor(host: ScriptedHost) {
    this.host = host;
  }

  /** The channel dialled last, and whom it leads to. */
  get channel(): ChannelId {
    return this.host.dialled.at(-1)!.channel;
  }
  get dialled(): number {
    return this.host.dialled.at(-1)!.address.server;
  }

  /** Accepts the connection. */
  accept(changes: Partial<ConnectResponse> = {}): ConnectRequest {
    this.host.actor!.onConnected(this.channel);
    const request = this.host.messages(this.channel)[0] as ConnectRequest;
    this.host.receive(this.channel, {
      kind: 'connected',
      timeout: 4000,
      session: SESSION,
      passwd: PASSWD,
      readOnly: false,
      ...changes,
    } as ConnectResponse);
    return request;
  }

  /** Requests that have come on the channel. */
  requests(): ClientRequest[] {
    return this.host.messages(this.channel).filter((each) => each.kind === 'request') as ClientRequest[];
  }

  reply(cxid: number, result: Result = { err: 0 }, zxid: Zxid = ++this.zxid): void {
    const reply: Reply = { kind: 'reply', cxid, zxid, result };
    this.host.receive(this.channel, reply);
  }

  event(type: number, path: string, zxid: Zxid = ++this.zxid): void {
    this.host.receive(this.channel, { kind: 'watchEvent', zxid, type, path } as Message);
  }

  /** The connection breaks. */
  break(reason: CloseReason = 'reset'): void {
    const { channel } = this;
    this.host.actor!.onClosed(channel, reason);
  }
}

/** A handle that has started. */
export function listening(options: Partial<ClientOptions> = {}) {
  const host = new ScriptedHost();
  const user = new Listening(host, { servers: [1, 2, 3], ...options });
  host.actor = user;
  user.start();
  return { host, user, client: user.client, server: new FakeServer(host) };
}

/** A handle with a session. */
export function connected(options: Partial<ClientOptions> = {}) {
  const all = listening(options);
  all.server.accept();
  return all;
}

/** A program that has started on a handle with a session. */
export function running(make: () => Program, options: Partial<ClientOptions> = {}) {
  const host = new ScriptedHost();
  const program = new ProgramClient(host, 1001, { servers: [1, 2, 3], ...options }, { make }, null);
  host.actor = program;
  program.start();
  const server = new FakeServer(host);
  server.accept();
  return { host, program, server };
}
