/** Orders a session's requests and applies commits (CommitProcessor, FinalRequestProcessor). */
import { isWrite, type ReadOp, type Result, type SyncRequest } from '../request.ts';
import { ErrorCode, OpCode, type SessionId, type TxnRecord } from '../txn.ts';
import type { LocalRequest, Role, Server } from './context.ts';
import { answerRead, syncResult } from './reads.ts';
import { writeResult } from './write-result.ts';

export const COMMIT_STEP = 'commit';

/** Reports that a transaction was applied to a server's tree. */
export function probeApplied(server: Server, record: TxnRecord, delivered: boolean): void {
  const { host, id, database } = server;
  if (!host.probing) return;
  const { zxid, digest: txnDigest } = record;
  host.probe({ kind: 'applied', server: id, zxid, delivered, digest: database.tree.digest, txnDigest });
}

/** A sync that the leader has answered, in its place among the commits. */
interface SyncDone {
  readonly kind: 'syncDone';
  readonly request: LocalRequest;
}

/**
 * ZAB-20: commits are applied one a step in their order. A session whose write is not yet applied has its later
 * requests wait behind it; other sessions' reads pass.
 */
export class Committer {
  private readonly server: Server;
  private readonly role: Role;
  /** On learners a sync waits like a write; on the leader it is a read. */
  private readonly matchSyncs: boolean;
  /** Requests of sessions with a write under way, oldest first; the head is such a write. */
  private readonly waiting: Map<string, LocalRequest[]> = new Map();
  private committed: (TxnRecord | SyncDone)[] = [];
  private scheduled = false;

  constructor(server: Server, role: Role, matchSyncs: boolean) {
    this.server = server;
    this.role = role;
    this.matchSyncs = matchSyncs;
  }

  /** A local request in the session's order. */
  process(request: LocalRequest): void {
    const queue = this.waiting.get(request.session);
    const waits = this.waits(request);
    if (queue !== undefined && (waits || this.server.rules.service.waitsBehindOwnWrites)) queue.push(request);
    else if (waits) this.waiting.set(request.session, [request]);
    else this.answer(request);
  }

  commit(record: TxnRecord): void {
    this.committed.push(record);
    this.scheduleStep();
  }

  syncDone(request: LocalRequest): void {
    this.committed.push({ kind: 'syncDone', request });
    this.scheduleStep();
  }

  onStep(): void {
    this.scheduled = false;
    if (this.committed.length === 0) return;
    const place = this.server.rules.zab.nextToApply(this.committed.length);
    const next = (place === 0 ? this.committed.shift() : this.committed.splice(place, 1)[0])!;
    if (next.kind === 'syncDone') {
      const { session, cxid, op } = next.request;
      this.release(session, cxid, op.type, syncResult((op as SyncRequest).path));
    } else this.apply(next);
    if (this.committed.length > 0) this.scheduleStep();
  }

  private apply(record: TxnRecord): void {
    const { database, clients } = this.server;
    const delay = this.server.host.wallClock() - record.time;
    if (delay >= 0) this.server.statistics.propagation.add(delay);
    const result = database.apply(record, clients.watches);
    probeApplied(this.server, record, this.role.serving);
    this.role.onApplied(record);
    const { session, cxid, txn } = record;
    const closes = txn.type === OpCode.closeSession;
    if (!this.release(session, cxid, closes ? OpCode.closeSession : 0, result) && closes) {
      clients.closeSession(session);
    }
  }

  /**
   * Answers the head of a session's queue if it is this request, and what waited behind it. `type`: an operation that it
   * must be, since requests of servers have no number of their own; 0: any.
   */
  private release(session: SessionId, cxid: number, type: number, result: Result): boolean {
    const queue = this.waiting.get(session);
    const head = queue?.[0];
    if (queue === undefined || head === undefined || head.cxid !== cxid) return false;
    if (type !== 0 && head.op.type !== type) return false;
    queue.shift();
    // A multi's errors are its parts'.
    const failed = head.error !== ErrorCode.OK && head.op.type !== OpCode.multi;
    this.server.reply(head, failed ? { err: head.error } : writeResult(head.op, result));
    while (queue.length > 0 && !this.waits(queue[0] as LocalRequest))
      this.answer(queue.shift() as LocalRequest);
    if (queue.length === 0) this.waiting.delete(session);
    return true;
  }

  private waits(request: LocalRequest): boolean {
    const { op, local } = request;
    return (isWrite(op) && !local) || (this.matchSyncs && op.type === OpCode.sync);
  }

  private answer(request: LocalRequest): void {
    const { server } = this;
    const { op, error, channel, session, auth } = request;
    if (error !== ErrorCode.OK) server.reply(request, { err: error });
    else if (!server.clients.isOpen(channel)) server.reply(request, GONE);
    else if (isWrite(op)) server.reply(request, { err: ErrorCode.OK });
    else {
      const { tree } = server.database;
      server.reply(request, answerRead(op as ReadOp, tree, server.clients.watches, channel, session, auth));
    }
  }

  private scheduleStep(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.server.host.schedule(COMMIT_STEP, this.server.term);
  }
}

/** For a connection that is closed: nobody hears it, and no watch may be left for it. */
const GONE: Result = { err: ErrorCode.CONNECTIONLOSS };
