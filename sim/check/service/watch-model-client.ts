/** One client's watches as its connection's server must hold them, by what the client was told. */
import { WatchEventType } from '../../../protocol/client-messages.ts';
import type { ClientOp, SetWatchesRequest } from '../../../protocol/request.ts';
import { type Acl, Perms } from '../../../protocol/tree/acl.ts';
import { NO_SESSION, type SessionId } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { Change } from './change.ts';
import { parentOf } from './watch-model-changes.ts';

/** In place of the event at which a watch was armed: only the client has it, its connection is gone. */
export const HELD = -1;

/** An event that a change must make. */
export interface Owed {
  readonly type: WatchEventType;
  readonly path: string;
  readonly zxid: Zxid;
  /** Whether the client may read the node is not known: the event may come or not. */
  readonly optional: boolean;
  /** Event at which the watch was armed. */
  readonly armed: number;
  /** Of a late one: what the connection had shown when it was not there, and at which event. */
  passedBy: Zxid;
  passedAt: number;
  /** It was reported as missing; should it come nevertheless, that can be said. */
  reported: boolean;
}

/** A setWatches on its way, and the events with zxid −1 that came before its answer. */
export interface Reset {
  readonly request: SetWatchesRequest;
  readonly told: { readonly type: number; readonly path: string; readonly event: number }[];
}

export class ClientWatches {
  readonly client: number;
  session: SessionId = NO_SESSION;
  server = 0;
  connected = false;
  /** By a server cut off from its quorum: what it shows may never have been committed, so nothing is judged. */
  readOnly = false;
  /** Event at which each watch was armed, or {@link HELD}. Data holds exists and getData, as servers do. */
  readonly data = new Map<string, number>();
  readonly child = new Map<string, number>();
  readonly persistent = new Map<string, number>();
  readonly recursive = new Map<string, number>();
  /** Whether any watch is armed on this connection, and the first change that it has not been held against. */
  tracking = false;
  next = 0;
  /** Largest zxid of the connection's answers and events. */
  shown: Zxid = 0;
  /** In order of zxid. */
  owed: Owed[] = [];
  /** Passed by an answer or a later event. */
  late: Owed[] = [];
  resets: Reset[] = [];
  /** Whether this connection has shown that it knows of every watch held over from the last one. */
  resumed = true;
  /** Paths whose watches may have been removed, or not. */
  readonly doubtful = new Set<string>();
  /** Whether it ever brought watches along (it need not: ZKClientConfig.DISABLE_AUTO_WATCH_RESET). */
  everReset = false;
  /** Of requests that set or remove watches, by ticket. */
  readonly asked = new Map<number, ClientOp>();
  /** Event at which each path was last told on this connection. */
  readonly told = new Map<string, number>();

  constructor(client: number) {
    this.client = client;
  }

  get empty(): boolean {
    return this.data.size + this.child.size + this.persistent.size + this.recursive.size === 0;
  }

  /** The connection is gone: watches live on in the client alone, and nothing is owed any more. */
  disconnect(): void {
    this.connected = false;
    this.tracking = false;
    this.owed = [];
    this.late = [];
    this.resets = [];
    this.told.clear();
    for (const table of [this.data, this.child, this.persistent, this.recursive]) {
      for (const path of table.keys()) table.set(path, HELD);
    }
  }

  /** The session is over. */
  forget(): void {
    this.disconnect();
    this.data.clear();
    this.child.clear();
    this.persistent.clear();
    this.recursive.clear();
    this.doubtful.clear();
  }

  /** What a committed change makes the server tell (DataTree, WatchManager.triggerWatch). */
  trigger(change: Change): void {
    const { kind, path } = change;
    let armed = this.takeOneShot(this.data, path);
    if (kind === 'deleted') armed = Math.max(armed, this.takeOneShot(this.child, path));
    armed = Math.max(armed, this.persistent.get(path) ?? HELD, this.recursiveAt(path));
    if (armed !== HELD) {
      const type =
        kind === 'created'
          ? WatchEventType.NodeCreated
          : kind === 'deleted'
            ? WatchEventType.NodeDeleted
            : WatchEventType.NodeDataChanged;
      this.owe(type, path, change.zxid, change.acl, armed);
    }
    if (kind === 'data' || path === '/') return;
    const parent = parentOf(path);
    armed = Math.max(this.takeOneShot(this.child, parent), this.persistent.get(parent) ?? HELD);
    if (armed !== HELD)
      this.owe(WatchEventType.NodeChildrenChanged, parent, change.zxid, change.parentAcl, armed);
  }

  /** An event makes the client forget one-shot watches (ZKWatchManager.materialize), also those of an earlier connection. */
  dispatch(type: number, path: string): void {
    if (type !== WatchEventType.NodeChildrenChanged) this.forgetHeld(this.data, path);
    if (type === WatchEventType.NodeChildrenChanged || type === WatchEventType.NodeDeleted)
      this.forgetHeld(this.child, path);
  }

  forgetHeld(table: Map<string, number>, path: string): void {
    if (table.get(path) === HELD) table.delete(path);
  }

  private takeOneShot(table: Map<string, number>, path: string): number {
    const armed = table.get(path);
    if (armed === undefined || armed === HELD) return HELD;
    table.delete(path);
    return armed;
  }

  private recursiveAt(path: string): number {
    if (this.recursive.size === 0) return HELD;
    for (let at = path; ; at = parentOf(at)) {
      const armed = this.recursive.get(at) ?? HELD;
      if (armed !== HELD || at === '/') return armed;
    }
  }

  private owe(type: WatchEventType, path: string, zxid: Zxid, acl: readonly Acl[], armed: number): void {
    const optional = !everybodyReads(acl) || this.doubtful.has(path);
    this.owed.push({ type, path, zxid, optional, armed, passedBy: -1, passedAt: 0, reported: false });
  }
}

function everybodyReads(acl: readonly Acl[]): boolean {
  for (const { perms, scheme, id } of acl) {
    if ((perms & Perms.READ) !== 0 && scheme === 'world' && id === 'anyone') return true;
  }
  return false;
}
