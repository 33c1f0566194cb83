/** The root's path. */
export const ROOT = '/';

/** Nodes below this prefix are in no digest (ZooDefs.ZOOKEEPER_NODE_SUBTREE). */
export const SYSTEM_SUBTREE = '/zookeeper/';

/** The text of the current configuration (ZooDefs.CONFIG_NODE). */
export const CONFIG_PATH = '/zookeeper/config';

/** Below it are the limits and counts of quotas (Quotas.quotaZookeeper). */
export const QUOTA_PATH = '/zookeeper/quota';

const SYSTEM = '/zookeeper';
const SLASH = 0x2f;
const DOT = 0x2e;

/** Nodes that every tree has and that cannot be deleted (DataTree.isSpecialPath), parents first. */
export const SYSTEM_PATHS: readonly string[] = [ROOT, SYSTEM, QUOTA_PATH, CONFIG_PATH];

/** DataTree.isSpecialPath. */
export function isSystemPath(path: string): boolean {
  return path === ROOT || path === SYSTEM || path === QUOTA_PATH || path === CONFIG_PATH;
}

/** Why a path is not valid, or null when it is (common.PathUtils.validatePath). Positions are UTF-16 units. */
export function validatePath(path: string): string | null {
  if (path.length === 0) return 'path length must be > 0';
  if (path.charCodeAt(0) !== SLASH) return 'path must start with /';
  if (path.length === 1) return null;
  if (path.charCodeAt(path.length - 1) === SLASH) return 'path must not end with /';
  let start = 1;
  for (let i = 1; i <= path.length; i++) {
    const unit = i === path.length ? SLASH : path.charCodeAt(i);
    if (unit === SLASH) {
      const length = i - start;
      if (length === 0) return `empty node name specified @${i}`;
      if (length <= 2 && path.charCodeAt(start) === DOT && path.charCodeAt(i - 1) === DOT) {
        return `relative paths not allowed @${i - 1}`;
      }
      start = i + 1;
    } else if (
      unit <= 0x1f ||
      (unit >= 0x7f && unit <= 0x9f) ||
      (unit >= 0xd800 && unit <= 0xf8ff) ||
      unit >= 0xfff0
    ) {
      return unit === 0 ? `null character not allowed @${i}` : `invalid character @${i}`;
    }
  }
  return null;
}

/** Path of the node above; the root's is the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? ROOT : path.slice(0, slash);
}

/** The last component; empty for the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Path of a child. */
export function childPath(parent: string, name: string): string {
  return parent === ROOT ? ROOT + name : `${parent}/${name}`;
}
