/** The watches that a client has set, by absolute path (ZKWatchManager). They outlive connections. */
import { WatchEventType } from '../client-messages.ts';
import { AddWatchMode, type ClientOp, type SetWatchesRequest, WatcherType } from '../request.ts';
import { ErrorCode, OpCode } from '../txn.ts';
import type { Zxid } from '../zxid.ts';

/** SET_WATCHES_MAX_LENGTH of ClientCnxn, in UTF-16 units of the paths. */
const BATCH_LENGTH = 128 * 1024;

const NAMES = ['data', 'exist', 'child', 'persistent', 'recursive'] as const;

export class WatchTable {
  readonly data = new Set<string>();
  /** Of nodes that were not there. */
  readonly exist = new Set<string>();
  readonly child = new Set<string>();
  readonly persistent = new Set<string>();
  readonly recursive = new Set<string>();

  /** Takes note of what an operation with absolute path set, by its answer. */
  register(op: ClientOp, err: number): void {
    switch (op.type) {
      case OpCode.exists:
        if (!op.watch) return;
        if (err === ErrorCode.OK) this.data.add(op.path);
        else if (err === ErrorCode.NONODE) this.exist.add(op.path);
        return;
      case OpCode.getData:
        if (op.watch && err === ErrorCode.OK) this.data.add(op.path);
        return;
      case OpCode.getChildren:
      case OpCode.getChildren2:
        if (op.watch && err === ErrorCode.OK) this.child.add(op.path);
        return;
      case OpCode.addWatch:
        if (err !== ErrorCode.OK) return;
        if (op.mode === AddWatchMode.PERSISTENT) this.persistent.add(op.path);
        else this.recursive.add(op.path);
    }
  }

  /** An event has come: whether any watch waited for it. One-shot watches are gone then. */
  take(type: WatchEventType, path: string): boolean {
    let found = false;
    switch (type) {
      case WatchEventType.NodeCreated:
      case WatchEventType.NodeDataChanged:
        found = this.data.delete(path);
        found = this.exist.delete(path) || found;
        break;
      case WatchEventType.NodeDeleted:
        found = this.data.delete(path);
        found = this.exist.delete(path) || found;
        found = this.child.delete(path) || found;
        break;
      case WatchEventType.NodeChildrenChanged:
        // A recursive watch tells of no children; another watch's event may reach it all the same.
        found = this.child.delete(path);
        return this.persistent.has(path) || found;
      default:
        return false;
    }
    return found || this.persistent.has(path) || (this.recursive.size > 0 && this.underRecursive(path));
  }

  private underRecursive(path: string): boolean {
    for (let at = path; ; ) {
      if (this.recursive.has(at)) return true;
      const slash = at.lastIndexOf('/');
      if (slash < 0 || at === '/') return false;
      at = slash === 0 ? '/' : at.slice(0, slash);
    }
  }

  /** Removes the watches of a kind (a WatcherType) at a path: the events that tell of it, none where there was nothing. */
  remove(path: string, watcher: number): WatchEventType[] {
    const any = watcher === WatcherType.ANY;
    const events: WatchEventType[] = [];
    if (any || watcher === WatcherType.DATA) {
      const data = this.data.delete(path);
      if (this.exist.delete(path) || data) events.push(WatchEventType.DataWatchRemoved);
    }
    if ((any || watcher === WatcherType.CHILDREN) && this.child.delete(path)) {
      events.push(WatchEventType.ChildWatchRemoved);
    }
    const persistent = (any || watcher === WatcherType.PERSISTENT) && this.persistent.delete(path);
    const recursive = (any || watcher === WatcherType.PERSISTENT_RECURSIVE) && this.recursive.delete(path);
    if (persistent || recursive) events.push(WatchEventType.PersistentWatchRemoved);
    return events;
  }

  clear(): void {
    for (const name of NAMES) this[name].clear();
  }

  /** Whether a removal of this kind would find something. */
  has(path: string, watcher: number): boolean {
    const any = watcher === WatcherType.ANY;
    return (
      ((any || watcher === WatcherType.DATA) && (this.data.has(path) || this.exist.has(path))) ||
      ((any || watcher === WatcherType.CHILDREN) && this.child.has(path)) ||
      ((any || watcher === WatcherType.PERSISTENT) && this.persistent.has(path)) ||
      ((any || watcher === WatcherType.PERSISTENT_RECURSIVE) && this.recursive.has(path))
    );
  }

  /** Everything as requests for a new connection, of bounded length, each kind sorted; none where there are no watches. */
  requests(relativeZxid: Zxid): SetWatchesRequest[] {
    const requests: SetWatchesRequest[] = [];
    let batch: Record<(typeof NAMES)[number], string[]> = empty();
    let length = 0;
    const flush = () => {
      const old = batch.persistent.length === 0 && batch.recursive.length === 0;
      requests.push({ type: old ? OpCode.setWatches : OpCode.setWatches2, relativeZxid, ...batch });
      batch = empty();
      length = 0;
    };
    for (const name of NAMES) {
      for (const path of [...this[name]].sort()) {
        batch[name].push(path);
        length += path.length;
        if (length >= BATCH_LENGTH) flush();
      }
    }
    if (length > 0) flush();
    return requests;
  }
}

function empty(): Record<(typeof NAMES)[number], string[]> {
  return { data: [], exist: [], child: [], persistent: [], recursive: [] };
}
