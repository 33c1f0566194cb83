/** What a handle reports of itself through its host's probe. Nothing is built where nobody listens. */
import type { WatchEvent } from '../client-messages.ts';
import type { Host } from '../host.ts';
import type { ClientState } from '../probe.ts';
import type { ClientOp, Result } from '../request.ts';
import { OpCode, type SessionId } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { Packet } from './packet-queue.ts';

/** The handle, as far as its reports name it. */
export interface Reporter {
  readonly host: Host;
  readonly id: number;
  /** The server it is connected to; 0: none. */
  readonly server: number;
  readonly session: SessionId;
  readonly state: ClientState;
  readonly lastZxid: Zxid;
}

/** The program asked for an operation. */
export function probeInvoked({ host, server, id: client, session }: Reporter, packet: Packet): void {
  if (!host.probing) return;
  const { op: request, ticket } = packet;
  const path = 'path' in request ? (request.path ?? '') : '';
  host.probe({ kind: 'invoked', server, client, session, ticket, op: request.type, path, request });
}

/** An operation is on its way. */
export function probeSent({ host, server, id: client, session }: Reporter, packet: Packet): void {
  if (!host.probing) return;
  const { ticket, cxid, op } = packet;
  host.probe({ kind: 'sent', server, client, session, ticket, cxid, op: op.type });
}

/** The program is told an operation's result; `zxid` −1: by the handle itself. */
export function probeAnswered(reporter: Reporter, packet: Packet, result: Result, zxid: Zxid): void {
  const { host, server, id: client, session } = reporter;
  if (!host.probing) return;
  const { ticket, cxid, op } = packet;
  const { err } = result;
  host.probe({ kind: 'answered', server, client, session, ticket, cxid, op: op.type, zxid, err, result });
}

/** A watch event has come. */
export function probeNotified({ host, server, id: client, session }: Reporter, event: WatchEvent): void {
  if (!host.probing) return;
  const { type, path, zxid } = event;
  host.probe({ kind: 'notified', server, client, session, type, path, zxid });
}

/** The handle's state has changed. */
export function probeState({ host, server, id: client, session, state, lastZxid: zxid }: Reporter): void {
  if (host.probing) host.probe({ kind: 'clientState', server, client, session, state, zxid });
}

/** The handle sends something of its own: `op` under a number below 0. */
export function probeHousekeeping(reporter: Reporter, op: ClientOp): void {
  const { host, server, id: client, session, lastZxid: zxid } = reporter;
  if (!host.probing) return;
  const request = op.type === OpCode.ping ? null : op;
  host.probe({
    kind: 'housekeeping',
    server,
    client,
    session,
    op: op.type,
    zxid,
    err: 0,
    answer: false,
    request,
  });
}

/** The reply to something of its own, of this OpCode. */
export function probeHousekept(reporter: Reporter, op: number, zxid: Zxid, err: number): void {
  const { host, server, id: client, session } = reporter;
  if (!host.probing) return;
  host.probe({ kind: 'housekeeping', server, client, session, op, zxid, err, answer: true, request: null });
}
