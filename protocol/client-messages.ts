/** What travels on a client channel, as typed values (org.apache.zookeeper.proto). */
import type { Op, Reply } from './request.ts';
import type { SessionId } from './txn.ts';
import type { Zxid } from './zxid.ts';

/** ConnectRequest. Sessions as transactions come with the session layer; for now an id is granted at once. */
export interface ConnectRequest {
  readonly kind: 'connect';
  readonly lastZxidSeen: Zxid;
}
/** ConnectResponse. */
export interface ConnectResponse {
  readonly kind: 'connected';
  readonly session: SessionId;
}
/** RequestHeader and body. */
export interface ClientRequest {
  readonly kind: 'request';
  readonly cxid: number;
  readonly op: Op;
}
export type ClientMessage = ConnectRequest | ConnectResponse | ClientRequest | Reply;
