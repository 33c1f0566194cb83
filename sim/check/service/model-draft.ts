/** What one transaction makes of the tree, until it is certain that all of it holds. */

import type { Result } from '../../../protocol/request.ts';
import type { Acl } from '../../../protocol/tree/acl.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId, type Txn } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Change } from './change.ts';
import { type ModelNode, visibleStat } from './model-node.ts';
import { parentPath } from './model-path.ts';

/** Where a draft starts from. */
export interface Before {
  /** The node before the transaction; null where there is none. */
  before(path: string): ModelNode | null;
  /** Whether the session is known and not closed. */
  isOpen(session: SessionId): boolean;
  /** Paths of the session's ephemerals, sorted. */
  ephemeralsOf(session: SessionId): readonly string[];
}

/** Whose transaction it is and when it takes effect. */
export interface Moment {
  readonly session: SessionId;
  readonly zxid: Zxid;
  /** The leader's wall clock, ms. */
  readonly time: number;
}

/** The tree with some of a transaction's parts in effect. */
export class Draft {
  readonly start: Before;
  readonly moment: Moment;
  /** Nodes as they are now, where that is not as before; null: deleted. */
  readonly nodes = new Map<string, ModelNode | null>();
  readonly changes: Change[] = [];

  constructor(start: Before, moment: Moment) {
    this.start = start;
    this.moment = moment;
  }

  node(path: string): ModelNode | null {
    const drafted = this.nodes.get(path);
    return drafted === undefined ? this.start.before(path) : drafted;
  }

  /** Lets a transaction take effect. Its checks have been made: what it needs and does not find is its error. */
  take(txn: Txn): Result {
    switch (txn.type) {
      case OpCode.create:
      case OpCode.createContainer:
      case OpCode.createTTL:
        return this.create(txn.path, {
          ...this.fresh(txn.data, txn.acl),
          kind:
            txn.type === OpCode.createContainer
              ? 'container'
              : txn.type === OpCode.createTTL
                ? 'ttl'
                : txn.ephemeral
                  ? 'ephemeral'
                  : 'persistent',
          owner: txn.type === OpCode.create && txn.ephemeral ? this.moment.session : NO_SESSION,
          ttl: txn.type === OpCode.createTTL ? txn.ttl : 0,
        });
      case OpCode.delete:
        return this.delete(txn.path);
      case OpCode.setData: {
        const node = this.node(txn.path);
        if (node === null) return { err: ErrorCode.NONODE };
        const { zxid, time } = this.moment;
        const next = { ...node, data: txn.data, version: txn.version, mzxid: zxid, mtime: time };
        this.nodes.set(txn.path, next);
        this.note('data', txn.path, node.acl);
        return { err: ErrorCode.OK, stat: visibleStat(next) };
      }
      case OpCode.setACL: {
        const node = this.node(txn.path);
        if (node === null) return { err: ErrorCode.NONODE };
        const next = { ...node, acl: txn.acl, aversion: txn.version };
        this.nodes.set(txn.path, next);
        return { err: ErrorCode.OK, stat: visibleStat(next) };
      }
      case OpCode.multi: {
        const results = txn.txns.map((part) => this.take(part));
        return { err: ErrorCode.OK, results };
      }
      case OpCode.closeSession:
        for (const path of txn.paths) this.delete(path);
        return { err: ErrorCode.OK };
      case OpCode.error:
        return { err: txn.err };
      case OpCode.check:
      case OpCode.createSession:
        return { err: ErrorCode.OK };
    }
  }

  private fresh(data: Uint8Array | null, acl: readonly Acl[]): ModelNode {
    const { zxid, time } = this.moment;
    return {
      data,
      acl,
      kind: 'persistent',
      owner: NO_SESSION,
      ttl: 0,
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctime: time,
      mtime: time,
      version: 0,
      aversion: 0,
      created: 0,
      children: 0,
    };
  }

  private create(path: string, node: ModelNode): Result {
    const above = parentPath(path);
    const parent = this.node(above);
    if (parent === null) return { err: ErrorCode.NONODE };
    if (this.node(path) !== null) return { err: ErrorCode.NODEEXISTS };
    this.nodes.set(above, {
      ...parent,
      created: (parent.created + 1) | 0,
      children: parent.children + 1,
      pzxid: this.moment.zxid,
    });
    this.nodes.set(path, node);
    this.note('created', path, node.acl);
    return { err: ErrorCode.OK, path, stat: visibleStat(node) };
  }

  private delete(path: string): Result {
    const above = parentPath(path);
    const parent = this.node(above);
    const node = this.node(path);
    if (parent === null || node === null) return { err: ErrorCode.NONODE };
    this.nodes.set(above, { ...parent, children: parent.children - 1, pzxid: this.moment.zxid });
    this.nodes.set(path, null);
    this.note('deleted', path, node.acl);
    return { err: ErrorCode.OK };
  }

  private note(kind: Change['kind'], path: string, acl: readonly Acl[]): void {
    const parentAcl = path === '/' ? [] : (this.node(parentPath(path))?.acl ?? []);
    this.changes.push({ zxid: this.moment.zxid, kind, path, acl, parentAcl });
  }
}
