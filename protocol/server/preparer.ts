/** Where requests become transactions, one by one (PrepRequestProcessor, ProposalRequestProcessor). */
import { isWrite, type Op, type Request, type WriteOp } from '../request.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId, type TxnRecord } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { Committer } from './committer.ts';
import { CONTAINER_TIMER, Containers } from './containers.ts';
import type { LocalRequest, Server } from './context.ts';
import { type Expirer, GLOBAL_SESSION_TIMER, LOCAL_SESSION_TIMER } from './expiring-sessions.ts';
import { LeaderSessions } from './leader-sessions.ts';
import { OutstandingChanges } from './prepare.ts';
import { type Owner, THIS_SERVER } from './session-tracker.ts';

export const PREP_STEP = 'prep';

/** Takes what was prepared: a leader's broadcast, or a standalone server's log. */
export interface Proposer {
  /** The zxid of the next transaction; −1: the role has ended instead. */
  nextZxid(): Zxid;
  propose(record: TxnRecord): void;
  /** A learner's sync is to be answered behind everything proposed so far. */
  sync(owner: Owner): void;
}

/** A request on its way: a client's of this server (`local`), a learner's, or this server's own. */
interface Incoming {
  readonly local: LocalRequest | null;
  readonly owner: Owner;
  readonly request: Request;
}

/** Of a leader or standalone server that serves. */
export class Preparer implements Expirer {
  private readonly server: Server;
  private readonly proposer: Proposer;
  private readonly committer: Committer;
  readonly sessions: LeaderSessions;
  private readonly containers: Containers;
  private readonly changes: OutstandingChanges;
  private incoming: Incoming[] = [];
  private scheduled = false;

  constructor(server: Server, proposer: Proposer, committer: Committer) {
    this.server = server;
    this.proposer = proposer;
    this.committer = committer;
    this.sessions = new LeaderSessions(server);
    this.containers = new Containers(server, this);
    this.changes = new OutstandingChanges(server.config, server.rules.service);
  }

  /** A request of a client of this server (LeaderRequestProcessor: a local session that wants an ephemeral is upgraded). */
  submit(request: LocalRequest): void {
    const { local } = this.sessions;
    if (local?.has(request.session) && createsEphemeral(request.op)) {
      if (!this.server.config.localSessionsUpgrading) {
        this.enqueue({
          local: { ...request, error: ErrorCode.EPHEMERALONLOCALSESSION },
          owner: THIS_SERVER,
          request,
        });
        return;
      }
      const timeout = local.timeoutOf(request.session);
      // Global first: what it asked before is still on its way to its check.
      this.sessions.open(request.session, timeout, THIS_SERVER);
      local.remove(request.session);
      this.own(request.session, { type: OpCode.createSession, timeout });
    }
    this.enqueue({ local: request, owner: THIS_SERVER, request });
  }

  /** A learner hands on a request of one of its clients. */
  forwarded(owner: Owner, request: Request): void {
    this.enqueue({ local: null, owner, request });
  }

  /** A session has expired: it is closed like any other. */
  expire(session: SessionId): void {
    if (this.sessions.local?.has(session)) {
      this.sessions.local.remove(session);
      this.server.clients.closeSession(session);
    } else this.own(session, { type: OpCode.closeSession });
  }

  /** A container or TTL node that nobody needs. */
  deleteContainer(path: string): void {
    this.own(NO_SESSION, { type: OpCode.deleteContainer, path });
  }

  /** A transaction is in the tree. */
  applied(record: TxnRecord): void {
    this.changes.applied(record.zxid);
    const { txn, session } = record;
    if (txn.type === OpCode.closeSession) this.sessions.global.remove(session);
  }

  onTimer(name: string): void {
    if (name === GLOBAL_SESSION_TIMER) this.sessions.global.onTimer(this);
    else if (name === LOCAL_SESSION_TIMER) this.sessions.local?.onTimer(this);
    else if (name === CONTAINER_TIMER) this.containers.onTimer();
  }

  /** ZAB-14: one request a step. */
  onStep(): void {
    this.scheduled = false;
    const next = this.incoming.shift();
    if (next === undefined) return;
    this.prepare(next);
    if (this.incoming.length > 0) this.schedule();
  }

  private prepare({ local, owner, request }: Incoming): void {
    const { session, cxid, auth, op } = request;
    if (op.type === OpCode.sync && local === null) {
      this.proposer.sync(owner);
      return;
    }
    const write = isWrite(op) && local?.local !== true;
    if (local !== null) {
      // SESSION-7: reads of this server's clients are checked too.
      const error = write || local.error !== ErrorCode.OK ? local.error : this.sessions.check(session, owner);
      this.committer.process(error === local.error ? local : { ...local, error });
    }
    if (!write) return;
    const zxid = this.proposer.nextZxid();
    if (zxid === -1) return;
    const { host, database } = this.server;
    if (op.type === OpCode.createSession) this.sessions.open(session, op.timeout, owner);
    const sessionErr = this.sessions.check(session, owner);
    // SESSION-9: a local session of this server's own that may not become global has its error already.
    const refused = local !== null && local.error !== ErrorCode.OK;
    const ephemeralErr = refused ? local.error : this.sessions.checkGlobal(session, owner);
    const prepared = { session, cxid, auth, op: op as WriteOp, sessionErr, ephemeralErr };
    const record = this.changes.prepare(database.tree, prepared, zxid, host.wallClock());
    if (op.type === OpCode.closeSession) this.sessions.global.tracker.setClosing(session);
    if (host.probing) this.probeProposed(record);
    this.proposer.propose(record);
  }

  private probeProposed(record: TxnRecord): void {
    const { host, id } = this.server;
    const { zxid, digest, session, cxid, txn } = record;
    const path = 'path' in txn ? txn.path : '';
    host.probe({ kind: 'proposed', server: id, zxid, digest, session, cxid, op: txn.type, path, record });
  }

  private own(session: SessionId, op: WriteOp): void {
    this.enqueue({ local: null, owner: THIS_SERVER, request: { session, cxid: 0, auth: [], op } });
  }

  private enqueue(incoming: Incoming): void {
    this.incoming.push(incoming);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.server.host.schedule(PREP_STEP, this.server.term);
  }
}

/** Whether an operation makes an ephemeral (ZooKeeperServer.checkUpgradeSession). */
export function createsEphemeral(op: Op): boolean {
  if (op.type === OpCode.multi) return op.ops.some(createsEphemeral);
  return (op.type === OpCode.create || op.type === OpCode.create2) && (op.flags === 1 || op.flags === 3);
}
