/**
 * What clients asked for, what of it was committed and what they were answered: the model all properties of the service
 * read. It is fed each event after the Zab histories and before the properties.
 */
import type { EnsembleConfig } from '../../../protocol/config.ts';
import { type AuthRequest, isWrite, type WriteOp } from '../../../protocol/request.ts';
import { NO_SESSION, OpCode, type SessionId, type TxnRecord } from '../../../protocol/txn.ts';
import { counterOf, type Zxid } from '../../../protocol/zxid.ts';
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import type { History } from '../history.ts';
import { type HistoryNode, ROOT } from '../history-tree.ts';
import { Model, type Origin, type Outcome } from './model.ts';
import { type Identity, NOBODY } from './model-acl.ts';
import { digestId } from './model-digest-id.ts';
import { Operation } from './operation.ts';

/** A session, as its clients and the committed transactions tell. */
export class SessionHistory {
  readonly id: SessionId;
  /** The client that has it; 0: none of this run's. */
  client = 0;
  /** Writes sent and not both committed and answered, by cxid. */
  readonly writes = new Map<number, Operation>();
  /** Numbers of writes that are committed and answered. */
  readonly done = new Set<number>();
  /** A server began to close it because it had heard nothing. */
  expiring = false;

  constructor(id: SessionId) {
    this.id = id;
  }
}

/** A client and its connection. */
export class ClientHistory {
  readonly client: number;
  /** Not answered yet, by ticket. */
  readonly pending = new Map<number, Operation>();
  /** Counts its connections. */
  connection = 0;
  /** Whom this connection has authenticated as; null: unknown. */
  identity: Identity | null = NOBODY;
  /** It talks to a server that is cut off from the quorum. */
  readOnly = false;

  constructor(client: number) {
    this.client = client;
  }
}

/** A transaction at its place in the one delivered sequence. */
export interface Committed {
  readonly node: HistoryNode;
  readonly record: TxnRecord;
  /** Null: nobody of this run asked for it as an operation (sessions, containers, outside clients). */
  readonly operation: Operation | null;
  readonly outcome: Outcome;
  /** The operation had been committed before: it takes effect a second time. */
  readonly again: boolean;
}

/** A model and the zxid at which to read it. */
export interface View {
  readonly model: Model;
  readonly zxid: Zxid;
}

export class ServiceHistory {
  readonly history: History;
  readonly config: EnsembleConfig;
  /** Everything delivered so far. */
  readonly model: Model;
  readonly sessions = new Map<SessionId, SessionHistory>();
  readonly clients = new Map<number, ClientHistory>();
  /** End of the one delivered sequence. */
  end: HistoryNode = ROOT;
  /** Largest zxid of a write that has been answered. */
  completed: Zxid = 0;
  /** The run began with transactions nobody saw, or servers deliver different sequences: the model knows nothing more. */
  blind = false;

  /** The operation that the event invokes, sends or answers; null where it is about none. */
  operation: Operation | null = null;
  /** What the event delivers for the first time, in order. Another list at the next event. */
  committed: Committed[] = [];

  private readonly ctx: MonitorContext;
  /** Transactions that are proposed but not delivered yet, by node. */
  private readonly records = new Map<HistoryNode, TxnRecord>();
  /** By server: pairs of zxids, from and to before which its tree held parts of later transactions. */
  private readonly fuzzy = new Map<number, Zxid[]>();
  /** By server: where its tree stood each time it began to serve without a quorum. */
  private readonly cutOff = new Map<number, HistoryNode[]>();
  /** Histories that were served without a quorum and are not (or were not yet) delivered. */
  private readonly branches = new Map<HistoryNode, Model>();

  constructor(ctx: MonitorContext, history: History) {
    this.ctx = ctx;
    this.config = ctx.config;
    this.history = history;
    const { extendedTypes, enforceQuota, localSessions, superDigest } = ctx.config;
    this.model = new Model({ extendedTypes, enforceQuota, localSessions, superDigest });
  }

  client(id: number): ClientHistory {
    let client = this.clients.get(id);
    if (client === undefined) {
      client = new ClientHistory(id);
      this.clients.set(id, client);
    }
    return client;
  }

  session(id: SessionId): SessionHistory {
    let session = this.sessions.get(id);
    if (session === undefined) {
      session = new SessionHistory(id);
      this.sessions.set(id, session);
    }
    return session;
  }

  /**
   * What a server may have answered a client from at `zxid`: the delivered sequence, and for one cut off from the quorum
   * whatever it had logged. Empty where it could not have (an invented zxid); null where the model cannot know.
   */
  views(server: number, zxid: Zxid, readOnly: boolean): readonly View[] | null {
    if (this.blind || this.isFuzzy(server, zxid)) return null;
    const views: View[] = [];
    if (readOnly) {
      for (const node of this.cutOff.get(server) ?? []) {
        const view = this.viewOf(node, zxid);
        if (view === null) return null;
        views.push(view);
      }
      return views;
    }
    // `E·2³²` is where a leader stands before its first transaction.
    if (zxid <= this.model.zxid || counterOf(zxid) === 0) views.push({ model: this.model, zxid });
    return views;
  }

  /** Whether a leader may take the session for gone though no transaction has closed it. */
  mayBeClosing(session: SessionId): boolean {
    return this.config.localSessions || (this.sessions.get(session)?.expiring ?? false);
  }

  observe(event: SimEvent): void {
    this.operation = null;
    if (this.committed.length > 0) this.committed = [];
    switch (event.kind) {
      case 'established':
      case 'serving':
      case 'applied':
        if (this.history.delivery >= 0) this.deliver(this.history.delivery);
        break;
      case 'proposed':
        if (!this.history.tree.contains(this.end, this.history.node))
          this.records.set(this.history.node, event.record);
        break;
      case 'invoked':
        this.onInvoked(
          event.client,
          event.ticket,
          new Operation(event.client, event.ticket, event.request, this.ctx.event(), this.completed),
        );
        break;
      case 'sent':
        this.onSent(event.client, event.ticket, event.session, event.cxid);
        break;
      case 'answered': {
        const client = this.client(event.client);
        const operation = client.pending.get(event.ticket);
        if (operation === undefined) break;
        client.pending.delete(event.ticket);
        this.operation = operation;
        operation.answeredAt = this.ctx.event();
        operation.server = event.server;
        operation.zxid = event.zxid;
        operation.result = event.result;
        const { outcome } = operation;
        if (outcome === null) break;
        this.release(operation);
        if (event.zxid >= 0 && outcome.zxid > this.completed) this.completed = outcome.zxid;
        break;
      }
      case 'clientState': {
        const client = this.client(event.client);
        client.readOnly = event.state === 'CONNECTEDREADONLY';
        if (event.state !== 'CONNECTED' && event.state !== 'CONNECTEDREADONLY') {
          client.connection++;
          client.identity = NOBODY;
        }
        break;
      }
      case 'housekeeping':
        if (event.op === OpCode.auth && !event.answer) {
          this.onAuth(this.client(event.client), event.request?.type === OpCode.auth ? event.request : null);
        }
        break;
      case 'expired':
        this.session(event.session).expiring = true;
        break;
      case 'readOnly':
        if (event.serving) append(this.cutOff, event.server, this.history.of(event.server).applied);
        break;
      case 'snapInstalled':
      case 'loaded': {
        const { applied, fuzzyUntil } = this.history.of(event.server);
        const from = this.history.tree.zxid[applied]!;
        if (fuzzyUntil > from) {
          append(this.fuzzy, event.server, from);
          append(this.fuzzy, event.server, fuzzyUntil);
        }
        break;
      }
    }
  }

  private onInvoked(client: number, ticket: number, operation: Operation): void {
    this.client(client).pending.set(ticket, operation);
    this.operation = operation;
  }

  private onSent(clientId: number, ticket: number, sessionId: SessionId, cxid: number): void {
    const client = this.client(clientId);
    const operation = client.pending.get(ticket);
    if (operation === undefined) return;
    this.operation = operation;
    operation.session = sessionId;
    operation.cxid = cxid;
    operation.sentAt = this.ctx.event();
    operation.connection = client.connection;
    operation.who = client.identity;
    const session = this.session(sessionId);
    session.client = clientId;
    if (isWrite(operation.request)) session.writes.set(cxid, operation);
    if (operation.request.type === OpCode.auth) this.onAuth(client, operation.request);
  }

  /** What is sent after it on the connection is done as that identity: a refused one ends the connection. */
  private onAuth(client: ClientHistory, request: AuthRequest | null): void {
    if (client.identity === null || request?.scheme === 'world' || request?.scheme === 'ip') return;
    const id = request?.scheme === 'digest' ? digestId(request.auth) : null;
    if (id === null) {
      client.identity = null;
      return;
    }
    const { ids, superuser } = client.identity;
    if (ids.some((known) => known.scheme === 'digest' && known.id === id)) return;
    client.identity = {
      ids: [...ids, { scheme: 'digest', id }],
      superuser: superuser || (this.config.superDigest !== '' && id === this.config.superDigest),
    };
  }

  /** Goes on along the one sequence to a delivery that is further than all before. */
  private deliver(node: HistoryNode): void {
    const { tree } = this.history;
    const { end } = this;
    if (this.blind || tree.depth[node]! <= tree.depth[end]!) return;
    if (tree.parent[node] !== end && !tree.contains(node, end)) {
      this.blind = true;
      return;
    }
    const nodes: HistoryNode[] = [];
    for (let at = node; at !== end; at = tree.parent[at]!) nodes.push(at);
    this.end = node;
    for (let i = nodes.length - 1; i >= 0 && !this.blind; i--) this.commit(nodes[i]!);
  }

  private commit(node: HistoryNode): void {
    const record = this.records.get(node);
    if (record === undefined) {
      this.blind = true;
      return;
    }
    this.records.delete(node);
    const operation = this.operationOf(record);
    const outcome = this.model.commit(record, this.originOf(record, operation));
    let again = this.sessions.get(record.session)?.done.has(record.cxid) ?? false;
    if (operation !== null) {
      again = operation.outcome !== null;
      operation.outcome ??= outcome;
      if (operation.answeredAt > 0) this.release(operation);
    }
    this.committed.push({ node, record, operation, outcome, again });
  }

  private operationOf(record: TxnRecord): Operation | null {
    if (record.cxid <= 0) return null;
    return this.sessions.get(record.session)?.writes.get(record.cxid) ?? null;
  }

  private originOf(record: TxnRecord, operation: Operation | null): Origin | null {
    const mayBeClosing = this.mayBeClosing(record.session);
    const op: WriteOp | null =
      operation !== null && isWrite(operation.request) ? operation.request : this.ownOp(record);
    if (op === null) return null;
    // An operation that another type of transaction came of is compared all the same.
    return { op, who: operation === null ? NOBODY : operation.who, mayBeClosing };
  }

  /** What servers ask for by themselves; null for clients outside of the run, whose records are believed. */
  private ownOp(record: TxnRecord): WriteOp | null {
    const { session, txn } = record;
    if (txn.type === OpCode.closeSession) return { type: OpCode.closeSession };
    if (txn.type === OpCode.createSession) return { type: OpCode.createSession, timeout: txn.timeout };
    if (txn.type === OpCode.delete && session === NO_SESSION)
      return { type: OpCode.deleteContainer, path: txn.path };
    return null;
  }

  /** Both its effect and its answer are known: nothing more will be asked about it. */
  private release(operation: Operation): void {
    const session = this.sessions.get(operation.session);
    if (session?.writes.delete(operation.cxid)) session.done.add(operation.cxid);
  }

  private isFuzzy(server: number, zxid: Zxid): boolean {
    const spans = this.fuzzy.get(server);
    if (spans === undefined) return false;
    for (let i = 0; i < spans.length; i += 2) if (spans[i]! <= zxid && zxid < spans[i + 1]!) return true;
    return false;
  }

  /** The history of a node as a model: the delivered one, or a branch off it with what came after. */
  private viewOf(node: HistoryNode, zxid: Zxid): View | null {
    const { tree } = this.history;
    const known = this.branches.get(node);
    if (known !== undefined) return { model: known, zxid };
    if (tree.contains(this.end, node)) return { model: this.model, zxid: Math.min(zxid, tree.zxid[node]!) };
    const beyond: TxnRecord[] = [];
    const fork = tree.common(this.end, node);
    for (let at = node; at !== fork; at = tree.parent[at]!) {
      const record = this.records.get(at);
      if (record === undefined) return null;
      beyond.push(record);
    }
    const branch = this.model.branch(tree.zxid[fork]!);
    for (let i = beyond.length - 1; i >= 0; i--)
      branch.commit(beyond[i]!, this.originOf(beyond[i]!, this.operationOf(beyond[i]!)));
    this.branches.set(node, branch);
    return { model: branch, zxid };
  }
}

function append<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Kinds that move the model or that properties of the service look at through it. */
export const SERVICE_KINDS: readonly SimEventKind[] = [
  'proposed',
  'established',
  'serving',
  'applied',
  'snapInstalled',
  'loaded',
  'invoked',
  'sent',
  'answered',
  'notified',
  'clientState',
  'housekeeping',
  'sessionOpened',
  'expired',
  'readOnly',
];

/** Feeds the model; checks nothing itself. */
export class ServiceHistoryMonitor implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds = SERVICE_KINDS;
  private readonly service: ServiceHistory;

  constructor(service: ServiceHistory) {
    this.service = service;
  }

  onProbe(event: SimEvent): void {
    this.service.observe(event);
  }
}
