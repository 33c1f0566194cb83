/**
 * The sequential model of ZooKeeper: one tree and one table of sessions, on which operations take effect one after the
 * other. It shares no code with the servers' tree, so that one mistake cannot hide in both, and it keeps every version, so
 * that what a server answered can be compared with what was true at the zxid it answered from.
 */
import { CreateFlag, type MultiOp, type Result, type WriteOp } from '../../../protocol/request.ts';
import {
  ErrorCode,
  NO_SESSION,
  OpCode,
  type SessionId,
  type Txn,
  type TxnRecord,
} from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Change } from './change.ts';
import type { Identity } from './model-acl.ts';
import { type Before, Draft } from './model-draft.ts';
import { sameTxn } from './model-equality.ts';
import { FIRST_NODES, type ModelNode } from './model-node.ts';
import { lastName, parentPath } from './model-path.ts';
import { VersionedSet, Versions } from './model-versions.ts';
import { type ModelSettings, transactionOf, UNKNOWN } from './model-writes.ts';

/** What the model says of a committed transaction. */
export interface Outcome {
  readonly zxid: Zxid;
  /** What the client is to be answered; null where the model cannot know. */
  readonly result: Result | null;
  /** What the model makes of the operation; null where it cannot know. */
  readonly expected: Txn | null;
  /** What took effect. */
  readonly changes: readonly Change[];
  /** Whether the record is what the model expected. */
  readonly agrees: boolean;
}

/** Whose operation a record is. */
export interface Origin {
  readonly op: WriteOp;
  /** Null: unknown. */
  readonly who: Identity | null;
  /** The leader may have begun to close the session: SESSIONEXPIRED is as good as any result. */
  readonly mayBeClosing: boolean;
}

export class Model implements Before {
  readonly settings: ModelSettings;
  /** Another history up to `fork`: this one shares it. */
  private readonly base: Model | null;
  private readonly fork: Zxid;
  private readonly nodes = new Map<string, Versions<ModelNode | null>>();
  private readonly childNames = new Map<string, VersionedSet>();
  private readonly ephemerals = new Map<SessionId, VersionedSet>();
  /** Negotiated timeouts, ms; −1 once closed. */
  private readonly sessions = new Map<SessionId, Versions<number>>();
  /** Zxid of the last transaction. */
  zxid: Zxid = 0;

  constructor(settings: ModelSettings, base: Model | null = null, fork: Zxid = 0) {
    this.settings = settings;
    this.base = base;
    this.fork = fork;
    this.zxid = fork;
    if (base !== null) return;
    for (const [path, node] of FIRST_NODES) {
      this.versions(path).set(0, node);
      if (path !== '/') this.names(parentPath(path)).add(0, lastName(path));
    }
  }

  /** A second future of the history up to `zxid`; this one goes on by itself. */
  branch(zxid: Zxid): Model {
    return new Model(this.settings, this, zxid);
  }

  // --- the past

  /** The node after the last transaction up to `zxid`; null where there was none. */
  nodeAt(path: string, zxid: Zxid): ModelNode | null {
    const own = this.nodes.get(path)?.at(zxid);
    if (own !== undefined) return own;
    return this.base === null ? null : this.base.nodeAt(path, Math.min(zxid, this.fork));
  }

  /** Names of the children, sorted. */
  childrenAt(path: string, zxid: Zxid): readonly string[] {
    const own = this.childNames.get(path);
    if (own !== undefined && (this.base === null || zxid >= this.fork)) return own.at(zxid);
    return this.base === null ? [] : this.base.childrenAt(path, Math.min(zxid, this.fork));
  }

  /** Paths of the session's ephemerals, sorted. */
  ephemeralsAt(session: SessionId, zxid: Zxid): readonly string[] {
    const own = this.ephemerals.get(session);
    if (own !== undefined && (this.base === null || zxid >= this.fork)) return own.at(zxid);
    return this.base === null ? [] : this.base.ephemeralsAt(session, Math.min(zxid, this.fork));
  }

  /** The session's timeout, ms; undefined where it had never been opened, −1 where it was closed. */
  sessionAt(session: SessionId, zxid: Zxid): number | undefined {
    const own = this.sessions.get(session)?.at(zxid);
    if (own !== undefined || this.base === null) return own;
    return this.base.sessionAt(session, Math.min(zxid, this.fork));
  }

  // --- the present

  before(path: string): ModelNode | null {
    return this.nodeAt(path, this.zxid);
  }

  isOpen(session: SessionId): boolean {
    return (this.sessionAt(session, this.zxid) ?? -1) >= 0;
  }

  ephemeralsOf(session: SessionId): readonly string[] {
    return this.ephemeralsAt(session, this.zxid);
  }

  /**
   * Lets a committed record take effect. What the client is to be answered follows from its operation alone; what took
   * effect is what the record says, so that after a disagreement the model still tells what servers hold.
   *
   * @param origin null where nobody knows the operation: the record is believed
   */
  commit(record: TxnRecord, origin: Origin | null): Outcome {
    const { zxid, txn } = record;
    let draft = new Draft(this, record);
    let expected: Txn | null = null;
    if (origin !== null && !this.excused(record, origin)) {
      const made = transactionOf(origin.op, draft, origin.who, this.settings);
      if (made !== UNKNOWN) expected = made;
      // Its parts are in effect there.
      if (origin.op.type === OpCode.multi) draft = new Draft(this, record);
    }
    const agrees = expected === null || sameTxn(expected, txn);
    let result: Result | null = null;
    if (origin !== null && expected !== null) {
      result = answerTo(origin.op, agrees ? null : new Draft(this, record).take(expected));
    } else if (txn.type === OpCode.error) result = { err: txn.err };
    const taken = draft.take(txn);
    if (result === null && origin !== null && expected !== null) result = answerTo(origin.op, taken);
    this.settle(draft);
    this.zxid = zxid;
    if (txn.type === OpCode.createSession) this.session(record.session).set(zxid, txn.timeout);
    if (txn.type === OpCode.closeSession) this.session(record.session).set(zxid, -1);
    return { zxid, result, expected, changes: draft.changes, agrees };
  }

  /**
   * Errors that depend on what no model knows: which server the session was at, and whether it was being closed or only
   * that server's.
   */
  private excused({ txn, session }: TxnRecord, origin: Origin): boolean {
    let err: number = ErrorCode.OK;
    if (txn.type === OpCode.error) err = txn.err;
    else if (txn.type === OpCode.multi) {
      for (const part of txn.txns) if (part.type === OpCode.error && err === ErrorCode.OK) err = part.err;
    }
    if (err === ErrorCode.EPHEMERALONLOCALSESSION) return this.sessionAt(session, this.zxid) === undefined;
    return err === ErrorCode.SESSIONMOVED || (err === ErrorCode.SESSIONEXPIRED && origin.mayBeClosing);
  }

  private settle(draft: Draft): void {
    const { zxid } = draft.moment;
    for (const [path, node] of draft.nodes) {
      const before = this.before(path);
      if (before === null && node === null) continue;
      if (path !== '/') {
        if (before === null) this.names(parentPath(path)).add(zxid, lastName(path));
        else if (node === null) this.names(parentPath(path)).delete(zxid, lastName(path));
      }
      const was = before?.owner ?? NO_SESSION;
      const is = node?.owner ?? NO_SESSION;
      if (was !== is) {
        if (was !== NO_SESSION) this.owned(was).delete(zxid, path);
        if (is !== NO_SESSION) this.owned(is).add(zxid, path);
      }
      this.versions(path).set(zxid, node);
    }
  }

  private versions(path: string): Versions<ModelNode | null> {
    let versions = this.nodes.get(path);
    if (versions === undefined) {
      versions = new Versions();
      this.nodes.set(path, versions);
    }
    return versions;
  }

  private names(path: string): VersionedSet {
    let names = this.childNames.get(path);
    if (names === undefined) {
      names = new VersionedSet(this.base?.childrenAt(path, this.fork));
      this.childNames.set(path, names);
    }
    return names;
  }

  private owned(session: SessionId): VersionedSet {
    let owned = this.ephemerals.get(session);
    if (owned === undefined) {
      owned = new VersionedSet(this.base?.ephemeralsAt(session, this.fork));
      this.ephemerals.set(session, owned);
    }
    return owned;
  }

  private session(session: SessionId): Versions<number> {
    let versions = this.sessions.get(session);
    if (versions === undefined) {
      versions = new Versions();
      this.sessions.set(session, versions);
    }
    return versions;
  }
}

/** What of a transaction's result the operation's answer carries; null stays null. */
function answerTo(op: WriteOp, taken: Result | null): Result | null {
  if (taken === null) return null;
  if (taken.err !== ErrorCode.OK) return { err: taken.err };
  if (op.type === OpCode.multi && taken.results !== undefined) {
    return {
      err: ErrorCode.OK,
      results: taken.results.map((result, i) => answerPart(partType(op.ops[i]), result)),
    };
  }
  return answerPart(op.type, taken);
}

/** In a multi the flag alone says what a create makes, and create2 is create. */
function partType(op: MultiOp | undefined): OpCode {
  if (op === undefined) return OpCode.error;
  if (!('flags' in op)) return op.type;
  if (op.flags === CreateFlag.CONTAINER) return OpCode.createContainer;
  return isTimed(op.flags) ? OpCode.createTTL : OpCode.create;
}

function isTimed(flags: number): boolean {
  return flags === CreateFlag.PERSISTENT_WITH_TTL || flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
}

/** `create` is answered its path only. */
function answerPart(type: OpCode, result: Result): Result {
  if (type === OpCode.create && result.path !== undefined) return { err: result.err, path: result.path };
  return result;
}
