/** Feeds hand-made events of clients and of a well-behaved ensemble to the monitors of the service. */
import { DEFAULT_CONFIG, type EnsembleConfig } from '../../../../protocol/config.ts';
import type { ClientOp, Result } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { NO_SESSION, OpCode, type SessionId, type Txn, type TxnRecord } from '../../../../protocol/txn.ts';
import { makeZxid, type Zxid } from '../../../../protocol/zxid.ts';
import { History } from '../../../../sim/check/history.ts';
import { HistoryMonitor } from '../../../../sim/check/history-monitor.ts';
import { createServiceMonitors } from '../../../../sim/check/service/index.ts';
import type { Monitor } from '../../../../sim/monitor.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';

export const z = makeZxid;
export const S: SessionId = '0100000000000001';
export const S2: SessionId = '0200000000000001';
const LEADER = 3;

/** The properties that these runs are made for; they say too little of watches and timeouts for the others. */
export const TESTED: readonly string[] = [
  'SVC-LINEARIZABLE-WRITES',
  'SVC-FIFO-CLIENT',
  'SVC-READ',
  'SVC-SINGLE-SYSTEM-IMAGE',
  'SVC-SEQUENCE',
  'SVC-ATOMIC',
];

export const bytes = (...values: number[]) => Uint8Array.from(values);

/** Requests and transactions about the same thing, in short. */
export const make = (path: string, flags = 0): ClientOp => ({
  type: OpCode.create,
  path,
  data: null,
  acl: OPEN_ACL_UNSAFE,
  flags,
});
export const made = (path: string, parentCVersion: number, ephemeral = false): Txn => ({
  type: OpCode.create,
  path,
  data: null,
  acl: OPEN_ACL_UNSAFE,
  ephemeral,
  parentCVersion,
});
export const get = (path: string): ClientOp => ({ type: OpCode.getData, path, watch: false });
export const failure = (err: number): Txn => ({ type: OpCode.error, err });

export class ServiceBench {
  readonly config: EnsembleConfig;
  readonly violations: { property: string; text: string }[] = [];
  readonly monitors: Monitor[];
  /** The server each client talks to. */
  readonly server = new Map<number, number>();
  private readonly tickets = new Map<number, number>();
  private readonly sessions = new Map<number, SessionId>();
  private readonly operations = new Map<string, { op: ClientOp; cxid: number }>();
  private events = 0;
  digest = 1;

  /** Server 3 leads epoch 1; client 1 has session {@link S} at server 1, client 2 {@link S2} at server 2. */
  constructor(config: Partial<EnsembleConfig> = {}) {
    this.config = { ...DEFAULT_CONFIG, ...config };
    const ctx = {
      config: this.config,
      now: () => this.events,
      event: () => this.events,
      violate: (property: string, text: string) => {
        if (TESTED.includes(property)) this.violations.push({ property, text });
      },
    };
    const history = new History(this.config);
    this.monitors = [new HistoryMonitor(history), ...createServiceMonitors(ctx, history)].filter(({ ids }) =>
      ids.every((id) => TESTED.includes(id)),
    );
    for (const server of [1, 2, 3]) {
      this.feed(
        { kind: 'restarted', server },
        { kind: 'loaded', server, zxid: 0, snapshotZxid: 0, acceptedEpoch: 0, currentEpoch: 0 },
      );
    }
    this.feed({ kind: 'role', server: LEADER, role: 'LEADING', leader: LEADER, reason: '' });
    for (const server of [1, 2])
      this.feed({ kind: 'role', server, role: 'FOLLOWING', leader: LEADER, reason: '' });
    this.feed({ kind: 'established', server: LEADER, epoch: 1, zxid: z(1, 0) });
    for (const server of [1, 2]) this.feed({ kind: 'serving', server, leader: LEADER, epoch: 1, zxid: 0 });
    this.commit(1, { type: OpCode.createSession, timeout: 4000 }, S, 0);
    this.commit(2, { type: OpCode.createSession, timeout: 4000 }, S2, 0);
    this.connect(1, 1, S).connect(2, 2, S2);
  }

  get violated(): string[] {
    return [...new Set(this.violations.map((violation) => violation.property))].sort();
  }

  checked(id: string): boolean {
    return this.monitors.find((monitor) => monitor.ids.includes(id))?.checked?.(id) ?? false;
  }

  feed(...events: SimEvent[]): this {
    for (const event of events) {
      this.events++;
      for (const monitor of this.monitors) if (monitor.kinds.includes(event.kind)) monitor.onProbe(event);
    }
    return this;
  }

  connect(client: number, server: number, session: SessionId, readOnly = false): this {
    this.server.set(client, server);
    this.sessions.set(client, session);
    const state = readOnly ? 'CONNECTEDREADONLY' : 'CONNECTED';
    return this.feed({ kind: 'clientState', server, client, session, state, zxid: 0 });
  }

  /** The connection is gone; what is not answered yet is answered CONNECTIONLOSS. */
  disconnect(client: number, ...lost: number[]): this {
    const session = this.sessions.get(client) ?? NO_SESSION;
    this.server.set(client, 0);
    this.feed({ kind: 'clientState', server: 0, client, session, state: 'CONNECTING', zxid: 0 });
    for (const ticket of lost) this.answer(client, ticket, -1, { err: -4 });
    return this;
  }

  /** A program asks; tickets and request numbers count from 1. */
  ask(client: number, request: ClientOp): this {
    const ticket = (this.tickets.get(client) ?? 0) + 1;
    this.tickets.set(client, ticket);
    const session = this.sessions.get(client) ?? NO_SESSION;
    const server = this.server.get(client) ?? 0;
    this.operations.set(`${client}/${ticket}`, { op: request, cxid: ticket });
    const path = 'path' in request ? (request.path ?? '') : '';
    return this.feed(
      { kind: 'invoked', server, client, session, ticket, op: request.type, path, request },
      { kind: 'sent', server, client, session, ticket, cxid: ticket, op: request.type },
    );
  }

  answer(client: number, ticket: number, zxid: Zxid, result: Result): this {
    const { op, cxid } = this.operations.get(`${client}/${ticket}`)!;
    const session = this.sessions.get(client) ?? NO_SESSION;
    const server = this.server.get(client) ?? 0;
    const { err } = result;
    return this.feed({
      kind: 'answered',
      server,
      client,
      session,
      ticket,
      cxid,
      op: op.type,
      zxid,
      err,
      result,
    });
  }

  record(counter: number, txn: Txn, session: SessionId, cxid: number, epoch = 1): TxnRecord {
    const fails =
      txn.type === OpCode.error ||
      (txn.type === OpCode.multi && txn.txns.some((part) => part.type === OpCode.error));
    if (!fails) this.digest += 1 + counter;
    return {
      kind: 'txn',
      session,
      cxid,
      zxid: z(epoch, counter),
      time: 1000 * counter,
      txn,
      digest: this.digest,
    };
  }

  propose(record: TxnRecord, server = LEADER): this {
    const { zxid, digest, session, cxid, txn } = record;
    return this.feed({
      kind: 'proposed',
      server,
      zxid,
      digest,
      session,
      cxid,
      op: txn.type,
      path: '',
      record,
    });
  }

  deliver(record: TxnRecord, ...servers: number[]): this {
    const { zxid, digest } = record;
    for (const server of servers) {
      this.feed(
        { kind: 'logged', server, zxid, digest },
        { kind: 'applied', server, zxid, delivered: true, digest, txnDigest: digest },
      );
    }
    return this;
  }

  /** Proposed by the leader and applied everywhere. */
  commit(counter: number, txn: Txn, session: SessionId, cxid: number): this {
    const record = this.record(counter, txn, session, cxid);
    return this.propose(record).deliver(record, LEADER, 1, 2);
  }
}
