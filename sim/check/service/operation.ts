/** What clients asked for, from the request to its effect and its answer. */
import type { ClientOp, Result } from '../../../protocol/request.ts';
import { NO_SESSION, type SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Outcome } from './model.ts';
import type { Identity } from './model-acl.ts';
import { opName } from './op-name.ts';

/** One operation of a client program. */
export class Operation {
  readonly client: number;
  /** Number within the client, from 1. */
  readonly ticket: number;
  readonly request: ClientOp;
  /** Index of the event that asked for it. */
  readonly invokedAt: number;
  /** Largest zxid of a write that had been answered to anybody before. */
  readonly floor: Zxid;
  session: SessionId = NO_SESSION;
  /** 0 until it is sent. */
  cxid = 0;
  sentAt = 0;
  /** Number of its connection within the client. */
  connection = 0;
  /** As whom it was sent; null: unknown. */
  who: Identity | null = null;
  /** Of a write, once it is committed. */
  outcome: Outcome | null = null;
  /** 0 until it is answered; `zxid` −1: by the client itself. */
  answeredAt = 0;
  server = 0;
  zxid: Zxid = -1;
  result: Result | null = null;

  constructor(client: number, ticket: number, request: ClientOp, invokedAt: number, floor: Zxid) {
    this.client = client;
    this.ticket = ticket;
    this.request = request;
    this.invokedAt = invokedAt;
    this.floor = floor;
  }

  /** `client 2's setData /a (events 40 to 57)`. */
  get name(): string {
    const { request } = this;
    const path = 'path' in request ? ` ${request.path}` : '';
    const until = this.answeredAt > 0 ? ` to ${this.answeredAt}` : '';
    return `client ${this.client}'s ${opName(request.type)}${path} (events ${this.invokedAt}${until})`;
  }
}
