/** A server's watches: who is told of which change (server.DataTree's two IWatchManagers). */
import { WatchEventType } from '../client-messages.ts';
import type { ChannelId } from '../host.ts';
import { AddWatchMode, type SetWatchesRequest, WatcherType } from '../request.ts';
import type { ServiceRules } from '../server/service-rules.ts';
import { OpCode } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import { allowed } from './access.ts';
import { type Acl, type Id, Perms } from './acl.ts';
import type { TreeListener } from './listener.ts';
import { parentOf, ROOT } from './path.ts';
import type { DataTree } from './tree.ts';
import { WatchMode, WatchTable } from './watch-table.ts';

/** The zxid of an event that tells what happened before (WatchedEvent.NO_ZXID). */
export const NO_ZXID: Zxid = -1;

const NOBODY: readonly ChannelId[] = [];

/** The connections behind the watches. */
export interface WatchSink {
  /** An event for a connection. `zxid` is the change's, {@link NO_ZXID} where it is told afterwards. */
  notify(watcher: ChannelId, type: WatchEventType, path: string, zxid: Zxid): void;
  /** Whom the connection has authenticated as, for the READ check. */
  auth(watcher: ChannelId): readonly Id[];
}

/**
 * The watches of all connections to one server. A change takes as many look-ups as its path is deep, or three where no
 * watch is recursive. Plain data, cloned together with its sink.
 */
export class Watches implements TreeListener {
  private readonly sink: WatchSink;
  private readonly rules: ServiceRules;
  /** Of getData and exists; and all that are recursive. */
  private readonly data: WatchTable = new WatchTable();
  /** Of getChildren. */
  private readonly child: WatchTable = new WatchTable();

  constructor(sink: WatchSink, rules: ServiceRules) {
    this.sink = sink;
    this.rules = rules;
  }

  /** A one-shot watch on a node's data and on whether it is there. */
  addData(path: string, watcher: ChannelId): void {
    this.data.add(path, watcher, WatchMode.ONE_SHOT);
  }

  /** A one-shot watch on a node's children and its end. */
  addChild(path: string, watcher: ChannelId): void {
    this.child.add(path, watcher, WatchMode.ONE_SHOT);
  }

  /** @param mode one of AddWatchMode: on the node, or on it and all below */
  addPersistent(path: string, watcher: ChannelId, mode: number): void {
    if (mode === AddWatchMode.PERSISTENT_RECURSIVE) {
      this.data.add(path, watcher, WatchMode.RECURSIVE);
    } else {
      this.data.add(path, watcher, WatchMode.PERSISTENT);
      this.child.add(path, watcher, WatchMode.PERSISTENT);
    }
  }

  /** Whether the connection has such a watch on exactly this path. `type`: one of WatcherType. */
  has(path: string, watcher: ChannelId, type: number): boolean {
    const { data, child } = modesOf(type);
    return this.data.has(path, watcher, data) || this.child.has(path, watcher, child);
  }

  /** Takes such watches away; whether there was one. `type`: one of WatcherType. */
  remove(path: string, watcher: ChannelId, type: number): boolean {
    const { data, child } = modesOf(type);
    const ofData = this.data.remove(path, watcher, data);
    const ofChild = this.child.remove(path, watcher, child);
    return ofData || ofChild;
  }

  /**
   * A client's watches on a new connection (DataTree.setWatches): what has changed since is told at once, the rest armed.
   * Persistent watches are armed and told nothing.
   */
  setWatches(tree: DataTree, watcher: ChannelId, request: SetWatchesRequest): void {
    const since = request.relativeZxid;
    for (const path of request.data) {
      const node = tree.nodes.get(path);
      if (node === undefined) this.catchUp(watcher, WatchEventType.NodeDeleted, path, this.data);
      else if (node.stat.mzxid > since)
        this.catchUp(watcher, WatchEventType.NodeDataChanged, path, this.data);
      else this.addData(path, watcher);
    }
    for (const path of request.exist) {
      if (tree.nodes.has(path)) this.catchUp(watcher, WatchEventType.NodeCreated, path, this.data);
      else this.addData(path, watcher);
    }
    for (const path of request.child) {
      const node = tree.nodes.get(path);
      if (node === undefined) this.catchUp(watcher, WatchEventType.NodeDeleted, path, this.child);
      else if (node.stat.pzxid > since)
        this.catchUp(watcher, WatchEventType.NodeChildrenChanged, path, this.child);
      else this.addChild(path, watcher);
    }
    if (request.type === OpCode.setWatches) return;
    for (const path of request.persistent) this.addPersistent(path, watcher, AddWatchMode.PERSISTENT);
    for (const path of request.recursive)
      this.addPersistent(path, watcher, AddWatchMode.PERSISTENT_RECURSIVE);
  }

  /** The connection is gone, and its watches with it. */
  drop(watcher: ChannelId): void {
    this.data.drop(watcher);
    this.child.drop(watcher);
  }

  created(path: string, zxid: Zxid, acl: readonly Acl[], parentAcl: readonly Acl[]): void {
    this.tell(this.data.fire(path, this.rules.oneShot), WatchEventType.NodeCreated, path, zxid, acl, NOBODY);
    this.childrenChanged(path, zxid, parentAcl);
  }

  deleted(path: string, zxid: Zxid, acl: readonly Acl[], parentAcl: readonly Acl[]): void {
    const { oneShot } = this.rules;
    const told = this.data.fire(path, oneShot);
    this.tell(told, WatchEventType.NodeDeleted, path, zxid, acl, NOBODY);
    this.tell(this.child.fire(path, oneShot), WatchEventType.NodeDeleted, path, zxid, acl, told);
    this.childrenChanged(path, zxid, parentAcl);
  }

  dataChanged(path: string, zxid: Zxid, acl: readonly Acl[]): void {
    const told = this.data.fire(path, this.rules.oneShot);
    this.tell(told, WatchEventType.NodeDataChanged, path, zxid, acl, NOBODY);
  }

  /** Pairs of connection and path in both tables (DataTree.getWatchCount). */
  get count(): number {
    return this.data.size + this.child.size;
  }

  /** Of `wchs`: connections, paths and watches of the data table, as Apache counts them. */
  summary(): { readonly watchers: number; readonly paths: number; readonly watches: number } {
    return { watchers: this.data.watchers, paths: this.data.paths, watches: this.data.size };
  }

  /** Of `wchp`: who watches each path of the data table, sorted. */
  listByPath(): readonly (readonly [string, readonly ChannelId[]])[] {
    return this.data.listByPath();
  }

  /** Of `wchc`: what each connection watches in the data table, sorted. */
  listByWatcher(): readonly (readonly [ChannelId, readonly string[]])[] {
    return this.data.listByWatcher();
  }

  private childrenChanged(path: string, zxid: Zxid, parentAcl: readonly Acl[]): void {
    if (this.child.size === 0 || path === ROOT) return;
    const parent = parentOf(path);
    const told = this.child.fire(parent, this.rules.oneShot);
    this.tell(told, WatchEventType.NodeChildrenChanged, parent, zxid, parentAcl, NOBODY);
  }

  /** @param except who was told already; ascending, like `watchers` */
  private tell(
    watchers: readonly ChannelId[],
    type: WatchEventType,
    path: string,
    zxid: Zxid,
    acl: readonly Acl[],
    except: readonly ChannelId[],
  ): void {
    let next = 0;
    for (const watcher of watchers) {
      while (next < except.length && (except[next] as ChannelId) < watcher) next++;
      if (except[next] === watcher) continue;
      if (allowed(acl, Perms.READ, this.sink.auth(watcher))) this.sink.notify(watcher, type, path, zxid);
    }
  }

  private catchUp(watcher: ChannelId, type: WatchEventType, path: string, table: WatchTable): void {
    if (this.rules.catchesUp) this.sink.notify(watcher, type, path, NO_ZXID);
    else table.add(path, watcher, WatchMode.ONE_SHOT);
  }
}

/** Which modes of which table a WatcherType means (DataTree.containsWatcher, removeWatch). */
function modesOf(type: number): { readonly data: number; readonly child: number } {
  switch (type) {
    case WatcherType.CHILDREN:
      return { data: 0, child: WatchMode.ONE_SHOT };
    case WatcherType.DATA:
      return { data: WatchMode.ONE_SHOT, child: 0 };
    case WatcherType.PERSISTENT:
      return { data: WatchMode.PERSISTENT, child: WatchMode.PERSISTENT };
    case WatcherType.PERSISTENT_RECURSIVE:
      return { data: WatchMode.RECURSIVE, child: 0 };
    case WatcherType.ANY:
      return { data: WatchMode.ANY, child: WatchMode.ANY };
    default:
      return { data: 0, child: 0 };
  }
}
