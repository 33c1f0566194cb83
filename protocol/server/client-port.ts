/** A server's clients: connections, sessions at their beginning and end, the limit on requests in process (ServerCnxn, ZooKeeperServer). */
import type {
  ClientMessage,
  ClientRequest,
  ConnectRequest,
  ConnectResponse,
  FourLetterWordRequest,
  IsReadOnlyRequest,
  WatchEvent,
  WatchEventType,
} from '../client-messages.ts';
import type { ChannelId, Message } from '../host.ts';
import { type ClientOp, isWrite, type Reply, type Result } from '../request.ts';
import type { Id } from '../tree/acl.ts';
import { authenticate } from '../tree/authentication.ts';
import { NO_ZXID, Watches, type WatchSink } from '../tree/watches.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId } from '../txn.ts';
import { requestSize } from '../wire/request-size.ts';
import type { Zxid } from '../zxid.ts';
import type { ListedConnection, Port } from './asked-word.ts';
import type { Connection } from './connection.ts';
import type { Clients, LocalRequest, Role, Server } from './context.ts';
import { FourLetterWords } from './four-letter-words.ts';
import { NO_PASSWORD, passwordOf, SessionIds } from './session-id.ts';
import { LENGTH_SIZE, Traffic } from './traffic.ts';

export const LATE_WATCHES_TIMER = 'client.watches';

/** Bytes of a word, and of a ConnectRequest with its length. */
const WORD_SIZE = 4;
const CONNECT_SIZE = 49;

export class ClientPort implements Clients, Port, WatchSink {
  private readonly server: Server;
  private readonly ids: SessionIds;
  private readonly connections: Map<ChannelId, Connection> = new Map();
  /** The connection of each session that has one here. */
  private readonly bySession: Map<SessionId, ChannelId> = new Map();
  readonly watches: Watches;
  /** Watch events that a variant keeps back. */
  private late: { readonly watcher: ChannelId; readonly event: WatchEvent }[] = [];
  /** Admitted requests without a reply. */
  private inProcess = 0;
  /** Who serves; null: nobody is served. */
  private role: Role | null = null;
  readonly traffic: Traffic;
  private readonly words: FourLetterWords;

  constructor(server: Server) {
    this.server = server;
    this.traffic = new Traffic(server);
    this.words = new FourLetterWords(server, this);
    this.ids = new SessionIds(server.id);
    this.watches = new Watches(this, server.rules.service);
  }

  /** From now on this role answers clients. */
  serve(role: Role | null): void {
    this.role = role;
    this.traffic.begin();
  }

  onAccept(channel: ChannelId): void {
    this.traffic.opened(channel);
  }

  onMessage(channel: ChannelId, message: Message): void {
    const role = this.role?.serving ? this.role : null;
    if (message.kind === 'isro' || message.kind === 'word') {
      this.answerWord(channel, message as IsReadOnlyRequest | FourLetterWordRequest, role);
      return;
    }
    if (role === null) {
      this.close(channel);
      return;
    }
    const connection = this.connections.get(channel);
    if (message.kind === 'connect' && connection === undefined) {
      this.connect(channel, message as ConnectRequest, role);
    } else if (message.kind === 'request' && connection !== undefined) {
      connection.inbox.push(message as ClientRequest);
      this.read(connection);
    } else this.close(channel);
  }

  onClosed(channel: ChannelId): void {
    this.forget(channel);
  }

  isOpen(channel: ChannelId): boolean {
    return this.connections.has(channel);
  }

  /** WORD-1: answers, and closes; `stmk` is read on. */
  private answerWord(
    channel: ChannelId,
    message: IsReadOnlyRequest | FourLetterWordRequest,
    role: Role | null,
  ): void {
    this.traffic.received(channel, WORD_SIZE, role !== null);
    const asksMode = message.kind === 'isro';
    const word = asksMode ? 'isro' : message.word;
    const text = this.words.answer(word, asksMode ? undefined : message.mask, channel, role);
    if (text === null) return;
    const mode = role === null ? 'null' : role.readOnly ? 'ro' : 'rw';
    const answer: ClientMessage =
      asksMode && text === mode ? { kind: 'isroAnswer', mode } : { kind: 'wordAnswer', text };
    // Of nothing, which `hash` may have to tell, no packet is made.
    if (text !== '') this.send(channel, answer);
    this.close(channel);
  }

  /** All connections, in the order in which they came. */
  listed(): ListedConnection[] {
    const { config } = this.server;
    return [...this.traffic.connections].map(([channel, statistics]) => {
      const connection = this.connections.get(channel);
      const { session = null, timeout = config.sessionlessTimeout } = connection ?? {};
      const { outstanding = 0, heldUp = false } = connection ?? {};
      return { channel, session, timeout, outstanding, heldUp, statistics };
    });
  }

  /** The session of a connection; null: none. */
  sessionOf(channel: ChannelId): SessionId | null {
    return this.connections.get(channel)?.session ?? null;
  }

  get requestsInProcess(): number {
    return this.inProcess;
  }

  get connectionCount(): number {
    return this.traffic.connections.size;
  }

  // --- sessions begin (ZooKeeperServer.processConnectRequest)

  private connect(channel: ChannelId, request: ConnectRequest, role: Role): void {
    const { host, database, rules, config, statistics } = this.server;
    const { session: known, lastZxidSeen } = request;
    this.traffic.received(channel, CONNECT_SIZE);
    statistics.connectionRequests++;
    // SVC-1: a server behind the client refuses in silence: that keeps the single system image.
    const ahead = lastZxidSeen > database.lastProcessedZxid && rules.service.refusesClientsAhead;
    if (role.readOnly && !request.readOnly) this.refuse(channel, known, 'this server is read-only');
    else if (ahead) this.refuse(channel, known, 'the client has seen more than this server');
    else {
      const least = config.minSessionTimeout < 0 ? 2 * config.tickTime : config.minSessionTimeout;
      const most = config.maxSessionTimeout < 0 ? 20 * config.tickTime : config.maxSessionTimeout;
      const timeout = Math.min(Math.max(request.timeout, least), most);
      const resumed = known !== NO_SESSION;
      if (resumed) this.closeSession(known);
      if (resumed) statistics.connectionRevalidations++;
      const session = resumed ? known : this.ids.next(host.wallClock());
      const auth = [{ scheme: 'ip', id: host.remoteAddress(channel) }];
      const reading = { open: false, heldUp: false, outstanding: 0, inbox: [], reading: false };
      const connection = { channel, session, timeout, resumed, ...reading, auth };
      this.connections.set(channel, connection);
      this.bySession.set(session, channel);
      if (!resumed) this.openSession(channel, session, timeout, role);
      else if (request.passwd === passwordOf(session)) role.revalidate(channel, session, timeout);
      else this.finish(channel, false);
    }
  }

  private openSession(channel: ChannelId, session: SessionId, timeout: number, role: Role): void {
    if (role.localSessions !== null) {
      role.localSessions.open(session, timeout);
      this.finish(channel, true);
    } else if (role.readOnly) this.refuse(channel, session, 'a read-only server opens no global session');
    else {
      const op = { type: OpCode.createSession, timeout } as const;
      const arrived = this.server.host.now();
      this.admit(
        { channel, session, cxid: 0, auth: [], op, local: false, arrived, error: ErrorCode.OK },
        role,
      );
    }
  }

  /** SESSION-3: the session is open, or turns out to be gone (ZooKeeperServer.finishSessionInit). */
  finish(channel: ChannelId, valid: boolean): void {
    const connection = this.connections.get(channel);
    if (connection === undefined || connection.open) return;
    const { host, id } = this.server;
    const { session, timeout, resumed } = connection;
    const readOnly = this.role?.readOnly === true;
    const response: ConnectResponse = valid
      ? { kind: 'connected', timeout, session, passwd: passwordOf(session), readOnly }
      : { kind: 'connected', timeout: 0, session: NO_SESSION, passwd: NO_PASSWORD, readOnly };
    this.send(channel, response);
    if (!valid) {
      this.refuse(channel, session, 'the session is gone, or the password wrong');
      return;
    }
    connection.open = true;
    if (host.probing) host.probe({ kind: 'sessionOpened', server: id, session, timeout, resumed, readOnly });
    this.read(connection);
  }

  /** A session has been opened, or opened anew by its own client, which is told the same once more. */
  private opened(channel: ChannelId): void {
    const connection = this.connections.get(channel);
    if (connection?.open !== true) {
      this.finish(channel, true);
      return;
    }
    const { session, timeout } = connection;
    const readOnly = this.role?.readOnly === true;
    this.send(channel, {
      kind: 'connected',
      timeout,
      session,
      passwd: passwordOf(session),
      readOnly,
    } as Message);
  }

  private refuse(channel: ChannelId, session: SessionId, reason: string): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'sessionRefused', server: id, session, reason });
    this.close(channel);
  }

  /** The channel that a session has here, if it is still being opened; for the leader's answer to REVALIDATE. */
  openingChannel(session: SessionId): ChannelId | null {
    const channel = this.bySession.get(session);
    return channel === undefined || this.connections.get(channel)?.open ? null : channel;
  }

  // --- requests

  /** Takes up what has arrived, in order, as long as the connection is to be read. */
  private read(connection: Connection): void {
    if (connection.reading) return;
    connection.reading = true;
    const { channel, inbox } = connection;
    while (connection.open && !connection.heldUp && this.role !== null && this.connections.has(channel)) {
      const message = inbox.shift();
      if (message === undefined) break;
      this.request(connection, message, this.role);
    }
    connection.reading = false;
  }

  private request(connection: Connection, message: ClientRequest, role: Role): void {
    const { host, id, config } = this.server;
    const { channel, session, auth } = connection;
    const { cxid, op } = message;
    if (host.probing) host.probe({ kind: 'request', server: id, session, cxid, op: op.type });
    const size = requestSize(op);
    this.traffic.received(channel, LENGTH_SIZE + size);
    // SVC-5: a longer frame than jute.maxbuffer ends the connection without a word.
    if (size > config.maxBuffer) {
      this.server.statistics.largeRequestsRejected++;
      this.close(channel);
      return;
    }
    if (op.type === OpCode.auth) {
      this.authenticate(connection, cxid, op.scheme, op.auth);
      return;
    }
    if (op.type === OpCode.sasl) {
      this.answerSasl(channel, cxid, op.token);
      return;
    }
    const ofSession = op.type === OpCode.closeSession || op.type === OpCode.createSession;
    const local = ofSession && role.localSessions?.has(session) === true;
    if (cxid > 0) {
      connection.outstanding++;
      if (this.overLimit) this.holdUp(connection, true);
    }
    const error = op.type === OpCode.error && !isWrite(op) ? ErrorCode.MARSHALLINGERROR : ErrorCode.OK;
    this.admit({ channel, session, cxid, auth, op, local, arrived: host.now(), error }, role);
  }

  /** ACL-6: at once, in no order with requests (ZooKeeperServer.processPacket). */
  private authenticate(connection: Connection, cxid: number, scheme: string, auth: Uint8Array): void {
    const { channel } = connection;
    const ids = authenticate(scheme, auth, this.server.config.superDigest);
    const err = ids === null ? ErrorCode.AUTHFAILED : ErrorCode.OK;
    const reply: Reply = { kind: 'reply', cxid, zxid: 0, result: { err } };
    this.send(channel, reply);
    this.traffic.authenticated(reply);
    if (ids === null) {
      this.close(channel);
      return;
    }
    const isNew = (one: Id): boolean =>
      !connection.auth.some((id) => id.scheme === one.scheme && id.id === one.id);
    connection.auth = [...connection.auth, ...ids.filter(isNew)];
  }

  /** ACL-6: no mechanism is configured, which is no error (ZooKeeperServer.processSasl); a null token ends it all. */
  private answerSasl(channel: ChannelId, cxid: number, token: Uint8Array | undefined): void {
    if (token === undefined) {
      this.close(channel);
      return;
    }
    const reply: Reply = { kind: 'reply', cxid, zxid: 0, result: { err: ErrorCode.OK, data: null } };
    this.send(channel, reply);
    this.traffic.authenticated(reply);
  }

  private admit(request: LocalRequest, role: Role): void {
    const connection = this.connections.get(request.channel);
    if (request.op.type !== OpCode.createSession || connection?.open === true) {
      // SESSION-5: every request is a sign of life; one of a session that is gone is dropped.
      if (connection === undefined || !role.touch(request.session, connection.timeout)) return;
      if (!isKnown(request.op)) {
        this.refuseUnknown(request);
        return;
      }
    }
    this.inProcess++;
    role.submit(request);
  }

  /** SVC-5: in no order with other requests, and without the server's zxid (UnimplementedRequestProcessor). */
  private refuseUnknown(request: LocalRequest): void {
    const { channel, session, cxid, op } = request;
    const result = { err: ErrorCode.UNIMPLEMENTED };
    this.traffic.answered(request, result);
    this.traffic.replied(request, result);
    this.answer(channel, session, { kind: 'reply', cxid, zxid: NO_ZXID, result }, op.type);
    this.close(channel);
  }

  /** A request has its result. */
  reply(request: LocalRequest, result: Result): void {
    const { role } = this;
    const { channel, session, cxid, op } = request;
    this.inProcess--;
    this.traffic.answered(request, result);
    if (op.type === OpCode.createSession) this.opened(channel);
    else if (this.connections.get(channel)?.session === session) {
      if (isMoved(result)) this.moved(channel, session);
      else {
        this.traffic.replied(request, result);
        this.answer(channel, session, { kind: 'reply', cxid, zxid: this.zxid, result }, op.type);
      }
    }
    if (op.type === OpCode.closeSession && result.err === ErrorCode.OK) {
      if (request.local) role?.localSessions?.remove(session);
      this.closeSession(session);
    }
    const connection = this.connections.get(channel);
    if (cxid > 0 && connection !== undefined) {
      connection.outstanding--;
      if (!this.overLimit || connection.outstanding === 0) this.holdUp(connection, false);
      this.read(connection);
    }
  }

  /** SVC-2 (ZooKeeperServer.shouldThrottle). */
  private get overLimit(): boolean {
    return this.inProcess > this.server.config.outstandingLimit;
  }

  private holdUp(connection: Connection, on: boolean): void {
    if (connection.heldUp === on) return;
    connection.heldUp = on;
    this.server.host.holdUp(connection.channel, on);
  }

  private get zxid(): Zxid {
    return this.server.database.lastProcessedZxid;
  }

  private answer(channel: ChannelId, session: SessionId, reply: Reply, op: number): void {
    const { host, id } = this.server;
    const { cxid, zxid, result } = reply;
    if (host.probing) host.probe({ kind: 'replied', server: id, session, cxid, op, zxid, err: result.err });
    this.send(channel, reply);
  }

  /** SESSION-7: the client is elsewhere by now; this connection ends without an answer. */
  private moved(channel: ChannelId, session: SessionId): void {
    const { host, id } = this.server;
    if (host.probing) host.probe({ kind: 'sessionMoved', server: id, session });
    this.close(channel);
  }

  private send(channel: ChannelId, message: Message): void {
    this.traffic.sent(channel);
    this.server.host.send(channel, message);
  }

  // --- watch events

  auth(watcher: ChannelId): readonly Id[] {
    return this.connections.get(watcher)?.auth ?? [];
  }

  notify(watcher: ChannelId, type: WatchEventType, path: string, zxid: Zxid): void {
    const event: WatchEvent = { kind: 'watchEvent', zxid, type, path };
    if (this.server.rules.service.firesWhileApplying) {
      this.fire(watcher, event);
      return;
    }
    if (this.late.length === 0) this.server.host.setTimer(this.server.config.tickTime, LATE_WATCHES_TIMER, 0);
    this.late.push({ watcher, event });
  }

  /** Sends the watch events that were kept back. */
  fireLate(): void {
    for (const { watcher, event } of this.late.splice(0)) this.fire(watcher, event);
  }

  private fire(watcher: ChannelId, event: WatchEvent): void {
    const connection = this.connections.get(watcher);
    if (connection === undefined) return;
    const { host, id } = this.server;
    if (host.probing) {
      const { type, path, zxid } = event;
      host.probe({ kind: 'watchFired', server: id, session: connection.session, type, path, zxid });
    }
    this.traffic.notified(event.path);
    this.send(watcher, event);
  }

  // --- ends

  /** Closes the connection of a session, if it has one here. */
  closeSession(session: SessionId): void {
    const channel = this.bySession.get(session);
    if (channel !== undefined) this.close(channel);
  }

  /** Nobody serves any more: every client is cut off. */
  closeAll(): void {
    for (const channel of [...this.connections.keys()]) this.close(channel);
    this.late = [];
    this.inProcess = 0;
    this.role = null;
  }

  private close(channel: ChannelId): void {
    this.forget(channel);
    this.server.closeChannel(channel);
  }

  private forget(channel: ChannelId): void {
    this.traffic.closed(channel);
    const connection = this.connections.get(channel);
    if (connection === undefined) return;
    this.connections.delete(channel);
    this.watches.drop(channel);
    if (this.bySession.get(connection.session) === channel) this.bySession.delete(connection.session);
  }
}

/** SESSION-7: of a multi it is the first part that finds the session moved. */
function isMoved({ err, results }: Result): boolean {
  return (results?.[0]?.err ?? err) === ErrorCode.SESSIONMOVED;
}

/** Whether the server knows what to do with it (Request.isValid): a check is nothing by itself. */
function isKnown(op: ClientOp): boolean {
  return op.type !== OpCode.check && op.type !== OpCode.notification;
}
