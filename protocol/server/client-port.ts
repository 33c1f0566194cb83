/** A server's clients: connections, sessions' ids, the limit on requests in process (NIOServerCnxn, RequestThrottler). */
import type { ClientRequest, ConnectRequest, ConnectResponse } from '../client-messages.ts';
import type { ChannelId, Message } from '../host.ts';
import type { Reply, Result } from '../request.ts';
import type { SessionId } from '../txn.ts';
import type { LocalRequest, Role, Server } from './context.ts';

const TWO_40 = 0x100_0000_0000;
const TWO_16 = 0x1_0000;

export class ClientPort {
  private readonly server: Server;
  private readonly sessions: Map<ChannelId, SessionId> = new Map();
  /** Admitted requests without a reply. */
  private inProcess = 0;
  private throttled: LocalRequest[] = [];
  /** Session ids: the wall clock's low 40 bits in units of 2^16, and what was added since. */
  private idClock = -1;
  private idCount = 0;

  constructor(server: Server) {
    this.server = server;
  }

  onMessage(channel: ChannelId, message: Message, role: Role | null): void {
    const { host, database } = this.server;
    if (role === null || !role.serving) {
      this.close(channel);
      return;
    }
    if (message.kind === 'connect') {
      // A server behind the client refuses in silence: that keeps the single system image.
      if ((message as ConnectRequest).lastZxidSeen > database.lastProcessedZxid) {
        this.close(channel);
        return;
      }
      const session = this.nextSession();
      this.sessions.set(channel, session);
      const response: ConnectResponse = { kind: 'connected', session };
      host.send(channel, response);
      return;
    }
    const session = this.sessions.get(channel);
    if (session === undefined || message.kind !== 'request') {
      this.close(channel);
      return;
    }
    const { cxid, op } = message as ClientRequest;
    if (host.probing) host.probe({ kind: 'request', server: this.server.id, session, cxid, op: op.type });
    const request: LocalRequest = { channel, session, cxid, op };
    if (this.inProcess >= this.server.config.outstandingLimit) this.throttled.push(request);
    else this.admit(request, role);
  }

  onClosed(channel: ChannelId): void {
    this.sessions.delete(channel);
  }

  reply(request: LocalRequest, result: Result, role: Role | null): void {
    const { host, id, database } = this.server;
    const { channel, session, cxid, op } = request;
    const zxid = database.lastProcessedZxid;
    this.inProcess--;
    if (this.sessions.get(channel) === session) {
      if (host.probing) {
        host.probe({ kind: 'replied', server: id, session, cxid, op: op.type, zxid, err: result.err });
      }
      const reply: Reply = { kind: 'reply', cxid, zxid, result };
      host.send(channel, reply);
    }
    while (
      role !== null &&
      this.throttled.length > 0 &&
      this.inProcess < this.server.config.outstandingLimit
    ) {
      this.admit(this.throttled.shift() as LocalRequest, role);
    }
  }

  /** The role ends: every client is cut off. */
  closeAll(): void {
    for (const channel of this.sessions.keys()) this.server.host.close(channel);
    this.sessions.clear();
    this.throttled = [];
    this.inProcess = 0;
  }

  private admit(request: LocalRequest, role: Role): void {
    this.inProcess++;
    role.submit(request);
  }

  private close(channel: ChannelId): void {
    this.sessions.delete(channel);
    this.server.host.close(channel);
  }

  /** SessionTrackerImpl.initializeNextSessionId, then one more each: server id, clock, count. */
  private nextSession(): SessionId {
    const { host, id } = this.server;
    if (this.idClock < 0) this.idClock = host.wallClock() % TWO_40;
    const count = this.idCount++;
    const clock = (this.idClock + Math.floor(count / TWO_16)) % TWO_40;
    return hex(id, 2) + hex(clock, 10) + hex(count % TWO_16, 4);
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
