/** Orders a session's requests and applies commits (CommitProcessor, FinalRequestProcessor). */
import type { Op, Result } from '../request.ts';
import type { DataTree } from '../tree/tree.ts';
import { ErrorCode, OpCode, type TxnRecord } from '../txn.ts';
import type { LocalRequest, Role, Server } from './context.ts';

export const COMMIT_STEP = 'commit';

/** Whether an operation changes the tree and so waits for its commit. */
export function isWrite(op: Op): boolean {
  switch (op.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.delete:
    case OpCode.setData:
      return true;
    default:
      return false;
  }
}

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
    if (queue !== undefined) queue.push(request);
    else if (this.waits(request.op)) this.waiting.set(request.session, [request]);
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
    const next = this.committed.shift();
    if (next === undefined) return;
    if (next.kind === 'syncDone') {
      const { session, cxid, op } = next.request;
      this.release(session, cxid, { err: ErrorCode.OK, path: (op as { path: string }).path });
    } else {
      const result = this.server.database.apply(next);
      probeApplied(this.server, next, this.role.serving);
      this.role.onApplied(next);
      this.release(next.session, next.cxid, result);
    }
    if (this.committed.length > 0) this.scheduleStep();
  }

  /** Answers the head of a session's queue if it is this request, and what waited behind it. */
  private release(session: string, cxid: number, result: Result): void {
    const queue = this.waiting.get(session);
    const head = queue?.[0];
    if (queue === undefined || head === undefined || head.cxid !== cxid) return;
    queue.shift();
    this.server.reply(head, result);
    while (queue.length > 0 && !this.waits((queue[0] as LocalRequest).op))
      this.answer(queue.shift() as LocalRequest);
    if (queue.length === 0) this.waiting.delete(session);
  }

  private waits(op: Op): boolean {
    return isWrite(op) || (this.matchSyncs && op.type === OpCode.sync);
  }

  private answer(request: LocalRequest): void {
    this.server.reply(request, read(this.server.database.tree, request.op));
  }

  private scheduleStep(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.server.host.schedule(COMMIT_STEP, this.server.term);
  }
}

/** A read answered from a tree as it is. */
function read(tree: DataTree, op: Op): Result {
  switch (op.type) {
    case OpCode.exists:
      return tree.exists(op.path);
    case OpCode.getData:
      return tree.getData(op.path);
    case OpCode.getChildren: {
      const { stat: _, ...result } = tree.getChildren(op.path);
      return result;
    }
    case OpCode.getChildren2:
      return tree.getChildren(op.path);
    case OpCode.sync:
      return { err: ErrorCode.OK, path: op.path };
    default:
      return { err: ErrorCode.UNIMPLEMENTED };
  }
}
