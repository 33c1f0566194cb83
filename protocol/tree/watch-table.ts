import type { ChannelId } from '../host.ts';
import { parentOf, ROOT } from './path.ts';

/** How a connection watches a path, a bit set (WatcherMode, WatchStats). */
export const WatchMode = { ONE_SHOT: 1, PERSISTENT: 2, RECURSIVE: 4, ANY: 7 } as const;

const NOBODY: readonly ChannelId[] = [];

/** Who watches what, in which modes (server.watch.WatchManager). No connection is in it twice for one path. */
export class WatchTable {
  /** Modes by connection, by path. */
  private readonly byPath: Map<string, Map<ChannelId, number>> = new Map();
  private readonly byWatcher: Map<ChannelId, Set<string>> = new Map();
  /** Recursive watches: while there is none, nobody looks at ancestors. */
  private recursive = 0;
  /** Pairs of connection and path. */
  size = 0;

  /** @param mode one of {@link WatchMode} */
  add(path: string, watcher: ChannelId, mode: number): void {
    let modes = this.byPath.get(path);
    if (modes === undefined) {
      modes = new Map();
      this.byPath.set(path, modes);
    }
    const before = modes.get(watcher);
    modes.set(watcher, (before ?? 0) | mode);
    if ((mode & ~(before ?? 0) & WatchMode.RECURSIVE) !== 0) this.recursive++;
    if (before !== undefined) return;
    this.size++;
    const paths = this.byWatcher.get(watcher);
    if (paths === undefined) this.byWatcher.set(watcher, new Set([path]));
    else paths.add(path);
  }

  /** Whether the connection watches the path in one of the modes. */
  has(path: string, watcher: ChannelId, modes: number): boolean {
    return ((this.byPath.get(path)?.get(watcher) ?? 0) & modes) !== 0;
  }

  /** Takes modes away; whether there was one of them. */
  remove(path: string, watcher: ChannelId, modes: number): boolean {
    const watchers = this.byPath.get(path);
    const before = watchers?.get(watcher) ?? 0;
    if (watchers === undefined || (before & modes) === 0) return false;
    if ((before & modes & WatchMode.RECURSIVE) !== 0) this.recursive--;
    const left = before & ~modes;
    if (left !== 0) {
      watchers.set(watcher, left);
      return true;
    }
    this.forget(path, watchers, watcher);
    const paths = this.byWatcher.get(watcher);
    paths?.delete(path);
    if (paths?.size === 0) this.byWatcher.delete(watcher);
    return true;
  }

  /** The connection is gone. */
  drop(watcher: ChannelId): void {
    const paths = this.byWatcher.get(watcher);
    if (paths === undefined) return;
    this.byWatcher.delete(watcher);
    for (const path of paths) {
      const watchers = this.byPath.get(path);
      if (watchers === undefined) continue;
      if (((watchers.get(watcher) ?? 0) & WatchMode.RECURSIVE) !== 0) this.recursive--;
      this.forget(path, watchers, watcher);
    }
  }

  /**
   * Who is to hear of a change at a path: those who watch it in any mode, and those who watch an ancestor recursively.
   *
   * @param oneShot whether a one-shot watch of the path ends by this
   * @returns each connection once, ascending
   */
  fire(path: string, oneShot: boolean): readonly ChannelId[] {
    const here = this.byPath.get(path);
    if (here === undefined && this.recursive === 0) return NOBODY;
    const told: ChannelId[] = here === undefined ? [] : [...here.keys()];
    if (oneShot) for (const watcher of told) this.remove(path, watcher, WatchMode.ONE_SHOT);
    if (this.recursive > 0) {
      for (let at = path; at !== ROOT; ) {
        at = parentOf(at);
        for (const [watcher, modes] of this.byPath.get(at) ?? []) {
          if ((modes & WatchMode.RECURSIVE) !== 0) told.push(watcher);
        }
      }
    }
    if (told.length < 2) return told;
    told.sort((a, b) => a - b);
    return told.filter((watcher, i) => i === 0 || watcher !== told[i - 1]);
  }

  /** Connections that watch something. */
  get watchers(): number {
    return this.byWatcher.size;
  }

  /** Paths that somebody watches. */
  get paths(): number {
    return this.byPath.size;
  }

  /** Who watches each path: paths by UTF-16 unit, connections ascending. Takes time in the size of the table. */
  listByPath(): readonly (readonly [string, readonly ChannelId[]])[] {
    return [...this.byPath.keys()]
      .sort()
      .map((path) => [path, [...(this.byPath.get(path)?.keys() ?? [])].sort((a, b) => a - b)]);
  }

  /** What each connection watches: connections ascending, paths by UTF-16 unit. Takes time in the size of the table. */
  listByWatcher(): readonly (readonly [ChannelId, readonly string[]])[] {
    return [...this.byWatcher.keys()]
      .sort((a, b) => a - b)
      .map((watcher) => [watcher, [...(this.byWatcher.get(watcher) ?? [])].sort()]);
  }

  private forget(path: string, watchers: Map<ChannelId, number>, watcher: ChannelId): void {
    watchers.delete(watcher);
    this.size--;
    if (watchers.size === 0) this.byPath.delete(path);
  }
}
