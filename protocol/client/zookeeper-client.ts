/** A client's handle: its session, its connection from server to server, its requests and watches (ClientCnxn, ZooKeeper). */
import {
  type ClientMessage,
  type ConnectResponse,
  type WatchEvent,
  WatchEventType,
} from '../client-messages.ts';
import type { ChannelId, Host, Message, TimerId } from '../host.ts';
import type { ClientState } from '../probe.ts';
import { type AuthRequest, type ClientOp, type Reply, type Result, Xid } from '../request.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { ClientEvent, Ticket } from './api.ts';
import { absoluteOp, relativeResult, stripChroot } from './chroot.ts';
import {
  probeAnswered,
  probeHousekeeping,
  probeHousekept,
  probeInvoked,
  probeNotified,
  probeSent,
  probeState,
} from './client-probes.ts';
import { ConnectionTimes } from './connection-times.ts';
import { type Packet, PacketQueue } from './packet-queue.ts';
import { ServerList } from './server-list.ts';
import { WatchTable } from './watch-table.ts';
import { WriterSearch } from './writer-search.ts';

export interface ClientOptions {
  /** In the order in which they are tried; not empty. */
  readonly servers: readonly number[];
  /** Index of the first one; default 0. */
  readonly startAt?: number;
  /** Draws the first one instead. */
  readonly startAnywhere?: boolean;
  /** Wished, ms. Default 4000. */
  readonly sessionTimeout?: number;
  /** Put before every path; empty (default) for none. */
  readonly chroot?: string;
  /** Is content with a server that is cut off from its quorum, until it finds a better one. Default false. */
  readonly canBeReadOnly?: boolean;
  /** ms: bound of the random pause before a reconnect, and length of the one after a round of all servers. Default 1000. */
  readonly reconnectDelay?: number;
  /** Watches are set again on a new connection (default), or forgotten with the old one. */
  readonly watchReset?: boolean;
  /** Ticket of its first operation; default 1. More where the program had another session before. */
  readonly firstTicket?: Ticket;
}

/** Who uses a client. Calls come from within calls that are forwarded to the client, never from {@link ZooKeeperClient.submit}. */
export interface ClientListener {
  /** `zxid` −1: the client itself answered. */
  onAnswer(ticket: Ticket, result: Result, zxid: Zxid): void;
  onEvent(event: ClientEvent): void;
}

/**
 * A state machine that its owner, an actor, drives: it forwards `onStep` and `onTimer` with names that begin with
 * `client.`, and all that happens to channels.
 */
export class ZooKeeperClient {
  readonly host: Host;
  readonly id: number;
  readonly options: ClientOptions;
  readonly chroot: string;
  readonly wishedTimeout: number;
  readonly reconnectDelay: number;
  readonly listener: ClientListener;
  readonly watches = new WatchTable();
  state: ClientState = 'CONNECTING';
  /** NO_SESSION before the first. */
  session: SessionId = NO_SESSION;
  passwd = '';
  /** Negotiated, ms; 0 before. */
  timeout = 0;
  lastZxid: Zxid = 0;
  /** The session is known to the quorum: a server that writes has confirmed it. */
  seenWriter = false;
  /** The server it is connected to; 0: none. */
  server = 0;
  /** The server it dials or has dialled. */
  target = 0;
  channel: ChannelId = 0;
  /** The session's end was asked for. */
  closing = false;
  nextTicket: Ticket;
  readonly queue = new PacketQueue();
  /** Came too late; answered at the next step. */
  refused: Packet[] = [];
  auths: AuthRequest[] = [];
  /** Requests under SET_WATCHES and without an answer. */
  settingWatches = 0;
  readonly servers: ServerList;
  /** A server found to write, to be tried next; 0: none. */
  writer = 0;
  triedBefore = false;
  readonly times: ConnectionTimes;
  reconnectTimer: TimerId = 0;
  checkTimer: TimerId = 0;
  /** When {@link checkTimer} fires. */
  checkAt = 0;
  /** While the server is a read-only one. */
  readonly search: WriterSearch;

  constructor(host: Host, id: number, options: ClientOptions, listener: ClientListener) {
    this.host = host;
    this.id = id;
    this.options = options;
    this.listener = listener;
    this.chroot = options.chroot === '/' ? '' : (options.chroot ?? '');
    this.wishedTimeout = options.sessionTimeout ?? 4000;
    this.reconnectDelay = options.reconnectDelay ?? 1000;
    this.nextTicket = options.firstTicket ?? 1;
    this.times = new ConnectionTimes(this.wishedTimeout, options.servers.length);
    this.servers = new ServerList(options.servers, options.startAt ?? 0);
    this.search = new WriterSearch(host);
  }

  /** Whether operations can still succeed. */
  get alive(): boolean {
    return this.state === 'CONNECTING' || this.connected;
  }

  get connected(): boolean {
    return this.state === 'CONNECTED' || this.state === 'CONNECTEDREADONLY';
  }

  /** Begins to connect. */
  start(): void {
    const now = this.host.now();
    this.times.lastHeard = now;
    this.search.start(now);
    if (this.options.startAnywhere) {
      this.servers.startAt(Math.floor(this.host.random() * this.options.servers.length));
    }
    probeState(this);
    this.reconnect();
  }

  /** Takes an operation, paths below the chroot. It is answered exactly once. */
  submit(op: ClientOp): Ticket {
    const packet: Packet = { ticket: this.nextTicket++, op: absoluteOp(this.chroot, op), cxid: 0 };
    probeInvoked(this, packet);
    if (!this.alive || this.closing) {
      this.refused.push(packet);
      if (this.refused.length === 1) this.host.schedule('client.refuse', 0);
      return packet.ticket;
    }
    if (op.type === OpCode.closeSession) this.closing = true;
    if (this.connected) this.send(packet);
    else this.queue.wait(packet);
    return packet.ticket;
  }

  /** Ends the session: nothing can be asked afterwards. */
  close(): Ticket {
    return this.submit({ type: OpCode.closeSession });
  }

  /** Authenticates this connection and every later one. */
  addAuth(scheme: string, auth: Uint8Array): void {
    if (!this.alive || this.closing) return;
    const request: AuthRequest = { type: OpCode.auth, scheme, auth };
    this.auths.push(request);
    if (this.connected) this.housekeep(Xid.AUTH, request);
  }

  // --- connection

  /** Pauses before the next server as ClientCnxn and StaticHostProvider do, then dials it. */
  private reconnect(): void {
    const { host } = this;
    let pause = 0;
    if (this.writer !== 0) {
      this.target = this.writer;
      this.writer = 0;
    } else {
      this.target = this.servers.next();
      if (this.servers.roundEnds) pause = this.reconnectDelay;
    }
    if (this.triedBefore) pause += Math.floor(host.random() * this.reconnectDelay);
    if (pause > 0) this.reconnectTimer = host.setTimer(pause, 'client.connect', 0);
    else this.dial();
  }

  private dial(): void {
    const now = this.host.now();
    this.reconnectTimer = 0;
    this.channel = this.host.dial({ server: this.target, port: 'client' });
    this.times.lastSend = now;
    this.checkBy(now + this.times.connectLeft(now));
  }

  onConnected(channel: ChannelId): void {
    if (channel !== this.channel || channel === 0) return;
    this.triedBefore = true;
    const known = this.seenWriter;
    this.put({
      kind: 'connect',
      lastZxidSeen: this.lastZxid,
      timeout: this.wishedTimeout,
      session: known ? this.session : NO_SESSION,
      passwd: known ? this.passwd : '',
      readOnly: this.options.canBeReadOnly ?? false,
    });
  }

  private opened(response: ConnectResponse): void {
    if (response.timeout <= 0) {
      this.end('EXPIRED', ErrorCode.SESSIONEXPIRED);
      return;
    }
    this.timeout = response.timeout;
    this.times.negotiated(response.timeout);
    this.servers.connected();
    this.server = this.target;
    this.session = response.session;
    this.passwd = response.passwd;
    this.seenWriter ||= !response.readOnly;
    this.become(response.readOnly ? 'CONNECTEDREADONLY' : 'CONNECTED');
    for (const auth of this.auths) this.housekeep(Xid.AUTH, auth);
    for (const request of this.watches.requests(this.lastZxid)) this.housekeep(Xid.SET_WATCHES, request);
    for (const packet of this.queue.takeWaiting()) this.send(packet);
    this.check();
    this.tellState();
  }

  private send(packet: Packet): void {
    this.queue.sent(packet);
    probeSent(this, packet);
    this.put({ kind: 'request', cxid: packet.cxid, op: packet.op });
  }

  private housekeep(cxid: number, op: ClientOp): void {
    if (cxid === Xid.SET_WATCHES) this.settingWatches++;
    probeHousekeeping(this, op);
    this.put({ kind: 'request', cxid, op });
  }

  private put(message: ClientMessage): void {
    this.times.lastSend = this.host.now();
    this.host.send(this.channel, message);
  }

  onClosed(channel: ChannelId): void {
    if (channel === 0) return;
    if (channel === this.channel) {
      this.channel = 0;
      this.lose();
    } else if (channel === this.search.channel) {
      this.search.stop();
      this.check();
    }
  }

  /** The connection, or the attempt at one, is over: all that waited is lost, the next server's turn. */
  private lose(): void {
    if (this.closing) {
      // Nobody knows whether the session's end was heard of.
      this.end('CLOSED', ErrorCode.CONNECTIONLOSS);
      return;
    }
    this.disconnect();
    if (this.options.watchReset === false) this.watches.clear();
    const changed = this.state !== 'CONNECTING';
    this.become('CONNECTING');
    const lost = this.queue.takeAll();
    this.reconnect();
    const now = this.host.now();
    if (this.session !== NO_SESSION) this.checkBy(now + this.times.sessionLeft(now));
    for (const packet of lost) this.answer(packet, { err: ErrorCode.CONNECTIONLOSS }, -1);
    if (changed) this.tellState();
  }

  /** The handle is of no more use. */
  private end(state: 'EXPIRED' | 'CLOSED' | 'AUTH_FAILED', err: ErrorCode): void {
    this.disconnect();
    this.become(state);
    const lost = this.queue.takeAll();
    this.host.clearTimer(this.reconnectTimer);
    this.host.clearTimer(this.checkTimer);
    this.reconnectTimer = 0;
    this.checkTimer = 0;
    for (const packet of lost) this.answer(packet, { err }, -1);
    this.tellState();
  }

  /** What an operation is answered that comes too late (ClientCnxn.conLossPacket). */
  get lateError(): ErrorCode {
    if (this.state === 'AUTH_FAILED') return ErrorCode.AUTHFAILED;
    // A session that is being closed is not over yet.
    return this.alive ? ErrorCode.CONNECTIONLOSS : ErrorCode.SESSIONEXPIRED;
  }

  private disconnect(): void {
    if (this.channel !== 0) this.host.close(this.channel);
    this.channel = 0;
    this.server = 0;
    this.settingWatches = 0;
    this.search.stop();
  }

  // --- what servers send

  onMessage(channel: ChannelId, raw: Message): void {
    if (channel === 0) return;
    const message = raw as ClientMessage;
    if (channel === this.search.channel) {
      if (message.kind === 'isroAnswer') this.sought(message.mode === 'rw');
      return;
    }
    if (channel !== this.channel) return;
    this.times.lastHeard = this.host.now();
    if (message.kind === 'reply') this.replied(message);
    else if (message.kind === 'watchEvent') this.notified(message);
    else if (message.kind === 'connected') this.opened(message);
  }

  private replied(reply: Reply): void {
    const { err } = reply.result;
    switch (reply.cxid) {
      case Xid.PING:
        probeHousekept(this, OpCode.ping, reply.zxid, err);
        return;
      case Xid.AUTH:
        probeHousekept(this, OpCode.auth, reply.zxid, err);
        if (err === ErrorCode.AUTHFAILED) this.end('AUTH_FAILED', ErrorCode.AUTHFAILED);
        return;
      case Xid.SET_WATCHES:
        if (this.settingWatches === 0) {
          this.lose();
          return;
        }
        this.settingWatches--;
        probeHousekept(this, OpCode.setWatches, reply.zxid, err);
        if (reply.zxid > 0) this.lastZxid = reply.zxid;
        return;
    }
    const packet = this.queue.answered(reply.cxid);
    if (packet === null) {
      this.lose();
      return;
    }
    if (reply.zxid > 0) this.lastZxid = reply.zxid;
    const { op } = packet;
    let { result } = reply;
    let removed: WatchEventType[] = [];
    if (op.type === OpCode.removeWatches) {
      if (!this.watches.has(op.path, op.watcher)) result = { err: ErrorCode.NOWATCHER };
      else if (err === ErrorCode.OK) removed = this.watches.remove(op.path, op.watcher);
    } else {
      this.watches.register(op, err);
    }
    if (op.type === OpCode.closeSession) {
      this.answer(packet, result, reply.zxid);
      this.end('CLOSED', ErrorCode.SESSIONEXPIRED);
      return;
    }
    this.answer(packet, result, reply.zxid);
    for (const type of removed) {
      const path = stripChroot(this.chroot, (op as { path: string }).path);
      this.listener.onEvent({ type, path, state: this.state, zxid: -1 });
    }
  }

  private notified(event: WatchEvent): void {
    probeNotified(this, event);
    if (!this.watches.take(event.type, event.path)) return;
    const path = stripChroot(this.chroot, event.path);
    this.listener.onEvent({ type: event.type, path, state: this.state, zxid: event.zxid });
  }

  private answer(packet: Packet, result: Result, zxid: Zxid): void {
    probeAnswered(this, packet, result, zxid);
    this.listener.onAnswer(packet.ticket, relativeResult(this.chroot, result), zxid);
  }

  // --- time

  onStep(name: string, _arg: number): void {
    if (name !== 'client.refuse') return;
    const { refused } = this;
    this.refused = [];
    const err = this.lateError;
    for (const packet of refused) this.answer(packet, { err }, -1);
  }

  onTimer(name: string, _arg: number, id: TimerId): void {
    if (name === 'client.connect') {
      if (id === this.reconnectTimer) this.dial();
    } else if (name === 'client.check') {
      if (id !== this.checkTimer) return;
      this.checkTimer = 0;
      this.check();
    } else if (name === 'client.seek' && id === this.search.timer) {
      this.search.stop();
      this.check();
    }
  }

  /** Has {@link check} run at a time or before. Sending and hearing only put off what is due, so it need not run earlier. */
  private checkBy(at: number): void {
    if (this.checkTimer !== 0) {
      if (this.checkAt <= at) return;
      this.host.clearTimer(this.checkTimer);
    }
    this.checkAt = at;
    this.checkTimer = this.host.setTimer(at - this.host.now(), 'client.check', 0);
  }

  /** Looks after everything that is due by time (SendThread.run). */
  private check(): void {
    if (!this.alive) return;
    const now = this.host.now();
    let next = Number.POSITIVE_INFINITY;
    if (this.session !== NO_SESSION) {
      next = this.times.sessionLeft(now);
      if (next <= 0) {
        this.end('EXPIRED', ErrorCode.SESSIONEXPIRED);
        return;
      }
    }
    if (this.channel !== 0) {
      const left = this.connected ? this.times.readLeft(now) : this.times.connectLeft(now);
      if (left <= 0) {
        this.lose();
        return;
      }
      next = Math.min(next, left);
    }
    if (this.connected) next = Math.min(next, this.ping(now));
    if (this.state === 'CONNECTEDREADONLY') next = Math.min(next, this.seek(now));
    if (next < Number.POSITIVE_INFINITY) this.checkBy(now + next);
  }

  /** Pings where it is due; ms until that is to be looked at again. */
  private ping(now: number): number {
    const left = this.times.pingLeft(now);
    if (left > 0) return left;
    this.housekeep(Xid.PING, { type: OpCode.ping });
    return this.times.pingInterval;
  }

  /** Asks the next server whether it writes, where that is due; ms until the next time. */
  private seek(now: number): number {
    if (this.search.due(now) <= 0) this.search.ask(this.servers.next(), now);
    return this.search.due(now);
  }

  private sought(writes: boolean): void {
    this.search.stop();
    if (!writes) {
      this.check();
      return;
    }
    this.search.found();
    this.writer = this.search.server;
    this.lose();
  }

  // --- what others are told

  private become(state: ClientState): void {
    if (this.state === state) return;
    this.state = state;
    probeState(this);
  }

  private tellState(): void {
    this.listener.onEvent({ type: WatchEventType.None, path: '', state: this.state, zxid: -1 });
  }
}
